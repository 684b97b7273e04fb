import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { add, compare, decimal, equals, fromScaled, multiply, negate, rescale, toText } from './decimal.js';
import { isOneBoxError } from './errors.js';

const MAX = Number.MAX_SAFE_INTEGER;
const anyDecimal = fc.record({
  coefficient: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1000, max: 1000 })),
  exponent: fc.integer({ min: -18, max: 18 }),
});
const small = fc.record({
  coefficient: fc.integer({ min: -100_000, max: 100_000 }),
  exponent: fc.integer({ min: -6, max: 3 }),
});
const refused = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return isOneBoxError(error, 'DECIMAL_INVALID');
  }
  return false;
};
/** The number as a whole count of 10^-18. */
const atto = (d: { coefficient: number; exponent: number }) => BigInt(d.coefficient) * 10n ** BigInt(d.exponent + 18);

describe('reading and writing', () => {
  test.each([
    ['2.70', 270, -2, '2.70'],
    ['-0.05', -5, -2, '-0.05'],
    ['+7', 7, 0, '7'],
    ['007.0', 70, -1, '7.0'],
    ['271e3', 271, 3, '271000'],
    ['2.71E-2', 271, -4, '0.0271'],
    ['0e5', 0, 5, '0'],
    ['-0.0', 0, -1, '0.0'],
    ['0.000000000000000001', 1, -18, '0.000000000000000001'],
    ['9007199254740991', MAX, 0, '9007199254740991'],
  ])('%s', (text, coefficient, exponent, written) => {
    const value = decimal(text);
    expect(value).toEqual({ coefficient, exponent });
    expect(Object.is(value.coefficient, -0)).toBe(false);
    expect(toText(value)).toBe(written);
  });

  test.each([
    '',
    ' 1',
    '1 ',
    '.5',
    '1.',
    '1,5',
    'NaN',
    'Infinity',
    '0x10',
    '1e',
    '1e999',
    '--1',
    '１',
    '9007199254740992',
    '0.0000000000000000001',
    '1e19',
  ])('refuses %j', (text) => {
    expect(refused(() => decimal(text))).toBe(true);
  });

  test('text and number are the same for every decimal', () => {
    fc.assert(
      fc.property(anyDecimal, (d) => {
        const text = toText(d);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        const [whole = '', fraction = ''] = text.split('.');
        expect(BigInt(whole.replace('-', '') + fraction.padEnd(18, '0')) * (text.startsWith('-') ? -1n : 1n)).toBe(
          atto(d),
        );
        expect(fraction.length).toBe(Math.max(0, -d.exponent));
        if (d.exponent <= 0) expect(decimal(text)).toEqual({ ...d, coefficient: d.coefficient + 0 });
      }),
    );
  });

  test('refuses what a device or a file may not say', () => {
    for (const coefficient of [0.5, Number.NaN, MAX + 1, -MAX - 1, Number.POSITIVE_INFINITY]) {
      expect(refused(() => toText({ coefficient, exponent: 0 }))).toBe(true);
      expect(refused(() => fromScaled(coefficient, 0))).toBe(true);
    }
    for (const exponent of [19, -19, 0.5, Number.NaN]) {
      expect(refused(() => toText({ coefficient: 1, exponent }))).toBe(true);
      expect(refused(() => fromScaled(1, exponent))).toBe(true);
    }
    expect(refused(() => fromScaled(2n ** 53n, 0))).toBe(true);
    expect(toText({})).toBe('0');
  });
});

describe('arithmetic', () => {
  test('comparing is the order of the numbers', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (a, b) => {
        const expected = atto(a) < atto(b) ? -1 : atto(a) > atto(b) ? 1 : 0;
        expect(compare(a, b)).toBe(expected);
        expect(equals(a, b)).toBe(expected === 0);
      }),
    );
    expect(equals(decimal('2.7'), decimal('2.70'))).toBe(true);
  });

  test('sums are exact and keep the finer resolution', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const sum = add(a, b);
        expect(atto(sum)).toBe(atto(a) + atto(b));
        expect(sum.exponent).toBe(Math.min(a.exponent, b.exponent));
        expect(equals(add(sum, negate(b)), a)).toBe(true);
      }),
    );
    expect(toText(add(decimal('0.1'), decimal('0.2')))).toBe('0.3');
    expect(refused(() => add(fromScaled(MAX), fromScaled(1)))).toBe(true);
    expect(refused(() => add(fromScaled(MAX), fromScaled(1, -18)))).toBe(true);
  });

  test.each([
    ['0.5', 'half-even', '0'],
    ['1.5', 'half-even', '2'],
    ['2.5', 'half-even', '2'],
    ['-2.5', 'half-even', '-2'],
    ['2.51', 'half-even', '3'],
    ['2.5', 'half-up', '3'],
    ['-2.5', 'half-up', '-3'],
    ['2.4999', 'half-up', '2'],
  ] as const)('%s rounded %s is %s', (text, rounding, expected) => {
    expect(toText(rescale(decimal(text), 0, rounding))).toBe(expected);
  });

  test('a product is within half a unit of the last digit', () => {
    const ratio = fc.record({ numerator: fc.bigInt(-5000n, 5000n), denominator: fc.bigInt(1n, 5000n) });
    fc.assert(
      fc.property(
        small,
        ratio,
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom('half-even' as const, 'half-up' as const),
        (d, r, digits, rounding) => {
          const product = multiply(d, r, digits, rounding);
          expect(product.exponent).toBe(digits === 0 ? 0 : -digits);
          const error = atto(product) * r.denominator - atto(d) * r.numerator;
          const half = 10n ** BigInt(18 - digits) * r.denominator;
          expect((error < 0n ? -error : error) * 2n <= half).toBe(true);
        },
      ),
    );
  });

  test('adding digits changes nothing', () => {
    fc.assert(fc.property(small, (d) => equals(rescale(d, 6, 'half-even'), d)));
  });

  test('refuses ratios and digits that mean nothing', () => {
    expect(refused(() => multiply(decimal('1'), { numerator: 1n, denominator: 0n }, 0, 'half-up'))).toBe(true);
    for (const digits of [-1, 19, 0.5]) expect(refused(() => rescale(decimal('1'), digits, 'half-up'))).toBe(true);
  });
});
