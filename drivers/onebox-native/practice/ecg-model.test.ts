import { describe, expect, it } from 'vitest';
import { integrate, intervals, SURFACE_BEAT } from './ecg-model.js';

const RATE = 256;
const surface = (lengths: readonly number[]) => integrate({ intervals: lengths, shape: () => SURFACE_BEAT }, RATE);

describe('model of McSharry et al. 2003', () => {
  it('has an R wave in the middle of each turn, and nothing higher', () => {
    const { signal, peaks } = surface([1, 0.8, 1.2, 1]);
    expect(peaks).toHaveLength(4);
    for (const [index, expected] of [0.5, 1.4, 2.4, 3.5].entries())
      expect(Math.abs((peaks[index] ?? 0) / RATE - expected)).toBeLessThan(0.01);
    for (const peak of peaks) {
      const around = signal.subarray(peak - 60, peak + 60);
      const highest = around.indexOf(Math.max(...around)) - 60;
      expect(Math.abs(highest) / RATE).toBeLessThan(0.02);
    }
  });

  it('has P before, T after the R wave, Q and S below the baseline, at the angles of table I', () => {
    const { signal, peaks } = surface([1, 1, 1]);
    const r = peaks[1] ?? 0;
    const value = (seconds: number) => signal[r + Math.round(seconds * RATE)] ?? Number.NaN;
    const highest = (from: number, to: number) => {
      let best = from;
      for (let at = from; at <= to; at += 1 / RATE) if (value(at) > value(best)) best = at;
      return best;
    };
    expect(highest(-0.3, -0.1)).toBeCloseTo(-1 / 6, 1);
    expect(highest(0.12, 0.42)).toBeCloseTo(0.25, 1);
    expect(value(-1 / 24)).toBeLessThan(value(-0.45));
    expect(value(1 / 24)).toBeLessThan(value(-0.45));
    expect(value(0)).toBeGreaterThan(3 * Math.abs(value(-1 / 6)));
  });

  it('keeps the R to R distances that were asked for', () => {
    const wanted = intervals(30, { rate: 72, deviation: 3, seed: 7 });
    const { peaks } = surface(wanted);
    expect(peaks).toHaveLength(30);
    for (let beat = 1; beat < 30; beat++) {
      const expected = ((wanted[beat - 1] ?? 0) + (wanted[beat] ?? 0)) / 2;
      expect(Math.abs(((peaks[beat] ?? 0) - (peaks[beat - 1] ?? 0)) / RATE - expected)).toBeLessThan(0.012);
    }
  });

  it('draws intervals with the mean and the deviation that were asked for, the same for the same seed', () => {
    const drawn = intervals(600, { rate: 60, deviation: 2, seed: 42 });
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length);
    expect(mean).toBeCloseTo(1, 1);
    expect(deviation).toBeGreaterThan(0.02);
    expect(deviation).toBeLessThan(0.05);
    expect(intervals(600, { rate: 60, deviation: 2, seed: 42 })).toEqual(drawn);
    expect(intervals(600, { rate: 60, deviation: 2, seed: 43 })).not.toEqual(drawn);
  });
});
