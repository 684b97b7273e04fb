import type { AgentOptions, SimulatedAgent } from '@onebox/driver-sdk/simulated/phd-agent.js';
import driver from '@onebox/drivers/ieee11073-phd/driver.js';
import {
  bloodPressureAgent,
  glucoseAgent,
  oximeterAgent,
  scaleAgent,
  unknownAgent,
} from '@onebox/drivers/ieee11073-phd/simulator.js';
import { ERRORS } from '@onebox/protocol/errors.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { readSerial } from './read-serial.js';
import { numberOf, observationsOf, progressOf } from './read-simulator.js';

const SPO2 = 150456;
const PULSE = 149530;
const PRESSURE = 150020;
const WEIGHT = 188736;
const GLUCOSE = 160184;
const BATTERY = 67996;
const { AbsentReason, DeviceClass, TimeQuality, Validity } = v1;

const DONE = ['identity 1', 'identity 2', 'critical 1', 'critical 2', 'present 1', 'present 2'];

async function read(make: (options?: AgentOptions) => SimulatedAgent, options: AgentOptions = {}) {
  const simulator = make({ reportMs: 100, againMs: 1_000, clockMinutes: 0, ...options });
  const heard = () => ['ABRT', 'RLRE'].includes(simulator.heard.at(-1) ?? '');
  const result = await readSerial(driver, simulator, { utcOffsetMinutes: 0, heard });
  // Whatever happens, a reader changes nothing.
  expect(simulator.refused).toEqual([]);
  expect(result.traces).toEqual([]);
  return { simulator, ...result };
}

const identityOf = (findings: readonly Finding[]) => findings.find(({ identity }) => identity)?.identity;
const faultsOf = (findings: readonly Finding[]) => findings.flatMap(({ fault }) => (fault ? [fault] : []));
/** Every number that was stated as a measurement. */
const numbersOf = (findings: readonly Finding[]) =>
  findings.flatMap(({ observation }) =>
    observation?.numeric || observation?.compound?.part?.some(({ numeric }) => numeric) ? [observation] : [],
  );

describe.concurrent('personal health devices on a pseudo terminal', () => {
  it('oximeter: standard configuration, a stream of live values', async () => {
    const { run, findings, simulator } = await read(oximeterAgent, { reportMs: 500 });
    expect(run.error).toBeUndefined();
    expect(progressOf(findings)).toEqual(DONE);
    expect(identityOf(findings)).toMatchObject({
      deviceClass: DeviceClass.DEVICE_CLASS_PULSE_OXIMETER,
      manufacturer: 'Practice',
      model: 'Oximeter',
      serial: 'PRACTICE-0001',
      firmware: '1.0',
      practice: true,
    });
    const spo2 = observationsOf(findings, SPO2);
    expect(spo2.length).toBeGreaterThan(10);
    for (const value of spo2) {
      expect(numberOf(value)).toBeGreaterThanOrEqual(96);
      expect(value).toMatchObject({
        freshForMs: 5000,
        numeric: { unit: '%' },
        time: { quality: TimeQuality.TIME_QUALITY_TABLET },
        validity: [Validity.VALIDITY_UNQUALIFIED],
      });
    }
    expect(observationsOf(findings, PULSE)).toHaveLength(spo2.length);
    expect(numberOf(observationsOf(findings, BATTERY)[0])).toBe(80);
    expect(simulator.heard).toEqual(['AARE', 'get', 'ABRT']);
  }, 30_000);

  it('blood pressure: one compound, confirmed, then released', async () => {
    const { run, findings, simulator } = await read(bloodPressureAgent);
    expect(run.error).toBeUndefined();
    expect(progressOf(findings)).toEqual(DONE);
    const [pressure] = observationsOf(findings, PRESSURE);
    expect(pressure?.compound?.part?.map(({ code, numeric }) => [code?.coding?.[0]?.refId, numeric?.unit])).toEqual([
      ['MDC_PRESS_BLD_NONINV_SYS', 'mm[Hg]'],
      ['MDC_PRESS_BLD_NONINV_DIA', 'mm[Hg]'],
      ['MDC_PRESS_BLD_NONINV_MEAN', 'mm[Hg]'],
    ]);
    expect(pressure?.time?.quality).toBe(TimeQuality.TIME_QUALITY_DEVICE);
    expect(observationsOf(findings, 149546)).toHaveLength(1);
    expect(simulator.heard.slice(0, 4)).toEqual(['AARE', 'get', 'event-reply', 'RLRE']);
  }, 30_000);

  it('scale: tells its own configuration', async () => {
    const { run, findings, simulator } = await read(scaleAgent);
    expect(run.error).toBeUndefined();
    expect(progressOf(findings)).toEqual(DONE);
    expect(identityOf(findings)?.deviceClass).toBe(DeviceClass.DEVICE_CLASS_SCALE);
    const [weight] = observationsOf(findings, WEIGHT);
    expect(weight).toMatchObject({ numeric: { unit: 'kg', value: { exponent: -1 } } });
    expect(observationsOf(findings, 188748)[0]).toMatchObject({ numeric: { unit: '%' } });
    expect(simulator.heard.slice(0, 5)).toEqual(['AARE', 'event-reply', 'get', 'event-reply', 'RLRE']);
  }, 30_000);

  it('glucose meter: stored results with their times, by attributes', async () => {
    const { run, findings } = await read(glucoseAgent);
    expect(run.error).toBeUndefined();
    const results = observationsOf(findings, GLUCOSE);
    expect(results).toHaveLength(5);
    const times = results.map(({ time }) => time?.unixMs ?? 0);
    expect(times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 3_600_000))).toEqual([7, 7, 7, 7]);
    expect(results.map(({ numeric }) => numeric?.unit)).toEqual(Array(5).fill('mg/dL'));
  }, 30_000);

  it('an agent of an unknown kind: its values as data, with its own codes', async () => {
    const { run, findings } = await read(unknownAgent);
    expect(run.error).toBeUndefined();
    expect(identityOf(findings)).toMatchObject({
      deviceClass: DeviceClass.DEVICE_CLASS_GENERIC,
      type: { coding: [{ code: String(8 * 65536 + 4999) }] },
    });
    const values = observationsOf(findings, 2 * 65536 + 61234);
    expect(values).toHaveLength(2);
    expect(values[0]).toMatchObject({ numeric: { unit: '1' } });
  }, 30_000);
});

