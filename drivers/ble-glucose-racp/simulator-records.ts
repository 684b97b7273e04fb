import type { ContentFault } from '@onebox/driver-sdk/simulated/faults.js';
import type { StoredRecord } from '@onebox/driver-sdk/simulated/record-access.js';
import {
  dateTimeBytes,
  SFLOAT_NAN,
  SFLOAT_POSITIVE_INFINITY,
  seededRandom,
  sfloatBytes,
  u16,
} from '@onebox/driver-sdk/simulated/values.js';

/** Made-up records of a meter: fasting and after-meal values of ten days, and what real memories hold besides. */

/** A measurement, and its context where it has one; the key is the sequence number. */
export interface MeterRecord extends StoredRecord {
  readonly context: readonly number[] | undefined;
}

const MINUTE = 60_000;
const CAPILLARY_WHOLE_BLOOD_FINGER = 0x11;
const CONTROL_SOLUTION = 0x4a;
const RESULT_TOO_HIGH = 1 << 5;

/**
 * @param wallClock the device's clock in ms as if UTC; undefined when it was never set
 * @param fault what is wrong with the values
 * Sequence numbers have gaps, as after a deletion by the owner. The third record from the end is a control
 * solution, one in the middle is above the range of the meter, and one was dated by an offset.
 */
export function practiceRecords(
  seed: number,
  count: number,
  wallClock: number | undefined,
  fault?: ContentFault,
): readonly MeterRecord[] {
  const random = seededRandom(seed);
  const records: MeterRecord[] = [];
  let sequence = 100;
  for (let index = 0; index < count; index += 1) {
    sequence += index === Math.floor(count / 3) ? 4 : 1;
    const ago =
      (count - 1 - index) * 480 * MINUTE +
      25 * MINUTE +
      Math.floor(random() * 90) * MINUTE * (index === count - 1 ? 0 : 1);
    const time = wallClock === undefined ? undefined : wallClock - ago;
    const afterMeal = index % 3 !== 0;
    const mgPerDl = index === count - 1 ? 58 : 84 + Math.floor(random() * 40) + (afterMeal ? 45 : 0);
    const meal = afterMeal ? 2 : 3;
    const control = index === count - 3;
    const tooHigh = index === Math.floor(count / 2);
    const context = index % 4 === 1 && !control ? contextBytes(sequence, meal, random) : undefined;
    const number = tooHigh ? SFLOAT_POSITIVE_INFINITY : sfloatBytes(control ? 121 : mgPerDl, -5);
    const value = fault === 'not-a-number' ? SFLOAT_NAN : number;
    const measured = fault !== 'never-measured';
    const offset = index === 2 ? -60 : 0;
    // Bit 2 says mol/L; the number stays in kg/L.
    const unit = fault === 'wrong-unit' ? 0x04 : 0;
    const flags = (measured ? 0x0b : 0x09) | unit | (context ? 0x10 : 0);
    const head = [
      flags,
      ...u16(sequence),
      ...dateTimeBytes(time === undefined ? undefined : time - offset * MINUTE),
      ...u16(offset & 0xffff),
    ];
    const place = control ? CONTROL_SOLUTION : CAPILLARY_WHOLE_BLOOD_FINGER;
    const result = measured ? [...value, place] : [];
    records.push({ key: sequence, value: [...head, ...result, ...u16(tooHigh ? RESULT_TOO_HIGH : 0)], context });
  }
  return records;
}

/** Carbohydrate, meal, tester and rapid acting insulin. */
function contextBytes(sequence: number, meal: number, random: () => number): readonly number[] {
  const grams = 30 + Math.floor(random() * 40);
  // Insulin in litres: 100 units are 1 mL.
  const units = 4 + Math.floor(random() * 6);
  return [0x37, ...u16(sequence), 2, ...sfloatBytes(grams, -3), meal, 0x51, 1, ...sfloatBytes(units, -5)];
}
