import { MDC_SYSTEM } from '../codes.js';
import { compare, MAX_EXPONENT } from '../decimal.js';
import { type Code, type Decimal, type Numeric, type Range, type Time, v1 } from '../messages.js';
import { knownUnit } from '../units.js';
import { present, type Report } from './report.js';

/** Length caps in UTF-16 units. */
export const NAME_LENGTH = 200;
export const TEXT_LENGTH = 2000;
const MOST_CODINGS = 8;

const LATEST = Date.UTC(2100, 0, 1);

// Control characters, line and paragraph separators, direction embeddings, overrides and isolates, lone surrogates.
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

type Enumeration = Readonly<Record<number | string, unknown>>;

/** Text of a device or a name. Empty is allowed unless `required`. */
export function checkText(
  value: string | null | undefined,
  path: string,
  report: Report,
  options: { longest?: number; required?: boolean } = {},
): void {
  if (!present(value) || value === '') {
    if (options.required) report.add(path, 'required');
    return;
  }
  if (!report.check(typeof value === 'string', path, 'text')) return;
  report.check(value.length <= (options.longest ?? NAME_LENGTH), path, 'length');
  report.check(!FORBIDDEN.test(value), path, 'text');
  if (options.required) report.check(value.trim() !== '', path, 'required');
}

/** A value of an enumeration. 0 is UNSPECIFIED: allowed only when not `required`. */
export function checkEnum(
  value: number | null | undefined,
  members: Enumeration,
  path: string,
  report: Report,
  required = true,
): void {
  const number = value ?? 0;
  if (number === 0) {
    if (required) report.add(path, 'known-enum');
    return;
  }
  report.check(typeof number === 'number' && typeof members[number] === 'string', path, 'known-enum');
}

export function checkUint32(value: number | null | undefined, path: string, report: Report): void {
  const number = value ?? 0;
  report.check(Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff, path, 'integer');
}

export function checkSafe(value: number | null | undefined, path: string, report: Report): boolean {
  return report.check(Number.isSafeInteger(value ?? 0), path, 'safe-integer');
}

export function checkBytes(value: Uint8Array | null | undefined, length: number, path: string, report: Report): void {
  report.check(value instanceof Uint8Array && value.length === length, path, 'bytes');
}

/** True when the number can be computed with. */
export function checkDecimal(value: Decimal | null | undefined, path: string, report: Report): value is Decimal {
  if (!present(value)) {
    report.add(path, 'required');
    return false;
  }
  const exponent = value.exponent ?? 0;
  const right =
    Number.isSafeInteger(value.coefficient ?? 0) && Number.isInteger(exponent) && Math.abs(exponent) <= MAX_EXPONENT;
  return report.check(right, path, 'decimal');
}

export function checkUnit(value: string | null | undefined, path: string, report: Report): void {
  if (!value) report.add(path, 'required');
  else report.check(typeof value === 'string' && knownUnit(value), path, 'unit');
}

export function checkNumeric(value: Numeric | null | undefined, path: string, report: Report): void {
  if (!present(value)) {
    report.add(path, 'required');
    return;
  }
  checkDecimal(value.value, `${path}.value`, report);
  checkUnit(value.unit, `${path}.unit`, report);
  checkEnum(value.comparator, v1.Comparator, `${path}.comparator`, report, false);
}

export function checkRange(value: Range, path: string, report: Report): void {
  checkUnit(value.unit, `${path}.unit`, report);
  if (!present(value.low) && !present(value.high)) report.add(path, 'required');
  const low = present(value.low) && checkDecimal(value.low, `${path}.low`, report) ? value.low : undefined;
  const high = present(value.high) && checkDecimal(value.high, `${path}.high`, report) ? value.high : undefined;
  if (low && high) report.check(compare(low, high) <= 0, path, 'range-order');
}

/** A code with at least one coding. Codes that we do not know are right as they are. */
export function checkCode(value: Code | null | undefined, path: string, report: Report): void {
  const codings = value?.coding ?? [];
  if (codings.length === 0) {
    report.add(path, 'required');
    return;
  }
  report.check(codings.length <= MOST_CODINGS, `${path}.coding`, 'length');
  for (const [i, coding] of codings.entries()) {
    const at = `${path}.coding[${i}]`;
    checkText(coding.system, `${at}.system`, report, { required: true });
    checkText(coding.code, `${at}.code`, report, { required: true });
    checkText(coding.refId, `${at}.refId`, report);
    checkText(coding.display, `${at}.display`, report);
    if (coding.system) report.check(/^[a-z][a-z0-9+.-]*:\S+$/i.test(coding.system), `${at}.system`, 'uri');
    if (coding.system === MDC_SYSTEM && coding.code)
      report.check(/^[1-9]\d{0,9}$/.test(coding.code), `${at}.code`, 'mdc-number');
  }
}

const plausible = (ms: number) => Number.isSafeInteger(ms) && ms > 0 && ms < LATEST;

/** A moment of the tablet's clock. */
export function checkMoment(ms: number | null | undefined, path: string, report: Report): void {
  if (!ms) report.add(path, 'required');
  else report.check(plausible(ms), path, 'time-range');
}

/** A time with its quality. */
export function checkTime(value: Time | null | undefined, path: string, report: Report): void {
  if (!present(value)) {
    report.add(path, 'required');
    return;
  }
  const [start, end, order] = [value.unixMs ?? 0, value.endUnixMs ?? 0, value.order ?? 0];
  checkEnum(value.quality, v1.TimeQuality, `${path}.quality`, report);
  checkText(value.deviceText, `${path}.deviceText`, report);
  report.check(Number.isInteger(order) && Math.abs(order) <= 0x7fff_ffff, `${path}.order`, 'integer');
  if (value.quality === v1.TimeQuality.TIME_QUALITY_ORDER_ONLY) {
    report.check(start === 0 && end === 0 && order !== 0, path, 'order-only');
    return;
  }
  if (report.check(plausible(start), `${path}.unixMs`, 'time-range') && end !== 0) {
    report.check(plausible(end), `${path}.endUnixMs`, 'time-range');
    report.check(end >= start, path, 'time-order');
  }
}
