import { mdc, term } from '@onebox/protocol/codes.js';
import { type Alert, type Code, type Finding, type Time, v1 } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import {
  absent,
  alert,
  bits,
  coded,
  type Details,
  dateTime,
  type OriginName,
  observation,
  type ValidityName,
} from '../findings.js';
import { annunciation, CGM_ANNUNCIATION, CGM_LOCATIONS, type CgmFeature, type CgmRecord } from './cgm.js';
import { absentReason, measured } from './gatt-findings.js';
import { bitsSet } from './gatt-values.js';
import { CONTROL_SOLUTION, GLUCOSE_TYPES } from './glucose.js';

/** What one record of a glucose sensor says, and what the device says about itself. */

/** A reading older than this is not the present one (UX specification, section 7). */
export const CGM_FRESH_MS = 10 * 60_000;

/** What is known of a sensor besides its records. */
export interface CgmKind {
  /** Code of the concentration, by what the sensor measures in. */
  readonly code: Code;
  readonly qualifiers: readonly Code[];
  readonly test: boolean;
}

/** A sensor that does not say what it measures in sits in interstitial fluid, as all of this service do. */
export function cgmKind(feature: CgmFeature | undefined): CgmKind {
  const type = feature && GLUCOSE_TYPES[feature.type];
  const place = feature && CGM_LOCATIONS[feature.sampleLocation];
  const control = feature?.type === CONTROL_SOLUTION || feature?.sampleLocation === 4;
  const names = [control ? ('glucose.control-solution' as const) : type?.type, place];
  return {
    code: mdc(control ? 'MDC_CONC_GLU_CONTROL' : (type?.concentration ?? 'MDC_CONC_GLU_ISF')),
    qualifiers: names.flatMap((name) => (name ? [term(name)] : [])),
    test: control,
  };
}

export interface CgmMoment {
  readonly at: Time;
  readonly origin: OriginName;
}

const BELOW_RANGE = 22;
const ABOVE_RANGE = 23;
/** Wrong sensor, malfunction, general fault, too warm, too cold, out of range. */
const DOUBTFUL = [2, 3, 5, 12, 13, BELOW_RANGE, ABOVE_RANGE];
const CALIBRATION_REQUIRED = 11;

function validity(record: CgmRecord, { test }: CgmKind): readonly ValidityName[] {
  const set = bitsSet(annunciation(record), 24);
  const names: ValidityName[] = [];
  if (test) names.push('test');
  if (record.check?.otherVariant || set.some((bit) => DOUBTFUL.includes(bit))) names.push('questionable');
  if (set.includes(CALIBRATION_REQUIRED)) names.push('calibrating');
  return names.length > 0 ? names : ['unqualified'];
}

/** The concentration of one record, qualified by all that the device says about it: always exactly one finding. */
export function glucoseOf(record: CgmRecord, kind: CgmKind, moment: CgmMoment): Finding {
  const set = bitsSet(annunciation(record), 24);
  const said = set.flatMap((bit): Code[] => (CGM_ANNUNCIATION[bit] ? [term(CGM_ANNUNCIATION[bit])] : []));
  const details: Details = {
    ...moment,
    source: '2AA7',
    instance: record.timeOffset,
    validity: validity(record, kind),
    qualifiers: [...kind.qualifiers, ...said, ...otherVariant(record)],
    freshFor: CGM_FRESH_MS,
  };
  const reason = absentReason(record.glucose, { above: 0 });
  if (reason === undefined) return measured(kind.code, record.glucose, 'mg/dL', details);
  const outside = set.includes(ABOVE_RANGE)
    ? 'positive-infinity'
    : set.includes(BELOW_RANGE)
      ? 'negative-infinity'
      : reason;
  return absent(kind.code, outside, details);
}

function otherVariant({ check }: Pick<CgmRecord, 'check'>): readonly Code[] {
  return check?.otherVariant ? [term('e2e-crc.other-variant')] : [];
}

/** All that one record says: concentration, its rate of change, quality, and the bits as they stand. */
export function recordFindings(record: CgmRecord, kind: CgmKind, moment: CgmMoment): readonly Finding[] {
  const { trend, quality, timeOffset } = record;
  const findings = [glucoseOf(record, kind, moment)];
  const details: Details = {
    ...moment,
    source: '2AA7',
    instance: timeOffset,
    validity: validity(record, kind),
    freshFor: CGM_FRESH_MS,
  };
  if (trend !== undefined) findings.push(measured(mdc('MDC_CONC_GLU_TREND'), trend, 'mg/dL/min', details));
  if (quality !== undefined) {
    findings.push(measured(term('cgm.quality'), quality, '%', details, { above: -1, atMost: 100 }));
  }
  return findings;
}

