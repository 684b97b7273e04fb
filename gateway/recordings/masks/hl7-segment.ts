import { type Hl7Delimiters, splitBytes } from '@onebox/driver-sdk/parts/hl7-er7.js';
import { describe, MDC } from '@onebox/protocol/codes.js';
import { maskDocument } from './hl7-document.js';
import type { StandIns } from './stand-in.js';

const WHOLE = Number.POSITIVE_INFINITY;
/** A code of a table, or a small number: longer than this it is something else, and goes. */
const CODE = 0;
const CODE_BYTES = 8;

/**
 * Fields of HL7 v2 segments that stay, and how many of their components: what was measured, when and how. Who it was,
 * who did it and where goes, and with it every field and segment that is not listed. OBX-5 and PID-3 are looked into.
 */
const STAY: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  MSH: { 3: 1, 7: 1, 9: 3, 11: CODE, 12: CODE, 15: CODE, 16: CODE, 17: CODE, 18: WHOLE, 19: 3, 20: CODE, 21: WHOLE },
  PID: { 1: CODE },
  PV1: { 1: CODE, 2: CODE },
  ORC: { 1: CODE, 5: CODE },
  OBR: { 1: CODE, 4: 6, 7: 1, 8: 1, 14: 1, 22: 1, 24: CODE, 25: CODE },
  OBX: {
    1: CODE,
    2: CODE,
    3: 6,
    4: CODE,
    6: 6,
    7: 1,
    8: CODE,
    9: CODE,
    10: CODE,
    11: CODE,
    12: 1,
    14: 1,
    17: 6,
    19: 1,
  },
  NTE: { 1: CODE, 2: CODE, 4: CODE },
};
/** Types of values that are numbers, codes or times: what is under a term of the tables stays. */
const NUMBERS: ReadonlySet<string> = new Set(['NM', 'SN']);
const VALUES: ReadonlySet<string> = new Set([
  ...NUMBERS,
  'CWE',
  'CNE',
  'CE',
  'CF',
  'IS',
  'ID',
  'DTM',
  'TS',
  'DT',
  'TM',
]);
/** Words that stay: of the device and not of the patient. */
const WORDS: ReadonlySet<number> = new Set([MDC.IDC_DEV_MODEL, MDC.IDC_LEAD_MODEL, MDC.IDC_EPISODE_ID]);
const NUMBER = /^[<>=]{0,2}\s*[-+]?\d*\.?\d+$/;
/** Components of a coded value; behind them stands what somebody wrote. */
const CODED = 6;
const MODEL_AND_SERIAL = /^\s*model:.*?\/serial:/is;

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Masks a whole segment in place; delimiters stay, so that it has the same fields. */
export function maskSegment(segment: Uint8Array, delimiters: Hl7Delimiters, standIns: StandIns): void {
  const raw = splitBytes(segment, delimiters.field);
  const name = textOf(raw[0]!);
  const shift = name === 'MSH' ? 1 : 0;
  const stay = Object.hasOwn(STAY, name) ? STAY[name]! : {};
  const field = (number: number) => raw[number - shift] ?? segment.subarray(0, 0);
  // Which value may stay is read before anything is covered.
  const kept = name === 'OBX' ? keptComponents(field(2), field(3), field(5), field(6), delimiters) : 0;
  for (const [index, bytes] of raw.entries()) {
    const number = index + shift;
    if (index === 0 || (name === 'MSH' && number === 2)) continue;
    if (name === 'OBX' && number === 5) {
      if (kept !== 'document') cover(bytes, delimiters, standIns, kept);
      else if (!maskDocument(bytes, delimiters)) cover(bytes, delimiters, standIns, 0);
    } else if (name === 'PID' && number === 3) coverIdentifiers(bytes, delimiters, standIns);
    else if (stay[number] !== CODE || bytes.length > CODE_BYTES) cover(bytes, delimiters, standIns, stay[number] ?? 0);
  }
}

/** How many components of OBX-5 stay. */
function keptComponents(
  typeBytes: Uint8Array,
  termBytes: Uint8Array,
  value: Uint8Array,
  unit: Uint8Array,
  delimiters: Hl7Delimiters,
): number | 'document' {
  const type = textOf(typeBytes).trim().toUpperCase();
  if (type === 'ED') return 'document';
  const number = termNumber(splitBytes(termBytes, delimiters.component).map(textOf));
  const facts = number === undefined ? undefined : describe(number)?.facts;
  const numeric = NUMBERS.has(type) || NUMBER.test(textOf(value).trim());
  // A number of a maker's own term is a measurement where it has a unit, and may be a serial number where it has none.
  if (!facts) return numeric && unit.length > 0 ? 4 : 0;
  if (facts.type === 'ST') return number !== undefined && WORDS.has(number) ? 1 : 0;
  if (numeric) return 4;
  return VALUES.has(type) ? CODED : 0;
}

/** The number of IEEE 11073 that OBX-3 states, first or as the alternative. */
function termNumber(components: readonly string[]): number | undefined {
  for (const at of [0, 3]) {
    const [code = '', , system = ''] = components.slice(at, at + 3).map((one) => one.trim());
    if (/^[1-9]\d{0,9}$/.test(code) && !/^(?:LN|SCT)$/i.test(system) && describe(Number(code))) return Number(code);
  }
  return undefined;
}

/** PID-3: the device stands among the patient's identifiers as `model:XXX/serial:YYY^^^MFG^U`. */
function coverIdentifiers(field: Uint8Array, delimiters: Hl7Delimiters, standIns: StandIns): void {
  for (const one of splitBytes(field, delimiters.repetition)) {
    const device = MODEL_AND_SERIAL.exec(textOf(one))?.[0].length;
    for (const [index, component] of splitBytes(one, delimiters.component).entries()) {
      if (index === 0) coverPart(component.subarray(device ?? 0), delimiters, standIns);
      // Whose number it is, for the device, and of which kind.
      else if (index !== 4 && !(index === 3 && device !== undefined)) coverPart(component, delimiters, standIns);
    }
  }
}

/** Letters in place of all components but the first `stays` of each repetition. */
function cover(field: Uint8Array, delimiters: Hl7Delimiters, standIns: StandIns, stays: number): void {
  for (const one of splitBytes(field, delimiters.repetition))
    for (const [index, component] of splitBytes(one, delimiters.component).entries())
      if (index >= stays) coverPart(component, delimiters, standIns);
}

function coverPart(component: Uint8Array, { subcomponent }: Hl7Delimiters, standIns: StandIns): void {
  for (const part of splitBytes(component, subcomponent)) part.set(standIns.of(part));
}
