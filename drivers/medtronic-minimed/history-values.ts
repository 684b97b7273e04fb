import { type ExactDecimal, fromScaled } from '@onebox/protocol/decimal.js';
import type { PumpModel } from './event-types.js';
import type { HistoryEvent } from './history-page.js';

/** What the records of the history say, beside their time. Types that are not here have a time only. */

export interface Bolus {
  readonly kind: 'bolus';
  readonly programmed: ExactDecimal;
  readonly amount: ExactDecimal;
  /** Insulin of earlier boluses that still acted; smaller pumps do not state it. */
  readonly unabsorbed?: ExactDecimal;
  /** More than 0 for a square bolus. */
  readonly minutes: number;
  readonly remote: boolean;
  /** Less was given than programmed. */
  readonly interrupted: boolean;
}
export interface Prime {
  readonly kind: 'prime';
  readonly programmed: ExactDecimal;
  readonly amount: ExactDecimal;
  readonly manual: boolean;
}
export interface PumpAlarm {
  readonly kind: 'alarm';
  readonly alarm: number;
}
export interface DailyTotal {
  readonly kind: 'daily-total';
  readonly amount: ExactDecimal;
}
export interface MeterGlucose {
  readonly kind: 'meter-glucose';
  readonly mgPerDl: number;
  /** Hex digits of the meter's number; of values that a meter sent. */
  readonly meter?: string;
}
export interface TempBasal {
  readonly kind: 'temp-basal';
  /** U/h, or percent of the basal rate. */
  readonly rate: ExactDecimal;
  readonly percent: boolean;
  readonly remote: boolean;
}
export interface TempBasalDuration {
  readonly kind: 'temp-basal-duration';
  readonly minutes: number;
}
export interface BasalStart {
  readonly kind: 'basal-start';
  readonly index: number;
  /** Since midnight. */
  readonly minutes: number;
  readonly rate: ExactDecimal;
}
export interface BolusEstimate {
  readonly kind: 'bolus-estimate';
  readonly carbohydrates: number;
  readonly glucose: number;
  readonly food: ExactDecimal;
  readonly correction: ExactDecimal;
  readonly estimate: ExactDecimal;
  readonly unabsorbed: ExactDecimal;
  readonly targetLow: number;
  readonly targetHigh: number;
  readonly sensitivity: number;
  readonly carbRatio: ExactDecimal;
}
export interface Meal {
  readonly kind: 'meal';
  readonly amount: ExactDecimal;
  readonly exchanges: boolean;
}
export interface InsulinEntry {
  readonly kind: 'insulin-entry';
  readonly amount: ExactDecimal;
}

export type HistoryValue =
  | Bolus
  | Prime
  | PumpAlarm
  | DailyTotal
  | MeterGlucose
  | TempBasal
  | TempBasalDuration
  | BasalStart
  | BolusEstimate
  | Meal
  | InsulinEntry;

type Reader = (b: Uint8Array, model: PumpModel) => HistoryValue;

const REMOTE = 0x40;

const READERS: Readonly<Record<number, Reader>> = {
  1: (b, { larger }) => (larger ? largerBolus(b) : smallerBolus(b)),
  3: (b) => {
    const programmed = fortieths(at(b, 2) << 2);
    return { kind: 'prime', programmed, amount: fortieths(at(b, 4) << 2), manual: at(b, 2) === 0 };
  },
  6: (b) => ({ kind: 'alarm', alarm: at(b, 1) }),
  7: (b) => ({ kind: 'daily-total', amount: fortieths(u16(b, 3)) }),
  10: (b) => ({
    kind: 'meter-glucose',
    mgPerDl: ((at(b, 4) & 0x80) << 2) + ((at(b, 6) & 0x80) << 1) + at(b, 1),
  }),
  22: (b) => ({ kind: 'temp-basal-duration', minutes: at(b, 1) * 30 }),
  51: (b) => {
    const percent = at(b, 7) >> 3 !== 0;
    const rate = percent ? fromScaled(at(b, 1)) : fortieths(((at(b, 7) & 7) << 8) | at(b, 1));
    return { kind: 'temp-basal', rate, percent, remote: (at(b, 5) & REMOTE) !== 0 };
  },
  57: meterGlucose,
  63: meterGlucose,
  64: (b) => {
    const exchanges = ((at(b, 8) >> 1) & 1) === 1;
    const amount = exchanges ? fromScaled(at(b, 7), -1) : fromScaled(((at(b, 1) & 1) << 8) + at(b, 7));
    return { kind: 'meal', amount, exchanges };
  },
  66: (b) => ({ kind: 'insulin-entry', amount: fromScaled(((at(b, 4) & 0x60) << 3) + at(b, 1), -1) }),
  91: (b, { larger }) => (larger ? largerEstimate(b) : smallerEstimate(b)),
  123: (b) => ({
    kind: 'basal-start',
    index: at(b, 1),
    minutes: at(b, 7) * 30,
    rate: fortieths(at(b, 8) + at(b, 9) * 256),
  }),
};

