import type { Trend, TrendPoint } from '@onebox/gateway/card/model.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curve, extremes, nearest, plotOf, within, xAt, yAt } from './geometry.js';

const point = (at: number, text: string): TrendPoint => ({ at, text });
const trend = (points: readonly TrendPoint[], anchored = true): Trend => ({
  id: 't',
  label: { id: 'tile.named' },
  unit: 'V',
  anchored,
  points,
  gapMs: 15,
  limits: [],
});

describe('trend plot', () => {
  it('ends a line at a gap and keeps a point that stands alone', () => {
    const points = [point(0, '1'), point(10, '2'), point(40, '3'), point(70, '2'), point(80, '1')];
    const plot = plotOf(points, [], 100, 50);
    const { path, dots } = curve(points, 15, plot);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(dots).toContain(points[2]);
    expect(curve(points, 0, plot).path).toBe('');
  });

  it('keeps points and limits inside, and gives equal values a height', () => {
    const number = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), fc.array(number), (values, limits) => {
        const points = values.map((value, index) => point(index, String(value)));
        const plot = plotOf(
          points,
          limits.map((value) => ({ text: String(value) })),
          300,
          100,
        );
        for (const { at, text } of points) {
          expect(xAt(plot, at)).toBeGreaterThanOrEqual(0);
          expect(xAt(plot, at)).toBeLessThanOrEqual(300);
          expect(yAt(plot, Number(text))).toBeGreaterThanOrEqual(0);
          expect(yAt(plot, Number(text))).toBeLessThanOrEqual(100);
        }
        for (const limit of limits) expect(yAt(plot, limit)).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('loses no spike among many points', () => {
    const points = Array.from({ length: 20_000 }, (_, at) => point(at, at === 7_777 ? '900' : '1'));
    const plot = plotOf(points, [], 200, 100);
    const { path, dots } = curve(points, 2, plot);
    expect(path).toContain(` ${yAt(plot, 900).toFixed(1)}`);
    expect(path.split('L').length).toBeLessThan(1_000);
    expect(dots).toEqual([]);
  });

  it('finds what is nearest, lowest, highest and latest', () => {
    const points = [point(0, '5'), point(50, '9'), point(100, '5')];
    const plot = plotOf(points, [], 100, 50);
    expect(nearest(points, plot, 60)).toBe(1);
    expect(nearest([], plot, 60)).toBe(-1);
    expect(extremes(points)).toEqual({ lowest: points[2], highest: points[1] });
    expect(extremes([])).toBeUndefined();
    expect(within(trend(points), 60, 100)).toHaveLength(2);
    expect(within(trend([point(-100, '1'), point(0, '2')], false), 60, 10_000)).toHaveLength(1);
  });
});
