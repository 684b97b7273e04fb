import {
  absent,
  alert,
  code,
  coded,
  type Details,
  dateTime,
  observation,
  setting,
  time,
  type ValidityName,
} from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding, Time } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { v1 } from '@onebox/protocol/wire.js';
import type { CountedTime } from './clock.js';
import type { G5Glucose, G7Glucose, G7Version, StoredValue } from './messages.js';
import { type Generation, sensorState } from './states.js';

/** From messages to findings: the value with its age, and whether it is one at all. */

const GLUCOSE = mdc('MDC_CONC_GLU_ISF');
/** A reading older than this is not the present one (UX specification, section 7). */
const CGM_FRESH_MS = 10 * 60_000;
/** Beyond these the maker's display says LOW and HIGH. */
const LOWEST = 40;
const HIGHEST = 400;
const BATTERY_LOW = 0x81;
const STATES: Readonly<Record<Generation, string>> = {
  g5: 'urn:onebox:dexcom:g5-state',
  g7: 'urn:onebox:dexcom:g7-state',
};

const STATE_ALERTS: Readonly<Partial<Record<OneBoxTerm, OneBoxTerm>>> = {
  'cgm.sensor-state.expired': 'alert.sensor-expired',
  'cgm.sensor-state.failed': 'alert.sensor-fault',
  'cgm.sensor-state.stopped': 'alert.sensor-stopped',
};

/** A message with a value, and when it came by the tablet's clock. */
export interface Heard {
  readonly message: G5Glucose | G7Glucose;
  readonly at: number;
}

const generationOf = ({ message }: Heard): Generation => (message.kind === 'g5-glucose' ? 'g5' : 'g7');

/** Alerts, the value with its age, its trend, and the state of the sensor. */
export function criticalFindings(heard: Heard, clock: CountedTime): readonly Finding[] {
  const { message, at } = heard;
  const generation = generationOf(heard);
  const state = sensorState(generation, message.state);
  const measured = measuredAt(heard, clock);
  const raised: OneBoxTerm[] = [];
  const stateAlert = state && STATE_ALERTS[state.term];
  if (stateAlert) raised.push(stateAlert);
  if (state?.calibration) raised.push('alert.calibration-required');
  if (message.kind === 'g5-glucose' && message.status === BATTERY_LOW) raised.push('alert.battery-low');
  return [
    ...raised.map((name) => raise(name, state?.name ?? '', at)),
    ...valueFindings(heard, measured),
    coded(term('cgm.sensor-state'), stateCode(generation, message.state), { at, source: 'control 3534 state' }),
    ...(state?.calibration
      ? [coded(term('cgm.calibration'), term('cgm.calibration.required'), { at, source: 'control 3534 state' })]
      : []),
  ];
}

function raise(name: OneBoxTerm, vendorText: string, at: number): Finding {
  return alert({
    code: term(name),
    origin: v1.Alert.Origin.ORIGIN_DEVICE,
    severity: v1.Severity.SEVERITY_CHECK,
    state: v1.Alert.State.STATE_ACTIVE,
    // Since when, the sensor does not say: it was so when the message came.
    since: time(at),
    vendorText,
    source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: 'control 3534' },
  });
}

function stateCode(generation: Generation, number: number): Code {
  const state = sensorState(generation, number);
  const own = { system: STATES[generation], code: String(number), display: state?.name ?? `state ${number}` };
  return { coding: [...(state ? (term(state.term).coding ?? []) : []), own] };
}

/** G7 states the age of its value, G5 and G6 the count at which it was measured. */
function measuredAt({ message }: Heard, clock: CountedTime): Time {
  return clock.place(message.kind === 'g7-glucose' ? Math.max(message.timestamp - message.age, 0) : message.timestamp);
}