const { SEVERITY_CHECK, SEVERITY_CRITICAL, SEVERITY_NOTE } = v1.Severity;

/** Bits that a device raises an alert with. */
const ALERTS: Readonly<Record<number, readonly [OneBoxTerm, v1.Severity]>> = {
  0: ['alert.sensor-stopped', SEVERITY_CHECK],
  1: ['alert.battery-low', SEVERITY_NOTE],
  2: ['alert.sensor-fault', SEVERITY_CHECK],
  3: ['alert.sensor-fault', SEVERITY_CHECK],
  4: ['alert.device-own', SEVERITY_CHECK],
  5: ['alert.general-fault', SEVERITY_CHECK],
  11: ['alert.calibration-required', SEVERITY_CHECK],
  16: ['alert.glucose-low', SEVERITY_CHECK],
  17: ['alert.glucose-high', SEVERITY_NOTE],
  18: ['alert.glucose-urgent-low', SEVERITY_CRITICAL],
  19: ['alert.glucose-urgent-high', SEVERITY_CHECK],
  20: ['alert.glucose-falling-fast', SEVERITY_CHECK],
  21: ['alert.glucose-rising-fast', SEVERITY_NOTE],
};

/**
 * @param expired the time that the session was to last is over by the clock; the device does not say so itself
 * @returns the annunciation as bits, as alerts, as the state of the sensor and as what it says about calibration
 */
export function annunciationFindings(raw: number, at: number, source: string, expired: boolean): readonly Finding[] {
  const set = bitsSet(raw, 24);
  const details: Details = { at, source };
  const meanings = set.flatMap((bit) => {
    const name = CGM_ANNUNCIATION[bit];
    return name ? [{ bit, meaning: term(name) }] : [];
  });
  const findings = [
    bits(mdc('MDC_CGM_DEV_STAT'), { raw, width: 24, set: meanings }, details),
    coded(term('cgm.sensor-state'), term(sensorState(set, expired)), {
      ...details,
      ...(expired ? { origin: 'derived' } : {}),
    }),
    coded(term('cgm.calibration'), term(calibration(set)), details),
  ];
  const raised = new Set<OneBoxTerm>();
  for (const bit of set) {
    const [name, severity] = ALERTS[bit] ?? [];
    if (name === undefined || severity === undefined || raised.has(name)) continue;
    raised.add(name);
    findings.push(deviceAlert(name, severity, source));
  }
  return findings;
}

/** An active alert of the device itself; how long it has been there, the device does not say. */
export function deviceAlert(
  name: OneBoxTerm,
  severity: v1.Severity,
  field: string,
  more: Pick<Alert, 'vendorText' | 'since'> = {},
): Finding {
  return alert({
    code: term(name),
    origin: v1.Alert.Origin.ORIGIN_DEVICE,
    severity,
    state: v1.Alert.State.STATE_ACTIVE,
    source: { origin: v1.Source.Origin.ORIGIN_LIVE, field },
    ...more,
  });
}

function sensorState(set: readonly number[], expired: boolean): OneBoxTerm {
  if (expired) return 'cgm.sensor-state.expired';
  if (set.includes(0)) return 'cgm.sensor-state.stopped';
  return set.includes(3) || set.includes(2) ? 'cgm.sensor-state.failed' : 'cgm.sensor-state.active';
}

function calibration(set: readonly number[]): OneBoxTerm {
  if (set.includes(CALIBRATION_REQUIRED)) return 'cgm.calibration.required';
  if (set.includes(10)) return 'cgm.calibration.recommended';
  if (set.includes(14)) return 'cgm.calibration.pending';
  return set.includes(9) ? 'cgm.calibration.not-allowed' : 'cgm.calibration.not-requested';
}

/** Duration of a session, and when it ends. */
export function runTimeFindings(hours: number, ends: Time | undefined, at: number): readonly Finding[] {
  const details: Details = { at, source: '2AAB', as: 'setting' };
  const runTime = observation(mdc('MDC_CGM_SENSOR_RUN_TIME'), hours, 'h', details);
  return ends ? [runTime, dateTime(term('cgm.sensor-expires'), ends, { at, source: '2AAB' })] : [runTime];
}
