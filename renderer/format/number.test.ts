import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printNumber } from './number.js';

describe('printNumber', () => {
  it.each([
    ['0', '0'],
    ['.5', '0.5'],
    ['10', '10'],
    ['1990', '1990'],
    ['9999', '9999'],
    ['10000', '10\u202f000'],
    ['1234567.890', '1\u202f234\u202f567.890'],
    ['-3.20', '\u22123.20'],
    ['+5', '5'],
    ['', ''],
    ['.', '.'],
    ['1e3', '1e3'],
    ['Infinity', 'Infinity'],
  ])('%s as %s', (given, shown) => {
    expect(printNumber(given)).toBe(shown);
  });

  it('uses the decimal sign of the locale', () => {
    expect(printNumber('2.71', 'de')).toBe('2,71');
  });

  it('adds no digit and drops none', () => {
    const decimal = fc.tuple(
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      fc.option(fc.stringMatching(/^\d{1,9}$/), { nil: undefined }),
    );
    fc.assert(
      fc.property(decimal, ([whole, fraction]) => {
        const text = fraction === undefined ? String(whole) : `${whole}.${fraction}`;
        expect(printNumber(text).replaceAll('\u202f', '')).toBe(text);
      }),
    );
  });
});
