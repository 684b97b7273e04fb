import { plain } from '../plain.js';

/** Writing segments of HL7 v2 in the ER7 encoding (HL7 v2.6, chapter 2.5 to 2.7), UTF-8. */

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\E\\',
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
};

/** Words as one component: whatever stands in them, no delimiter does. */
export function escaped(text: string | null | undefined): string {
  return plain(text).replace(/[\\|^&~]/g, (mark) => ESCAPES[mark]!);
}

/** Components of one field, without the empty ones at the end. */
export function components(...parts: readonly (string | null | undefined)[]): string {
  return parts.map(escaped).join('^').replace(/\^+$/, '');
}

/** A segment of fields that are written already; field 1 first. Empty ones at the end are left out. */
export function segment(name: string, fields: readonly string[]): string {
  return [name, ...fields].join('|').replace(/\|+$/, '');
}

/** Fields by their numbers in the standard. */
export function numbered(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return segment(
    name,
    Array.from({ length: last }, (_, index) => fields[index + 1] ?? ''),
  );
}

/** DTM with milliseconds, UTC; empty where the time has no place in its four digits of a year. */
export function dtm(unixMs: number | null | undefined): string {
  if (!unixMs || unixMs < 0 || unixMs >= Date.UTC(10_000, 0, 1)) return '';
  const digits = new Date(unixMs).toISOString().replace(/[-T:Z]/g, '');
  return `${digits.replace(/\.000$/, '')}+0000`;
}
