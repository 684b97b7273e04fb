import type { ContentFault } from '@onebox/driver-sdk/simulated/faults.js';
import type { StoredRecord } from '@onebox/driver-sdk/simulated/record-access.js';
import { SFLOAT_NAN, SFLOAT_NRES, seededRandom, sfloatBytes, u16 } from '@onebox/driver-sdk/simulated/values.js';

/** Made-up records of a glucose sensor: days with meals, a low of last night, and a fall in the last hour. */

/** Status, calibration and temperature, warning, trend, quality. */
const FLAGS = 0xe3;
const BELOW_PATIENT_LOW = 0x01;
const BELOW_HYPO = 0x04;
const FALLING_FAST = 0x10;
const ABOVE_RANGE = 0x80;
const SFLOAT_INFINITY = [0xfe, 0x07];

/**
 * @param now minutes since the start of the session; the last record is up to one interval older
 * @returns fields behind the size, without a CRC; `kind` is the annunciation
 */
export function sensorRecords(
  seed: number,
  now: number,
  interval: number,
  fault?: ContentFault,
): readonly StoredRecord[] {
  const random = seededRandom(seed);
  const first = 120;
  const last = Math.max(first, now - 2);
  const count = Math.floor((last - first) / interval) + 1;
  return Array.from({ length: count }, (_, index) => {
    const toEnd = (count - 1 - index) * interval;
    const offset = last - toEnd;
    const mgPerDl = concentration(toEnd, offset, random());
    const falling = toEnd < 30;
    const warning =
      (mgPerDl < 70 ? BELOW_PATIENT_LOW : 0) | (mgPerDl < 54 ? BELOW_HYPO : 0) | (falling ? FALLING_FAST : 0);
    // One value above what the sensor can measure, after a meal of yesterday.
    const tooHigh = index === Math.max(0, count - 200);
    const value =
      fault === 'not-a-number'
        ? SFLOAT_NAN
        : fault === 'never-measured'
          ? SFLOAT_NRES
          : tooHigh
            ? SFLOAT_INFINITY
            : sfloatBytes(mgPerDl);
    const said = tooHigh ? ABOVE_RANGE : warning;
    const rate = sfloatBytes(falling ? -24 : Math.round((random() - 0.5) * 10), -1);
    const fields = [
      FLAGS,
      ...value,
      ...u16(offset),
      0,
      0,
      said,
      ...rate,
      ...sfloatBytes(90 + Math.floor(random() * 10)),
    ];
    return { key: offset, value: fields, kind: said * 0x10000 };
  });
}

/** mg/dL, so many minutes before the last record. */
function concentration(toEnd: number, offset: number, noise: number): number {
  const wave = 128 + 42 * Math.sin(offset / 75) + 18 * Math.sin(offset / 31);
  const calm = Math.round(wave + noise * 6);
  // A low ten hours ago, and the fall of the last hour down to 56 mg/dL.
  if (Math.abs(toEnd - 600) < 25) return 61;
  if (toEnd <= 60) return Math.round(56 + toEnd * 1.2);
  return Math.max(74, calm);
}
