import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import dexcom from '@onebox/drivers/dexcom-cgm/driver.js';
import { G6Simulator, G7Simulator } from '@onebox/drivers/dexcom-cgm/simulator.js';
import minimed from '@onebox/drivers/medtronic-minimed/driver.js';
import { minimedBridge } from '@onebox/drivers/medtronic-minimed/simulator.js';
import omnipod from '@onebox/drivers/omnipod/driver.js';
import { omnipodBridge } from '@onebox/drivers/omnipod/simulator.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { manifestOf } from './read-simulator.js';
import { folderOf, makeRecording, recordingsOf, replay } from './recordings.js';

/** `REMAKE_RECORDINGS=1` makes them again, after a change of a driver that is meant to find something else. */
beforeAll(async () => {
  if (!process.env.REMAKE_RECORDINGS) return;
  await makeRecording(omnipod, 'occluded', { serial: omnipodBridge() });
  await makeRecording(omnipod, 'running', { serial: omnipodBridge({ state: 'running' }) });
  await makeRecording(omnipod, 'wrong-check-sums', { serial: omnipodBridge({ fault: 'wrong-checksum' }) });
  await makeRecording(minimed, 'suspended', { serial: minimedBridge() });
  await makeRecording(minimed, 'clock-off', { serial: minimedBridge({ fault: 'clock-off' }) });
  await makeRecording(minimed, 'no-time-stamp', { serial: minimedBridge({ fault: 'never-measured' }) });
  await makeRecording(dexcom, 'g7', { ble: new G7Simulator() });
  await makeRecording(dexcom, 'g7-expired', { ble: new G7Simulator({ expired: true }) });
  await makeRecording(dexcom, 'g6', { ble: new G6Simulator() });
  await makeRecording(dexcom, 'g6-wrong-check-sums', { ble: new G6Simulator({ fault: 'wrong-checksum' }) });
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
