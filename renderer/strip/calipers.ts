import type { StripLane } from '@onebox/gateway/card/model.js';

/** Steps of the calipers, milliseconds (UX specification 3.5). */
export const CALIPER_STEPS = { small: 10, large: 100 } as const;
/** Shorter intervals give no rate: they are within one beat. */
const SHORTEST_BEAT_MS = 100;

/** Places of both calipers, milliseconds from the start of the strip. */
export type CaliperPair = readonly [number, number];

/** Where two calipers start: at one and at two thirds of what is shown. */
export function placed(fromMs: number, shownMs: number, totalMs: number): CaliperPair {
  const end = Math.min(totalMs, fromMs + shownMs);
  const third = (end - fromMs) / 3;
  return [Math.round(fromMs + third), Math.round(fromMs + 2 * third)];
}

/** The pair with one of them elsewhere, in whole milliseconds within the strip. */
export function movedTo(pair: CaliperPair, which: 0 | 1, ms: number, totalMs: number): CaliperPair {
  const place = Math.round(Math.min(Math.max(0, ms), totalMs));
  return which === 0 ? [place, pair[1]] : [pair[0], place];
}

/** Distance in milliseconds, and what it is as a rate per minute. */
export function interval([a, b]: CaliperPair): { readonly ms: number; readonly perMinute?: number } {
  const ms = Math.abs(b - a);
  return ms < SHORTEST_BEAT_MS ? { ms } : { ms, perMinute: Math.round(60_000 / ms) };
}

function sampleAt(lane: StripLane, ms: number): number | undefined {
  const index = Math.min(Math.round(ms / lane.periodMs), lane.samples.length - 1);
  if (lane.gaps.some(({ first, count }) => index >= first && index < first + count)) return undefined;
  return lane.samples[index];
}

/**
 * How much the later caliper is above the earlier one in a lane, as decimal text in the unit of the lane and in its
 * resolution. Undefined where the lane has no unit or one of the places is in a gap.
 */
export function difference(lane: StripLane, pair: CaliperPair): string | undefined {
  if (lane.unit === '' || lane.unit === '1') return undefined;
  const [first, second] = [sampleAt(lane, Math.min(...pair)), sampleAt(lane, Math.max(...pair))];
  if (first === undefined || second === undefined) return undefined;
  const digits = decimals(lane.scale);
  // Whole numbers until the end: the scale is a decimal.
  const steps = (second - first) * Math.round(lane.scale * 10 ** digits);
  const text = String(Math.abs(steps)).padStart(digits + 1, '0');
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return steps < 0 ? `-${whole}` : whole;
}

function decimals(scale: number): number {
  const [digits = '', exponent = '0'] = String(scale).split('e');
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent));
}
