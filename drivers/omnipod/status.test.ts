import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalFindings, presentFindings } from './findings.js';
import { parsePodMessage } from './status.js';

/** A pod that found an occlusion: 22 bytes of detailed status. */
const FAULTED = Uint8Array.from(Buffer.from('020d0000150407eb6a0e0c02f40e8408003900000000a5a5', 'hex').subarray(0, 22));

function parsed(bytes: Uint8Array) {
  try {
    return parsePodMessage(bytes);
  } catch (error) {
    if (error instanceof ValueRejected) return undefined;
    throw error;
  }
}

describe('messages of a pod', () => {
  it('are refused when anything is missing', () => {
    for (let length = 0; length < FAULTED.length; length += 1) {
      expect(parsed(FAULTED.subarray(0, length))).toBeUndefined();
      // As a block, whose length byte says more than is there.
      expect(parsed(Uint8Array.of(0x02, 22, ...FAULTED.subarray(0, length)))).toBeUndefined();
    }
    expect(parsed(Uint8Array.of(0x02, 22, ...FAULTED, 0x12, 0x34))).toEqual(parsed(FAULTED));
  });

  it('are refused with a delivery state, an entry size or a count that cannot be', () => {
    for (const nibble of [3, 7, 8, 11, 12, 13, 14, 15]) {
      const bytes = FAULTED.slice();
      bytes[2] = nibble;
      expect(() => parsePodMessage(bytes)).toThrow(/delivery/);
    }
    expect(() => parsePodMessage(Uint8Array.of(3, 0, 0, 0, 0, 3, 5, 60, 1, 2, 3, 4))).toThrow(/5 bytes/);
    expect(() => parsePodMessage(Uint8Array.of(0x51, 0, 2, 1, 2, 3, 4))).toThrow(/1 of 2/);
    expect(() => parsePodMessage(Uint8Array.of(5, 0, 0, 9, ...Array(8).fill(0), 2, 30, 18, 10, 0))).toThrow(/date/);
  });

  it('read the short status: delivery, units, minutes, alerts', () => {
    // Scheduled basal, above 50 U, 101.35 U, sequence 4, slots 0 and 7, 3716 minutes, 37.80 U.
    const bytes = [0x1d, 0x18, 0x03, 0xf5, 0xa0, 0, 0x40, 0x80 | (3716 >> 6), ((3716 & 0x3f) << 2) | 2, 0xf4];
    expect(parsePodMessage(Uint8Array.from(bytes))).toMatchObject({
      delivery: 'scheduledBasal',
      progress: 'aboveFiftyUnits',
      delivered: { coefficient: 10_135, exponent: -2 },
      sequence: 4,
      alerts: 0b1000_0001,
      minutesActive: 3716,
      reservoir: { coefficient: 3_780, exponent: -2 },
    });
  });

  it('never break the reader, and give findings only when they were taken', () => {
    const damaged = fc
      .tuple(fc.nat(21), fc.nat(7))
      .map(([at, bit]) => FAULTED.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte)));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const message = parsed(bytes);
        if (message?.kind !== 'detailed-status' && message?.kind !== 'status-response') return;
        const at = 1_800_000_000_000;
        for (const finding of [...criticalFindings(message, at), ...presentFindings(message, at)]) {
          const value = finding.observation ?? finding.statistic;
          if (value) expect(value.time && value.source && value.validity?.length).toBeTruthy();
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
