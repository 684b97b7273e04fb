import { existsSync } from 'node:fs';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { interrogationToJson } from '@onebox/protocol/json.js';
import { fileSink, Recorder } from '@onebox/gateway/recordings/recorder.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import { UsageError } from '../exit-codes.js';
import type { Command } from './command.js';
import { phasesOf, READ_OPTIONS, readOnce } from './read.js';

const CHANNELS_DEADLINE_MS = 15_000;

/** As `read`, and the traffic of the session goes to a file. */
export const record: Command = {
  name: 'record',
  usage: 'record (--device ID | --port TTY) ... --out FILE [--unmasked]',
  summary: 'read one device and write the traffic to a file; what identifies a patient is masked',
  options: [...READ_OPTIONS, 'out', 'unmasked'],
  async run(args, output) {
    const out = args.text('out');
    if (out === undefined) throw new UsageError('record needs --out FILE.');
    if (existsSync(out)) throw new OneBoxError('INPUT_INVALID', '--out: this file exists');
    const phases = phasesOf(args) ?? DEFAULT_PHASES;
    let recorder: Recorder | undefined;
    const { document, lines, code } = await readOnce(args, output, {
      wrapLink: async (link, { manifest }) => {
        recorder ??= new Recorder({
          sink: fileSink(out),
          driver: { id: manifest.id, version: manifest.version },
          practice: args.flag('practice'),
          identifying: manifest.identifying,
          mask: !args.flag('unmasked'),
          phases,
          live: false,
        });
        return recorder.record(link, { deadlineMs: CHANNELS_DEADLINE_MS });
      },
    });
    await recorder?.finish();
    output.say(recorder ? `Recorded to ${out}` : 'Nothing was recorded: there was no link.');
    output.result({ recording: recorder ? out : null, interrogation: interrogationToJson(document) }, lines);
    return code;
  },
};
