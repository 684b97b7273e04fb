import type { StripLane } from '@onebox/gateway/card/model.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference, interval, movedTo, placed } from './calipers.js';

const lane = (change: Partial<StripLane> = {}): StripLane => ({
  label: { kind: 'word', id: 'word.egm' },
  unit: 'mV',
  periodMs: 10,
  samples: [0, 100, -250, 300, 300],
  scale: 0.005,
  offset: 0,
  gaps: [],
  markers: [],
  ...change,
});

describe('calipers', () => {
  it('measure an interval and its rate', () => {
    expect(interval([1_000, 1_412])).toEqual({ ms: 412, perMinute: 146 });
    expect(interval([1_412, 1_000])).toEqual({ ms: 412, perMinute: 146 });
    expect(interval([1_000, 1_040])).toEqual({ ms: 40 });
  });

  it('measure a difference in the resolution of the lane, later less earlier', () => {
    expect(difference(lane(), [0, 10])).toBe('0.500');
    expect(difference(lane(), [10, 0])).toBe('0.500');
    expect(difference(lane(), [10, 20])).toBe('-1.750');
    expect(difference(lane({ scale: 2 }), [0, 30])).toBe('600');
    expect(difference(lane({ scale: 1e-7 }), [0, 10])).toBe('0.0000100');
  });

  it('say nothing of a lane without a unit or of a place without a signal', () => {
    expect(difference(lane({ unit: '1' }), [0, 10])).toBeUndefined();
    expect(difference(lane({ gaps: [{ first: 1, count: 2 }] }), [0, 10])).toBeUndefined();
    expect(difference(lane({ samples: [] }), [0, 10])).toBeUndefined();
  });

  it('never leave the strip', () => {
    const number = fc.integer({ min: -100_000, max: 100_000 });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 60_000 }), (from, to, total) => {
        const start = placed(Math.abs(from) % total, 7_500, total);
        for (const which of [0, 1] as const)
          for (const place of movedTo(start, which, to, total)) {
            expect(place).toBeGreaterThanOrEqual(0);
            expect(place).toBeLessThanOrEqual(total);
          }
      }),
    );
  });
});
