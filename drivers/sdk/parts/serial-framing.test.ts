import { crc16 } from '@onebox/protocol/framing.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sum8 } from './checksums.js';
import { highBitFraming } from './high-bit-framing.js';
import { markedFraming } from './marked-framing.js';
import type { Frame, FrameResult, Framing } from './serial-framing.js';

const KINDS: Readonly<
  Record<string, { readonly framing: Framing; readonly check: 'crc' | 'sum' | 'none'; readonly most: number }>
> = {
  'by bit 7': { framing: highBitFraming({ least: 3 }), check: 'none', most: 7 },
  'by a mark, with a CRC': {
    framing: markedFraming({
      mark: [0xa5],
      header: 3,
      typeAt: 1,
      length: { at: 2, bytes: 1 },
      mostData: 40,
      check: { bytes: 2, of: crc16 },
    }),
    check: 'crc',
    most: 40,
  },
  'by a mark of two bytes, little endian': {
    framing: markedFraming({
      mark: [0xff, 0xff],
      header: 6,
      typeAt: 4,
      length: { at: 2, bytes: 2 },
      mostData: 300,
      check: { bytes: 2, from: 2, of: crc16 },
      order: 'little',
    }),
    check: 'crc',
    most: 300,
  },
  'by a mark, with a sum': {
    framing: markedFraming({
      mark: [0x02, 0x10],
      header: 4,
      typeAt: 2,
      length: { at: 3, bytes: 1 },
      mostData: 20,
      check: { bytes: 1, of: sum8 },
    }),
    check: 'sum',
    most: 20,
  },
  'by a mark, without a check': {
    framing: markedFraming({ mark: [0x1b], header: 3, typeAt: 1, length: { at: 2, bytes: 1 }, mostData: 9 }),
    check: 'none',
    most: 9,
  },
};

const framesOf = (results: readonly FrameResult[]) => results.flatMap((one) => ('frame' in one ? [one.frame] : []));
const bytesOf = (results: readonly FrameResult[]) => results.reduce((sum, { bytes }) => sum + bytes, 0);

describe.each(Object.entries(KINDS))('frames that are told %s', (_name, { framing, check, most }) => {
  const checked = check !== 'none';
  const crc = check === 'crc';
  const frame: fc.Arbitrary<Frame> = fc.record({
    type: fc.nat(0x7f),
    data: fc.uint8Array({ minLength: 1, maxLength: most }),
  });
  const line = (frames: readonly Frame[]) => Uint8Array.from(frames.flatMap((one) => [...framing.encode(one)]));
  const scan = (bytes: Uint8Array, size = bytes.length): FrameResult[] => {
    const framer = framing.framer();
    const results: FrameResult[] = [];
    for (let at = 0; at < bytes.length; at += size) results.push(...framer.push(bytes.subarray(at, at + size)));
    return [...results, ...framer.flush()];
  };

  it('come out as they went in, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.integer({ min: 1, max: 20 }), (sent, size) => {
        const results = scan(line(sent), size);
        expect(results).toEqual(sent.map((one) => ({ frame: one, bytes: framing.encode(one).length })));
      }),
    );
  });

  it('are counted to the last byte, whatever is on the line', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (noise, size) => {
        const results = scan(noise, size);
        expect(bytesOf(results)).toBe(noise.length);
        expect(framesOf(results)).toEqual(framesOf(scan(noise)));
      }),
    );
  });

  it('cut at any byte give those before the cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 3 }), fc.nat(), (sent, place) => {
        const bytes = line(sent);
        const cut = place % bytes.length;
        const whole = sent.filter((_one, index) => line(sent.slice(0, index + 1)).length <= cut);
        const found = framesOf(scan(bytes.subarray(0, cut)));
        // Without a check and a length nobody knows that the last one is not whole.
        expect(found.slice(0, whole.length)).toEqual(whole);
        if (checked) expect(found).toEqual(whole);
      }),
    );
  });

  it.skipIf(!checked)('with one bit wrong are not taken, and the next one is', () => {
    fc.assert(
      fc.property(frame, frame, fc.nat(), (damaged, next, place) => {
        const bytes = line([damaged, next]);
        const bit = place % (framing.encode(damaged).length * 8);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const results = scan(bytes);
        expect(framesOf(results)).not.toContainEqual(damaged);
        // A sum of one byte also fits one wrong frame in 256.
        if (crc) expect(framesOf(results)).toContainEqual(next);
        expect(bytesOf(results)).toBe(bytes.length);
      }),
    );
  });
});

describe('what is no frame', () => {
  const { decode } = highBitFraming({ least: 3 });

  it('by bit 7 is refused by its class', () => {
    expect(decode(Uint8Array.of())).toEqual({ reject: 'length', bytes: 0 });
    expect(decode(Uint8Array.of(1, 0x80))).toEqual({ reject: 'length', bytes: 2 });
    expect(decode(new Uint8Array(10).fill(0x80))).toEqual({ reject: 'length', bytes: 10 });
    for (let place = 0; place < 9; place += 1) {
      const bytes = Uint8Array.of(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80);
      bytes[place]! ^= 0x80;
      expect(decode(bytes)).toEqual({ reject: 'sync', bytes: 9 });
    }
  });

  it('by bit 7 is not kept, however long it is', () => {
    const framer = highBitFraming({ least: 3 }).framer();
    expect(framer.push(new Uint8Array(5000).fill(0xff))).toEqual([]);
    expect(framer.push(Uint8Array.of(1))).toEqual([{ reject: 'sync', bytes: 5000 }]);
  });

  it('behind a mark is refused by its class', () => {
    const { framing } = KINDS['by a mark, with a CRC']!;
    const good = framing.encode({ type: 7, data: Uint8Array.of(1, 2) });
    const rejects = (bytes: readonly number[]) => {
      const framer = framing.framer();
      return [...framer.push(Uint8Array.from(bytes)), ...framer.flush()].filter((one) => 'reject' in one);
    };
    expect(rejects([0, 0, ...good])).toEqual([{ reject: 'sync', bytes: 2 }]);
    expect(rejects([...good.subarray(0, -1), 0, ...good])).toEqual([{ reject: 'crc', bytes: good.length }]);
    expect(rejects([0xa5, 7, 41, ...good])).toEqual([{ reject: 'length', bytes: 3 }]);
    expect(rejects([0xa5])).toEqual([{ reject: 'length', bytes: 1 }]);
  });
});
