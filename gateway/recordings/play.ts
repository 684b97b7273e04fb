import type { Finding } from '@onebox/protocol/messages.js';
import type { LoadedDriver } from '../driver-host/driver-index.js';
import { type DriverRun, runDriver } from '../driver-host/host.js';
import type { ProcessLauncher } from '../driver-host/launcher.js';
import type { RunOptions } from '../driver-host/run.js';
import { PHASES } from '../interrogation/phases.js';
import type { Recording } from './format.js';
import { Replay } from './replay.js';

type FromRecording = 'link' | 'clock' | 'phases' | 'live' | 'practice' | 'authorised' | 'utcOffsetMinutes';

/**
 * How a driver is run on the first link of a recording, without a session around it: everything that could change what
 * it finds is what its header says. A zone that the header does not name is UTC.
 */
export function playing(recording: Recording): Required<Pick<RunOptions, FromRecording>> {
  const replay = new Replay(recording);
  const { practice, phases, live, utcOffsetMinutes } = recording.header;
  return {
    link: replay.open(),
    clock: replay.clock,
    phases: phases ?? PHASES,
    live: live ?? false,
    practice,
    authorised: true,
    utcOffsetMinutes: utcOffsetMinutes ?? 0,
  };
}

export interface Played extends DriverRun {
  readonly findings: readonly Finding[];
}

/** Runs the driver on the first link of a recording, in the sandbox. */
export async function playRecording(
  recording: Recording,
  driver: LoadedDriver,
  launcher: ProcessLauncher,
  more: Pick<RunOptions, 'onEvent' | 'onTrace' | 'signal'> = {},
): Promise<Played> {
  const findings: Finding[] = [];
  const onFinding = (finding: Finding): void => void findings.push(finding);
  const run = await runDriver({ ...playing(recording), ...more, driver, launcher, onFinding });
  return { ...run, findings };
}
