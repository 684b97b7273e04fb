import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOneBoxError } from './errors.js';
import { crc16, Deframer, Fragmenter, frame, MAX_MESSAGE, Reassembler, type Received } from './framing.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const concat = (parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const plain = (list: readonly Uint8Array[]) => list.map((one) => [...one]);
// Zeros and long runs without zeros are what COBS is about.
const message = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(fc.constantFrom(0, 0, 1, 255), { maxLength: 30 }).map((list) => Uint8Array.from(list)),
  fc
    .tuple(fc.integer({ min: 250, max: 260 }), fc.integer({ min: 0, max: 2 }))
    .map(([n, zeros]) => Uint8Array.from([...Array(n).fill(7), ...Array(zeros).fill(0)])),
  fc.uint8Array({ minLength: 500, maxLength: 520 }),
);
const cut = (whole: Uint8Array, sizes: readonly number[]) => {
  const parts: Uint8Array[] = [];
  for (let at = 0, i = 0; at < whole.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    parts.push(whole.subarray(at, at + size));
    at += size;
  }
  return parts;
};
const all = (
  receive: (piece: Uint8Array) => Received,
  pieces: readonly Uint8Array[],
): { messages: number[][]; rejected: number } => {
  const results = pieces.map(receive);
  return {
    messages: plain(results.flatMap((result) => result.messages)),
    rejected: results.reduce((sum, result) => sum + result.rejected, 0),
  };
};

describe('CRC-16/CCITT-FALSE', () => {
  test('has the check value of the catalogue', () => {
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x29b1);
    expect(crc16(bytes())).toBe(0xffff);
  });
});

describe('serial frames', () => {
  test.each([
    // The CRC of the empty message is FFFF; of 00 it is E1F0.
    [bytes(), bytes(0, 3, 0xff, 0xff, 0)],
    [bytes(0), bytes(0, 1, 3, 0xe1, 0xf0, 0)],
  ])('of %j', (content, expected) => {
    expect([...frame(content)]).toEqual([...expected]);
  });

  test('come back whole in any pieces, and have no zero inside', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (messages, sizes) => {
          for (const one of messages) expect(frame(one).subarray(1, -1).includes(0)).toBe(false);
          const deframer = new Deframer();
          const got = all((piece) => deframer.push(piece), cut(concat(messages.map(frame)), sizes));
          expect(got).toEqual({ messages: plain(messages), rejected: 0 });
        },
      ),
    );
  });

  test('a largest message goes through, a larger one is refused', () => {
    const largest = Uint8Array.from({ length: MAX_MESSAGE }, (_, i) => (i % 255) + 1);
    expect(new Deframer().push(frame(largest)).messages[0]?.length).toBe(MAX_MESSAGE);
    try {
      frame(new Uint8Array(MAX_MESSAGE + 1));
      expect.unreachable();
    } catch (error) {
      expect(isOneBoxError(error, 'MESSAGE_TOO_LARGE')).toBe(true);
    }
  });

  test('one damaged byte costs its own message only, and a wrong message is as rare as a CRC collision', () => {
    let wrong = 0;
    const damage = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc
        .property(message, message, damage, ([...first], next, [where, xor]) => {
          const line = concat([frame(Uint8Array.from(first)), frame(next)]);
          const at = where % (first.length + 2);
          line[at] = line[at]! ^ xor;
          const got = all((piece) => deframer.push(piece), [line]);
          // Whatever happened before, the message after it arrives.
          expect(got.messages.at(-1)).toEqual([...next]);
          const others = got.messages.slice(0, -1).map((one) => one.join());
          if (others.some((one) => one !== first.join())) wrong += 1;
          if (others.length === 0) expect(got.rejected).toBeGreaterThan(0);
        })
        .beforeEach(() => {
          deframer = new Deframer();
        }),
      { numRuns: 2000 },
    );
    expect(wrong).toBeLessThanOrEqual(2);
  });
  let deframer = new Deframer();

  test('any noise is thrown away and the next message arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), message, (noise, next) => {
        const deframer = new Deframer({ maxMessage: 600 });
        deframer.push(noise);
        expect(plain(deframer.push(frame(next)).messages).at(-1)).toEqual([...next]);
      }),
    );
  });

  test('endless noise is counted once and takes no memory', () => {
    const deframer = new Deframer({ maxMessage: 16 });
    for (let i = 0; i < 1000; i += 1)
      expect(deframer.push(new Uint8Array(1000).fill(0x55))).toEqual({ messages: [], rejected: 0 });
    expect(deframer.push(frame(bytes(1, 2)))).toEqual({ messages: [bytes(1, 2)], rejected: 1 });
    expect(
      deframer.push(frame(new Uint8Array(17).fill(1))).messages.length +
        deframer.push(frame(new Uint8Array(40).fill(1))).messages.length,
    ).toBeLessThan(2);
    expect(plain(deframer.push(frame(bytes(3))).messages)).toEqual([[3]]);
  });

  test('a message that was handed out does not change afterwards', () => {
    const deframer = new Deframer();
    const [first] = deframer.push(frame(bytes(1, 2, 3))).messages;
    deframer.push(frame(bytes(9, 9, 9)));
    expect([...(first ?? [])]).toEqual([1, 2, 3]);
  });
});

