import { defineDriver } from '@onebox/driver-sdk/define.js';
import { kindOf, vitalSigns } from '@onebox/driver-sdk/parts/vitals.js';
import vitals from '@onebox/drivers/ble-vitals-gatt/driver.js';
import {
  PracticeBloodPressureMonitor,
  PracticeHeartRateStrap,
  PracticeOximeter,
  PracticeThermometer,
} from '@onebox/drivers/ble-vitals-gatt/simulator.js';
import generic from '@onebox/drivers/generic/driver.js';
import { PracticeUnknownDevice } from '@onebox/drivers/generic/simulator.js';
import { v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { numberOf, observationsOf, progressOf, readSimulator } from './read-simulator.js';

const SPO2 = 150456;
const FAST = { intervalMs: 20 };
const { Validity, AbsentReason, DeviceClass, TimeQuality } = v1;

describe('pulse oximeter', () => {
  it('reads identity, battery and five live values with their age and validity', async () => {
    const { run, findings, traces } = await readSimulator(vitals, new PracticeOximeter(FAST));
    expect(traces).toEqual([]);
    expect(run.error).toBeUndefined();
    const identity = findings.find((finding) => finding.identity)?.identity;
    expect(identity).toMatchObject({
      deviceClass: DeviceClass.DEVICE_CLASS_PULSE_OXIMETER,
      manufacturer: 'OneBox Practice',
      model: 'Practice Oximeter',
      serial: 'P-1001',
    });
    expect(numberOf(observationsOf(findings, 67996)[0])).toBe(82);
    const spo2 = observationsOf(findings, SPO2);
    expect(spo2).toHaveLength(5);
    for (const value of spo2) {
      expect(numberOf(value)).toBeGreaterThanOrEqual(91);
      expect(value).toMatchObject({ freshForMs: 5000, validity: [Validity.VALIDITY_ONGOING], numeric: { unit: '%' } });
    }
    expect(progressOf(findings)).toEqual([
      'identity 1',
      'identity 2',
      'critical 1',
      'critical 2',
      'present 1',
      'present 2',
    ]);
  });

  it('shows no value of a measurement that the device calls invalid or questionable, and raises its alerts', async () => {
    for (const [finger, validity] of [
      ['out', Validity.VALIDITY_INVALID],
      ['weak', Validity.VALIDITY_QUESTIONABLE],
    ] as const) {
      const { findings } = await readSimulator(vitals, new PracticeOximeter({ ...FAST, finger }));
      const spo2 = observationsOf(findings, SPO2);
      expect(spo2).toHaveLength(5);
      for (const value of spo2) {
        expect(value.numeric).toBeFalsy();
        expect(value.absent).toBe(AbsentReason.ABSENT_REASON_UNKNOWN);
        expect(value.validity).toContain(validity);
      }
      const alerts = findings.flatMap(({ alert }) => (alert ? [alert.code?.coding?.[0]?.code] : []));
      expect(alerts).toEqual(
        finger === 'out' ? ['oximeter.inadequate-signal', 'oximeter.sensor-unconnected'] : ['oximeter.poor-signal'],
      );
    }
  });

  it('keeps on after the read while somebody watches, until it is stopped', async () => {
    const stop = new AbortController();
    let seen = 0;
    const count = (finding: { observation?: unknown }) => {
      if (finding.observation) seen += 1;
      if (seen > 40) stop.abort();
    };
    const { run } = await readSimulator(vitals, new PracticeOximeter(FAST), {
      live: true,
      signal: stop.signal,
      onFinding: count,
    });
    expect(run.error?.kind).toBe('LINK_ABORTED');
    expect(seen).toBeGreaterThan(40);
  });

  it('names a truncated value as a fault and invents nothing', async () => {
    const { findings } = await readSimulator(vitals, new PracticeOximeter({ ...FAST, misconduct: 'truncated' }));
    expect(observationsOf(findings, SPO2).every(({ numeric }) => !numeric)).toBe(true);
    expect(findings.filter(({ fault }) => fault?.error === 107).length).toBeGreaterThan(0);
  });

  it('keeps what it has when the device hangs up', async () => {
    const { run, findings } = await readSimulator(vitals, new PracticeOximeter({ ...FAST, misconduct: 'hangs-up' }));
    expect(run.error?.kind).toBe('LINK_LOST');
    expect(observationsOf(findings, SPO2)).toHaveLength(3);
  });

  it('reads the values of a device that refuses to say who it is', async () => {
    const { run, findings } = await readSimulator(
      vitals,
      new PracticeOximeter({ ...FAST, misconduct: 'refuses-reads' }),
    );
    expect(run.error).toBeUndefined();
    expect(findings.find(({ identity }) => identity)?.identity?.manufacturer ?? '').toBe('');
    expect(findings.filter(({ fault }) => fault?.reason === AbsentReason.ABSENT_REASON_NOT_PERMITTED).length).toBe(5);
    expect(observationsOf(findings, SPO2)).toHaveLength(5);
  });
});

describe('heart-rate strap', () => {
  it('reads rate, intervals, contact and place', async () => {
    const { run, findings } = await readSimulator(vitals, new PracticeHeartRateStrap(FAST));
    expect(run.error).toBeUndefined();
    const rates = observationsOf(findings, 147842);
    expect(rates).toHaveLength(5);
    expect(rates[0]?.qualifier?.[0]?.coding?.[0]?.code).toBe('body-sensor-location.chest');
    const intervals = observationsOf(findings, 'heart-rate.rr-interval');
    expect(intervals).toHaveLength(10);
    expect(Math.abs(60_000 / numberOf(intervals[0]) - numberOf(rates[0]))).toBeLessThan(5);
    expect(observationsOf(findings, 'heart-rate.sensor-contact')).toHaveLength(1);
  });

  it('has no rate without contact', async () => {
    const { findings } = await readSimulator(vitals, new PracticeHeartRateStrap({ ...FAST, contact: false }));
    const rates = observationsOf(findings, 147842);
    expect(rates).toHaveLength(5);
    for (const rate of rates) {
      expect(rate.numeric).toBeFalsy();
      expect(rate.validity).toEqual([Validity.VALIDITY_QUESTIONABLE]);
    }
  });
});

/** As the driver, with shorter waits for what may still come. */
const quick = defineDriver(vitals, (device) => vitalSigns(device, kindOf(device), { firstMs: 150, quietMs: 150 }));

describe('blood-pressure monitor', () => {
  const PRESSURE = 150020;

  it('reads the present and the stored measurements, before it asks who the device is', async () => {
    const { run, findings } = await readSimulator(vitals, new PracticeBloodPressureMonitor({ delayMs: 20 }));
    expect(run.error).toBeUndefined();
    const pressures = observationsOf(findings, PRESSURE);
    expect(pressures).toHaveLength(3);
    const parts = pressures[2]?.compound?.part ?? [];
    expect(parts[0]?.numeric).toMatchObject({ unit: 'mm[Hg]' });
    expect(parts[2]?.absent).toBe(AbsentReason.ABSENT_REASON_NOT_A_NUMBER);
    expect(pressures.map(({ source }) => source?.origin)).toEqual([2, 2, 1]);
    expect(findings.findIndex(({ observation }) => observation)).toBeLessThan(
      findings.findIndex(({ identity }) => identity),
    );
  });

  it('keeps the unit of the monitor', async () => {
    const { findings } = await readSimulator(quick, new PracticeBloodPressureMonitor({ delayMs: 20, unit: 'kPa' }));
    const systolic = observationsOf(findings, PRESSURE)[2]?.compound?.part?.[0]?.numeric;
    expect(systolic?.unit).toBe('kPa');
    expect(systolic?.value?.exponent).toBe(-1);
  });

  it('loses nothing when the monitor hangs up right after sending', async () => {
    const { findings } = await readSimulator(quick, new PracticeBloodPressureMonitor({ delayMs: 20, hangUpMs: 0 }));
    expect(observationsOf(findings, PRESSURE)).toHaveLength(3);
  });

  it('gives only the order of what was measured by a clock that was never set', async () => {
    const { findings } = await readSimulator(
      quick,
      new PracticeBloodPressureMonitor({ delayMs: 20, clockOffsetMs: 'unset' }),
    );
    const times = observationsOf(findings, PRESSURE).map(({ time }) => time);
    expect(times.map((time) => time?.quality)).toEqual([1, 2, 3].map(() => TimeQuality.TIME_QUALITY_ORDER_ONLY));
    expect(times.map((time) => time?.order)).toEqual([1, 2, 3]);
    expect(findings.find(({ clock }) => clock)?.clock?.notSet).toBe(true);
  });
});

describe('thermometer', () => {
  it('reads a fever, also in Fahrenheit with the original beside', async () => {
    const celsius = observationsOf(
      (await readSimulator(quick, new PracticeThermometer({ delayMs: 20 }))).findings,
      150364,
    );
    const fahrenheit = observationsOf(
      (await readSimulator(quick, new PracticeThermometer({ delayMs: 20, unit: 'F' }))).findings,
      150364,
    );
    expect(celsius).toHaveLength(1);
    expect(celsius[0]?.numeric?.unit).toBe('Cel');
    expect(celsius[0]?.qualifier?.[0]?.coding?.[0]?.code).toBe('temperature.site.ear');
    expect(Math.abs(numberOf(fahrenheit[0]) - numberOf(celsius[0]))).toBeLessThanOrEqual(0.11);
    expect(fahrenheit[0]?.original?.unit).toBe('[degF]');
  });
});

describe('generic driver', () => {
  it('reads what standard services there are and says that it is generic', async () => {
    const { run, findings } = await readSimulator(generic, new PracticeUnknownDevice());
    expect(run.error).toBeUndefined();
    expect(findings.find(({ identity }) => identity)?.identity).toMatchObject({
      deviceClass: DeviceClass.DEVICE_CLASS_GENERIC,
      model: 'Practice Gadget',
    });
    expect(observationsOf(findings, 67996)).toHaveLength(1);
    expect(progressOf(findings)).toEqual([
      'identity 1',
      'identity 2',
      'critical 1',
      'critical 2',
      'present 1',
      'present 3',
    ]);
  });

  it('reads vital signs through the same parsers', async () => {
    const { findings } = await readSimulator(generic, new PracticeOximeter(FAST));
    expect(observationsOf(findings, SPO2)).toHaveLength(5);
  });
});
