import { readFileSync } from 'node:fs';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { replayRecording } from '@onebox/gateway/recordings/replay-session.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { interrogationToJson } from '@onebox/protocol/json.js';
import { v1 } from '@onebox/protocol/messages.js';
import { cardLines } from '../card-text.js';
import { findDriver } from '../engine.js';
import { EXIT, exitCode, UsageError } from '../exit-codes.js';
import { applicationVersion } from '../version.js';
import type { Command } from './command.js';
import { phasesOf } from './read.js';

/** A recording holds what was read under an access of its own: playing it opens no device. */
export const replay: Command = {
  name: 'replay',
  usage: 'replay FILE [--driver ID] [--phases LIST] [--json]',
  summary: 'run the driver on a recorded session, byte for byte',
  options: ['driver', 'phases'],
  async run(args, output) {
    const [, file, ...rest] = args.words;
    if (file === undefined || rest.length > 0) throw new UsageError('replay takes one file.');
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      throw new OneBoxError('RECORDING_INVALID', 'the file cannot be read', {}, { cause });
    }
    const recording = parseRecording(text);
    if (recording.truncated) output.say('The recording was cut off; what is there is played.');
    const driver = findDriver(DriverIndex.open(), args.text('driver') ?? recording.header.driver.id);
    const phases = phasesOf(args);
    const { document, card, error } = await replayRecording(recording, driver, {
      launcher: nodeLauncher(),
      applicationVersion: applicationVersion(),
      ...(phases ? { phases } : {}),
    });
    if (error) output.tell(error);
    if (error && recording.header.masked)
      output.say('The recording is masked: what the driver would need may not be in it.');
    output.result(interrogationToJson(document), cardLines(card));
    // A recorded stop is part of the recording: the read was partial then, and is now.
    if (error && error.kind !== 'READ_STOPPED') return exitCode(error);
    return document.completeness === v1.Completeness.COMPLETENESS_COMPLETE ? EXIT.ok : EXIT.failed;
  },
};
