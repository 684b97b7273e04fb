import { defineDriver } from '@onebox/driver-sdk/define.js';
import { glucoseMonitor } from '@onebox/driver-sdk/parts/cgm-monitor.js';
import driver from '@onebox/drivers/bluetooth-cgm/driver.js';
import { PracticeGlucoseSensor, type SensorOptions } from '@onebox/drivers/bluetooth-cgm/simulator.js';
import { Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { manifestOf, numberOf, observationsOf, readSimulator } from './read-simulator.js';

const GLUCOSE = 160212;
const MINUTE = 60_000;
const { TimeQuality, Validity } = v1;

function read(options: SensorOptions = {}, run: Parameters<typeof readSimulator>[2] = {}) {
  const sensor = new PracticeGlucoseSensor({ age: 1500, ...options });
  const quick = defineDriver(manifestOf(driver.id), (device) =>
    glucoseMonitor(device, { crc: 'sig', options: { idleMs: 400 } }),
  );
  return readSimulator(quick, sensor, run).then((result) => ({ ...result, sensor }));
}

describe('glucose sensor', () => {
  it('reads value, trend, state and all records, each once', async () => {
    const { run, findings, traces, sensor } = await read();
    expect(traces).toEqual([]);
    expect(run.error).toBeUndefined();
    expect(findings.filter(({ fault }) => fault)).toEqual([]);
    expect(sensor.access.violations).toEqual([]);
    const values = observationsOf(findings, GLUCOSE);
    expect(numberOf(values[0])).toBe(56);
    expect(values[0]?.numeric?.unit).toBe('mg/dL');
    const age = Date.now() - (values[0]?.time?.unixMs ?? 0);
    expect(age).toBeGreaterThan(1 * MINUTE);
    expect(age).toBeLessThan(4 * MINUTE);
    const instances = new Set(values.map(({ instance }) => instance));
    expect(instances).toEqual(new Set(sensor.records.map(({ key }) => key)));
    expect(numberOf(observationsOf(findings, 8418008)[0])).toBeCloseTo(-2.4);
    expect(JSON.stringify(observationsOf(findings, 'cgm.sensor-state')[0]?.coded)).toContain('cgm.sensor-state.active');
    const alerts = findings.flatMap(({ alert }) => (alert ? [alert.code?.coding?.[0]?.code] : []));
    expect(alerts).toEqual(['alert.glucose-low', 'alert.glucose-falling-fast']);
  });
});

describe('glucose sensor that is not as it should be', () => {
  const codes = (findings: Awaited<ReturnType<typeof read>>['findings']) =>
    observationsOf(findings, GLUCOSE).filter(({ numeric }) => numeric);

  it('gives no value whose check sum fits by no rule', async () => {
    const { run, findings } = await read({ fault: 'wrong-checksum', age: 200 });
    expect(run.error).toBeUndefined();
    expect(codes(findings)).toEqual([]);
    expect(findings.filter(({ fault }) => fault).length).toBeGreaterThan(4);
    expect(findings.some(({ alert }) => alert)).toBe(false);
  });

  it('says so when another rule fits, and calls the values questionable', async () => {
    const { findings } = await read({ crc: 'ccitt-false', age: 200 });
    expect(observationsOf(findings, 'e2e-crc')).toHaveLength(1);
    const values = codes(findings);
    expect(values.length).toBeGreaterThan(10);
    for (const { validity } of values) expect(validity).toContain(Validity.VALIDITY_QUESTIONABLE);
  });

  it('is read without check sums where the device has none, and with fields that it does not know', async () => {
    for (const options of [{ crc: 'none' as const }, { fault: 'newer-firmware' as const }]) {
      const { findings } = await read({ ...options, age: 200 });
      expect(findings.filter(({ fault }) => fault)).toEqual([]);
      expect(numberOf(codes(findings)[0])).toBe(56);
    }
  });

  it('has no number where the sensor has none', async () => {
    for (const fault of ['not-a-number', 'never-measured'] as const) {
      const { findings } = await read({ fault, age: 200 });
      expect(codes(findings)).toEqual([]);
      expect(observationsOf(findings, GLUCOSE).length).toBeGreaterThan(10);
    }
  });

  it('is dated by the running session when its clock is wrong or was never set', async () => {
    for (const [fault, quality] of [
      ['clock-off', TimeQuality.TIME_QUALITY_CORRECTED],
      ['clock-unset', TimeQuality.TIME_QUALITY_RECONSTRUCTED],
    ] as const) {
      const { findings } = await read({ fault, age: 200 });
      const time = codes(findings)[0]?.time;
      expect(time?.quality).toBe(quality);
      const age = Date.now() - (time?.unixMs ?? 0);
      expect(age).toBeGreaterThan(1 * MINUTE);
      expect(age).toBeLessThan(4 * MINUTE);
      const clock = findings.find((finding) => finding.clock)?.clock;
      if (fault === 'clock-unset') expect(clock?.notSet).toBe(true);
      else expect(Math.abs((clock?.offsetMs ?? 0) - 40 * MINUTE)).toBeLessThanOrEqual(MINUTE);
    }
  });

  it('says that a session has stopped, and dates by the clock of the device then', async () => {
    const { findings } = await read({ stopped: true });
    expect(JSON.stringify(observationsOf(findings, 'cgm.sensor-state')[0])).toContain('cgm.sensor-state.stopped');
    const age = Date.now() - (codes(findings)[0]?.time?.unixMs ?? 0);
    expect(age).toBeGreaterThan(119 * MINUTE);
    expect(age).toBeLessThan(124 * MINUTE);
  });

  it('goes on behind the last record when a transfer breaks off', async () => {
    const { findings, sensor, link } = await read({ transfer: 'stalls', stopsAfter: 40, times: 2 });
    expect(findings.filter(({ fault }) => fault)).toEqual([]);
    const instances = new Set(observationsOf(findings, GLUCOSE).map(({ instance }) => instance));
    expect(instances.size).toBe(sensor.records.length);
    expect(link.written.filter((line) => line === '2A52 0300').length).toBeGreaterThanOrEqual(2);
  });

  it('goes on where the host left off after a lost link, without reading all again', async () => {
    const { findings, sensor, link } = await read(
      {},
      { phases: [Phase.PHASE_MEMORY], received: new Map([[Phase.PHASE_MEMORY, 150]]) },
    );
    const keys = sensor.records.map(({ key }) => key);
    const read_ = observationsOf(findings, GLUCOSE).map(({ instance }) => instance);
    expect(read_.at(-1)).toBe(keys.at(-1));
    expect(read_.length).toBeLessThan(keys.length - 140);
    expect(read_).toEqual(keys.slice(-read_.length));
    expect(keys.length - read_.length).toBeLessThanOrEqual(150);
    expect(link.written.filter((line) => line.startsWith('2A52 0402')).length).toBeLessThanOrEqual(16);
  });
});
