/** Writing characteristic values, for simulated devices: the reverse of the readers in `parts/`. */

/** SFLOAT of coefficient x 10^exponent; throws RangeError when it does not fit. */
export function sfloatBytes(coefficient: number, exponent = 0): number[] {
  if (!Number.isInteger(coefficient) || Math.abs(coefficient) > 2045 || exponent < -8 || exponent > 7) {
    throw new RangeError('not an SFLOAT');
  }
  return u16((coefficient & 0xfff) | ((exponent & 0xf) << 12));
}

export const SFLOAT_NAN = [0xff, 0x07];
/** Not at this resolution. */
export const SFLOAT_NRES = [0x00, 0x08];
export const FLOAT_NAN = [0xff, 0xff, 0x7f, 0x00];
export const FLOAT_NRES = [0x00, 0x00, 0x80, 0x00];
export const SFLOAT_POSITIVE_INFINITY = [0xfe, 0x07];

/** FLOAT of coefficient x 10^exponent; throws RangeError when it does not fit. */
export function floatBytes(coefficient: number, exponent = 0): number[] {
  if (!Number.isInteger(coefficient) || Math.abs(coefficient) > 8_388_604 || exponent < -128 || exponent > 127) {
    throw new RangeError('not a FLOAT');
  }
  const mantissa = coefficient & 0xffffff;
  return [mantissa & 0xff, (mantissa >>> 8) & 0xff, mantissa >>> 16, exponent & 0xff];
}

export function u16(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

export function u24(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff];
}

/** Date Time (7 bytes) of a wall clock, given as milliseconds as if it were UTC; zeros for a clock that was never set. */
export function dateTimeBytes(localMs: number | undefined): number[] {
  if (localMs === undefined) return [0, 0, 0, 0, 0, 0, 0];
  const at = new Date(localMs);
  const time = [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  return [...u16(at.getUTCFullYear()), ...time];
}

/** Numbers from 0 up to 1 that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