function valueFindings(heard: Heard, measured: Time): readonly Finding[] {
  const { message, at } = heard;
  const old = !measured.unixMs || at - measured.unixMs > CGM_FRESH_MS;
  const details: Details = {
    at: measured,
    source: 'control 3534',
    origin: old ? 'stored' : 'live',
    freshFor: CGM_FRESH_MS,
    instance: message.sequence,
  };
  const value = glucose(message, generationOf(heard), details);
  const rate = message.trend;
  const reliable = sensorState(generationOf(heard), message.state)?.reliable ?? 'no';
  if (reliable === 'no' || message.displayOnly || rate === undefined) return [value];
  const trend = observation(mdc('MDC_CONC_GLU_TREND'), { coefficient: rate, exponent: -1 }, 'mg/dL/min', details);
  return [value, trend];
}

/** The number only where the state makes one of it; a value that was entered stands under a code of its own. */
function glucose(
  value: Pick<StoredValue, 'glucose' | 'state' | 'displayOnly'>,
  generation: Generation,
  details: Details,
): Finding {
  const { glucose: number, state: raw, displayOnly } = value;
  const state = sensorState(generation, raw);
  const what = displayOnly ? term('cgm.value-entered') : GLUCOSE;
  const here: Details = {
    ...details,
    ...(displayOnly ? { origin: 'entered' } : {}),
    qualifiers: [stateCode(generation, raw)],
  };
  const over = state?.name === 'expired';
  if (!over && (state === undefined || state.reliable === 'no')) {
    return absent(what, state?.term === 'cgm.sensor-state.warming-up' ? 'temp-unknown' : 'error', here);
  }
  if (number === undefined) return absent(what, 'unknown', here);
  if (number < LOWEST) return absent(what, 'negative-infinity', here);
  if (number > HIGHEST) return absent(what, 'positive-infinity', here);
  // An expired sensor goes on sending its last value: it has its age, and is in doubt.
  const validity: ValidityName = over ? 'questionable' : state?.reliable === 'warning' ? 'calibrating' : 'unqualified';
  return observation(what, number, 'mg/dL', { ...here, validity });
}

/** What the device expects of the next minutes, and when the session began and ends. */
export function presentFindings(heard: Heard, session: Session, clock: CountedTime): readonly Finding[] {
  const { message, at } = heard;
  const here: Details = { at, source: 'control 3534' };
  const predicted =
    message.kind === 'g7-glucose' && sensorState('g7', message.state)?.reliable === 'yes'
      ? message.predicted
      : undefined;
  const inRange = predicted !== undefined && predicted >= LOWEST && predicted <= HIGHEST;
  const start = session.start === undefined ? undefined : clock.at(session.start);
  const end = session.end === undefined ? undefined : clock.at(session.end);
  const status = message.kind === 'g5-glucose' ? message.status : 0;
  return [
    ...(inRange
      ? [
          observation(term('cgm.predicted'), predicted, 'mg/dL', {
            ...here,
            validity: 'estimated',
            freshFor: CGM_FRESH_MS,
          }),
        ]
      : []),
    ...(start ? [dateTime(term('cgm.session-start'), start, here)] : []),
    ...(end ? [dateTime(term('cgm.sensor-expires'), end, here)] : []),
    ...(status !== 0
      ? [
          coded(
            mdc('MDC_CGM_DEV_STAT'),
            code('urn:onebox:dexcom:g5-status', status, { display: `status ${status}` }),
            here,
          ),
        ]
      : []),
  ];
}

/** Counts of the transmitter. */
export interface Session {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export function settingFindings(version: G7Version, at: number): readonly Finding[] {
  const details: Details = { at, source: 'control 3534 message 52' };
  return [
    setting(term('cgm.session-length'), version.sessionLength, 's', details),
    setting(term('cgm.warm-up-time'), version.warmup, 's', details),
    setting(term('cgm.longest-wear'), version.longestDays, 'd', details),
  ];
}

/** Stored values, each at its own time. */
export function storedFindings(
  values: readonly StoredValue[],
  generation: Generation,
  clock: CountedTime,
): readonly Finding[] {
  return values.map((value) => {
    const details: Details = { at: clock.place(value.timestamp), source: 'backfill 3536', origin: 'stored' };
    return glucose(value, generation, { ...details, instance: value.timestamp, freshFor: CGM_FRESH_MS });
  });
}
