import { decimal, toText } from './decimal.js';
import { isOneBoxError, OneBoxError } from './errors.js';
import { onebox } from './generated/convert.js';
import { type Decimal, type Finding, type Interrogation, v1 } from './messages.js';

/**
 * The JSON form of an interrogation, for tools and scripts. Names as in proto3 JSON (lowerCamelCase), enumerations as
 * their names, bytes as base64, fields that hold their default left out. Two things are ours: 64-bit integers are
 * JSON numbers, since they are within 2^53 - 1, and a Decimal is a string, `"2.70"`, or `"271e3"` where the exponent
 * is above 0. Both ways are exact. The binary form is the one that is kept for years.
 */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

// Every field of these names is a Decimal where it is a string; a test holds that against the schema.
const DECIMAL_FIELDS: ReadonlySet<string> = new Set(['value', 'low', 'high', 'periodMs', 'scale', 'offset']);

function decimalText(value: Decimal): string {
  const exponent = value.exponent ?? 0;
  return exponent > 0 ? `${value.coefficient ?? 0}e${exponent}` : toText(value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Puts text in the place of every Decimal: `message` tells the types, `json` is its plain copy. */
function writeDecimals(message: unknown, json: unknown): unknown {
  if (message instanceof v1.Decimal) return decimalText(message);
  if (Array.isArray(message) && Array.isArray(json)) return json.map((item, i) => writeDecimals(message[i], item));
  if (!isObject(message) || !isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, writeDecimals(message[name], value)]));
}

function readDecimals(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(readDecimals);
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'string' && DECIMAL_FIELDS.has(name) ? decimal(value) : readDecimals(value),
    ]),
  );
}

/** Throws DECIMAL_INVALID for a decimal out of range. */
export function interrogationToJson(interrogation: Interrogation): JsonObject {
  // Through bytes: whatever was handed over, these are messages to the last leaf.
  const message = v1.Interrogation.decode(v1.Interrogation.encode(interrogation).finish());
  const plain = onebox.v1.Interrogation.toObject(message as onebox.v1.Interrogation, {
    enums: String,
    bytes: String,
    longs: Number,
  });
  return writeDecimals(message, plain) as JsonObject;
}

/**
 * The reverse. Checks the form only: use validateInterrogation for the rules. Throws PROTOCOL_DECODE with the path of
 * a field or value that this version does not know: nothing is left out in silence.
 */
export function interrogationFromJson(json: unknown): Interrogation {
  if (!isObject(json)) throw new OneBoxError('PROTOCOL_DECODE', 'not a JSON object');
  let interrogation: v1.Interrogation;
  try {
    const message = onebox.v1.Interrogation.fromObject(readDecimals(json) as Record<string, unknown>);
    interrogation = v1.Interrogation.decode(v1.Interrogation.encode(message).finish());
  } catch (error) {
    if (isOneBoxError(error)) throw error;
    throw new OneBoxError('PROTOCOL_DECODE', 'not the JSON form of an interrogation', {}, { cause: error });
  }
  const lost = difference(json, interrogationToJson(interrogation), '');
  if (lost !== undefined) throw new OneBoxError('PROTOCOL_DECODE', `not understood: ${lost}`);
  return interrogation;
}

const isDefault = (value: unknown) =>
  value === null || value === 0 || value === '' || value === false || (Array.isArray(value) && value.length === 0);

/** Path of the first thing of `given` that is not in `understood`. */
function difference(given: unknown, understood: unknown, path: string): string | undefined {
  if (Array.isArray(given) && Array.isArray(understood) && given.length === understood.length)
    return first(given, (item, i) => difference(item, understood[i], `${path}[${i}]`));
  if (isObject(given) && isObject(understood))
    return first(Object.entries(given), ([name, value]) =>
      difference(value, understood[name], path ? `${path}.${name}` : name),
    );
  const same = given === understood || (understood === undefined && isDefault(given));
  return same ? undefined : path.slice(0, 200);
}

function first<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [i, item] of items.entries()) {
    const found = find(item, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A finding as a plain object to the last leaf, with the fields that it has; enumerations and bytes as texts on request. */
export function plainFinding(finding: Finding, as: { readonly texts?: boolean } = {}): JsonObject {
  const message = onebox.v1.Finding.fromObject(finding);
  return onebox.v1.Finding.toObject(message, as.texts ? { enums: String, bytes: String } : {});
}

/** The reverse, also of what has texts for enumerations and bytes. */
export function findingFromPlain(plain: Record<string, unknown>): Finding {
  return v1.Finding.decode(v1.Finding.encode(onebox.v1.Finding.fromObject(plain)).finish());
}
