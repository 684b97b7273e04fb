import { toText } from '@onebox/protocol/decimal.js';
import type { Json, JsonObject } from './cases.js';
import type { LocalDateTime } from './parts/gatt-time.js';
import { isNumber, type MedFloat, ValueRejected } from './parts/gatt-values.js';

/** How results of the GATT parsers stand in case files. */

/** A number as a decimal, a special value by its name, `null` where the device sent none. */
export function caseNumber(value: MedFloat | undefined): Json {
  if (value === undefined) return null;
  if (!isNumber(value)) return value;
  const { coefficient, exponent } = value;
  // A FLOAT reaches far beyond the exponents of a Decimal of the protocol.
  return { decimal: Math.abs(exponent) > 18 ? `${coefficient}e${exponent}` : toText(value) };
}

export function caseTime(time: LocalDateTime | undefined): Json {
  return time?.text ?? null;
}

/** The result, or `{ reject: CLASS }` when the parser refused the value. */
export function caseReject(decode: () => JsonObject): JsonObject {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ValueRejected) return { reject: error.reject };
    throw error;
  }
}
