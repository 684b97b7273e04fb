import { defineDriver } from '@onebox/driver-sdk/define.js';
import { glucoseMeter } from '@onebox/driver-sdk/parts/glucose-records.js';
import driver from '@onebox/drivers/ble-glucose-racp/driver.js';
import { type MeterOptions, PracticeGlucoseMeter } from '@onebox/drivers/ble-glucose-racp/simulator.js';
import { Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { manifestOf, numberOf, observationsOf, readSimulator } from './read-simulator.js';

const CAPILLARY = 160184;
const CONTROL = 160208;
const { TimeQuality, AbsentReason, Validity } = v1;
const HOUR = 3_600_000;

function read(options: MeterOptions = {}, run: Parameters<typeof readSimulator>[2] = {}) {
  const meter = new PracticeGlucoseMeter(options);
  const quick = defineDriver(manifestOf(driver.id), (device) => glucoseMeter(device, { idleMs: 150 }));
  return readSimulator(quick, meter, run).then((result) => ({ ...result, meter }));
}

describe('glucose meter', () => {
  it('reads the last record first, then all, and never a control solution as a value of the patient', async () => {
    const { run, findings, meter, link, traces } = await read();
    expect(traces).toEqual([]);
    expect(run.error).toBeUndefined();
    expect(meter.access.violations).toEqual([]);
    expect(link.written).toEqual(['2A52 0106', '2A52 0401', '2A52 0101']);
    const patient = observationsOf(findings, CAPILLARY);
    // All but the control solution; the last one twice, in two phases.
    expect(patient).toHaveLength(meter.records.length);
    expect(numberOf(patient[0])).toBe(58);
    expect(patient[0]).toMatchObject({
      numeric: { unit: 'mg/dL' },
      original: { unit: 'kg/L', value: { coefficient: 58, exponent: -5 } },
    });
    expect(patient[0]).toEqual(patient.at(-1));
    const control = observationsOf(findings, CONTROL);
    expect(control).toHaveLength(1);
    expect(control[0]?.validity).toEqual([Validity.VALIDITY_TEST]);
    expect(patient.every(({ qualifier }) => !JSON.stringify(qualifier).includes('control'))).toBe(true);
    const expected = findings.find(({ progress }) => progress?.expected)?.progress;
    expect(expected).toMatchObject({ phase: Phase.PHASE_TRENDS, expected: meter.records.length });
  });

  it('gives a result above the range as such, without a number', async () => {
    const { findings } = await read();
    const high = observationsOf(findings, CAPILLARY).filter(({ absent }) => absent);
    expect(high).toHaveLength(1);
    expect(high[0]?.absent).toBe(AbsentReason.ABSENT_REASON_POSITIVE_INFINITY);
    expect(observationsOf(findings, 8417752)).toHaveLength(1);
  });

  it('joins the context to its record by the sequence number', async () => {
    const { findings, meter } = await read();
    const withContext = meter.records.filter(({ context }) => context);
    const carbohydrates = observationsOf(findings, 'carbohydrate');
    expect(carbohydrates.map(({ instance }) => instance)).toEqual(withContext.map(({ key }) => key));
    expect(carbohydrates[0]?.numeric?.unit).toBe('g');
    const medication = observationsOf(findings, 'medication')[0];
    expect(numberOf(medication)).toBeCloseTo(0.04, 1);
    expect(medication?.numeric?.unit).toBe('mL');
    const first = observationsOf(findings, CAPILLARY).find(({ instance }) => instance === withContext[0]?.key);
    expect(JSON.stringify(first?.qualifier)).toContain('meal-marker.after-meal');
    expect(JSON.stringify(first?.qualifier)).toContain('tester.self');
  });

  it('corrects times by the clock of the meter, and says how far it can be trusted', async () => {
    for (const [clockOffsetMs, quality, from, to] of [
      [0, TimeQuality.TIME_QUALITY_DEVICE, 24, 27],
      [-40 * 60_000, TimeQuality.TIME_QUALITY_CORRECTED, 24, 27],
    ] as const) {
      const { findings } = await read({ clockOffsetMs });
      const time = observationsOf(findings, CAPILLARY)[0]?.time;
      expect(time?.quality).toBe(quality);
      const minutes = (Date.now() - (time?.unixMs ?? 0)) / 60_000;
      expect(minutes).toBeGreaterThan(from);
      expect(minutes).toBeLessThan(to);
    }
    for (const clockOffsetMs of ['unset', -40 * HOUR] as const) {
      const { findings } = await read({ clockOffsetMs });
      const values = observationsOf(findings, CAPILLARY);
      expect(values.every(({ time }) => time?.quality === TimeQuality.TIME_QUALITY_ORDER_ONLY)).toBe(true);
      const orders = values.slice(1).map(({ time }) => time?.order ?? 0);
      expect(orders).toEqual([...orders].sort((a, b) => a - b));
    }
  });

  it('marks a transfer that does not end, keeps what came, and calls it off', async () => {
    const { run, findings, link } = await read({ transfer: 'stalls', stopsAfter: 5 });
    expect(run.error).toBeUndefined();
    const faults = findings.flatMap(({ fault }) => (fault ? [fault] : []));
    // On a busy machine the newest record may come too late as well.
    expect(new Set(faults.map(({ error, detail }) => `${error} ${detail}`))).toEqual(new Set(['102 2A52 incomplete']));
    expect(observationsOf(findings, CAPILLARY).length).toBeGreaterThanOrEqual(5);
    expect(link.written).toContain('2A52 0300');
  });

  it('marks a transfer that the meter itself calls not completed', async () => {
    const { findings } = await read({ transfer: 'not-completed', stopsAfter: 4 });
    expect(findings.filter(({ fault }) => fault?.error === 406)).toHaveLength(1);
    // Not even the newest record came.
    const nothing = await read({ transfer: 'not-completed', stopsAfter: 0 });
    expect(nothing.findings.filter(({ fault }) => fault?.error === 406)).toHaveLength(2);
  });

  it('takes an empty memory as complete', async () => {
    const { run, findings } = await read({ records: 0 });
    expect(run.error).toBeUndefined();
    expect(findings.some(({ fault }) => fault)).toBe(false);
    expect(findings.some(({ observation }) => observation?.code?.coding?.[0]?.code === String(CAPILLARY))).toBe(false);
  });

  it('leaves out what the host has from an earlier link', async () => {
    const clockOffsetMs = 0;
    const whole = await read({ clockOffsetMs });
    const all = observationsOf(whole.findings, CAPILLARY).slice(1);
    const rest = await read(
      { clockOffsetMs },
      { phases: [Phase.PHASE_TRENDS], received: new Map([[Phase.PHASE_TRENDS, 12]]) },
    );
    const again = observationsOf(rest.findings, CAPILLARY);
    expect(again.length).toBeLessThan(all.length);
    expect(again.map(({ instance }) => instance)).toEqual(all.slice(-again.length).map(({ instance }) => instance));
  });

  it('cannot delete: the manifest has no such request', () => {
    const { requests } = manifestOf(driver.id);
    for (const request of Object.values(requests))
      expect('bytes' in request && request.bytes.startsWith('02')).toBe(false);
  });
});
