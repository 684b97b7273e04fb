import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Utf8Decoder } from './text-decoder.js';

const options = [{}, { ignoreBOM: true }, { fatal: true }, { fatal: true, ignoreBOM: true }];
const attempt = (decode: () => string) => {
  try {
    return decode();
  } catch (error) {
    return (error as Error).constructor.name;
  }
};
const agree = (bytes: Uint8Array) => {
  for (const option of options) {
    expect(attempt(() => new Utf8Decoder('utf-8', option).decode(bytes))).toBe(
      attempt(() => new TextDecoder('utf-8', option).decode(bytes)),
    );
  }
};

test('decodes any text as the platform does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => agree(new TextEncoder().encode(text))),
  );
});

test('treats broken bytes as the platform does', () => {
  // Bytes at the borders of the ranges make nearly right sequences likely.
  const border = fc.constantFrom(
    0x41,
    0x7f,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbb,
    0xbf,
    0xc0,
    0xc2,
    0xdf,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
    0xff,
  );
  fc.assert(
    fc.property(fc.array(border, { maxLength: 12 }), (bytes) => agree(Uint8Array.from(bytes))),
    { numRuns: 3000 },
  );
});

test('long text, a view into a larger buffer, no input, another encoding', () => {
  agree(new TextEncoder().encode('é'.repeat(4095) + '😀'.repeat(5000)));
  expect(new Utf8Decoder().decode(new DataView(Uint8Array.of(1, 0x41, 0x42, 2).buffer, 1, 2))).toBe('AB');
  expect(new Utf8Decoder().decode()).toBe('');
  expect(() => new Utf8Decoder('latin1')).toThrow(RangeError);
});
