import driver from '@onebox/drivers/astm-lis-serial/driver.js';
import type { AstmSenderSimulator, SenderFaults } from '@onebox/drivers/astm-lis-serial/simulated-sender.js';
import { analyserSimulator, glucoseMeterSimulator } from '@onebox/drivers/astm-lis-serial/simulator.js';
import { v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { readSerial } from './read-serial.js';
import { numberOf, observationsOf, progressOf } from './read-simulator.js';

const PLASMA = 160368;
const CONTROL = 160208;
const HBA1C = 160220;
const QUICK = { startMs: 100, againMs: 60_000 };
const { AbsentReason, Comparator, TimeQuality, Validity } = v1;

async function read(simulator: AstmSenderSimulator) {
  const result = await readSerial(driver, simulator, { utcOffsetMinutes: 0 });
  return { simulator, ...result };
}

describe.concurrent('glucose meter over ASTM', () => {
  const meter = (faults: SenderFaults = {}) => glucoseMeterSimulator({ ...QUICK, faults });

  it('takes the whole upload; a control is no value of the patient, and a value above the range is no number', async () => {
    const { run, findings, traces, simulator } = await read(meter());
    expect(traces).toEqual([]);
    expect(run.error).toBeUndefined();
    expect(simulator.uploads).toBe(1);
    expect(simulator.refused).toEqual([]);
    expect(progressOf(findings)).toEqual([
      'identity 1',
      'identity 2',
      'settings 1',
      'settings 2',
      'present 1',
      'present 2',
      'trends 1',
      'trends 2',
    ]);
    expect(findings.find(({ identity }) => identity)?.identity).toMatchObject({
      model: 'PracticeMeter',
      serial: 'PRACTICE-0001',
      practice: true,
    });
    const values = observationsOf(findings, PLASMA);
    expect(values).toHaveLength(11);
    expect(values.filter(({ absent }) => absent).map(({ absent }) => absent)).toEqual([
      AbsentReason.ABSENT_REASON_POSITIVE_INFINITY,
    ]);
    for (const value of values.filter(({ absent }) => !absent)) {
      expect(value.numeric?.unit).toBe('mg/dL');
      expect(numberOf(value)).toBeGreaterThanOrEqual(70);
      expect(value.time?.quality).toBe(TimeQuality.TIME_QUALITY_DEVICE);
    }
    const control = observationsOf(findings, CONTROL);
    expect(control.map(({ validity }) => validity)).toEqual([[Validity.VALIDITY_TEST]]);
    expect(numberOf(observationsOf(findings, 'line.quality')[0])).toBe(100);
  });

  it('takes the unit from the record and corrects times by the clock of the meter', async () => {
    const { findings } = await read(glucoseMeterSimulator({ ...QUICK, unit: 'mmol/L', clockMinutes: -40 }));
    const last = observationsOf(findings, PLASMA).at(-1);
    expect(last?.numeric?.unit).toBe('mmol/L');
    expect(last?.numeric?.value?.exponent).toBe(-1);
    expect(last?.time?.quality).toBe(TimeQuality.TIME_QUALITY_CORRECTED);
    expect((Date.now() - (last?.time?.unixMs ?? 0)) / 3_600_000).toBeCloseTo(7, 1);
    const clock = findings.find((finding) => finding.clock)?.clock;
    expect(Math.round((clock?.offsetMs ?? 0) / 60_000)).toBe(-40);
  });

  it('asks for a damaged frame again, and drops the copy when its ACK was lost', async () => {
    const damaged = await read(meter({ wrongChecksum: { frame: 4, times: 2 } }));
    const copied = await read(meter({ lostAck: 5 }));
    for (const { run, findings } of [damaged, copied]) {
      expect(run.error).toBeUndefined();
      expect(observationsOf(findings, PLASMA)).toHaveLength(11);
      expect(progressOf(findings)).toContain('trends 2');
    }
    expect(numberOf(observationsOf(damaged.findings, 'line.rejects')[0])).toBe(2);
  });

  it('says that the upload was not whole, and keeps what came', async () => {
    const beyond = await read(meter({ wrongChecksum: { frame: 6, times: 9 } }));
    const cut = await read(meter({ wrongChecksum: { frame: 6, times: 9 }, endBefore: 7 }));
    for (const { findings } of [beyond, cut]) {
      const faults = findings.flatMap(({ fault }) => (fault ? [fault] : []));
      expect(faults.map(({ error }) => error)).toEqual([206]);
      expect(observationsOf(findings, PLASMA).length).toBeGreaterThanOrEqual(2);
      expect(progressOf(findings)).not.toContain('present 2');
    }
  });
});

describe.concurrent('analyser over ASTM', () => {
  it.each(['message', 'record', 'chunks'] as const)('reads frames of the kind "%s"', async (framing) => {
    const { run, findings, traces } = await read(analyserSimulator({ ...QUICK, framing }));
    expect(traces).toEqual([]);
    expect(run.error).toBeUndefined();
    expect(findings.find(({ identity }) => identity)?.identity).toMatchObject({
      model: 'PRACTICE ANALYSER',
      firmware: '1.0.0',
      serial: 'PRACTICE-0002',
    });
    expect(observationsOf(findings, HBA1C)[0]?.numeric?.unit).toBe('%');
    const crp = observationsOf(findings, 'CRP')[0];
    expect(crp?.numeric).toMatchObject({ unit: 'mg/L', comparator: Comparator.COMPARATOR_LESS_THAN });
    expect(numberOf(crp)).toBe(5);
    // A unit that has no UCUM code: words, never a bare number.
    expect(observationsOf(findings, 'Score')[0]).toMatchObject({ text: '2 points' });
    expect(JSON.stringify(crp?.qualifier)).toContain('PRACTICE-SAMPLE');
    expect(observationsOf(findings, 'device.words')[0]?.text).toContain('Practice sample');
    expect(progressOf(findings)).toContain('trends 2');
  });

  it('reports a message that ends in the middle of a record', async () => {
    const { findings } = await read(analyserSimulator({ ...QUICK, framing: 'chunks', faults: { endBefore: 2 } }));
    expect(findings.flatMap(({ fault }) => (fault ? [fault.error] : []))).toEqual([206]);
    expect(progressOf(findings)).not.toContain('present 2');
  });
});
