import { cardLines } from '@onebox/gateway/card/card-text.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { type Replayed, replayFile, replayRecording } from '@onebox/gateway/recordings/replay-session.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { interrogationToJson } from '@onebox/protocol/json.js';
import { type Phase, v1 } from '@onebox/protocol/messages.js';
import type { Arguments } from '../arguments.js';
import { findDriver } from '../engine.js';
import { EXIT, exitCode, UsageError } from '../exit-codes.js';
import { fileContent, isRecording, readerOf } from '../exported-file.js';
import { installedDrivers } from '../installed.js';
import { readTextFile } from '../named-file.js';
import type { Output } from '../output.js';
import { applicationVersion } from '../version.js';
import type { Command } from './command.js';
import { phasesOf } from './read.js';

/**
 * A recording holds what was read under an access of its own: playing it opens no device. Nor does a file that a
 * programmer exported: whoever has it on the command line has what is in it.
 */
export const replay: Command = {
  name: 'replay',
  usage: 'replay FILE [--driver ID | --folder DIR] [--phases LIST] [--json]',
  summary: 'run the driver on a recorded session, byte for byte, or on a file that it reads',
  options: ['driver', 'folder', 'phases'],
  async run(args, output) {
    const [, file, ...rest] = args.words;
    if (file === undefined || rest.length > 0) throw new UsageError('replay takes one file.');
    const named = args.text('driver');
    const own = args.text('folder');
    if (own !== undefined && named !== undefined) throw new UsageError('Name one driver: --driver ID or --folder DIR.');
    const drivers = own === undefined ? (await installedDrivers(args)).drivers : await driverOfFolder(own);
    const developer = args.flag('developer') || own !== undefined;
    const choices = { launcher: nodeLauncher(), applicationVersion: applicationVersion(), ...phaseChoice(args) };
    if (!isRecording(file)) {
      const content = fileContent(file);
      const driver = named === undefined ? readerOf(content, drivers) : findDriver(drivers, named);
      if (!driver.manifest.transport.includes('file')) throw new OneBoxError('FILE_UNKNOWN', driver.manifest.id);
      return conclude(await replayFile(content, driver, choices), output, developer);
    }
    const recording = parseRecording(readTextFile(file, 'RECORDING_INVALID'));
    if (recording.truncated) output.say('The recording was cut off; what is there is played.');
    const driver = findDriver(drivers, named ?? recording.header.driver.id);
    const hint = recording.header.masked
      ? 'The recording is masked: what the driver would need may not be in it.'
      : undefined;
    return conclude(await replayRecording(recording, driver, choices), output, developer, hint);
  },
};

/** The driver of a maker's folder, as it stands there, alone. Throws INPUT_INVALID, MANIFEST_INVALID, TOOLS_MISSING, DRIVER_LOAD. */
async function driverOfFolder(folder: string): Promise<DriverIndex> {
  const [{ openProject, validManifest }, { BuildFailed, bundled }] = await Promise.all([
    import('../driver/project.js'),
    import('../driver/workshop.js'),
  ]);
  const project = openProject(folder);
  try {
    return new DriverIndex([await bundled(project, validManifest(project))]);
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    throw new OneBoxError(
      'DRIVER_LOAD',
      `${error.message}: onebox driver check ${folder} says where`,
      {},
      { cause: error },
    );
  }
}

/** Says what was found; `hint` is why it may have failed. The exit code. */
function conclude({ document, card, error }: Replayed, output: Output, developer: boolean, hint?: string): number {
  if (error) output.tell(error);
  if (error && hint) output.say(hint);
  // A driver that nobody has signed may have said what is below.
  output.result(interrogationToJson(document), [...(developer ? ['DEVELOPER'] : []), ...cardLines(card)]);
  // A recorded stop is part of the recording: the read was partial then, and is now.
  if (error && error.kind !== 'READ_STOPPED') return exitCode(error);
  return document.completeness === v1.Completeness.COMPLETENESS_COMPLETE ? EXIT.ok : EXIT.failed;
}

function phaseChoice(args: Arguments): { readonly phases?: readonly Phase[] } {
  const phases = phasesOf(args);
  return phases ? { phases } : {};
}
