import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '@onebox/driver-sdk/define.js';
import type { SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import dexcom from '@onebox/drivers/dexcom-cgm/driver.js';
import { G6Simulator, G7Simulator } from '@onebox/drivers/dexcom-cgm/simulator.js';
import minimed from '@onebox/drivers/medtronic-minimed/driver.js';
import { minimedBridge } from '@onebox/drivers/medtronic-minimed/simulator.js';
import omnipod from '@onebox/drivers/omnipod/driver.js';
import { omnipodBridge } from '@onebox/drivers/omnipod/simulator.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { Recorder } from '@onebox/gateway/recordings/recorder.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALL_PHASES, manifestOf } from './read-simulator.js';
import { folderOf, keepRecording, makeRecording, recordingsOf, replay } from './recordings.js';

/** Records one read of a simulated bridge, and what the driver found in a replay of it. */
async function makeSerial(driver: Driver, name: string, simulator: SerialSimulator): Promise<void> {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line), close: async () => undefined };
  const recorder = new Recorder({ sink, driver, practice: true, identifying: [], line: simulator.line });
  const device = await DirectDevice.serial(simulator);
  const link = await recorder.record(await device.open(), { deadlineMs: 1_000 });
  const common = { phases: ALL_PHASES, practice: true, utcOffsetMinutes: 0, onFinding: () => undefined };
  await runDriverInProcess({ driver, manifest: manifestOf(driver.id), link, ...common });
  await link.close();
  await device.stop();
  await recorder.finish();
  await keepRecording(driver, name, lines);
}

/** `REMAKE_RECORDINGS=1` makes them again, after a change of a driver that is meant to find something else. */
beforeAll(async () => {
  if (!process.env.REMAKE_RECORDINGS) return;
  await makeSerial(omnipod, 'occluded', omnipodBridge());
  await makeSerial(omnipod, 'running', omnipodBridge({ state: 'running' }));
  await makeSerial(omnipod, 'wrong-check-sums', omnipodBridge({ fault: 'wrong-checksum' }));
  await makeSerial(minimed, 'suspended', minimedBridge());
  await makeSerial(minimed, 'clock-off', minimedBridge({ fault: 'clock-off' }));
  await makeSerial(minimed, 'no-time-stamp', minimedBridge({ fault: 'never-measured' }));
  await makeRecording(dexcom, 'g7', new G7Simulator());
  await makeRecording(dexcom, 'g7-expired', new G7Simulator({ expired: true }));
  await makeRecording(dexcom, 'g6', new G6Simulator());
  await makeRecording(dexcom, 'g6-wrong-check-sums', new G6Simulator({ fault: 'wrong-checksum' }));
}, 300_000);

describe.each([omnipod, minimed, dexcom])('$id', (driver) => {
  const golden = (file: string) =>
    readFileSync(join(folderOf(driver.id), file.replace('.obrec', '.findings.jsonl')), 'utf8');

  it('has whole recordings of practice devices', () => {
    expect(recordingsOf(driver.id).length).toBeGreaterThanOrEqual(3);
    for (const file of recordingsOf(driver.id)) {
      const { header, truncated } = parseRecording(readFileSync(join(folderOf(driver.id), file), 'utf8'));
      expect(header).toMatchObject({ driver: { id: driver.id }, practice: true });
      expect(truncated).toBe(false);
    }
  });

  it('finds in every recording what it found when it was made', async () => {
    for (const file of recordingsOf(driver.id)) {
      const { run, findings } = await replay(driver, file);
      expect(run.error?.kind, file).toBeUndefined();
      expect(findingLines(findings), file).toBe(golden(file));
    }
  }, 60_000);

  it('finds the same in the sandbox', async () => {
    const bundle = await bundled(join(folderOf(driver.id), '../driver.ts'), manifestOf(driver.id));
    for (const file of recordingsOf(driver.id)) {
      const { run, findings } = await replay(driver, file, bundle);
      expect(run.error?.kind, file).toBeUndefined();
      expect(findingLines(findings), file).toBe(golden(file));
    }
  }, 120_000);
});
