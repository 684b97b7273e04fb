import { OneBoxError } from './errors.js';
import type { Decimal } from './messages.js';

/**
 * Exact decimal numbers: coefficient x 10^exponent. 2.70 is 270 x 10^-2, and keeps its zero. No binary floating
 * point is involved anywhere. Everything here throws DECIMAL_INVALID for what is not a decimal number within range.
 */
export interface ExactDecimal {
  readonly coefficient: number;
  readonly exponent: number;
}

/** Ties go to the even digit (half-even), or away from zero (half-up). */
export type Rounding = 'half-even' | 'half-up';

/** A fraction of whole numbers. The denominator is not 0. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const MAX_EXPONENT = 18;
const MAX_COEFFICIENT = BigInt(Number.MAX_SAFE_INTEGER);

interface Parts {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const power = (exponent: number): bigint => 10n ** BigInt(exponent);

function refuse(why: string): never {
  throw new OneBoxError('DECIMAL_INVALID', why);
}

function make(coefficient: bigint, exponent: number): ExactDecimal {
  if (coefficient > MAX_COEFFICIENT || coefficient < -MAX_COEFFICIENT) refuse('coefficient');
  if (!Number.isInteger(exponent) || exponent < -MAX_EXPONENT || exponent > MAX_EXPONENT) refuse('exponent');
  return { coefficient: Number(coefficient), exponent: exponent + 0 };
}

function parts(value: Decimal): Parts {
  const coefficient = value.coefficient ?? 0;
  const exponent = value.exponent ?? 0;
  if (!Number.isSafeInteger(coefficient)) refuse('coefficient');
  if (!Number.isInteger(exponent) || Math.abs(exponent) > MAX_EXPONENT) refuse('exponent');
  return { coefficient: BigInt(coefficient), exponent };
}

/** Both coefficients on the smaller exponent. */
function align(a: Decimal, b: Decimal): { left: bigint; right: bigint; exponent: number } {
  const [x, y] = [parts(a), parts(b)];
  const exponent = Math.min(x.exponent, y.exponent);
  return {
    left: x.coefficient * power(x.exponent - exponent),
    right: y.coefficient * power(y.exponent - exponent),
    exponent,
  };
}

function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const whole = n / d;
  const twice = (n % d) * 2n;
  const up = twice > d || (twice === d && (rounding === 'half-up' || whole % 2n === 1n));
  const size = up ? whole + 1n : whole;
  return negative ? -size : size;
}

const SYNTAX = /^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i;

/** Reads `2.70`, `-5`, `+0.1`, `271e3`. Digits after the point are kept as they are, also zeros. */
export function decimal(text: string): ExactDecimal {
  const match = SYNTAX.exec(text);
  if (!match) refuse('syntax');
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const coefficient = BigInt(whole + fraction);
  return make(sign === '-' ? -coefficient : coefficient, Number(exponent) - fraction.length);
}

/** n x 10^exponent, for counts and scaled integers of devices. */
export function fromScaled(n: number | bigint, exponent = 0): ExactDecimal {
  if (typeof n === 'number' && !Number.isSafeInteger(n)) refuse('coefficient');
  return make(BigInt(n), exponent);
}

/** Plain notation with every digit that the number states: `2.70`, `271000`. Never scientific. */
export function toText(value: Decimal): string {
  const { coefficient, exponent } = parts(value);
  const sign = coefficient < 0n ? '-' : '';
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString();
  if (exponent >= 0) return coefficient === 0n ? '0' : sign + digits + '0'.repeat(exponent);
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** -1, 0 or 1 by numeric value: 2.7 and 2.70 are equal. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const { left, right } = align(a, b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function equals(a: Decimal, b: Decimal): boolean {
  return compare(a, b) === 0;
}

/** Exact sum, with the finer resolution of the two. */
export function add(a: Decimal, b: Decimal): ExactDecimal {
  const { left, right, exponent } = align(a, b);
  return make(left + right, exponent);
}

export function negate(value: Decimal): ExactDecimal {
  const { coefficient, exponent } = parts(value);
  return make(-coefficient, exponent);
}

/** The number as a fraction. */
export function asRatio(value: Decimal): Ratio {
  const { coefficient, exponent } = parts(value);
  return exponent < 0
    ? { numerator: coefficient, denominator: power(-exponent) }
    : { numerator: coefficient * power(exponent), denominator: 1n };
}

/** value x ratio, rounded to `digits` after the point (0 to 18). */
export function multiply(value: Decimal, ratio: Ratio, digits: number, rounding: Rounding): ExactDecimal {
  if (ratio.denominator === 0n) refuse('ratio');
  if (!Number.isInteger(digits) || digits < 0 || digits > MAX_EXPONENT) refuse('digits');
  const { coefficient, exponent } = parts(value);
  // coefficient x 10^exponent x numerator / denominator, counted in units of 10^-digits.
  const shift = exponent + digits;
  const numerator = coefficient * ratio.numerator * (shift > 0 ? power(shift) : 1n);
  const denominator = ratio.denominator * (shift < 0 ? power(-shift) : 1n);
  return make(divide(numerator, denominator, rounding), digits === 0 ? 0 : -digits);
}

/** The same number with `digits` after the point. Exact where digits are added, rounded where they are dropped. */
export function rescale(value: Decimal, digits: number, rounding: Rounding): ExactDecimal {
  return multiply(value, { numerator: 1n, denominator: 1n }, digits, rounding);
}
