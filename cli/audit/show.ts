import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import { openTrail } from './open-trail.js';
import { trailLines } from './trail-text.js';

/** The whole log of a tablet, for its privacy officer. */
export const auditShow: Command = {
  name: 'show',
  usage: 'audit show --person NAME [--pin-stdin] [--code CODE] [--last N] [--data DIR] [--json]',
  summary: 'list the audit log, newest last; for the privacy officer',
  options: [...PERSON_OPTIONS, 'last'],
  async run(args, output) {
    if (args.words.length !== 2) throw new UsageError('audit show takes no further words.');
    const last = args.number('last', 100, 1, 10_000_000);
    const trail = await openTrail(args, output, (opened) => opened.show(last));
    output.result(trail, trailLines(trail));
    return trail.intact ? EXIT.ok : EXIT.integrity;
  },
};
