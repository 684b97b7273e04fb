import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveSample } from './live.js';
import { LiveSeconds } from './live-second.js';

const GOOD: LiveSample = {
  signalStrength: 6,
  searchingTooLong: false,
  lowSpo2: false,
  pulseBeep: false,
  probeError: false,
  pleth: 40,
  searchingPulse: false,
  barGraph: 5,
  perfusionIndexValid: true,
  pulseRate: 72,
  spo2: 97,
  perfusionIndexRaw: 40,
};

function second(samples: readonly LiveSample[], stepMs = 1000 / 60) {
  const seconds = new LiveSeconds();
  const found = samples.map((sample, index) => seconds.push(sample, 1_000 + index * stepMs));
  return { all: found.filter((one) => one !== undefined), rest: seconds.take() };
}

describe('one second of live packets', () => {
  it('is sixty packets', () => {
    const { all, rest } = second(Array(120).fill(GOOD));
    expect(all).toHaveLength(2);
    expect(rest).toBeUndefined();
    expect(all[0]).toMatchObject({
      from: 1_000,
      samples: 60,
      spo2: 97,
      pulseRate: 72,
      perfusionIndexRaw: 40,
      pleth: { gaps: [] },
    });
  });

  it('does not show what a few damaged packets say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat({ max: 59 }), value: fc.integer({ min: 0, max: 100 }) }), { maxLength: 12 }),
        (wrong) => {
          const samples: LiveSample[] = Array(60).fill(GOOD);
          for (const { at, value } of wrong) samples[at] = { ...GOOD, spo2: value, pulseRate: value, probeError: true };
          expect(second(samples).all[0]).toMatchObject({ spo2: 97, pulseRate: 72, probeError: false });
        },
      ),
    );
  });

  it('has no value when the device marks most as invalid, or too few agree', () => {
    expect(second(Array(60).fill({ ...GOOD, spo2: undefined })).all[0]?.spo2).toBeUndefined();
    for (const spo2 of [0, 101, 126]) expect(second(Array(60).fill({ ...GOOD, spo2 })).all[0]?.spo2).toBeUndefined();
    expect(second(Array(60).fill({ ...GOOD, pulseRate: 0 })).all[0]?.pulseRate).toBeUndefined();
    expect(second([GOOD, GOOD]).rest?.spo2).toBeUndefined();
    expect(second(Array(60).fill({ ...GOOD, perfusionIndexValid: false })).all[0]?.perfusionIndexRaw).toBeUndefined();
  });

  it('leaves holes where packets were damaged or the line paused, and joins nothing', () => {
    const seconds = new LiveSeconds();
    seconds.push(GOOD, 1_000);
    seconds.lost(9);
    seconds.push(GOOD, 1_033);
    seconds.lost(4);
    seconds.lost(14);
    seconds.push(GOOD, 1_083);
    seconds.push(GOOD, 1_683);
    expect(seconds.take()?.pleth).toEqual({
      samples: [40, 0, 40, 0, 0, 40, ...Array(35).fill(0), 40],
      gaps: [
        { first: 1, count: 1 },
        { first: 3, count: 2 },
        { first: 6, count: 35 },
      ],
    });
  });

  it('gives no waveform while the probe is off', () => {
    const pleth = second(Array(60).fill({ ...GOOD, probeError: true })).all[0]?.pleth;
    expect(pleth?.gaps).toEqual([{ first: 0, count: 60 }]);
  });
});
