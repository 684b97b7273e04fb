import type { Messages } from '@lingui/core';
import { absent } from './absent.js';
import { access } from './access.js';
import { bridged } from './bridged.js';
import { codeNames } from './codes.js';
import { devices } from './devices.js';
import { errorBodiesWith, errors } from './errors.js';
import { evidence } from './evidence.js';
import { keep } from './keep.js';
import { lead } from './lead.js';
import { record } from './record.js';
import { screens } from './screens.js';
import { termWords } from './terms.js';
import { tiles } from './tiles.js';
import { words } from './words.js';

const errorMessages = Object.fromEntries(
  Object.entries(errors).flatMap(([id, [title, body]]) => [
    [`err.${id}.title`, title],
    [`err.${id}.body`, body],
  ]),
);

const errorsWithParams = Object.fromEntries(Object.entries(errorBodiesWith).map(([id, body]) => [`err.${id}`, body]));

/**
 * The English catalogue, by explicit ids, in ICU MessageFormat. The build replaces this module by its
 * compiled form (scripts/build/renderer.mjs), so that no message is parsed in the page.
 */
export const messages: Messages = {
  ...screens,
  ...record,
  ...devices,
  ...access,
  ...tiles,
  ...words,
  ...termWords,
  ...bridged,
  ...codeNames,
  ...lead,
  ...keep,
  ...evidence,
  ...absent,
  ...errorMessages,
  ...errorsWithParams,
};
