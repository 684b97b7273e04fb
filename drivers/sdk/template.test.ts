import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, parseTemplate } from './template.js';

const fill = (pattern: string, parameters = {}) =>
  Buffer.from(fillTemplate(parseTemplate(pattern), parameters)).toString('hex');
const invalid = expect.objectContaining({ kind: 'MANIFEST_INVALID' });
const forbidden = expect.objectContaining({ kind: 'DRIVER_FORBIDDEN' });

describe('byte patterns', () => {
  it('fills holes of every type', () => {
    expect(fill('01 03 01 {sequence:u16le}', { sequence: 0x1234 })).toBe('0103013412');
    expect(fill('{a:u16be}{b:u24le}', { a: 0x1234, b: 0x010203 })).toBe('1234030201');
    expect(fill('{a:u32le} {b:u32be}', { a: 0xfedcba98, b: 1 })).toBe('98badcfe00000001');
    expect(fill('{a:i8}{b:i16le}{c:i16be}{d:i32le}', { a: -1, b: -2, c: -2, d: -3 })).toBe('fffefffffefdffffff');
    expect(fill('02 {name:ascii:1..4} 03 {key:hex:2}', { name: 'AB', key: 'c0de' })).toBe('02414203c0de');
  });

  it.each([
    '',
    '0',
    'GG',
    '01 {a}',
    '{a:u9}',
    '{A:u8}',
    '{a:u8:5}',
    '{a:u8:0..256}',
    '{a:u8:3..2}',
    '{a:ascii}',
    '{a:hex:0}',
    '{a:u8}{a:u8}',
    '{a:ascii:1..900}',
    '{toString:constructor}',
  ])('refuses the pattern %j', (pattern) => expect(() => parseTemplate(pattern)).toThrow(invalid));

  it.each([
    [{}],
    [{ a: 5 }],
    [{ a: 0 }],
    [{ a: 1.5 }],
    [{ a: '1' }],
    [{ a: Number.NaN }],
    [{ a: 2, b: 1 }],
    [{ a: { valueOf: (): number => 2 } }],
  ])('refuses %j for a hole of 1 to 4', (parameters) => {
    expect(() => fill('01 {a:u8:1..4}', parameters)).toThrow(forbidden);
  });

  it('a text hole carries no control bytes', () => {
    for (const text of ['\r', '\u0000', 'é', '\u007f'])
      expect(() => fill('{a:ascii:1..8}', { a: text })).toThrow(forbidden);
  });

  it('what does not come from a hole is always the bytes of the pattern', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.nat(0xffff),
        fc.uint8Array({ maxLength: 8 }),
        (before, value, after) => {
          const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
          const filled = fill(`${hex(before)} {a:u16be} ${hex(after)}`, { a: value });
          expect(filled).toBe(hex(before) + value.toString(16).padStart(4, '0') + hex(after));
        },
      ),
    );
  });

  it('any text is a pattern or MANIFEST_INVALID', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', 'F', ' ', '{', '}', ':', 'a', 'u8', 'ascii', '.', '-') }),
        (text) => {
          try {
            parseTemplate(text);
          } catch (error) {
            expect(error).toEqual(invalid);
          }
        },
      ),
    );
  });
});
