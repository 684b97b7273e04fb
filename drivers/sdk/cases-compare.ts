/** How an expected result is compared with an actual one: exactly, field by field. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** One difference. `path` is empty for the case as a whole, else as in `parts[1].value`. */
export interface Mismatch {
  readonly path: string;
  readonly reason: string;
  readonly expected?: Json;
  readonly actual?: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Every expected field must be there and equal; further actual fields are allowed. An expected
 * `{ reject: CLASS }` is met by a refusal of that class, `{ reject: true }` by any refusal. A refusal
 * without `reject` in the expectation, and an acceptance with it, are one mismatch of the whole case.
 * Keys of `notes` are not compared. Some forms of an actual value say how it is to be compared: `{ byIndex: { "75": ... } }`
 * is a list of which the expectation may name some items by their `index`; `{ anyOf: [...] }` is one value in all notations
 * that the expectation may use; `{ decimal, within: 2 }` is a whole number that the expectation states only to within so
 * much.
 */
export function compareCase(
  expected: Json | undefined,
  actual: JsonObject,
  notes: ReadonlySet<string>,
): readonly Mismatch[] {
  const refused = actual.reject !== undefined && actual.reject !== null;
  const due =
    isObject(expected) && expected.reject !== undefined && expected.reject !== null && expected.reject !== false;
  if (due && !refused) return [{ path: '', reason: 'the input was not refused', expected, actual }];
  if (!due && refused) return [{ path: '', reason: 'the input was refused', expected: expected ?? null, actual }];
  if (due && isObject(expected) && meetsReject(expected.reject!, actual.reject!))
    return compare({ ...expected, reject: actual.reject! }, actual, '', notes);
  if (!due && isObject(expected) && Object.hasOwn(expected, 'reject')) {
    const { reject: _, ...fields } = expected;
    return compare(fields, actual, '', notes);
  }
  return compare(expected, actual, '', notes);
}

/** Classes of refusals, and other words for the same. */
const REJECT_CLASSES: Readonly<Record<string, string>> = {
  checksum: 'checksum',
  crc: 'checksum',
  length: 'length',
  truncated: 'length',
  order: 'order',
  sequence: 'order',
  transaction: 'transaction',
  range: 'range',
  value: 'range',
  unknown: 'unknown',
  choice: 'unknown',
  sync: 'sync',
  incomplete: 'incomplete',
  format: 'format',
  text: 'text',
  command: 'command',
};

/** A reason that is no class, such as a sentence, asks for a refusal of any class. */
function meetsReject(expected: Json, actual: Json): boolean {
  const due = rejectClass(expected);
  return due === undefined || due === rejectClass(actual);
}

function rejectClass(reason: Json): string | undefined {
  return typeof reason === 'string' && Object.hasOwn(REJECT_CLASSES, reason) ? REJECT_CLASSES[reason] : undefined;
}

function compare(
  expected: Json | undefined,
  actual: Json | undefined,
  path: string,
  notes: ReadonlySet<string>,
): readonly Mismatch[] {
  if (actual === undefined) {
    return [{ path, reason: 'do not know how to run: unknown field', expected: expected ?? null }];
  }
  if (isObject(actual) && Array.isArray(actual.anyOf)) {
    const tried = actual.anyOf.map((form: Json) => compare(expected, form, path, notes));
    return tried.find((mismatches) => mismatches.length === 0) ?? tried[0] ?? [];
  }
  if (Array.isArray(expected)) {
    if (isObject(actual) && isObject(actual.byIndex)) return compareByIndex(expected, actual.byIndex, path, notes);
    if (!Array.isArray(actual) || actual.length !== expected.length) return [differs(expected, actual, path)];
    return expected.flatMap((item, index) => compare(item, actual[index], `${path}[${index}]`, notes));
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return [differs(expected, actual, path)];
    return Object.entries(expected)
      .filter(([key]) => !notes.has(key))
      .flatMap(([key, value]) => {
        const below = path === '' ? key : `${path}.${key}`;
        return compare(value, Object.hasOwn(actual, key) ? actual[key] : undefined, below, notes);
      });
  }
  if (typeof expected === 'number') {
    const number = decimalText(actual);
    if (number !== undefined && isObject(actual) && typeof actual.within === 'number' && Number.isInteger(expected)) {
      return Math.abs(expected - Number(number)) <= actual.within ? [] : [differs(expected, actual, path)];
    }
    // Beyond 2^53 the number of a JSON file has lost its last digits when it comes here.
    if (number !== undefined && Number.isInteger(expected) && !Number.isSafeInteger(expected))
      return Number(number) === expected ? [] : [differs(expected, actual, path)];
    return number !== undefined && sameDecimal(String(expected), number) ? [] : [differs(expected, actual, path)];
  }
  return expected === actual ? [] : [differs(expected ?? null, actual, path)];
}

function compareByIndex(
  expected: readonly Json[],
  actual: JsonObject,
  path: string,
  notes: ReadonlySet<string>,
): readonly Mismatch[] {
  return expected.flatMap((item, place) => {
    const index = isObject(item) && typeof item.index === 'number' ? String(item.index) : '';
    return compare(item, Object.hasOwn(actual, index) ? actual[index] : undefined, `${path}[${place}]`, notes);
  });
}

function differs(expected: Json, actual: Json, path: string): Mismatch {
  return { path, reason: 'differs', expected, actual };
}

function decimalText(value: Json): string | undefined {
  if (typeof value === 'number') return String(value);
  if (isObject(value) && typeof value.decimal === 'string') return value.decimal;
  return undefined;
}

/** Equal as numbers, digit by digit: 36.40 is 36.4 and 1e-5 is 0.00001; no binary rounding. */
export function sameDecimal(left: string, right: string): boolean {
  const a = normalize(left);
  const b = normalize(right);
  return a !== undefined && b !== undefined && a === b;
}

function normalize(text: string): string | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (match === null) return undefined;
  const fraction = match[3] ?? '';
  const digits = `${match[2]}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const exponent = Number(match[4] ?? 0) - fraction.length + (digits.length - significant.length);
  return `${match[1]}${significant}e${exponent}`;
}
