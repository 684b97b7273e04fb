import { parseHeartRateMeasurement } from '@onebox/driver-sdk/parts/heart-rate.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PracticeDevice } from './simulator.js';

describe('the practice device', () => {
  it('sends what the service says, from any seed', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const device = new PracticeDevice({ seed });
        for (let count = 0; count < 20; count += 1) {
          const value = parseHeartRateMeasurement(Uint8Array.from(device.measurement()));
          expect(value.sensorContact).toBe('detected');
          expect(value.heartRate).toBeGreaterThanOrEqual(93);
          expect(value.heartRate).toBeLessThanOrEqual(99);
        }
      }),
    );
  });

  it('has no rate without contact', () => {
    const value = new PracticeDevice({ fault: 'never-measured' }).measurement();
    expect(parseHeartRateMeasurement(Uint8Array.from(value)).sensorContact).toBe('supported-not-detected');
  });
});
