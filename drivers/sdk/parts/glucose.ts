import type { MdcReferenceId } from '@onebox/protocol/codes.js';
import type { ExactDecimal } from '@onebox/protocol/decimal.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { dateTime, type LocalDateTime, localDateTime } from './gatt-time.js';
import { hasBit, isNumber, type MedFloat, ValueReader } from './gatt-values.js';

/** Glucose Service 1808 (GLS 1.0.1; GSS Glucose Measurement, Glucose Measurement Context, Glucose Feature). */

export interface GlucoseMeasurement {
  readonly sequenceNumber: number;
  /** Of the meter's clock, before the offset. */
  readonly baseTime: LocalDateTime | undefined;
  /** Minutes; undefined when not sent. */
  readonly timeOffset: number | undefined;
  /** Base time + offset; undefined when either is not known. */
  readonly userFacingTime: LocalDateTime | undefined;
  readonly concentration: GlucoseConcentration | undefined;
  readonly sensorStatus: number | undefined;
  /** A 2A34 with the same sequence number follows. */
  readonly contextFollows: boolean;
}

export interface GlucoseConcentration {
  readonly unit: 'kg/L' | 'mol/L';
  readonly value: MedFloat;
  readonly raw: number;
  /** See GLUCOSE_TYPES. */
  readonly type: number;
  /** See GLUCOSE_LOCATIONS. */
  readonly sampleLocation: number;
}

/** Offsets that stand for "too far away to say" (GLS 3.1.1.3). */
const OFFSET_OVERRUN = 0x7fff;
const OFFSET_UNDERRUN = -0x8000;

/** 2A18. Bytes beyond the announced fields are ignored. */
export function parseGlucoseMeasurement(bytes: Uint8Array): GlucoseMeasurement {
  const reader = new ValueReader('2A18', bytes);
  const flags = reader.u8();
  const sequenceNumber = reader.u16();
  const baseTime = dateTime(reader);
  const timeOffset = hasBit(flags, 0) ? reader.i16() : undefined;
  const concentration = hasBit(flags, 1) ? readConcentration(reader, hasBit(flags, 2)) : undefined;
  const sensorStatus = hasBit(flags, 3) ? reader.u16() : undefined;
  const userFacingTime = addMinutes(baseTime, timeOffset ?? 0);
  return {
    sequenceNumber,
    baseTime,
    timeOffset,
    userFacingTime,
    concentration,
    sensorStatus,
    contextFollows: hasBit(flags, 4),
  };
}

function readConcentration(reader: ValueReader, molar: boolean): GlucoseConcentration {
  const bytes = reader.take(2);
  const raw = bytes[0]! + bytes[1]! * 256;
  const value = new ValueReader('2A18', bytes).sfloat();
  const place = reader.u8();
  return { unit: molar ? 'mol/L' : 'kg/L', value, raw, type: place & 0x0f, sampleLocation: place >>> 4 };
}

function addMinutes(base: LocalDateTime | undefined, minutes: number): LocalDateTime | undefined {
  if (base === undefined || minutes === OFFSET_OVERRUN || minutes === OFFSET_UNDERRUN) return undefined;
  return localDateTime(base.ms + minutes * 60_000);
}

export const CONTROL_SOLUTION = 10;

/** True for a sample that is not the patient's: by its type, or by where it was taken. */
export function isControlSolution(concentration: GlucoseConcentration | undefined): boolean {
  return concentration?.type === CONTROL_SOLUTION || concentration?.sampleLocation === 4;
}

/**
 * The concentration as mg/dL or mmol/L, whichever the meter measures in; exact. Undefined for what cannot
 * be a concentration: special values, zero, and the negative fillers that some meters send.
 */
export function glucoseValue(
  concentration: GlucoseConcentration | undefined,
): { readonly value: ExactDecimal; readonly unit: 'mg/dL' | 'mmol/L' } | undefined {
  if (concentration === undefined || !isNumber(concentration.value) || concentration.value.coefficient <= 0)
    return undefined;
  const { coefficient, exponent } = concentration.value;
  // 1 kg/L = 100 000 mg/dL; 1 mol/L = 1000 mmol/L.
  return concentration.unit === 'kg/L'
    ? { value: { coefficient, exponent: exponent + 5 }, unit: 'mg/dL' }
    : { value: { coefficient, exponent: exponent + 3 }, unit: 'mmol/L' };
}

/** Sample types with the term of their concentration and of the type itself. */
export const GLUCOSE_TYPES: Readonly<
  Record<number, { readonly concentration: MdcReferenceId; readonly type: OneBoxTerm }>
> = {
  1: { concentration: 'MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD', type: 'glucose.sample-type.capillary-whole-blood' },
  2: { concentration: 'MDC_CONC_GLU_CAPILLARY_PLASMA', type: 'glucose.sample-type.capillary-plasma' },
  3: { concentration: 'MDC_CONC_GLU_VENOUS_WHOLEBLOOD', type: 'glucose.sample-type.venous-whole-blood' },
  4: { concentration: 'MDC_CONC_GLU_VENOUS_PLASMA', type: 'glucose.sample-type.venous-plasma' },
  5: { concentration: 'MDC_CONC_GLU_ARTERIAL_WHOLEBLOOD', type: 'glucose.sample-type.arterial-whole-blood' },
  6: { concentration: 'MDC_CONC_GLU_ARTERIAL_PLASMA', type: 'glucose.sample-type.arterial-plasma' },
  7: { concentration: 'MDC_CONC_GLU_UNDETERMINED_WHOLEBLOOD', type: 'glucose.sample-type.undetermined-whole-blood' },
  8: { concentration: 'MDC_CONC_GLU_UNDETERMINED_PLASMA', type: 'glucose.sample-type.undetermined-plasma' },
  9: { concentration: 'MDC_CONC_GLU_ISF', type: 'glucose.sample-type.interstitial-fluid' },
};

