import { decimal, type ExactDecimal } from '@onebox/protocol/decimal.js';

/** Data types of HL7 v2 (v2.6, chapter 2A) that hold values: DTM, NM, SN, CWE. */

/** A time as far as it is stated: the first and the last millisecond that it may be, the same when it has seconds. */
export interface Hl7Time {
  readonly from: number;
  readonly to: number;
  /** ISO 8601, with a zone only where one was stated. */
  readonly text: string;
}

const DTM = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/;

/**
 * DTM, also TS, DT and what is stated only to the year. A time without a zone is one of `utcOffsetMinutes` (minutes
 * that local time is ahead of UTC). Undefined for what is no time, e.g. a 13th month or 29 February of most years.
 */
export function hl7Time(value: string, utcOffsetMinutes: number): Hl7Time | undefined {
  const match = DTM.exec(value.trim());
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, zone] = match;
  const offset = zone === undefined ? utcOffsetMinutes : zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const at = (parts: readonly number[]): number => {
    const [y = 0, mo = 1, d = 1, h = 0, mi = 0, s = 0] = parts;
    return Date.UTC(y, mo - 1, d, h, mi, s) - offset * 60_000;
  };
  const stated = [year, month, day, hour, minute, second].filter((part) => part !== undefined).map(Number);
  const from = at(stated);
  const check = new Date(from + offset * 60_000);
  const [y, mo = 1, d = 1, h = 0, mi = 0, s = 0] = stated;
  const exact =
    check.getUTCFullYear() === y &&
    check.getUTCMonth() === mo - 1 &&
    check.getUTCDate() === d &&
    check.getUTCHours() === h &&
    check.getUTCMinutes() === mi &&
    check.getUTCSeconds() === s;
  if (!exact || y === undefined || y < 1000) return undefined;
  const next = stated.map((part, index) => (index === stated.length - 1 ? part + 1 : part));
  const to = second === undefined ? at(next) - 1 : from;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  const time = [hour, minute, second].filter((part) => part !== undefined).join(':');
  const where = zone === undefined || time === '' ? '' : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  return { from, to, text: `${date}${time === '' ? '' : `T${time}`}${where}` };
}

function zoneMinutes(zone: string): number | undefined {
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))];
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

export type Hl7Comparator = '' | '<' | '<=' | '>' | '>=' | '<>';

/** What an NM or SN states. */
export type Hl7Number =
  | { readonly kind: 'number'; readonly value: ExactDecimal; readonly comparator: Hl7Comparator }
  | { readonly kind: 'range'; readonly low: ExactDecimal; readonly high: ExactDecimal }
  /** Ratios and what else has no number of its own. */
  | { readonly kind: 'words'; readonly text: string };

/** NM; `>65` and `< 0.4`, which should be SN, are taken too. Undefined for what is no number. */
export function hl7Numeric(value: string): Hl7Number | undefined {
  const match = /^(<=|>=|<|>)?\s*([+-]?(?:\d+\.?\d*|\.\d+))$/.exec(value.trim());
  if (!match) return undefined;
  const number = exactOrUndefined(match[2]!);
  return number && { kind: 'number', value: number, comparator: (match[1] ?? '') as Hl7Comparator };
}

/** SN: comparator ^ number ^ separator ^ number. `>^100`, `^1^:^2`, `^10^-^20`, `^2^+`. */
export function hl7StructuredNumeric([comparator = '', first = '', separator = '', second = '']: readonly string[]):
  | Hl7Number
  | undefined {
  const sign = comparator.trim();
  if (!/^(?:<=|>=|<|>|=|<>)?$/.test(sign)) return hl7Numeric(comparator);
  const low = first === '' ? undefined : exactOrUndefined(first);
  const high = second === '' ? undefined : exactOrUndefined(second);
  if (low === undefined) return undefined;
  if (second === '' && separator === '')
    return { kind: 'number', value: low, comparator: (sign === '=' ? '' : sign) as Hl7Comparator };
  if (second === '' && separator === '+') return { kind: 'number', value: low, comparator: '>' };
  if (high === undefined) return undefined;
  if (separator === '-' && sign === '') return { kind: 'range', low, high };
  return { kind: 'words', text: `${sign}${first}${separator}${second}` };
}

function exactOrUndefined(text: string): ExactDecimal | undefined {
  const plain = text
    .trim()
    .replace(/^([+-]?)\./, '$10.')
    .replace(/\.$/, '');
  if (!/^[+-]?\d+(?:\.\d+)?$/.test(plain)) return undefined;
  try {
    return decimal(plain);
  } catch {
    return undefined;
  }
}
