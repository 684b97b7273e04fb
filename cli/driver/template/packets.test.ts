import type { Frame, FrameResult } from '@onebox/driver-sdk/parts/serial-framing.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framing, packets, parseNames } from './packets.js';

const bytes = (...data: number[]) => Uint8Array.of(...data);
const measurement = packets.frame('measurement', bytes(1, 93, 104, 0));
const sent = framing.encode(measurement);

function scan(...pieces: readonly Uint8Array[]): Frame[] {
  const framer = framing.framer();
  const results: FrameResult[] = pieces.flatMap((piece) => framer.push(piece));
  return [...results, ...framer.flush()].flatMap((result) => ('frame' in result ? [result.frame] : []));
}

describe('frames', () => {
  it('are those of the document', () => {
    expect([...sent.subarray(0, 7)]).toEqual([0xa5, 0x83, 4, 1, 93, 104, 0]);
    expect(scan(sent)).toEqual([measurement]);
  });

  it('that are cut at any byte give nothing, and leave the next whole one as it is', () => {
    for (let length = 1; length < sent.length; length += 1) {
      expect(scan(sent.subarray(0, length))).toEqual([]);
      expect(scan(sent.subarray(0, length), sent)).toEqual([measurement]);
    }
  });

  it('with any one bit flipped give nothing', () => {
    for (let bit = 0; bit < sent.length * 8; bit += 1) {
      const damaged = Uint8Array.from(sent);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(scan(damaged), `bit ${bit}`).toEqual([]);
    }
  });
});

describe('packets', () => {
  it('give what the device says, also when newer firmware says more', () => {
    const fields = { counter: 7, spo2: 93, pulseRate: 300 };
    expect(packets.layouts.measurement.read(bytes(7, 93, 0x2c, 1))).toMatchObject(fields);
    expect(packets.layouts.measurement.read(bytes(7, 93, 0x2c, 1, 9))).toMatchObject(fields);
    expect(packets.layouts.status.read(bytes(82)).batteryPercent).toBe(82);
    expect(parseNames(Buffer.from('Model;S1;1.0'))).toEqual({ model: 'Model', serial: 'S1', firmware: '1.0' });
  });

  it('never make a value of what is none', () => {
    const none = { spo2: undefined, pulseRate: undefined };
    expect(packets.layouts.measurement.read(bytes(7, 0xff, 0xff, 0xff))).toMatchObject(none);
    expect(() => packets.layouts.measurement.read(bytes(7, 93, 104))).toThrow();
    expect(() => parseNames(bytes(0x1b, 0x3b, 0x3b))).toThrow();
  });

  it('never break, whatever a frame holds', () => {
    fc.assert(
      fc.property(fc.constantFrom(0x81, 0x82, 0x83, 0xee), fc.uint8Array({ maxLength: 20 }), (type, data) => {
        const due = type === 0x82 ? 1 : type === 0x83 ? 4 : 0;
        if (data.length < due) expect(() => packets.decode({ type, data })).toThrow();
        else expect(packets.decode({ type, data }) === undefined).toBe(type === 0xee);
      }),
    );
  });
});
