import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { u16 } from '@onebox/driver-sdk/simulated/values.js';
import { crc16 } from '@onebox/protocol/framing.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleBackfill } from './backfill.js';
import { CountedTime } from './clock.js';
import { criticalFindings } from './findings.js';
import { type G5BackfillResponse, parseControl, parseG7Backfill } from './messages.js';

const u32 = (value: number) => [...u16(value % 65_536), ...u16(Math.floor(value / 65_536))];
const checked = (body: readonly number[]) => Uint8Array.from([...body, ...u16(crc16(Uint8Array.from(body), 0))]);
const G5 = checked([0x31, 0, ...u32(170), ...u32(7_905_429), ...u16(139), 6, 10]);
const G7 = Uint8Array.from([
  0x4e,
  0,
  ...u32(40_104),
  ...u16(136),
  0,
  1,
  ...u16(4),
  ...u16(141),
  6,
  3,
  ...u16(138),
  0x0f,
]);

function rejected<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ValueRejected) return undefined;
    throw error;
  }
}

describe('messages', () => {
  it('are refused when anything is missing, and of G5 with any wrong bit', () => {
    for (const message of [G5, G7])
      for (let length = 0; length < message.length; length += 1)
        expect(rejected(() => parseControl(message.subarray(0, length)))).toBeUndefined();
    for (let bit = 0; bit < G5.length * 8; bit += 1) {
      const wrong = G5.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const taken = rejected(() => parseControl(wrong));
      // Without a check sum of its own a G7 message is told apart by its first byte only.
      expect(taken === undefined || taken.kind.startsWith('g7')).toBe(true);
    }
    expect(rejected(() => parseG7Backfill(Uint8Array.of(1, 2, 3, 1, 90, 0, 6, 0, 0)))).toBeUndefined();
  });

  it('never break the reader, and give no glucose without a reliable state', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 18, maxLength: 18 }), (tail) => {
        const message = rejected(() => parseControl(Uint8Array.of(0x4e, 0, ...tail.subarray(1))));
        if (message?.kind !== 'g7-glucose') return;
        const clock = new CountedTime();
        clock.learn(message.timestamp, 1_800_000_000_000);
        const found = criticalFindings({ message, at: 1_800_000_000_000 }, clock);
        const number = found.some(
          ({ observation }) => observation?.numeric && observation.code?.coding?.[0]?.code === '160212',
        );
        if (number) expect([6, 24]).toContain(message.state);
        if (number) expect(message.glucose).toBeGreaterThanOrEqual(40);
        if (number) expect(message.glucose).toBeLessThanOrEqual(400);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('stored values', () => {
  const record = (timestamp: number, glucose: number, state = 6) => [...u32(timestamp), ...u16(glucose), state, 0];
  function transfer(records: readonly (readonly number[])[], startTime = 1_000, endTime = 2_000) {
    const data = [0, 0, 0, 0, ...records.flat()];
    const frames = Array.from({ length: Math.ceil(data.length / 18) }, (_, index) =>
      Uint8Array.of(index + 1, 0xc0, ...data.slice(index * 18, index * 18 + 18)),
    );
    const buffer = Uint8Array.from(frames.flatMap((frame) => [...frame]));
    const response: G5BackfillResponse = {
      kind: 'g5-backfill',
      status: 0,
      backfillStatus: 1,
      identifier: 3,
      startTime,
      endTime,
      bufferLength: buffer.length,
      bufferCrc: crc16(buffer, 0),
    };
    return { frames, response };
  }

  it('are taken when length, check sum and content fit', () => {
    const { frames, response } = transfer([record(1_000, 90), record(1_300, 88), record(1_600, 89)]);
    expect(assembleBackfill(frames, response).records.map(({ glucose }) => glucose)).toEqual([90, 88, 89]);
  });

  it.each([
    ['before the time that was announced', [record(999, 90)]],
    ['after it', [record(2_001, 90)]],
    ['not rising', [record(1_300, 90), record(1_300, 91)]],
    ['above what glucose can be', [record(1_300, 1_001)]],
    ['with a state that is not known', [record(1_300, 90, 77)]],
  ])('are no glucose %s, though the check sum is right', (_why, records) => {
    const { frames, response } = transfer(records);
    expect(assembleBackfill(frames, response)).toMatchObject({ records: [], notGlucose: true });
  });

  it('are counted when nothing announced them, and given only where they are glucose', () => {
    const { frames } = transfer([record(1_000, 90), record(1_300, 88), record(1_200, 89)]);
    expect(assembleBackfill(frames, undefined)).toEqual({ records: [], wholeRecords: 3, notGlucose: true });
    const { frames: good } = transfer([record(1_000, 90), record(1_300, 88)]);
    expect(assembleBackfill(good, undefined)).toMatchObject({ wholeRecords: 2, notGlucose: false });
  });

  it('are refused with a frame missing, a wrong length or a wrong check sum', () => {
    const { frames, response } = transfer([record(1_000, 90), record(1_300, 88), record(1_600, 89)]);
    expect(() => assembleBackfill(frames.slice(1), response)).toThrow(/missing/);
    expect(() => assembleBackfill(frames.slice(0, -1), response)).toThrow(/bytes of stored values/);
    expect(() => assembleBackfill(frames, { ...response, bufferCrc: response.bufferCrc ^ 1 })).toThrow(/check sum/);
    expect(() => assembleBackfill(frames, { ...response, identifier: 2 })).toThrow(/another transfer/);
  });
});
