import { describe, expect, it } from 'vitest';
import { electrogram, fibrillation, length, paced, SAMPLE_RATE, STEP_MV, sinus, tachycardia } from './egm.js';

describe('electrograms', () => {
  it('is deterministic and as long as its stretches', () => {
    const stretches = [sinus(6, 78, 1), fibrillation(5000, 2), paced(2, 40), sinus(6, 80, 3)];
    const first = electrogram(stretches, 9);
    expect(electrogram(stretches, 9)).toEqual(first);
    expect(first.near).toHaveLength(Math.floor(length(stretches) * SAMPLE_RATE));
    expect(first.far).toHaveLength(first.near.length);
    expect(first.beats).toHaveLength(stretches.reduce((sum, { intervals }) => sum + intervals.length, 0));
  });

  it('keeps the height of a near-field beat within a fifth at any rate', () => {
    const peak = (rate: number) => Math.max(...electrogram([sinus(6, rate, 1)], 1).near) * STEP_MV;
    for (const rate of [40, 60, 78, 120, 150]) expect(Math.abs(peak(rate) - 9) / 9, `${rate} /min`).toBeLessThan(0.2);
  });

  it('puts each marker on the deflection that it marks', () => {
    const { near, beats } = electrogram([sinus(8, 78, 5), tachycardia(8, 330, 6)], 4);
    for (const { sample } of beats) {
      const around = near.slice(Math.max(0, sample - 6), sample + 7);
      const whole = near.slice(Math.max(0, sample - 30), sample + 31);
      expect(Math.max(...around)).toBe(Math.max(...whole));
    }
  });

  it('fibrillates between 180 and 245 ms', () => {
    for (const interval of fibrillation(10_000, 3).intervals) {
      expect(interval).toBeGreaterThanOrEqual(180);
      expect(interval).toBeLessThanOrEqual(245);
    }
  });

  it('goes to the rail at a shock and comes back', () => {
    const stretches = [sinus(8, 60, 1)];
    const shocked = electrogram(stretches, 2, [3]);
    const quiet = electrogram(stretches, 2);
    expect(shocked.far[3 * SAMPLE_RATE]).toBe(1200);
    expect(shocked.far.slice(0, 3 * SAMPLE_RATE)).toEqual(quiet.far.slice(0, 3 * SAMPLE_RATE));
    expect(Math.abs((shocked.far[6 * SAMPLE_RATE] ?? 0) - (quiet.far[6 * SAMPLE_RATE] ?? 0))).toBeLessThan(2);
  });
});
