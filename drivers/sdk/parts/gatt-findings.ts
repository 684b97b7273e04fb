import { fromScaled, MAX_EXPONENT } from '@onebox/protocol/decimal.js';
import { isOneBoxError, type OneBoxError } from '@onebox/protocol/errors.js';
import type { Code, Finding, Numeric } from '@onebox/protocol/messages.js';
import type { Device } from '../device.js';
import { type AbsentName, absent, type Details, fault, numeric, observation, phaseOf, progress } from '../findings.js';
import type { PhaseName } from '../manifest.js';
import { isNumber, type MedFloat } from './gatt-values.js';

/** From parsed values to findings: what all GATT services have in common. */

/** A value is plausible within these bounds, inclusive; anything else is no measurement of this kind. */
export interface Bounds {
  readonly above?: number;
  readonly atMost?: number;
}

/** Why a medical float is no value, or undefined when it is one. */
export function absentReason(value: MedFloat | undefined, { above, atMost }: Bounds = {}): AbsentName | undefined {
  if (value === undefined) return 'unknown';
  if (value === '+INF') return 'positive-infinity';
  if (value === '-INF') return 'negative-infinity';
  if (!isNumber(value) || Math.abs(value.exponent) > MAX_EXPONENT) return 'not-a-number';
  // For the comparison only: the value itself stays exact.
  const size = Number(`${value.coefficient}e${value.exponent}`);
  return (above !== undefined && size <= above) || (atMost !== undefined && size > atMost) ? 'not-a-number' : undefined;
}

/** The number, or why there is none. */
export function numericOrAbsent(value: MedFloat | undefined, unit: string, bounds: Bounds = {}): Numeric | AbsentName {
  const reason = absentReason(value, bounds);
  return reason ?? numeric(value as Exclude<MedFloat, string>, unit);
}

/** One measured number, or its absence. A whole number may be given as it is. */
export function measured(
  what: Code,
  value: MedFloat | number | undefined,
  unit: string,
  details: Details,
  bounds: Bounds = {},
): Finding {
  const float = typeof value === 'number' ? fromScaled(value) : value;
  const reason = absentReason(float, bounds);
  return reason ? absent(what, reason, details) : observation(what, float as Exclude<MedFloat, string>, unit, details);
}

/** Brackets the findings of one phase, if it is wanted. A phase without findings is one that the device does not have. */
export async function* phase(
  device: Device,
  name: PhaseName,
  body: () => AsyncIterable<Finding>,
): AsyncGenerator<Finding, void, void> {
  if (!device.wants(phaseOf(name))) return;
  yield progress(name, 'started');
  let read = 0;
  for await (const finding of body()) {
    read += 1;
    yield finding;
  }
  yield progress(name, read > 0 ? 'done' : 'not-supported', { read });
}

/** Errors of one value that leave the link as it is. */
export function isLocal(error: unknown): error is OneBoxError {
  return (
    isOneBoxError(error, 'LINK_REFUSED') ||
    isOneBoxError(error, 'LINK_EMPTY') ||
    isOneBoxError(error, 'LINK_NO_CHANNEL') ||
    isOneBoxError(error, 'LINK_MALFORMED')
  );
}

/** What could not be read, as a finding; an error that concerns the whole link is thrown on. */
export function localFault(error: unknown, name: PhaseName, channel: string, code?: Code): Finding {
  if (!isLocal(error)) throw error;
  return fault(error, name, { detail: channel, ...(code ? { code } : {}) });
}
