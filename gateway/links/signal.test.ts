import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignalMeter, signalLevel } from './signal.js';

describe('signal', () => {
  test('the median forgets what is older than 3 s', () => {
    const meter = new SignalMeter();
    expect(meter.median).toBeUndefined();
    for (const [dbm, at] of [
      [-40, 0],
      [-40, 1000],
      [-41, 2000],
    ] as const)
      meter.add(dbm, at);
    expect(meter.median).toBe(-40);
    meter.add(-90, 4500);
    meter.add(-91, 4600);
    expect(meter.median).toBe(-90);
    meter.add(-70, 9000);
    expect(meter.median).toBe(-70);
  });

  test('127 means that the controller cannot tell', () => {
    const meter = new SignalMeter();
    meter.add(127, 0);
    expect(meter.median).toBeUndefined();
  });

  test('limits of the words', () => {
    expect([-60, -61, -72, -73, -84, -85].map((dbm) => signalLevel(dbm))).toEqual([
      'strong',
      'medium',
      'medium',
      'weak',
      'weak',
      'veryWeak',
    ]);
  });

  test('a word changes only 4 dB beyond its limit', () => {
    expect(signalLevel(-63, 'strong')).toBe('strong');
    expect(signalLevel(-65, 'strong')).toBe('medium');
    expect(signalLevel(-58, 'medium')).toBe('medium');
    expect(signalLevel(-56, 'medium')).toBe('strong');
    expect(signalLevel(-100, 'strong')).toBe('veryWeak');
    fc.assert(
      fc.property(fc.integer({ min: -110, max: -20 }), fc.integer({ min: -3, max: 3 }), (dbm, step) => {
        const word = signalLevel(dbm);
        const inside = signalLevel(dbm + step, word);
        expect(signalLevel(dbm, inside)).toBe(inside); // no flicker between two values less than 4 dB apart
      }),
    );
  });
});
