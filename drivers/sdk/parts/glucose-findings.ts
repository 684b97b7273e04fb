import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding, Time } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { absent, bits, coded, type Details, numeric, observation } from '../findings.js';
import type { DeviceTimeline } from './gatt-clock.js';
import { absentReason } from './gatt-findings.js';
import { bitsSet, hasBit, isNumber, type MedFloat } from './gatt-values.js';
import {
  CARBOHYDRATES,
  GLUCOSE_LOCATIONS,
  GLUCOSE_SENSOR_STATUS,
  GLUCOSE_TYPES,
  type GlucoseContext,
  type GlucoseMeasurement,
  glucoseValue,
  HEALTH,
  isControlSolution,
  MEALS,
  MEDICATIONS,
  TESTERS,
} from './glucose.js';

/** What one record of a glucose meter says: the concentration, what was wrong with it, what the person entered. */

const STATUS = mdc('MDC_GLU_METER_DEV_STATUS');
/** The meter does not say what was measured: no term of a concentration fits. */
const UNKNOWN = term('device.item');
const TOO_HIGH = 5;
const TOO_LOW = 6;
const TIME_FAULT = 11;
/** Bits that put the value in doubt; a weak battery and the clock do not. */
const DOUBTFUL = [1, 2, 3, 4, TOO_HIGH, TOO_LOW, 7, 8, 9, 10];

/**
 * @param context the 2A34 of the same sequence number, if the meter sent one
 * @param now the tablet's clock, milliseconds since 1970
 */
export function glucoseFindings(
  record: GlucoseMeasurement,
  context: GlucoseContext | undefined,
  timeline: DeviceTimeline,
  now: number,
): readonly Finding[] {
  const status = record.sensorStatus ?? 0;
  const stated = hasBit(status, TIME_FAULT) ? undefined : record.userFacingTime;
  const at = timeline.place(stated, now, record.sequenceNumber + 1);
  const doubtful = bitsSet(status, 16).some((bit) => DOUBTFUL.includes(bit));
  const plain: Details = { at, source: '2A18', origin: 'stored', instance: record.sequenceNumber };
  const findings = [concentration(record, context, { ...plain, validity: doubtful ? 'questionable' : 'unqualified' })];
  if (status !== 0) findings.push(statusBits(status, plain));
  if (context) findings.push(...entered(context, at));
  return findings;
}

/** A control solution stands under a code of its own and is marked as a test: it is never the patient's. */
function concentration(record: GlucoseMeasurement, context: GlucoseContext | undefined, details: Details): Finding {
  const { concentration: sent } = record;
  const control = isControlSolution(sent);
  const type = sent && GLUCOSE_TYPES[sent.type];
  const code = control ? mdc('MDC_CONC_GLU_CONTROL') : type ? mdc(type.concentration) : UNKNOWN;
  const names: (OneBoxTerm | undefined)[] = [
    control ? 'glucose.control-solution' : type?.type,
    sent && GLUCOSE_LOCATIONS[sent.sampleLocation],
    context?.meal === undefined ? undefined : MEALS[context.meal],
    context?.tester === undefined ? undefined : TESTERS[context.tester],
    context?.health === undefined ? undefined : HEALTH[context.health],
  ];
  const qualifiers = names.flatMap((name): Code[] => (name ? [term(name)] : []));
  const qualified: Details = { ...details, qualifiers, ...(control ? { validity: 'test' as const } : {}) };
  const glucose = glucoseValue(sent);
  if (sent === undefined || glucose === undefined || absentReason(sent.value) || absentReason(glucose.value)) {
    return absent(code, noValue(record), qualified);
  }
  const original = isNumber(sent.value) ? { original: numeric(sent.value, sent.unit) } : {};
  return observation(code, glucose.value, glucose.unit, { ...qualified, ...original });
}

function noValue({ concentration: sent, sensorStatus = 0 }: GlucoseMeasurement) {
  if (hasBit(sensorStatus, TOO_HIGH)) return 'positive-infinity';
  if (hasBit(sensorStatus, TOO_LOW)) return 'negative-infinity';
  return sent === undefined ? 'unknown' : (absentReason(sent.value) ?? 'not-a-number');
}

function statusBits(status: number, details: Details): Finding {
  const set = bitsSet(status, 16).flatMap((bit) => {
    const name = GLUCOSE_SENSOR_STATUS[bit];
    return name ? [{ bit, meaning: term(name) }] : [];
  });
  return bits(STATUS, { raw: status, width: 16, set }, details);
}

/** What the person entered into the meter, at the time of the record. */
function entered(context: GlucoseContext, at: Time): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (name: OneBoxTerm, value: MedFloat, unit: string, kind: OneBoxTerm | undefined, scale = 0) => {
    const qualifiers = kind ? [term(kind)] : [];
    const details: Details = { at, source: '2A34', origin: 'entered', instance: context.sequenceNumber, qualifiers };
    const scaled = isNumber(value) ? { coefficient: value.coefficient, exponent: value.exponent + scale } : value;
    const reason = absentReason(scaled, { above: -1 });
    findings.push(
      reason || !isNumber(scaled)
        ? absent(term(name), reason ?? 'not-a-number', details)
        : observation(term(name), scaled, unit, details),
    );
  };
  const meal = context.meal === undefined ? undefined : MEALS[context.meal];
  if (meal) {
    const details: Details = { at, source: '2A34', origin: 'entered', instance: context.sequenceNumber };
    findings.push(coded(term('meal-marker'), term(meal), details));
  }
  const { carbohydrate, medication, exercise, hba1c } = context;
  if (carbohydrate) add('carbohydrate', carbohydrate.kilograms, 'g', CARBOHYDRATES[carbohydrate.id], 3);
  if (medication) {
    const unit = medication.unit === 'kg' ? { ucum: 'mg', scale: 6 } : { ucum: 'mL', scale: 3 };
    add('medication', medication.value, unit.ucum, MEDICATIONS[medication.id], unit.scale);
  }
  if (exercise) {
    const whole = (coefficient: number) => ({ coefficient, exponent: 0 });
    // 65535 s: longer than the field can say.
    add('exercise.duration', exercise.seconds === 0xffff ? '+INF' : whole(exercise.seconds), 's', undefined);
    add('exercise.intensity', whole(exercise.percent), '%', undefined);
  }
  if (hba1c !== undefined) add('hba1c', hba1c, '%', undefined);
  return findings;
}
