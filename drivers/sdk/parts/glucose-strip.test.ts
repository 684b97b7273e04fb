import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glucoseTrend, type StripPoint, strips } from './glucose-strip.js';

const MINUTE = 60_000;
const at = (minutes: number, mgPerDl?: number): StripPoint => ({ ms: minutes * MINUTE, mgPerDl });

describe('strips of stored glucose', () => {
  it('have one place every five minutes, in the order of time, and gaps where nothing was read', () => {
    expect(strips([at(15, 90), at(0, 100), at(5, 98), at(20, 88)])).toEqual([
      { from: 0, to: 20 * MINUTE, sample: [100, 98, 0, 90, 88], gap: [{ first: 2, count: 1 }] },
    ]);
    expect(strips([at(0, 100), at(5), at(10), at(15, 90)])).toMatchObject([{ gap: [{ first: 1, count: 2 }] }]);
  });

  it('take a reading within a minute of its place, and begin anew with one that is not', () => {
    expect(strips([at(0, 100), at(6, 98), at(11.5, 96)])).toMatchObject([{ sample: [100, 98, 96] }]);
    expect(strips([at(0, 100), at(7, 98)]).map(({ sample }) => sample)).toEqual([[100], [98]]);
    // Two readings at once are no strip of one.
    expect(strips([at(0, 100), at(1, 98)])).toHaveLength(2);
  });

  it('end after two hours without a reading', () => {
    expect(strips([at(0, 100), at(120, 98)])).toHaveLength(1);
    expect(strips([at(0, 100), at(125, 98)])).toHaveLength(2);
    expect(strips([at(0), at(5)])).toEqual([]);
  });

  it('hold every value that was read, and no other', () => {
    const point = fc.record({
      ms: fc.integer({ min: 0, max: 5000 }).map((minute) => minute * MINUTE),
      mgPerDl: fc.option(fc.integer({ min: 40, max: 400 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), (points) => {
        const found = strips(points);
        const empty = (gap: (typeof found)[number]['gap'], place: number) =>
          gap.some(({ first, count }) => place >= first && place < first + count);
        const told = found.flatMap(({ sample, gap }) => sample.filter((_, place) => !empty(gap, place)));
        const read = points.flatMap(({ mgPerDl }) => (mgPerDl === undefined ? [] : [mgPerDl]));
        expect(told.toSorted((a, b) => a - b)).toEqual(read.toSorted((a, b) => a - b));
        for (const { sample, gap, from, to } of found) {
          expect(empty(gap, 0) || empty(gap, sample.length - 1)).toBe(false);
          // Each reading may be a minute off, in the same direction.
          expect(Math.abs(to - from - (sample.length - 1) * 5 * MINUTE)).toBeLessThan(sample.length * MINUTE);
        }
      }),
    );
  });

  it('are told as a trend of glucose, with their period and unit', () => {
    const [strip] = strips([at(0, 100), at(10, 90)]);
    const { observation } = glucoseTrend(strip!, { unixMs: 1, endUnixMs: 2 }, { source: 'page 0' });
    expect(observation?.samples).toMatchObject({
      unit: 'mg/dL',
      periodMs: { coefficient: 300_000, exponent: 0 },
      sample: [100, 0, 90],
      gap: [{ first: 1, count: 1 }],
    });
    expect(JSON.stringify(observation?.qualifier)).toContain('MDC_CONC_GLU_ISF');
    expect(observation?.time).toMatchObject({ unixMs: 1, endUnixMs: 2 });
  });
});