export const GLUCOSE_LOCATIONS: Readonly<Record<number, OneBoxTerm>> = {
  1: 'glucose.sample-location.finger',
  2: 'glucose.sample-location.alternate-site',
  3: 'glucose.sample-location.earlobe',
  4: 'glucose.sample-location.control-solution',
  15: 'glucose.sample-location.not-available',
};

/** Sensor status, by bit. */
export const GLUCOSE_SENSOR_STATUS: Readonly<Record<number, OneBoxTerm>> = {
  0: 'glucose.device-battery-low',
  1: 'glucose.sensor-malfunction',
  2: 'glucose.sample-insufficient',
  3: 'glucose.strip-insertion-error',
  4: 'glucose.strip-type-incorrect',
  5: 'glucose.result-too-high',
  6: 'glucose.result-too-low',
  7: 'glucose.temperature-too-high',
  8: 'glucose.temperature-too-low',
  9: 'glucose.read-interrupted',
  10: 'glucose.general-fault',
  11: 'glucose.time-fault',
};

export interface GlucoseContext {
  readonly sequenceNumber: number;
  readonly extendedFlags: number | undefined;
  readonly carbohydrate: { readonly id: number; readonly kilograms: MedFloat } | undefined;
  readonly meal: number | undefined;
  readonly tester: number | undefined;
  readonly health: number | undefined;
  /** Seconds and percent; 65535 seconds stands for longer than can be said. */
  readonly exercise: { readonly seconds: number; readonly percent: number } | undefined;
  readonly medication: { readonly id: number; readonly unit: 'kg' | 'L'; readonly value: MedFloat } | undefined;
  /** Percent. */
  readonly hba1c: MedFloat | undefined;
}

/** 2A34. Bytes beyond the announced fields are ignored. */
export function parseGlucoseContext(bytes: Uint8Array): GlucoseContext {
  const reader = new ValueReader('2A34', bytes);
  const flags = reader.u8();
  const sequenceNumber = reader.u16();
  const extendedFlags = hasBit(flags, 7) ? reader.u8() : undefined;
  const carbohydrate = hasBit(flags, 0) ? { id: reader.u8(), kilograms: reader.sfloat() } : undefined;
  const meal = hasBit(flags, 1) ? reader.u8() : undefined;
  const person = hasBit(flags, 2) ? reader.u8() : undefined;
  const exercise = hasBit(flags, 3) ? { seconds: reader.u16(), percent: reader.u8() } : undefined;
  const unit = hasBit(flags, 5) ? 'L' : 'kg';
  const medication = hasBit(flags, 4) ? ({ id: reader.u8(), unit, value: reader.sfloat() } as const) : undefined;
  const hba1c = hasBit(flags, 6) ? reader.sfloat() : undefined;
  const tester = person === undefined ? undefined : person & 0x0f;
  const health = person === undefined ? undefined : person >>> 4;
  return { sequenceNumber, extendedFlags, carbohydrate, meal, tester, health, exercise, medication, hba1c };
}

export const MEALS: Readonly<Record<number, OneBoxTerm>> = {
  1: 'meal-marker.before-meal',
  2: 'meal-marker.after-meal',
  3: 'meal-marker.fasting',
  4: 'meal-marker.casual',
  5: 'meal-marker.bedtime',
};

export const CARBOHYDRATES: Readonly<Record<number, OneBoxTerm>> = {
  1: 'carbohydrate.breakfast',
  2: 'carbohydrate.lunch',
  3: 'carbohydrate.dinner',
  4: 'carbohydrate.snack',
  5: 'carbohydrate.drink',
  6: 'carbohydrate.supper',
  7: 'carbohydrate.brunch',
};

export const TESTERS: Readonly<Record<number, OneBoxTerm>> = {
  1: 'tester.self',
  2: 'tester.health-care-professional',
  3: 'tester.laboratory',
  15: 'tester.not-available',
};

export const HEALTH: Readonly<Record<number, OneBoxTerm>> = {
  1: 'health.minor-issues',
  2: 'health.major-issues',
  3: 'health.during-menses',
  4: 'health.under-stress',
  5: 'health.no-issues',
  15: 'health.not-available',
};

export const MEDICATIONS: Readonly<Record<number, OneBoxTerm>> = {
  1: 'medication.rapid-acting-insulin',
  2: 'medication.short-acting-insulin',
  3: 'medication.intermediate-acting-insulin',
  4: 'medication.long-acting-insulin',
  5: 'medication.premixed-insulin',
};

/** 2A51: feature bits. */
export function parseGlucoseFeature(bytes: Uint8Array): number {
  const reader = new ValueReader('2A51', bytes);
  const features = reader.u16();
  reader.end();
  return features;
}
