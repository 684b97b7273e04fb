import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FRAME, type Frame, Framer } from './frames.js';
import { parseMeasurement, parseNames, parseStatus } from './messages.js';

const measurement = encodeFrame({ type: FRAME.measurement, data: Uint8Array.of(1, 93, 104, 0) });
const frames: fc.Arbitrary<Frame> = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  data: fc.uint8Array({ maxLength: 20 }),
});

describe('frames', () => {
  it('come out as they went in, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(frames, { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (sent, size) => {
        const framer = new Framer();
        const stream = sent.flatMap((frame) => [...encodeFrame(frame)]);
        const found: Frame[] = [];
        for (let at = 0; at < stream.length; at += size)
          found.push(...framer.push(Uint8Array.from(stream.slice(at, at + size))));
        expect(found).toEqual(sent);
        expect(framer.dropped).toBe(0);
      }),
    );
  });

  it('that are cut at any byte give nothing, and leave the next whole one as it is', () => {
    for (let length = 1; length < measurement.length; length += 1) {
      const framer = new Framer();
      expect(framer.push(measurement.subarray(0, length))).toEqual([]);
      const after = [...framer.push(measurement), ...framer.push(measurement)];
      expect(after.length).toBeGreaterThan(0);
      for (const { data } of after) expect([...data]).toEqual([1, 93, 104, 0]);
    }
  });

  it('with any one bit flipped give nothing', () => {
    for (let bit = 0; bit < measurement.length * 8; bit += 1) {
      const damaged = Uint8Array.from(measurement);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(new Framer().push(damaged), `bit ${bit}`).toEqual([]);
    }
  });
});

describe('messages', () => {
  it('give what the device says', () => {
    expect(parseMeasurement(Uint8Array.of(7, 93, 0x2c, 1))).toEqual({ counter: 7, spo2: 93, pulseRate: 300 });
    expect(parseStatus(Uint8Array.of(82))).toEqual({ batteryPercent: 82 });
    expect(parseNames(Buffer.from('Model;S1;1.0'))).toEqual({ model: 'Model', serial: 'S1', firmware: '1.0' });
  });

  it('never make a value of what is none', () => {
    expect(parseMeasurement(Uint8Array.of(7, 0xff, 0xff, 0xff))).toMatchObject({
      spo2: 'unknown',
      pulseRate: 'unknown',
    });
    expect(parseMeasurement(Uint8Array.of(7, 101, 0, 0))).toMatchObject({
      spo2: 'not-a-number',
      pulseRate: 'not-a-number',
    });
    expect(parseMeasurement(Uint8Array.of(7, 93, 104))).toBeUndefined();
    expect(parseStatus(Uint8Array.of(101))).toBeUndefined();
    expect(parseNames(Uint8Array.of(0x1b, 0x3b, 0x3b))).toBeUndefined();
  });
});