export function historyValue({ type, raw }: HistoryEvent, model: PumpModel): HistoryValue | undefined {
  const read = Object.hasOwn(READERS, type.code) ? READERS[type.code] : undefined;
  return read?.(raw, model);
}

function largerBolus(b: Uint8Array): Bolus {
  const [programmed, amount] = [u16(b, 1), u16(b, 3)];
  return {
    kind: 'bolus',
    programmed: fortieths(programmed),
    amount: fortieths(amount),
    unabsorbed: fortieths(u16(b, 5)),
    minutes: at(b, 7) * 30,
    remote: (at(b, 11) & REMOTE) !== 0,
    interrupted: amount < programmed,
  };
}

function smallerBolus(b: Uint8Array): Bolus {
  return {
    kind: 'bolus',
    programmed: fromScaled(at(b, 1), -1),
    amount: fromScaled(at(b, 2), -1),
    minutes: at(b, 3) * 30,
    remote: (at(b, 7) & REMOTE) !== 0,
    interrupted: at(b, 2) < at(b, 1),
  };
}

function meterGlucose(b: Uint8Array): MeterGlucose {
  const meter = Array.from(b.subarray(7, 10), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { kind: 'meter-glucose', mgPerDl: (at(b, 1) << 3) + (at(b, 4) >> 5), meter };
}

function largerEstimate(b: Uint8Array): BolusEstimate {
  return {
    kind: 'bolus-estimate',
    carbohydrates: ((at(b, 8) & 0x0c) << 6) + at(b, 7),
    glucose: ((at(b, 8) & 3) << 8) + at(b, 1),
    food: fortieths(u16(b, 14)),
    correction: fortieths(((at(b, 16) & 0x38) << 5) + at(b, 13)),
    estimate: fortieths(u16(b, 19)),
    unabsorbed: fortieths(u16(b, 17)),
    targetLow: at(b, 12),
    targetHigh: at(b, 21),
    sensitivity: at(b, 11),
    carbRatio: fromScaled(((at(b, 9) & 7) << 8) + at(b, 10), -1),
  };
}

function smallerEstimate(b: Uint8Array): BolusEstimate {
  return {
    kind: 'bolus-estimate',
    carbohydrates: at(b, 7),
    glucose: ((at(b, 8) & 3) << 8) + at(b, 1),
    food: fromScaled(at(b, 13), -1),
    correction: fromScaled((at(b, 14) << 8) | at(b, 12), -1),
    estimate: fromScaled(at(b, 18), -1),
    unabsorbed: fromScaled(at(b, 16), -1),
    targetLow: at(b, 11),
    targetHigh: at(b, 19),
    sensitivity: at(b, 10),
    carbRatio: fromScaled(at(b, 9)),
  };
}

/** n / 40, with one to three digits. */
export function fortieths(count: number): ExactDecimal {
  let [coefficient, exponent] = [count * 25, -3];
  while (exponent < -1 && coefficient % 10 === 0) {
    coefficient /= 10;
    exponent += 1;
  }
  return { coefficient, exponent };
}

/** Records have their whole length here: the walk refuses others. */
function at(b: Uint8Array, index: number): number {
  return b[index] ?? 0;
}

function u16(b: Uint8Array, index: number): number {
  return at(b, index) * 256 + at(b, index + 1);
}