describe('GATT fragments', () => {
  const size = fc.integer({ min: 3, max: 244 });

  test('have first, last and counter in their header', () => {
    const fragmenter = new Fragmenter();
    expect(plain(fragmenter.split(bytes(1, 2, 3), 4))).toEqual([
      [0x00, 0x40, 1, 2],
      [0x01, 0x80, 3],
    ]);
    expect(plain(fragmenter.split(bytes(), 20))).toEqual([[0x02, 0xc0]]);
  });

  test('come back whole, also across the end of the counter', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 5 }),
        size,
        fc.integer({ min: 0, max: 20_000 }),
        (messages, limit, used) => {
          const fragmenter = new Fragmenter();
          if (used > 0) fragmenter.split(new Uint8Array(used), 3);
          const reassembler = new Reassembler();
          const fragments = messages.flatMap((one) => fragmenter.split(one, limit));
          expect(fragments.every((fragment) => fragment.length <= limit)).toBe(true);
          expect(all((piece) => reassembler.push(piece), fragments)).toEqual({
            messages: plain(messages),
            rejected: 0,
          });
        },
      ),
    );
  });

  test('a lost, doubled or swapped fragment never makes a wrong message, and whole messages after it arrive', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 2, maxLength: 5 }),
        size,
        fc.nat(),
        fc.constantFrom('lose', 'double', 'swap', 'short'),
        (messages, limit, where, what) => {
          const fragmenter = new Fragmenter();
          const last = bytes(42);
          const fragments = messages.flatMap((one) => fragmenter.split(one, limit));
          const at = where % fragments.length;
          if (what === 'lose') fragments.splice(at, 1);
          if (what === 'double') fragments.splice(at, 0, fragments[at]!);
          if (what === 'swap') fragments.splice(at, 2, ...fragments.slice(at, at + 2).reverse());
          if (what === 'short') fragments[at] = fragments[at]!.subarray(0, 1);
          const reassembler = new Reassembler();
          const got = all((piece) => reassembler.push(piece), [...fragments, ...fragmenter.split(last, limit)]);
          const sent = [...messages.map((one) => [...one].join()), '42'];
          for (const one of got.messages) expect(sent).toContain(one.join());
          expect(got.messages.at(-1)).toEqual([42]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('losing many fragments in a row never joins two messages', () => {
    fc.assert(
      fc.property(size, fc.nat({ max: 40 }), fc.nat({ max: 40 }), (limit, from, count) => {
        const fragmenter = new Fragmenter();
        const messages = [1, 2, 3, 4].map((value) => new Uint8Array(100).fill(value));
        const fragments = messages.flatMap((one) => fragmenter.split(one, limit));
        fragments.splice(from % fragments.length, count);
        const reassembler = new Reassembler();
        for (const one of all((piece) => reassembler.push(piece), fragments).messages)
          expect([one.length, new Set(one).size]).toEqual([100, 1]);
      }),
    );
  });

  test('limits hold, and a reader that comes late waits for the next message', () => {
    const fragmenter = new Fragmenter();
    const reassembler = new Reassembler({ maxMessage: 10 });
    expect(all((piece) => reassembler.push(piece), fragmenter.split(new Uint8Array(11), 8)).messages).toEqual([]);
    expect(all((piece) => reassembler.push(piece), fragmenter.split(bytes(5), 8))).toEqual({
      messages: [[5]],
      rejected: 0,
    });
    const [, ...late] = fragmenter.split(new Uint8Array(9), 5);
    const fresh = new Reassembler();
    expect(all((piece) => fresh.push(piece), [...late, ...fragmenter.split(bytes(6), 5)]).messages).toEqual([[6]]);
    expect(() => fragmenter.split(bytes(1), 2)).toThrow();
    expect(() => fragmenter.split(new Uint8Array(MAX_MESSAGE + 1), 20)).toThrow(/^OB-207/);
  });
});
