/** U+202F, between groups of three digits from 10000 on. */
const GROUP = '\u202f';
/** U+00A0, between a number and its unit. */
export const NBSP = '\u00a0';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d+))?$/;

/** Decimal sign of a locale, e.g. "." for en and "," for de. */
export function decimalSign(locale: string): string {
  const parts = new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).formatToParts(0.5);
  return parts.find((part) => part.type === 'decimal')?.value ?? '.';
}

/**
 * Prints decimal text exactly as the device resolves it: no digit added, none dropped, leading zero
 * always, digits grouped from 10000 on (UX specification 3.2). Text that is not a plain decimal number
 * passes through unchanged.
 */
export function printNumber(text: string, locale = 'en'): string {
  const match = DECIMAL.exec(text.trim());
  if (!match || text.trim() === '' || (match[2] === '' && match[3] === undefined)) return text;
  const [, sign, digits = '', fraction] = match;
  const whole = digits === '' ? '0' : digits;
  const grouped = whole.length >= 5 ? whole.replace(/\B(?=(\d{3})+$)/g, GROUP) : whole;
  return `${sign === '-' ? '\u2212' : ''}${grouped}${fraction === undefined ? '' : decimalSign(locale) + fraction}`;
}
