import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileSink, type RecordingSink } from '@onebox/gateway/recordings/recorder.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { interrogationToJson } from '@onebox/protocol/json.js';
import { EXIT, UsageError } from '../exit-codes.js';
import type { Command } from './command.js';
import { READ_OPTIONS, readOnce } from './read.js';

/** As `read`, and the traffic of the session goes to a file. */
export const record: Command = {
  name: 'record',
  usage: 'record (--device ID | --port TTY) ... --out FILE [--unmasked]',
  summary: 'read one device and write the traffic to a file; what identifies a patient is masked',
  options: [...READ_OPTIONS, 'out', 'unmasked'],
  async run(args, output) {
    const out = args.text('out');
    if (out === undefined) throw new UsageError('record needs --out FILE.');
    assertNewFile(out);
    const file = { written: false };
    const sink = (): RecordingSink => {
      const { write, close } = fileSink(out);
      return {
        write,
        close: async () => {
          await close();
          file.written = true;
        },
      };
    };
    const mask = !args.flag('unmasked');
    const { document, lines, code } = await readOnce(args, output, { recording: { sink, mask } });
    // What went wrong with the file was said when it happened.
    const { written } = file;
    output.say(written ? `Recorded to ${out}` : 'Nothing was recorded.');
    output.result({ recording: written ? out : null, interrogation: interrogationToJson(document) }, lines);
    return written ? code : code || EXIT.failed;
  },
};

/** Nothing is overwritten, and a wrong place is known before a device is read. Throws INPUT_INVALID. */
function assertNewFile(path: string): void {
  if (existsSync(path)) throw new OneBoxError('INPUT_INVALID', '--out: this file exists');
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', '--out: the folder cannot be written to', {}, { cause });
  }
}
