import { OneBoxError } from '@onebox/protocol/errors.js';
import type { LoadedDriver } from '../driver-host/driver-index.js';
import type { ProcessLauncher } from '../driver-host/launcher.js';
import { isDriverError } from '../interrogation/retries.js';
import { findingLines } from '../recordings/finding-lines.js';
import type { Recording } from '../recordings/format.js';
import { playRecording } from '../recordings/play.js';
import type { PackedDriver } from './packed-driver.js';

const DEADLINE_MS = 120_000;

/**
 * Plays every recording of the package into the driver, in the sandbox: the bytes that it sends must be those of the
 * recording, and what it finds must be what it found when it was packed, byte for byte. Throws DRIVER_SELF_TEST.
 */
export async function selfTest({ driver, selfTest: cases }: PackedDriver, launcher: ProcessLauncher): Promise<void> {
  for (const { name, recording, golden } of cases) {
    const { findings, error } = await replayFindings(driver, recording, launcher);
    if (error) throw new OneBoxError('DRIVER_SELF_TEST', `${name}: ${error.kind}`, {}, { cause: error });
    if (findings === golden) continue;
    const expected = golden.split('\n');
    const line = findings.split('\n').findIndex((one, index) => one !== expected[index]) + 1;
    throw new OneBoxError('DRIVER_SELF_TEST', `${name}: finding ${line} differs`);
  }
}

export interface ReplayedFindings {
  readonly findings: string;
  /** The driver failed, or sent something else. That the recorded link was lost is part of the recording. */
  readonly error: OneBoxError | undefined;
}

/** What the driver finds on the first link of a recording. */
export async function replayFindings(
  driver: LoadedDriver,
  recording: Recording,
  launcher: ProcessLauncher,
): Promise<ReplayedFindings> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const { findings, error } = await playRecording(recording, driver, launcher, { signal });
  const failed =
    error && (isDriverError(error) || error.kind === 'RECORDING_DIVERGED' || error.kind === 'LINK_ABORTED');
  return { findings: findingLines(findings), error: failed ? error : undefined };
}
