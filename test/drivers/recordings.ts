import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '@onebox/driver-sdk/define.js';
import type { BleSimulator } from '@onebox/driver-sdk/simulator.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { type RunOptions, runDriver } from '@onebox/gateway/driver-host/host.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { Recorder } from '@onebox/gateway/recordings/recorder.js';
import { Replay } from '@onebox/gateway/recordings/replay.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';
import { ALL_PHASES, manifestOf } from './read-simulator.js';

/** Recordings of our own simulators: made once, kept in the folder of the driver, replayed ever after. */

export const folderOf = (id: string) => join(import.meta.dirname, '../../drivers', id, 'recordings');

export function recordingsOf(id: string): readonly string[] {
  return readdirSync(folderOf(id))
    .filter((name) => name.endsWith('.obrec'))
    .sort();
}

/** Writes the lines of a recording to the driver's folder, and what the driver finds in a replay of it. */
export async function keepRecording(driver: Driver, name: string, lines: readonly string[]): Promise<void> {
  mkdirSync(folderOf(driver.id), { recursive: true });
  writeFileSync(join(folderOf(driver.id), `${name}.obrec`), lines.join(''));
  const { findings } = await replay(driver, `${name}.obrec`);
  writeFileSync(join(folderOf(driver.id), `${name}.findings.jsonl`), findingLines(findings));
}

/**
 * Records one read of a simulated device, and what the driver found in a replay of it. `mask: false` where a channel
 * that would be masked whole carries everything: the device is a practice one and nobody's.
 */
export async function makeRecording(
  driver: Driver,
  name: string,
  simulator: BleSimulator,
  { mask = true }: { readonly mask?: boolean } = {},
): Promise<void> {
  const lines: string[] = [];
  const manifest = manifestOf(driver.id);
  const recorder = new Recorder({
    sink: { write: (line) => void lines.push(line), close: async () => undefined },
    driver,
    practice: true,
    ...(mask ? { identifying: manifest.identifying } : { identifying: [], mask }),
  });
  const device = await DirectDevice.ble(simulator);
  const link = await recorder.record(await device.open(), { deadlineMs: 1000 });
  await runDriverInProcess({
    driver,
    manifest,
    link,
    phases: ALL_PHASES,
    practice: true,
    utcOffsetMinutes: 0,
    onFinding: () => undefined,
  });
  await link.close();
  await device.stop();
  await recorder.finish();
  await keepRecording(driver, name, lines);
}

/** In this process, or in the sandbox when a bundle of the driver is given. */
export async function replay(driver: Driver, file: string, bundle?: LoadedDriver) {
  const play = new Replay(parseRecording(readFileSync(join(folderOf(driver.id), file), 'utf8')));
  const findings: Finding[] = [];
  const options: RunOptions = {
    link: play.open(),
    clock: play.clock,
    phases: ALL_PHASES,
    practice: true,
    utcOffsetMinutes: 0,
    onFinding: (finding) => void findings.push(finding),
  };
  const run = bundle
    ? await runDriver({ ...options, driver: bundle, launcher: nodeLauncher() })
    : await runDriverInProcess({ ...options, driver, manifest: manifestOf(driver.id) });
  return { run, findings };
}
