import { EXPORT_FORMATS, type ExportFormat } from '@onebox/gateway/exports/formats.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import { openTrail } from './open-trail.js';

/** The log for other systems, or itself for whoever wants to check it. */
export const auditExport: Command = {
  name: 'export',
  usage: `audit export --format ${Object.keys(EXPORT_FORMATS).join('|')} --out FILE --person NAME [--pin-stdin] [--code CODE] [--data DIR]`,
  summary: 'write the audit log as FHIR AuditEvents, DICOM audit messages or the signed log; for the privacy officer',
  options: [...PERSON_OPTIONS, 'format', 'out'],
  async run(args, output) {
    if (args.words.length !== 2) throw new UsageError('audit export takes no further words.');
    const format = args.text('format');
    if (format === undefined || !Object.hasOwn(EXPORT_FORMATS, format))
      throw new UsageError(`--format is one of ${Object.keys(EXPORT_FORMATS).join(', ')}.`);
    const out = args.text('out');
    if (out === undefined || out === '') throw new UsageError('audit export needs --out FILE.');
    const done = await openTrail(args, output, (trail) => trail.export(format as ExportFormat, out));
    if (!done.intact)
      output.say('The log is not intact: see onebox audit verify. Damaged records are in --format log only.');
    output.result(done, [
      `${done.items} entries, ${done.bytes} bytes, ${done.intact ? 'intact' : 'NOT INTACT'}  ${out}`,
      ...(done.key === undefined ? [] : [`log key: ${done.key}`]),
    ]);
    return done.intact ? EXIT.ok : EXIT.integrity;
  },
};
