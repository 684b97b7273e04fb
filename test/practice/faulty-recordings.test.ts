import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultName, SimulatorMaker } from '@onebox/driver-sdk/simulated/faults.js';
import simulated from '@onebox/drivers/onebox-native/simulator.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { PHASES } from '@onebox/gateway/interrogation/phases.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { playRecording } from '@onebox/gateway/recordings/play.js';
import { replayRecording } from '@onebox/gateway/recordings/replay-session.js';
import { recordRead } from '@onebox/simulation/trial/record.js';
import { tryDriver } from '@onebox/simulation/trial/trial.js';
import { describe, expect, it } from 'vitest';
import { manifest } from './native-read.js';

/** Reads of practice patients that went wrong: recorded once (`REMAKE_RECORDINGS=1`), and what they say is kept. */
const folder = join(import.meta.dirname, '../../drivers/onebox-native');
const sessions: readonly (readonly [name: string, key: string, fault: FaultName])[] = [
  ['icd-lost', 'icd', 'disconnect-at'],
  ['icd-ends-early', 'icd', 'ends-early'],
  ['wand-wrong-checksum', 'wand', 'wrong-checksum'],
];
const driver = await bundled(join(folder, 'driver.ts'), manifest);
const file = (name: string, end: string) => join(folder, 'recordings', `${name}.${end}`);
const recordingOf = (name: string) => parseRecording(readFileSync(file(name, 'obrec'), 'utf8'));

async function make(name: string, device: SimulatorMaker, fault: FaultName): Promise<void> {
  const { id, version } = manifest;
  const line = device.transport === 'serial' ? { line: { baudRate: 115_200 } } : {};
  const { text } = await recordRead({ driver: { id, version }, phases: PHASES, live: false, ...line }, (around) =>
    tryDriver({ driver, launcher: nodeLauncher(), device, fault, phases: PHASES, around }),
  );
  writeFileSync(file(name, 'obrec'), text);
  const { findings } = await playRecording(parseRecording(text), driver, nodeLauncher());
  writeFileSync(file(name, 'findings.jsonl'), findingLines(findings));
}

describe('recordings of practice patients with faults', () => {
  it.runIf(process.env.REMAKE_RECORDINGS)('are made', { timeout: 300_000 }, async () => {
    for (const [name, key, fault] of sessions) await make(name, simulated.devices[key]!, fault);
  });

  it.each(sessions)('%s gives the same findings, byte for byte', { timeout: 60_000 }, async (name) => {
    const { findings } = await playRecording(recordingOf(name), driver, nodeLauncher());
    expect(findingLines(findings)).toBe(readFileSync(file(name, 'findings.jsonl'), 'utf8'));
  });

  it('a device that ends its phases early: the read says what is missing', { timeout: 60_000 }, async () => {
    const options = { launcher: nodeLauncher(), applicationVersion: '0.0.0' };
    const { document } = await replayRecording(recordingOf('icd-ends-early'), driver, options);
    expect(document.missing?.length).toBeGreaterThan(0);
    expect(document.practice).toBe(true);
  });
});
