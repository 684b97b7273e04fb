import driver from '@onebox/drivers/contec-cms50-v7-serial/driver.js';
import { type Cms50Faults, Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import { type Finding, Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { readSerial } from './read-serial.js';
import { numberOf, observationsOf, progressOf } from './read-simulator.js';

const SPO2 = 150456;
const PULSE = 149530;
const PLETH = 150452;
/** Ten times as fast as a real device, so that a test takes two seconds. */
const FAST = { speed: 10, searchSeconds: 2, storedSeconds: 90 };
const DEFAULT = [1, 2, 3, 4, 5, 6] as readonly Phase[];
const { AbsentReason, Alert, TimeQuality, Validity } = v1;

async function read(faults: Cms50Faults = {}, options: Parameters<typeof readSerial>[2] = { phases: DEFAULT }) {
  const simulator = new Cms50Simulator({ ...FAST, faults });
  const heard = () => simulator.commands.at(-1) === 0xa2;
  return { simulator, ...(await readSerial(driver, simulator, { ...options, heard })) };
}

const alertsOf = (findings: readonly Finding[]) =>
  findings.flatMap(({ alert }) => (alert ? [[alert.code?.coding?.[0]?.code, alert.state]] : []));

describe.concurrent('CMS50 on a pseudo terminal', () => {
  it('searches, then gives ten seconds of values and the plethysmogram, and sends only what a reader may', async () => {
    const { run, findings, traces, simulator } = await read();
    expect(traces).toEqual([]);
    expect(run.error).toBeUndefined();
    expect(progressOf(findings)).toEqual([
      'identity 1',
      'identity 2',
      'critical 1',
      'critical 2',
      'present 1',
      'present 2',
    ]);
    expect(findings.find(({ identity }) => identity)?.identity).toMatchObject({
      manufacturer: 'Contec',
      practice: true,
    });
    const spo2 = observationsOf(findings, SPO2);
    expect(spo2.slice(0, 2).map(({ absent }) => absent)).toEqual(
      Array(2).fill(AbsentReason.ABSENT_REASON_NOT_A_NUMBER),
    );
    const valid = spo2.filter(({ absent }) => !absent);
    expect(valid).toHaveLength(10);
    for (const value of valid) {
      expect(numberOf(value)).toBeGreaterThanOrEqual(96);
      expect(value).toMatchObject({
        freshForMs: 5000,
        numeric: { unit: '%' },
        validity: [Validity.VALIDITY_UNQUALIFIED],
      });
    }
    expect(observationsOf(findings, PULSE).filter(({ absent }) => !absent)).toHaveLength(10);
    const strips = observationsOf(findings, PLETH);
    expect(strips.length).toBe(spo2.length);
    expect(strips.every(({ samples }) => samples?.sample?.length === 60 && samples.gap?.length === 0)).toBe(true);
    expect(alertsOf(findings)).toEqual([
      ['oximeter.searching', Alert.State.STATE_ACTIVE],
      ['oximeter.searching', Alert.State.STATE_ENDED],
    ]);
    expect(numberOf(observationsOf(findings, 'line.quality').at(-1))).toBe(100);
    expect(simulator.refused).toEqual([]);
    expect(simulator.commands.at(-1)).toBe(0xa2);
  });

  it('reads the recording when the memory is wanted', async () => {
    const { run, findings, simulator } = await read({}, { phases: [Phase.PHASE_IDENTITY, Phase.PHASE_MEMORY] });
    expect(run.error).toBeUndefined();
    const stored = observationsOf(findings, SPO2);
    expect(stored).toHaveLength(1);
    expect(stored[0]?.time).toEqual({ quality: TimeQuality.TIME_QUALITY_ORDER_ONLY, order: 1 });
    expect(stored[0]?.samples?.sample).toHaveLength(90);
    expect(simulator.commands).toEqual([0xa1, 0xa2, 0xa6, 0xa7, 0xa2]);
  });

  it('says that the probe is off, and gives no number', async () => {
    const { run, findings } = await read({ probeOff: true });
    expect(run.error).toBeUndefined();
    expect(observationsOf(findings, SPO2).every(({ absent }) => absent)).toBe(true);
    expect(alertsOf(findings)[0]).toEqual(['oximeter.probe-error', Alert.State.STATE_ACTIVE]);
    const gaps = observationsOf(findings, PLETH).map(({ samples }) => samples?.gap);
    expect(gaps.every((gap) => gap?.[0]?.count === 60)).toBe(true);
  });

  it('gives no invented value on a bad line, counts the damage and marks the holes', async () => {
    const { run, findings } = await read({ flippedBits: 0.1, lostBytes: 0.01 });
    expect(run.error).toBeUndefined();
    for (const value of observationsOf(findings, SPO2)) {
      if (!value.absent) expect(numberOf(value)).toBeGreaterThanOrEqual(96);
    }
    for (const value of observationsOf(findings, PULSE)) {
      if (!value.absent) expect(Math.abs(numberOf(value) - 72)).toBeLessThanOrEqual(3);
    }
    expect(numberOf(observationsOf(findings, 'line.rejects').at(-1))).toBeGreaterThan(0);
    expect(numberOf(observationsOf(findings, 'line.quality').at(-1))).toBeLessThan(100);
    expect(observationsOf(findings, PLETH).some(({ samples }) => (samples?.gap?.length ?? 0) > 0)).toBe(true);
  });

  it('starts a second time when the first start is not heard', async () => {
    const { run, simulator } = await read({ deafToFirstStart: true });
    expect(run.error).toBeUndefined();
    expect(simulator.commands.slice(0, 3)).toEqual([0xa1, 0xa2, 0xa1]);
  });

  it('says so when no device answers', async () => {
    const { run, findings, simulator } = await read({ silent: true });
    expect(run.error?.kind).toBe('LINK_TIMEOUT');
    expect(findings.some(({ observation }) => observation)).toBe(false);
    expect(simulator.commands).toEqual([0xa1, 0xa2, 0xa1, 0xa2]);
  });

  it('keeps what came before the device fell silent or ended the session', async () => {
    const silent = await read({ silentAfter: 300 });
    expect(silent.run.error?.kind).toBe('LINK_TIMEOUT');
    expect(observationsOf(silent.findings, SPO2).length).toBeGreaterThanOrEqual(4);
    const ended = await read({ endAfter: { packets: 300, reason: 5 } });
    expect(ended.run.error?.kind).toBe('LINK_REFUSED');
    expect(observationsOf(ended.findings, SPO2).length).toBeGreaterThanOrEqual(4);
  });

  it('goes on while somebody watches, and keeps the device awake', async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 9_500);
    const { run, findings, simulator } = await read({}, { phases: DEFAULT, live: true, signal: stop.signal });
    clearTimeout(timer);
    expect(run.error?.kind).toBe('LINK_ABORTED');
    expect(simulator.commands.filter((command) => command === 0xaf).length).toBeGreaterThanOrEqual(2);
    expect(observationsOf(findings, SPO2).length).toBeGreaterThan(60);
    expect(simulator.commands.at(-1)).toBe(0xa2);
  });
});
