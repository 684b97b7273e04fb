import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '@onebox/driver-sdk/define.js';
import type { BleSimulator, SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { playing, playRecording } from '@onebox/gateway/recordings/play.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';
import { recordRead } from '@onebox/simulation/trial/record.js';
import { ALL_PHASES, manifestOf } from './read-simulator.js';

/** Recordings of our own simulators: made once, kept in the folder of the driver, replayed ever after. */

export const folderOf = (id: string) => join(import.meta.dirname, '../../drivers', id, 'recordings');

export function recordingsOf(id: string): readonly string[] {
  return readdirSync(folderOf(id))
    .filter((name) => name.endsWith('.obrec'))
    .sort();
}

/** Writes a recording to the driver's folder, and what the driver finds in a replay of it. */
export async function keepRecording(driver: Driver, name: string, text: string): Promise<void> {
  mkdirSync(folderOf(driver.id), { recursive: true });
  writeFileSync(join(folderOf(driver.id), `${name}.obrec`), text);
  const { findings } = await replay(driver, `${name}.obrec`);
  writeFileSync(join(folderOf(driver.id), `${name}.findings.jsonl`), findingLines(findings));
}

/** What is recorded: a simulated device with Bluetooth, or one at the end of a line. */
type Simulator = { readonly ble: BleSimulator } | { readonly serial: SerialSimulator };

/**
 * Records one read of a simulated device, and what the driver found in a replay of it. `mask`: channels that identify
 * somebody are masked; not where such a channel carries everything, for the device is a practice one and nobody's.
 */
export async function makeRecording(
  driver: Driver,
  name: string,
  simulator: Simulator,
  { mask = true }: { readonly mask?: boolean } = {},
): Promise<void> {
  const manifest = manifestOf(driver.id);
  const told = {
    driver,
    utcOffsetMinutes: 0,
    ...(mask ? { identifying: manifest.identifying } : {}),
    ...('serial' in simulator ? { line: simulator.serial.line } : {}),
  };
  const { text } = await recordRead(told, async (around) => {
    const device =
      'serial' in simulator ? await DirectDevice.serial(simulator.serial) : await DirectDevice.ble(simulator.ble);
    const link = await around(await device.open());
    const common = { phases: ALL_PHASES, practice: true, utcOffsetMinutes: 0, onFinding: () => undefined };
    await runDriverInProcess({ driver, manifest, link, ...common });
    await link.close();
    await device.stop();
  });
  await keepRecording(driver, name, text);
}

/** In this process, or in the sandbox when a bundle of the driver is given. */
export async function replay(driver: Driver, file: string, bundle?: LoadedDriver) {
  const recording = parseRecording(readFileSync(join(folderOf(driver.id), file), 'utf8'));
  if (bundle) {
    const { findings, ...run } = await playRecording(recording, bundle, nodeLauncher());
    return { run, findings };
  }
  const findings: Finding[] = [];
  const run = await runDriverInProcess({
    ...playing(recording),
    driver,
    manifest: manifestOf(driver.id),
    onFinding: (finding) => void findings.push(finding),
  });
  return { run, findings };
}
