import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAstmFrame, encodeAstmFrame } from './astm-frame.js';
import { latin1Bytes } from './text.js';

const text = fc.stringMatching(/^[ -~\r]{0,80}$/).map(latin1Bytes);
const frame = fc.record({
  number: fc.integer({ min: 0, max: 7 }),
  text,
  terminator: fc.constantFrom('ETB' as const, 'ETX' as const),
});
const build = (value: { number: number; text: Uint8Array; terminator: 'ETB' | 'ETX' }) =>
  encodeAstmFrame(value.number, value.text, value.terminator);

describe('ASTM E1381 frames', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(frame, (value) => {
        const bytes = build(value);
        const result = decodeAstmFrame(bytes);
        expect(result).toMatchObject({ frame: value, length: bytes.length });
      }),
    );
  });

  it('calls every beginning of a frame incomplete', () => {
    fc.assert(
      fc.property(frame, (value) => {
        const bytes = build(value);
        for (let length = 0; length < bytes.length; length += 1) {
          expect(decodeAstmFrame(bytes.subarray(0, length))).toMatchObject({ reject: 'incomplete' });
        }
      }),
    );
  });

  it('takes no frame in which one bit is wrong', () => {
    fc.assert(
      fc.property(frame, (value) => {
        const bytes = build(value);
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const wrong = bytes.slice();
          wrong[bit >> 3]! ^= 1 << (bit & 7);
          const result = decodeAstmFrame(wrong);
          // A letter of the checksum in lower case says the same; CR and LF hold no data.
          if ('frame' in result)
            expect(result.frame).toMatchObject({
              number: value.number,
              text: value.text,
              terminator: value.terminator,
            });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names why it refuses', () => {
    const good = encodeAstmFrame(1, latin1Bytes('A|B\r'));
    expect(decodeAstmFrame(good.subarray(1))).toMatchObject({ reject: 'format' });
    expect(decodeAstmFrame(Uint8Array.of(2, 0x39, ...good.subarray(2)))).toMatchObject({ reject: 'format' });
    const wrong = good.slice();
    wrong[3]! ^= 1;
    expect(decodeAstmFrame(wrong)).toMatchObject({ reject: 'checksum' });
  });

  it('ends at LF alone, and at CR alone only when nothing more will come', () => {
    const good = encodeAstmFrame(2, latin1Bytes('R|1\r'));
    const lf = Uint8Array.of(...good.subarray(0, -2), 0x0a);
    expect(decodeAstmFrame(lf)).toMatchObject({ length: lf.length });
    const cr = good.subarray(0, -1);
    expect(decodeAstmFrame(cr)).toMatchObject({ reject: 'incomplete' });
    expect(decodeAstmFrame(cr, { bareCr: true })).toMatchObject({ length: cr.length });
  });
});
