import { type Finding, type Time, v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correctFinding } from './clock-correction.js';

const {
  TIME_QUALITY_TABLET,
  TIME_QUALITY_DEVICE,
  TIME_QUALITY_CORRECTED,
  TIME_QUALITY_RECONSTRUCTED,
  TIME_QUALITY_ORDER_ONLY,
} = v1.TimeQuality;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const AT = Date.UTC(2026, 10, 22, 14, 32);

const time = (unixMs = AT, quality: v1.TimeQuality = TIME_QUALITY_DEVICE): Time => ({
  unixMs,
  quality,
  deviceText: '2026-11-22T14:32:00',
});

/** A finding of every kind that has a time. */
const KINDS: readonly [string, (at: Time) => Finding, (finding: Finding) => Time | null | undefined][] = [
  ['observation', (at) => ({ observation: { time: at } }), (finding) => finding.observation?.time],
  ['date-time as a value', (at) => ({ observation: { dateTime: at } }), (finding) => finding.observation?.dateTime],
  ['setting', (at) => ({ setting: { time: at } }), (finding) => finding.setting?.time],
  ['statistic', (at) => ({ statistic: { time: at } }), (finding) => finding.statistic?.time],
  ['alert', (at) => ({ alert: { since: at } }), (finding) => finding.alert?.since],
  ['identity', (at) => ({ identity: { implanted: at } }), (finding) => finding.identity?.implanted],
  ['episode', (at) => ({ episode: { time: at } }), (finding) => finding.episode?.time],
  ['therapy', (at) => ({ episode: { therapy: [{ time: at }] } }), (finding) => finding.episode?.therapy?.[0]?.time],
];

describe('clock correction', () => {
  it.each(KINDS)('%s: moved by the difference of the clocks, up to 26 h', (_name, make, read) => {
    const offset = fc.integer({ min: MINUTE + 1, max: 26 * HOUR }).chain((size) => fc.constantFrom(size, -size));
    fc.assert(
      fc.property(offset, fc.integer({ min: 0, max: 2 ** 42 }), (offsetMs, at) => {
        expect(read(correctFinding(make(time(at)), { offsetMs }))).toEqual({
          ...time(at - offsetMs),
          quality: TIME_QUALITY_CORRECTED,
        });
      }),
      { numRuns: 30 },
    );
  });

  it.each(KINDS)('%s: left alone while the clocks agree, or when the driver placed it itself', (_name, make, read) => {
    for (const offsetMs of [0, MINUTE, -MINUTE])
      expect(read(correctFinding(make(time()), { offsetMs }))).toEqual(time());
    for (const quality of [
      TIME_QUALITY_TABLET,
      TIME_QUALITY_CORRECTED,
      TIME_QUALITY_RECONSTRUCTED,
      TIME_QUALITY_ORDER_ONLY,
    ])
      expect(read(correctFinding(make(time(AT, quality)), { offsetMs: HOUR }))).toEqual(time(AT, quality));
    expect(read(correctFinding(make(time()), undefined))).toEqual(time());
  });

  it.each(KINDS)(
    '%s: beyond 26 h, or not set, only the order is left, and the words of the device',
    (_name, make, read) => {
      const useless = fc.constantFrom({ notSet: true }, { offsetMs: 26 * HOUR + 1 }, { offsetMs: -27 * HOUR });
      fc.assert(
        fc.property(
          useless,
          fc.integer({ min: 0, max: 2 ** 31 - 1 }),
          fc.integer({ min: 0, max: 2 ** 31 - 1 }),
          (clock, a, b) => {
            const [first, second] = [a, b].map((seconds) => read(correctFinding(make(time(seconds * 1000)), clock)));
            expect(first).toMatchObject({
              unixMs: 0,
              quality: TIME_QUALITY_ORDER_ONLY,
              deviceText: '2026-11-22T14:32:00',
            });
            if (a > b) expect(first?.order ?? 0).toBeGreaterThanOrEqual(second?.order ?? 0);
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  it('an order that the device gave stays, and the end of an interval moves with its start', () => {
    const ordered = { ...time(), order: 7 };
    expect(correctFinding({ alert: { since: ordered } }, { notSet: true }).alert?.since?.order).toBe(7);
    const interval = { ...time(), endUnixMs: AT + HOUR };
    expect(correctFinding({ statistic: { time: interval } }, { offsetMs: HOUR }).statistic?.time).toMatchObject({
      unixMs: AT - HOUR,
      endUnixMs: AT,
    });
  });
});
