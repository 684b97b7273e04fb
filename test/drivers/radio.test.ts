import type { Driver } from '@onebox/driver-sdk/define.js';
import type { BleSimulator } from '@onebox/driver-sdk/simulator.js';
import glucose from '@onebox/drivers/ble-glucose-racp/driver.js';
import { PracticeGlucoseMeter } from '@onebox/drivers/ble-glucose-racp/simulator.js';
import vitals from '@onebox/drivers/ble-vitals-gatt/driver.js';
import { PracticeBloodPressureMonitor, PracticeOximeter } from '@onebox/drivers/ble-vitals-gatt/simulator.js';
import generic from '@onebox/drivers/generic/driver.js';
import { PracticeUnknownDevice } from '@onebox/drivers/generic/simulator.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { startSimulator } from '@onebox/simulation/radio/peripheral.js';
import { Radio } from '@onebox/simulation/radio/radio.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';
import { describe, expect, it } from 'vitest';
import { ALL_PHASES, manifestOf, observationsOf } from './read-simulator.js';

/** The real Bluetooth stack between driver and simulator. */
async function readOverRadio(
  driver: Driver,
  simulator: BleSimulator,
): Promise<{ findings: Finding[]; error: string | undefined }> {
  const radio = new Radio();
  const device = await startSimulator(radio.attach(), simulator);
  const provider = new BleProvider({ hciSocket: new VirtualAdapter(() => radio.attach()).hciSocket });
  try {
    const id = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('not heard')), 10_000);
      const seen = (sighting: { id: string; ble?: { services: readonly string[] } }) => {
        if (!simulator.advertisement.services.every((service) => sighting.ble?.services.includes(service))) return;
        clearTimeout(timer);
        resolve(sighting.id);
      };
      provider.scan({ seen, gone: () => undefined, state: () => undefined }).catch(reject);
    });
    const link = await provider.open(id, { deadlineMs: 10_000 });
    const findings: Finding[] = [];
    const run = await runDriverInProcess({
      driver,
      manifest: manifestOf(driver.id),
      link,
      phases: ALL_PHASES,
      onFinding: (finding) => void findings.push(finding),
    });
    await link.close();
    return { findings, error: run.error?.message };
  } finally {
    await provider.dispose();
    await device.close();
  }
}

describe('over the radio', () => {
  it('reads a pulse oximeter', async () => {
    const { findings, error } = await readOverRadio(vitals, new PracticeOximeter({ intervalMs: 100 }));
    expect(error).toBeUndefined();
    expect(findings.find(({ identity }) => identity)?.identity?.model).toBe('Practice Oximeter');
    expect(observationsOf(findings, 150456).length).toBeGreaterThanOrEqual(5);
  });

  it('reads a blood-pressure monitor that hangs up', async () => {
    const { findings } = await readOverRadio(vitals, new PracticeBloodPressureMonitor({ hangUpMs: 50 }));
    expect(observationsOf(findings, 150020)).toHaveLength(3);
  });

  it('reads all records of a glucose meter', async () => {
    const meter = new PracticeGlucoseMeter();
    const { findings, error } = await readOverRadio(glucose, meter);
    expect(error).toBeUndefined();
    expect(findings.some(({ fault }) => fault)).toBe(false);
    expect(observationsOf(findings, 160184)).toHaveLength(meter.records.length);
    expect(meter.access.violations).toEqual([]);
  });

  it('reads a device that it does not know', async () => {
    const { findings, error } = await readOverRadio(generic, new PracticeUnknownDevice());
    expect(error).toBeUndefined();
    expect(findings.find(({ identity }) => identity)?.identity?.model).toBe('Practice Gadget');
  });
});
