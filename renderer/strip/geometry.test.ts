import type { StripLane } from '@onebox/gateway/card/model.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, fittingGain, GUTTER_MM, pagedFrom, windowMs, xOf } from './geometry.js';

const lane = (samples: readonly number[], more: Partial<StripLane> = {}): StripLane => ({
  label: { kind: 'word', id: 'x' },
  unit: 'mV',
  periodMs: 4,
  samples,
  scale: 0.001,
  offset: 0,
  gaps: [],
  markers: [],
  ...more,
});

describe('paper', () => {
  it('runs at 25 mm/s within a pixel', () => {
    for (const mm of [4.41, 5.88]) expect(xOf(1_000, 0, 25, mm) - xOf(0, 0, 25, mm)).toBeCloseTo(25 * mm, 6);
    expect(xOf(0, 0, 25, 4.41)).toBeCloseTo(GUTTER_MM * 4.41, 6);
  });

  it('shows 7.5 s at 25 mm/s on a tablet', () => {
    expect(windowMs(936, 25, 4.41)).toBeGreaterThan(7_500);
  });

  it('pages in 7.5 s and stays within the strip', () => {
    expect(pagedFrom(0, 1, 8_000, 20_000)).toBe(7_500);
    expect(pagedFrom(7_500, 1, 8_000, 20_000)).toBe(12_000);
    expect(pagedFrom(5_000, -1, 8_000, 20_000)).toBe(0);
    expect(pagedFrom(0, 1, 8_000, 3_000)).toBe(0);
  });
});

describe('columns', () => {
  it('loses no extreme value, however many samples share a pixel', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2_000, max: 2_000 }), { minLength: 1, maxLength: 2_000 }),
        fc.double({ min: 0.005, max: 2, noNaN: true }),
        (samples, pxPerMs) => {
          const all = columns(lane(samples), 0, samples.length * 4, pxPerMs).flat();
          expect(Math.max(...all.map((column) => column.high))).toBe(Math.max(...samples));
          expect(Math.min(...all.map((column) => column.low))).toBe(Math.min(...samples));
        },
      ),
    );
  });

  it('joins nothing over a gap, and draws nothing inside', () => {
    const samples = [1, 1, 1, 99, 99, 1, 1];
    const runs = columns(lane(samples, { gaps: [{ first: 3, count: 2 }] }), 0, 28, 1);
    expect(runs).toHaveLength(2);
    expect(runs.flat().every((column) => column.high === 1)).toBe(true);
  });
});

describe('fittingGain', () => {
  it('fits the lane and is never above 10 mm/mV', () => {
    expect(fittingGain(lane([0, 1_000]), 20)).toBe(10);
    expect(fittingGain(lane([0, 8_000]), 20)).toBe(2);
    expect(fittingGain(lane([5, 5]), 20)).toBe(1);
  });

  it('is that of the beats, not of one shock among them', () => {
    const beats = Array.from({ length: 2_000 }, (_, index) => (index % 200 < 20 ? 1_000 : 0));
    const shocked = beats.map((sample, index) => (index >= 1_000 && index < 1_008 ? 60_000 : sample));
    expect(fittingGain(lane(shocked), 20)).toBe(fittingGain(lane(beats), 20));
    const spikes = beats.map((_, index) => (index === 700 ? 4_000 : 0));
    expect(fittingGain(lane(spikes), 20)).toBeLessThan(10);
  });
});
