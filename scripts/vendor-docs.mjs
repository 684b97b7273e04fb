import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEVICE_CLASSES, PHASES } from '@onebox/driver-sdk/manifest.js';
import { ERRORS, errorLabel } from '@onebox/protocol/errors.js';
import { UNITS } from '@onebox/protocol/units.js';
import { root } from './build/files.mjs';
import { manifestRows } from './docs/manifest-fields.mjs';
import { functions, groups, literals, members } from './docs/source.mjs';
import { table } from './docs/table.mjs';

/**
 * Writes the tables of the reference pages in docs/vendors, between their markers, from the sources, after
 * `npm run build`:
 *   node scripts/vendor-docs.mjs
 */
const START = '<!-- made by scripts/vendor-docs.mjs, do not edit -->';
const END = '<!-- end -->';
const folder = join(root, 'docs/vendors');

const code = (text) => `\`${text}\``;
const memberTable = (name) =>
  table(
    ['member', 'what it does'],
    members('drivers/sdk/device.ts', name).map(({ written, comment }) => [code(written), comment]),
  );
const faultTable = (name) =>
  table(
    ['fault', 'the device'],
    literals('drivers/sdk/simulated/faults.ts', name).map(({ text, comment }) => [code(text), comment]),
  );

const REFERENCE = {
  'manifest.md': () => [
    ...table(['field', 'type', '', 'meaning'], manifestRows()),
    `Device classes: ${DEVICE_CLASSES.map(code).join(', ')}.`,
    '',
    `Phases, in their order: ${PHASES.map(code).join(', ')}.`,
    '',
  ],
  'driver-interface.md': () => [
    '## Device',
    '',
    ...memberTable('Device'),
    '## PacketStream',
    '',
    ...memberTable('PacketStream'),
    '## Findings',
    '',
    ...table(
      ['function', 'what it says'],
      functions('drivers/sdk/findings.ts').map(({ written, comment }) => [code(written), comment]),
    ),
  ],
  'codes.md': () => [
    ...groups('protocol/nomenclature/onebox-terms.ts', 'ONEBOX_TERMS').flatMap(({ title, entries }) => [
      `## ${title.split('. ')[0].replace(/\.$/, '')}`,
      '',
      ...table(
        ['term', 'means'],
        entries.map(([term, words]) => [code(term), words]),
      ),
    ]),
    '## Units',
    '',
    ...table(
      ['unit (UCUM)', 'kind'],
      [...UNITS].map(([unit, { kind }]) => [code(unit), kind]),
    ),
  ],
  'faults-and-errors.md': () => [
    '## Faults of the link',
    '',
    ...faultTable('LINK_FAULTS'),
    '## Faults of the content',
    '',
    ...faultTable('CONTENT_FAULTS'),
    '## Errors',
    '',
    ...table(
      ['number', 'name', 'what happened', 'what to do'],
      Object.entries(ERRORS)
        .toSorted(([, a], [, b]) => a.code - b.code)
        .map(([name, error]) => [errorLabel(error.code), code(name), error.summary, error.remedy]),
    ),
  ],
};

/** The names of the pages with generated tables. */
export const pages = Object.keys(REFERENCE);

/** A page with its tables made anew. */
export function page(name) {
  const path = join(folder, name);
  const current = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [start, end] = [current.indexOf(START), current.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`docs/vendors/${name} has lost its markers`);
  return `${current.slice(0, start + START.length)}\n\n${REFERENCE[name]().join('\n').trim()}\n\n${current.slice(end)}`;
}

if (process.argv[1] === import.meta.filename) for (const name of pages) writeFileSync(join(folder, name), page(name));
