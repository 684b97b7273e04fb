import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { BOLUS_SOURCES, BOLUS_TYPES, bitNumbers } from './enumerations.js';

/** Codes of what the pump says in numbers of its own. */

const SYSTEM = 'urn:onebox:tandem-x2';

/** A code of the pump's own, e.g. `own('alarm', 8, 'EMPTY_CARTRIDGE_ALARM')`. */
export function own(kind: string, value: string | number, display?: string): Code {
  return { coding: [{ system: `${SYSTEM}:${kind}`, code: String(value), ...(display ? { display } : {}) }] };
}

/** A term of ours with the pump's number beside it. */
export function termFor(name: OneBoxTerm | undefined, pumps: Code): Code {
  return name === undefined ? pumps : { coding: [...(term(name).coding ?? []), ...(pumps.coding ?? [])] };
}

/** How a bolus was meant and who asked for it, as qualifiers of its amount. */
export function bolusQualifiers(types: number, source: number): readonly Code[] {
  const meant = bitNumbers(types).map((bit) => {
    if (bit === 0 || bit === 3) return mdc('MDC_INS_BOLUS_MEAL');
    if (bit === 1) return mdc('MDC_INS_BOLUS_CORR');
    return bit === 2 ? mdc('MDC_INS_BOLUS_EXT') : own('bolus-type', bit, BOLUS_TYPES[bit]);
  });
  return [...meant, own('bolus-source', source, BOLUS_SOURCES[source])];
}

/** Alarms stop the pump or may do so; alerts and those of the sensor ask for attention. */
export const ALARM_TERMS: Readonly<Record<number, OneBoxTerm>> = {
  0: 'alert.reservoir-issue',
  1: 'alert.reservoir-issue',
  2: 'alert.occlusion',
  3: 'alert.device-reset',
  5: 'alert.reservoir-issue',
  6: 'alert.reservoir-issue',
  7: 'alert.auto-off',
  8: 'alert.reservoir-empty',
  9: 'alert.reservoir-issue',
  10: 'alert.temperature-out-of-range',
  11: 'alert.temperature-out-of-range',
  12: 'alert.battery-empty',
  14: 'alert.clock-issue',
  15: 'alert.temperature-out-of-range',
  16: 'alert.reservoir-issue',
  18: 'alert.delivery-suspended',
  20: 'alert.reservoir-issue',
  21: 'alert.air-pressure-out-of-range',
  23: 'alert.delivery-suspended',
  24: 'alert.air-pressure-out-of-range',
  25: 'alert.reservoir-issue',
  26: 'alert.occlusion',
  29: 'alert.reservoir-issue',
  30: 'alert.reservoir-issue',
  31: 'alert.reservoir-issue',
  34: 'alert.reservoir-issue',
};

export const ALERT_TERMS: Readonly<Record<number, OneBoxTerm>> = {
  0: 'alert.reservoir-low',
  2: 'alert.battery-low',
  3: 'alert.battery-low',
  17: 'alert.reservoir-low',
  48: 'alert.signal-lost',
};

export const CGM_ALERT_TERMS: Readonly<Record<number, OneBoxTerm>> = {
  1: 'alert.glucose-urgent-low',
  2: 'alert.glucose-high',
  3: 'alert.glucose-low',
  5: 'alert.glucose-rising-fast',
  6: 'alert.glucose-rising-fast',
  7: 'alert.glucose-falling-fast',
  8: 'alert.glucose-falling-fast',
  11: 'alert.sensor-fault',
  13: 'alert.sensor-expired',
  14: 'alert.signal-lost',
  18: 'alert.calibration-required',
};
