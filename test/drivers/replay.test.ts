import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import glucose from '@onebox/drivers/ble-glucose-racp/driver.js';
import { PracticeGlucoseMeter } from '@onebox/drivers/ble-glucose-racp/simulator.js';
import vitals from '@onebox/drivers/ble-vitals-gatt/driver.js';
import {
  PracticeBloodPressureMonitor,
  PracticeHeartRateStrap,
  PracticeOximeter,
  PracticeThermometer,
} from '@onebox/drivers/ble-vitals-gatt/simulator.js';
import cgm from '@onebox/drivers/bluetooth-cgm/driver.js';
import { PracticeGlucoseSensor } from '@onebox/drivers/bluetooth-cgm/simulator.js';
import ids from '@onebox/drivers/bluetooth-insulin-delivery/driver.js';
import { PracticeInsulinPump } from '@onebox/drivers/bluetooth-insulin-delivery/simulator.js';
import generic from '@onebox/drivers/generic/driver.js';
import { PracticeUnknownDevice } from '@onebox/drivers/generic/simulator.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { manifestOf } from './read-simulator.js';
import { folderOf, makeRecording, recordingsOf, replay } from './recordings.js';

/**
 * `REMAKE_RECORDINGS=1` makes them again, after a change of a driver that is meant to find something else;
 * `REMAKE_RECORDINGS=bluetooth-cgm` those of one driver.
 */
beforeAll(async () => {
  const wanted = process.env.REMAKE_RECORDINGS;
  if (!wanted) return;
  const common = { utcOffsetMinutes: 0 };
  if (wanted === '1' || wanted === cgm.id) await remakeSensor();
  if (wanted === '1' || wanted === ids.id) await remakePump();
  if (wanted === '1' || wanted === generic.id) await remakeUnknown();
  if (wanted !== '1') return;
  await makeRecording(vitals, 'oximeter', { ble: new PracticeOximeter({ ...common, intervalMs: 200 }) });
  await makeRecording(vitals, 'oximeter-finger-out', {
    ble: new PracticeOximeter({ ...common, intervalMs: 200, finger: 'out' }),
  });
  await makeRecording(vitals, 'oximeter-lost', {
    ble: new PracticeOximeter({ ...common, intervalMs: 200, misconduct: 'hangs-up' }),
  });
  await makeRecording(vitals, 'heart-rate-strap', { ble: new PracticeHeartRateStrap({ ...common, intervalMs: 200 }) });
  await makeRecording(vitals, 'blood-pressure', { ble: new PracticeBloodPressureMonitor(common) });
  await makeRecording(vitals, 'thermometer-fahrenheit', { ble: new PracticeThermometer({ ...common, unit: 'F' }) });
  await makeRecording(glucose, 'meter', { ble: new PracticeGlucoseMeter({ ...common, clockOffsetMs: -40 * 60_000 }) });
  await makeRecording(glucose, 'meter-not-completed', {
    ble: new PracticeGlucoseMeter({ ...common, transfer: 'not-completed' }),
  });
}, 120_000);

async function remakeUnknown(): Promise<void> {
  const make = (name: string, options: SimulatedGattOptions) =>
    makeRecording(generic, name, { ble: new PracticeUnknownDevice({ utcOffsetMinutes: 0, ...options }) });
  await make('unknown-device', {});
  await make('unknown-device-clock-off', { clockOffsetMs: -40 * 60_000 });
  await make('unknown-device-clock-unset', { clockOffsetMs: 'unset' });
  await make('unknown-device-refuses', { misconduct: 'refuses-reads' });
}

async function remakeSensor(): Promise<void> {
  const common = { utcOffsetMinutes: 0, age: 420 };
  await makeRecording(cgm, 'sensor', { ble: new PracticeGlucoseSensor(common) });
  const broken = { transfer: 'not-completed', stopsAfter: 20, times: 1 } as const;
  await makeRecording(cgm, 'sensor-taken-up', { ble: new PracticeGlucoseSensor({ ...common, ...broken }) });
  await makeRecording(cgm, 'sensor-wrong-checksum', {
    ble: new PracticeGlucoseSensor({ ...common, fault: 'wrong-checksum' }),
  });
  await makeRecording(cgm, 'sensor-clock-unset', {
    ble: new PracticeGlucoseSensor({ ...common, fault: 'clock-unset' }),
  });
  await makeRecording(cgm, 'sensor-other-crc', { ble: new PracticeGlucoseSensor({ ...common, crc: 'ccitt-false' }) });
}

async function remakePump(): Promise<void> {
  const common = { utcOffsetMinutes: 0, days: 2 };
  await makeRecording(ids, 'pump', { ble: new PracticeInsulinPump({ ...common, clockOffsetMs: 4 * 60_000 }) });
  await makeRecording(ids, 'pump-unprotected', { ble: new PracticeInsulinPump({ ...common, protected: false }) });
  await makeRecording(ids, 'pump-wrong-checksum', {
    ble: new PracticeInsulinPump({ ...common, fault: 'wrong-checksum' }),
  });
}

describe.each([vitals, glucose, generic, cgm, ids])('$id', (driver) => {
  it('has recordings of practice devices only, with what identifies a device masked', () => {
    expect(recordingsOf(driver.id).length).toBeGreaterThan(0);
    for (const file of recordingsOf(driver.id)) {
      const { header, truncated } = parseRecording(readFileSync(join(folderOf(driver.id), file), 'utf8'));
      expect(header).toMatchObject({ driver: { id: driver.id }, practice: true, masked: true });
      expect(truncated).toBe(false);
    }
  });

  it('finds in every recording what it found when it was made', async () => {
    for (const file of recordingsOf(driver.id)) {
      const { run, findings } = await replay(driver, file);
      expect(run.error?.kind, file).toBe(file.includes('lost') ? 'LINK_LOST' : undefined);
      const golden = readFileSync(join(folderOf(driver.id), file.replace('.obrec', '.findings.jsonl')), 'utf8');
      expect(findingLines(findings), file).toBe(golden);
    }
  });

  it('finds the same in the sandbox', async () => {
    const bundle = await bundled(join(folderOf(driver.id), '../driver.ts'), manifestOf(driver.id));
    for (const file of recordingsOf(driver.id)) {
      const { run, findings } = await replay(driver, file, bundle);
      expect(run.error?.kind, file).toBe(file.includes('lost') ? 'LINK_LOST' : undefined);
      const golden = readFileSync(join(folderOf(driver.id), file.replace('.obrec', '.findings.jsonl')), 'utf8');
      expect(findingLines(findings), file).toBe(golden);
    }
  }, 60_000);
});
