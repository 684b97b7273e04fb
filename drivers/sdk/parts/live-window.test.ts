import { v1 } from '@onebox/protocol/wire.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code } from '../findings.js';
import { secondFindings } from './live-findings.js';
import { type LiveSample, type LiveTable, LiveWindow } from './live-window.js';

const what = (name: string) => code('urn:test', name);
const TABLE = {
  perSecond: 60,
  packetBytes: 9,
  values: [
    { of: 'spo2', code: what('spo2'), unit: '%', above: 0, atMost: 100, needed: true },
    { of: 'index', code: what('index'), unit: '1', when: 'indexValid' },
  ],
  states: [
    { of: 'off', code: what('off'), severity: v1.Severity.SEVERITY_CHECK, doubtful: true },
    { of: 'low', code: what('low'), severity: v1.Severity.SEVERITY_NOTE },
  ],
  waves: [{ of: 'wave', code: what('wave'), unit: '1', unless: 'off' }],
} satisfies LiveTable;
const GOOD: LiveSample = { spo2: 97, index: 40, indexValid: true, off: false, low: false, wave: 40 };

function run(samples: readonly LiveSample[], stepMs = 1000 / 60) {
  const window = new LiveWindow(TABLE);
  const found = samples.map((sample, index) => window.push(sample, 1_000 + index * stepMs, 0));
  return { all: found.filter((one) => one !== undefined), rest: window.take() };
}
const second = (sample: LiveSample) => run(Array(60).fill(sample)).all[0]!;

describe('one second of live packets', () => {
  it('is as many packets as the table states', () => {
    const { all, rest } = run(Array(120).fill(GOOD));
    expect(all).toHaveLength(2);
    expect(rest).toBeUndefined();
    expect(all[0]).toMatchObject({ from: 1_000, values: [97, 40], states: [false, false], valid: true });
    expect(all[0]?.waves).toEqual([Array(60).fill(40)]);
  });

  it('does not show what a few damaged packets say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat({ max: 59 }), value: fc.integer({ min: 0, max: 100 }) }), { maxLength: 12 }),
        (wrong) => {
          const samples: LiveSample[] = Array(60).fill(GOOD);
          for (const { at, value } of wrong) samples[at] = { ...GOOD, spo2: value, index: value, off: true };
          expect(run(samples).all[0]).toMatchObject({ values: [97, 40], states: [false, false], doubtful: false });
        },
      ),
    );
  });

  it('has no value when the device marks most as invalid, or too few agree', () => {
    for (const spo2 of [undefined, 0, 101, 126])
      expect(second({ ...GOOD, spo2 })).toMatchObject({ values: [undefined, 40], valid: false });
    expect(second({ ...GOOD, indexValid: false })).toMatchObject({ values: [97, undefined], valid: true });
    expect(run([GOOD, GOOD]).rest).toMatchObject({ values: [undefined, undefined], valid: false });
  });

  it('of a slow source has a value on which half of its packets agree', () => {
    const slow = (perSecond: number, ...values: number[]) => {
      const window = new LiveWindow({ ...TABLE, perSecond });
      return values.map((spo2, index) => window.push({ ...GOOD, spo2 }, 1_000 + index * 200, 0)).at(-1)?.values[0];
    };
    expect([slow(1, 97), slow(4, 97, 96, 97, 95), slow(4, 97, 96, 95, 94)]).toEqual([97, 97, undefined]);
  });

  it('is in a state in which most packets are; some states make its values questionable', () => {
    expect(second({ ...GOOD, low: true })).toMatchObject({ states: [false, true], doubtful: false, valid: true });
    expect(second({ ...GOOD, off: true })).toMatchObject({ states: [true, false], doubtful: true, valid: false });
  });

  it('leaves holes where packets were damaged or the line paused, and joins nothing', () => {
    const window = new LiveWindow(TABLE);
    window.push(GOOD, 1_000, 500);
    window.push(GOOD, 1_033, 9);
    window.push(GOOD, 1_083, 18);
    window.push(GOOD, 1_683, 0);
    const hole = (count: number) => Array(count).fill(undefined);
    expect(window.take()?.waves).toEqual([[40, ...hole(1), 40, ...hole(2), 40, ...hole(35), 40]]);
  });

  it('is never longer than a second, whatever is lost', () => {
    const packet = fc.record({ pause: fc.nat({ max: 3000 }), lost: fc.nat({ max: 2000 }) });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 150 }), (packets) => {
        const window = new LiveWindow(TABLE);
        let at = 1_000;
        for (const { pause, lost } of packets) {
          at += pause;
          expect(window.push(GOOD, at, lost)?.waves[0]?.length ?? 60).toBe(60);
        }
        expect(window.take()?.waves[0]?.length ?? 0).toBeLessThan(60);
      }),
    );
  });
});

describe('its findings', () => {
  it('carry unit, time, source and validity', () => {
    const [spo2, index, wave] = secondFindings(TABLE, second(GOOD), 'packet 1');
    const { VALIDITY_UNQUALIFIED } = v1.Validity;
    expect(spo2?.observation).toMatchObject({
      numeric: { unit: '%' },
      validity: [VALIDITY_UNQUALIFIED],
      source: { field: 'packet 1' },
      freshForMs: 5000,
    });
    expect(index?.observation?.numeric?.unit).toBe('1');
    expect(wave?.observation).toMatchObject({
      time: { unixMs: 1_000, endUnixMs: 2_000 },
      samples: { periodMs: { coefficient: 166_667, exponent: -4 }, sample: Array(60).fill(40), gap: [] },
    });
  });

  it('say what is absent, and what is questionable', () => {
    const { ABSENT_REASON_NOT_A_NUMBER } = v1.AbsentReason;
    const { VALIDITY_INVALID, VALIDITY_QUESTIONABLE } = v1.Validity;
    const [none] = secondFindings(TABLE, second({ ...GOOD, spo2: 0 }), 'packet 1');
    expect(none?.observation).toMatchObject({ absent: ABSENT_REASON_NOT_A_NUMBER, validity: [VALIDITY_INVALID] });
    const [doubt, , wave] = secondFindings(TABLE, second({ ...GOOD, off: true }), 'packet 1');
    expect(doubt?.observation).toMatchObject({ validity: [VALIDITY_QUESTIONABLE] });
    expect(wave?.observation?.samples?.gap).toEqual([{ first: 0, count: 60 }]);
  });
});
