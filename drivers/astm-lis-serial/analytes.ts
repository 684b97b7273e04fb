import { code } from '@onebox/driver-sdk/findings.js';
import { mdc } from '@onebox/protocol/codes.js';
import type { Code } from '@onebox/protocol/messages.js';
import { knownUnit } from '@onebox/protocol/units.js';

/** Names and units of instruments to codes. What is not known passes through as the instrument's own code. */

/** Test names or numbers as the instrument sends them: local to its maker. */
export const TEST_SYSTEM = 'urn:onebox:astm-test-id';

/** The instrument's own code, and a code of IEEE 11073 before it where the meaning is certain. */
export function analyte(test: string, known?: Code): Code {
  const own = code(TEST_SYSTEM, test, { display: test });
  return known === undefined ? own : { coding: [...(known.coding ?? []), ...(own.coding ?? [])] };
}

/**
 * Glucose by its reference method: P plasma, B whole blood. The meter does not say where the blood was taken.
 * Without a method the instrument's code stands alone.
 */
export function glucose(test: string, method: string | null): Code {
  if (method === 'P') return analyte(test, mdc('MDC_CONC_GLU_UNDETERMINED_PLASMA'));
  if (method === 'B') return analyte(test, mdc('MDC_CONC_GLU_UNDETERMINED_WHOLEBLOOD'));
  return analyte(test);
}

export function isGlucose(test: string): boolean {
  return /^glu(cose)?$/i.test(test);
}

export function isHba1c(test: string): boolean {
  return /^(hb)?a1c$/i.test(test);
}

/** Printed units that are written in another way than in UCUM. */
const PRINTED: Readonly<Record<string, string>> = {
  'MG/DL': 'mg/dL',
  'mg/dl': 'mg/dL',
  'MMOL/L': 'mmol/L',
  'mmol/l': 'mmol/L',
  'mg/l': 'mg/L',
  'g/l': 'g/L',
};

/** The UCUM code of a printed unit; undefined when it is not certain. */
export function ucumUnit(printed: string | null): string | undefined {
  if (printed === null) return undefined;
  const unit = Object.hasOwn(PRINTED, printed) ? PRINTED[printed]! : printed;
  return knownUnit(unit) ? unit : undefined;
}
