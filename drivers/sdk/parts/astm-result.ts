import { type AstmComponent, type AstmRecord, fieldComponents } from './astm-records.js';

/** Meaning of the fields of header and result records that most instruments agree on (ASTM E1394, 7.1, 10.1). */

export interface AstmSender {
  readonly name: string | null;
  readonly version: string | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
}

export interface AstmResult {
  readonly sequence: number | null;
  /** Local test name or code: the last component of `^^^NAME`. */
  readonly test: string | null;
  /** As sent. The value is text; a number only where `number` says so. */
  readonly value: string | null;
  /** Decimal digits of the value; null when it is no plain number. */
  readonly number: string | null;
  readonly unit: string | null;
  readonly flags: readonly string[];
  readonly status: string | null;
  readonly dateTime: string | null;
}

/**
 * Sender of a header record, field 5. Known orders of its components: `name^version^serial` (DCA Vantage),
 * `name^^serial` (Afinion), and `name^maker^model^version^interface^serial` (cobas c111).
 */
export function astmSender(header: AstmRecord): AstmSender {
  const parts = fieldComponents(header.raw[4], header.delimiters);
  const part = (index: number): string | null => parts[index] ?? null;
  if (parts.length >= 6) {
    return { name: part(0), manufacturer: part(1), model: part(2), version: part(3), serial: part(5) };
  }
  return { name: part(0), version: part(1), serial: part(2), manufacturer: null, model: null };
}

/** The parts of a result record that do not depend on the instrument. */
export function astmResult(record: AstmRecord): AstmResult {
  const field = (index: number): string | null => wholeField(record, index);
  const flags = field(6);
  return {
    sequence: wholeNumber(field(1)),
    test: testName(fieldComponents(record.raw[2], record.delimiters)),
    value: field(3),
    number: plainNumber(field(3)),
    unit: field(4),
    flags: flags === null ? [] : flags.split(record.delimiters.repeat).filter((flag) => flag !== ''),
    status: field(8),
    dateTime: firstDate(record.raw, [12, 11, 10]),
  };
}

/** A field in one piece, with its components but without escape sequences; units such as `10^9/L` stay whole. */
function wholeField(record: AstmRecord, index: number): string | null {
  const parts = fieldComponents(record.raw[index], record.delimiters);
  return parts.map((part) => part ?? '').join(record.delimiters.component) || null;
}

/** Universal test id: `^^^NAME`, with further components after it or not; an id without components is the name. */
export function testName(parts: readonly AstmComponent[]): string | null {
  return parts[3] ?? parts.find((part) => part !== null) ?? null;
}

export function wholeNumber(text: string | null | undefined): number | null {
  return text !== null && text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** The text itself when it is a decimal number without exponent, else null. */
export function plainNumber(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text)
    ? text.replace('+', '')
    : null;
}

/** First field of the given places that is a date-time. */
export function firstDate(raw: readonly string[], places: readonly number[]): string | null {
  for (const place of places) {
    const date = astmDateTime(raw[place]);
    if (date !== null) return date;
  }
  return null;
}

/** `20240820151746` -> `2024-08-20T15:17:46`; 8, 12 or 14 digits; null for anything else and for impossible dates. */
export function astmDateTime(text: string | null | undefined): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?$/.exec(text ?? '');
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const parts = [hour, minute, second].map((part) => Number(part ?? 0));
  if (parts[0]! > 23 || parts[1]! > 59 || parts[2]! > 59) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day) || Number(year) < 1970) return null;
  const time = hour === undefined ? '' : `T${hour}:${minute}${second === undefined ? '' : `:${second}`}`;
  return `${year}-${month}-${day}${time}`;
}
