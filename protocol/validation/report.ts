/** A rule that a message breaks, and where. Carries no value of the message: it goes to logs. */
export interface Violation {
  /** Names of fields as in the generated code, e.g. `observation.compound.part[1].numeric.unit`. */
  readonly path: string;
  /** Short name of the rule, e.g. `required`. */
  readonly rule: Rule;
  /** What the rule asks for, in English. */
  readonly message: string;
}

export const RULES = {
  required: 'is required',
  'one-of': 'exactly one of these fields is set',
  'known-enum': 'is one of the values of the schema, and not UNSPECIFIED',
  integer: 'is a whole number within the range of the field',
  'safe-integer': 'is a whole number within +-(2^53 - 1)',
  decimal: 'is a decimal: coefficient within +-(2^53 - 1), exponent within +-18',
  unit: 'is a known UCUM code',
  'same-kind': 'has a unit of the same kind of quantity',
  'time-range': 'is a time between 1970 and 2100, in milliseconds',
  'time-order': 'ends after it starts',
  'order-only': 'has an order and no time when only the order is known',
  'range-order': 'is low to high',
  length: 'is not longer than allowed',
  text: 'is text without control characters, text direction overrides and lone surrogates',
  hex: 'is lower-case hex of the right length',
  bytes: 'is a byte string of the right length',
  uri: 'is a URN or URL',
  'mdc-number': 'is a context-free MDC code in decimal digits',
  distinct: 'is there only once',
  positive: 'is greater than 0',
  'not-zero': 'is not 0',
  'within-samples': 'lies within the samples',
  ascending: 'is in ascending order',
  'within-width': 'lies within the width',
  'bit-set': 'names a bit that is set',
  'not-empty': 'says something',
  'limit-stated': 'states limit and reference, because it is not of the device itself',
  'not-set-clock': 'has no offset when the clock was never set',
  'practice-marked': 'is marked as practice, because the device is simulated',
  complete: 'names what is missing if partial, and nothing if complete',
  size: 'is not larger than 256 KiB when encoded',
  malformed: 'can be encoded',
} as const;

export type Rule = keyof typeof RULES;

/** Collects violations while one message is checked. */
export class Report {
  readonly violations: Violation[] = [];

  add(path: string, rule: Rule): void {
    this.violations.push({ path, rule, message: RULES[rule] });
  }

  /** Adds the violation unless `holds`. Returns `holds`. */
  check(holds: boolean, path: string, rule: Rule): boolean {
    if (!holds) this.add(path, rule);
    return holds;
  }
}

/** True for what a field holds when it is set. Generated code has null for what is not. */
export function present<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
