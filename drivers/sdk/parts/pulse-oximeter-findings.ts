import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { absent, bits, type Details, time, type ValidityName } from '../findings.js';
import { measured } from './gatt-findings.js';
import { bitsSet, hasBit, type MedFloat } from './gatt-values.js';
import {
  notUsable,
  OXIMETRY_SENSOR_STATUS,
  OXIMETRY_STATUS,
  parseContinuousMeasurement,
  parseSpotCheckMeasurement,
} from './pulse-oximeter.js';
import { StateAlerts } from './state-alerts.js';
import { LIVE_FRESH_MS, type VitalContext, type VitalSource } from './vital-source.js';

const SPO2 = mdc('MDC_PULS_OXIM_SAT_O2');
const PULSE_RATE = mdc('MDC_PULS_OXIM_PULS_RATE');
const PERFUSION = mdc('MDC_PULS_OXIM_PERF_REL');
const SENSOR_STATUS = mdc('MDC_PULS_OXIM_DEV_STATUS');
const FAST = mdc('MDC_MODALITY_FAST');
const SLOW = mdc('MDC_MODALITY_SLOW');
const SPOT = mdc('MDC_MODALITY_SPOT');

/** A spot value stays in view while the finger is still warm, then it is old. */
const SPOT_FRESH_MS = 30_000;

/** What the device says of the worth of its measurement. */
export function oximetryValidity(status: number | undefined): readonly ValidityName[] {
  if (status === undefined) return ['unqualified'];
  const set: ValidityName[] = [];
  const add = (bit: number, name: ValidityName) => {
    if (hasBit(status, bit) && !set.includes(name)) set.push(name);
  };
  add(OXIMETRY_STATUS.invalid, 'invalid');
  add(OXIMETRY_STATUS.unavailable, 'invalid');
  add(OXIMETRY_STATUS.questionable, 'questionable');
  add(OXIMETRY_STATUS.ongoing, 'ongoing');
  add(OXIMETRY_STATUS.early, 'early');
  add(OXIMETRY_STATUS.calibrating, 'calibrating');
  add(OXIMETRY_STATUS.demo, 'demo');
  add(OXIMETRY_STATUS.testing, 'test');
  add(OXIMETRY_STATUS.validated, 'validated');
  return set.length > 0 ? set : ['unqualified'];
}

/** SpO2 lies above 0 and up to 100 %, a pulse rate above 0: oximeters send zero when they have no pulse. */
function pair(values: { spo2: MedFloat; pulseRate: MedFloat }, usable: boolean, details: Details): readonly Finding[] {
  if (!usable) return [absent(SPO2, 'unknown', details), absent(PULSE_RATE, 'unknown', details)];
  return [
    measured(SPO2, values.spo2, '%', details, { above: 0, atMost: 100 }),
    measured(PULSE_RATE, values.pulseRate, '{beats}/min', details, { above: 0 }),
  ];
}

interface Status {
  readonly measurementStatus: number | undefined;
  readonly deviceAndSensorStatus: number | undefined;
  readonly pulseAmplitudeIndex: MedFloat | undefined;
}

function rest(
  value: Status,
  usable: boolean,
  details: Details,
  context: VitalContext,
  now: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (value.pulseAmplitudeIndex !== undefined) {
    findings.push(
      usable
        ? measured(PERFUSION, value.pulseAmplitudeIndex, '%', details, { above: -1 })
        : absent(PERFUSION, 'unknown', details),
    );
  }
  if (value.deviceAndSensorStatus !== undefined)
    findings.push(...sensorStatus(value.deviceAndSensorStatus, details, context, now));
  return findings;
}

/** Conditions to which the device draws attention, as its alerts. The other bits only describe the signal. */
const ALERTS = new Set([1, 3, 4, 8, 10, 11, 12, 13, 14, 15]);

/** The status bits when they change, an alert when one of the alert bits comes and its end when it goes. */
function sensorStatus(status: number, details: Details, { memory }: VitalContext, now: number): readonly Finding[] {
  if (memory.get('status') === status) return [];
  memory.set('status', status);
  const named = bitsSet(status, 24).flatMap((bit) => {
    const name = OXIMETRY_SENSOR_STATUS[bit];
    return name ? [{ bit, meaning: term(name) }] : [];
  });
  const findings = [
    bits(SENSOR_STATUS, { raw: status, width: 24, set: named }, { ...details, validity: 'unqualified' }),
  ];
  const alerts = (memory.get('alerts') as StateAlerts<number> | undefined) ?? new StateAlerts(String(details.source));
  memory.set('alerts', alerts);
  const severity = v1.Severity.SEVERITY_CHECK;
  for (const bit of ALERTS) {
    const code = term(OXIMETRY_SENSOR_STATUS[bit]!);
    findings.push(...alerts.update(bit, hasBit(status, bit), now, { code, severity }));
  }
  return findings;
}

/** 2A5F: the normal pair, and the fast and slow ones with their modality. */
export const continuousOximetrySource: VitalSource = {
  channel: '2A5F',
  continuous: true,
  code: SPO2,
  findings({ bytes, at }, context): readonly Finding[] {
    const value = parseContinuousMeasurement(bytes);
    const usable = !notUsable(value.measurementStatus);
    const validity = oximetryValidity(value.measurementStatus);
    const with_ = (instance: number, ...modality: readonly Code[]): Details => ({
      at,
      source: '2A5F',
      freshFor: LIVE_FRESH_MS,
      validity,
      instance,
      qualifiers: [...context.qualifiers, ...modality],
    });
    const details = with_(0);
    return [
      ...(value.fast ? pair(value.fast, usable, with_(1, FAST)) : []),
      ...(value.slow ? pair(value.slow, usable, with_(2, SLOW)) : []),
      ...rest(value, usable, details, context, at),
      ...pair(value, usable, details),
    ];
  },
};

/** 2A5E: one value; from storage with the time of the device, else of this moment. */
export const spotOximetrySource: VitalSource = {
  channel: '2A5E',
  continuous: false,
  code: SPO2,
  findings({ bytes, at }, context): readonly Finding[] {
    const value = parseSpotCheckMeasurement(bytes);
    const usable = !notUsable(value.measurementStatus);
    const stored = hasBit(value.measurementStatus ?? 0, OXIMETRY_STATUS.fromStorage);
    const findings: Finding[] = [];
    if (value.deviceClockNotSet && context.memory.get('clock') !== 'unset') {
      context.memory.set('clock', 'unset');
      findings.push(context.timeline.unset(at));
    }
    const details: Details = {
      at: stored ? context.timeline.place(value.timestamp, at, context.order) : time(at),
      source: '2A5E',
      origin: stored ? 'stored' : 'live',
      validity: oximetryValidity(value.measurementStatus),
      qualifiers: [...context.qualifiers, SPOT],
      ...(stored ? {} : { freshFor: SPOT_FRESH_MS }),
    };
    findings.push(...rest(value, usable, details, context, at), ...pair(value, usable, details));
    return findings;
  },
};