describe.concurrent('what goes wrong', () => {
  it('a unit in which no such value is given: no value', async () => {
    const { findings, run } = await read(scaleAgent, { fault: 'wrong-unit' });
    expect(run.error).toBeUndefined();
    expect(observationsOf(findings, WEIGHT)).toMatchObject([{ absent: AbsentReason.ABSENT_REASON_ERROR }]);
    expect(numbersOf(findings).map(({ code }) => code?.coding?.[0]?.code)).toEqual([String(BATTERY)]);
    expect(faultsOf(findings)[0]?.error).toBe(ERRORS.UNIT_UNKNOWN.code);
  }, 30_000);

  it('not a number: absent', async () => {
    const { findings } = await read(bloodPressureAgent, { fault: 'not-a-number' });
    const [pressure] = observationsOf(findings, PRESSURE);
    expect(pressure?.compound?.part?.map(({ absent }) => absent)).toEqual(
      Array(3).fill(AbsentReason.ABSENT_REASON_NOT_A_NUMBER),
    );
  }, 30_000);

  it('never measured: said so for each of its objects', async () => {
    const { findings, run } = await read(scaleAgent, { fault: 'never-measured' });
    expect(run.error).toBeUndefined();
    expect(progressOf(findings)).toEqual(DONE);
    expect(observationsOf(findings, WEIGHT)).toMatchObject([{ absent: AbsentReason.ABSENT_REASON_NOT_PERFORMED }]);
  }, 30_000);

  it('a clock 40 minutes fast: corrected times', async () => {
    const { findings } = await read(scaleAgent, { fault: 'clock-off' });
    const [weight] = observationsOf(findings, WEIGHT);
    expect(weight?.time?.quality).toBe(TimeQuality.TIME_QUALITY_CORRECTED);
    const clock = findings.find((one) => one.clock)?.clock;
    expect(Math.round((clock?.offsetMs ?? 0) / 60_000)).toBe(40);
    expect(Math.abs((weight?.time?.unixMs ?? 0) - (clock?.tabletUnixMs ?? 0))).toBeLessThan(10_000);
  }, 30_000);

  it('a clock that was never set: the order only', async () => {
    const { findings } = await read(glucoseAgent, { fault: 'clock-unset' });
    expect(findings.find((one) => one.clock)?.clock?.notSet).toBe(true);
    expect(observationsOf(findings, GLUCOSE).map(({ time }) => [time?.quality, time?.order])).toEqual(
      [1, 2, 3, 4, 5].map((order) => [TimeQuality.TIME_QUALITY_ORDER_ONLY, order]),
    );
  }, 30_000);

  it('newer firmware: unknown objects and events are kept and passed over', async () => {
    const { findings, run } = await read(scaleAgent, { fault: 'newer-firmware' });
    expect(run.error).toBeUndefined();
    expect(observationsOf(findings, WEIGHT)).toHaveLength(1);
    expect(findings.filter(({ evidence }) => evidence)).toHaveLength(1);
    expect(identityOf(findings)?.firmware).toBe('99.0');
  }, 30_000);

  it('an empty battery is told', async () => {
    const { findings } = await read(oximeterAgent, { fault: 'battery-low' });
    expect(numberOf(observationsOf(findings, BATTERY)[0])).toBe(3);
  }, 30_000);

  it('ends in the middle of a report: what came before stays, and the rest is named', async () => {
    const { findings, run } = await read(glucoseAgent, { fault: 'ends-early' });
    expect(run.error?.kind).toBe('LINK_MALFORMED');
    expect(observationsOf(findings, GLUCOSE)).toHaveLength(1);
    expect(progressOf(findings)).not.toContain('present 2');
    expect(faultsOf(findings)).toHaveLength(1);
  }, 30_000);
});
