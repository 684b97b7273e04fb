import { describe, expect, test } from 'vitest';
import { SignalMeter } from './signal.js';

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
});
