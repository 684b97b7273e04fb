import type { StripLane } from '@onebox/gateway/card/model.js';

export const SPEEDS = [12.5, 25, 50] as const;
export type Speed = (typeof SPEEDS)[number];
/** Paging step, milliseconds. */
export const PAGE_MS = 7_500;

/** Millimetres: gutter with the calibration step, marker lane, row of intervals. */
export const GUTTER_MM = 7;
export const MARKER_MM = 9;
export const INTERVAL_MM = 6;

/** Milliseconds that fit into a width at a paper speed. */
export function windowMs(widthPx: number, speed: Speed, pxPerMm: number): number {
  return (Math.max(0, widthPx - GUTTER_MM * pxPerMm) / pxPerMm / speed) * 1_000;
}

/** Place of a time on the paper, CSS pixels from the left edge of the canvas. */
export function xOf(ms: number, fromMs: number, speed: Speed, pxPerMm: number): number {
  return (GUTTER_MM + ((ms - fromMs) / 1_000) * speed) * pxPerMm;
}

export function lengthMs(lanes: readonly StripLane[]): number {
  return Math.max(0, ...lanes.map((lane) => lane.samples.length * lane.periodMs));
}

/** Start of the page that lies `pages` further, kept within the strip. */
export function pagedFrom(fromMs: number, pages: number, shownMs: number, totalMs: number): number {
  return Math.min(Math.max(0, totalMs - shownMs), Math.max(0, fromMs + pages * PAGE_MS));
}

export interface PixelColumn {
  readonly x: number;
  readonly low: number;
  readonly high: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Lowest and highest sample of every pixel column, with its first and last, in time order. No spike is
 * lost however many samples share a column. Samples inside gaps are left out and end a run.
 */
export function columns(
  lane: StripLane,
  fromMs: number,
  toMs: number,
  pxPerMs: number,
): readonly (readonly PixelColumn[])[] {
  const runs: PixelColumn[][] = [];
  let run: PixelColumn[] = [];
  const end = Math.min(lane.samples.length, Math.ceil(toMs / lane.periodMs) + 1);
  const finish = (): void => {
    if (run.length > 0) runs.push(run);
    run = [];
  };
  for (let index = Math.max(0, Math.floor(fromMs / lane.periodMs) - 1); index < end; index++) {
    const gap = lane.gaps.find(({ first, count }) => index >= first && index < first + count);
    if (gap) {
      finish();
      index = gap.first + gap.count - 1;
      continue;
    }
    const sample = lane.samples[index] ?? 0;
    const x = Math.floor((index * lane.periodMs - fromMs) * pxPerMs);
    const column = run[run.length - 1];
    if (column?.x === x)
      run[run.length - 1] = {
        ...column,
        low: Math.min(column.low, sample),
        high: Math.max(column.high, sample),
        last: sample,
      };
    else run.push({ x, low: sample, high: sample, first: sample, last: sample });
  }
  finish();
  return runs;
}

/** Part of the samples at each end that does not count for the gain: a shock must not flatten the beats around it. */
const OUTLIERS = 0.005;
/** Samples looked at for it, at most. */
const LOOKED_AT = 8_000;

/** Lowest and highest of all but the rarest samples outside of gaps. */
export function usualExtent(lane: StripLane): { readonly low: number; readonly high: number } {
  const step = Math.max(1, Math.floor(lane.samples.length / LOOKED_AT));
  const seen = lane.samples
    .filter(
      (_, index) =>
        index % step === 0 && !lane.gaps.some(({ first, count }) => index >= first && index < first + count),
    )
    .sort((a, b) => a - b);
  const rare = Math.floor(seen.length * OUTLIERS);
  const [low = 0, high = 0] = [seen[rare], seen[seen.length - 1 - rare]];
  // Of a line that is flat but for rare spikes the spikes are what there is to see.
  return low < high ? { low, high } : { low: seen[0] ?? 0, high: seen[seen.length - 1] ?? 0 };
}

const GAINS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] as const;

/**
 * Largest usual gain, millimetres per unit, with which all but the rarest samples of a lane fit its height; 10 mm/mV at
 * most. What does not fit is drawn at the edge of its lane.
 */
export function fittingGain(lane: StripLane, heightMm: number): number {
  const { low, high } = usualExtent(lane);
  const span = (high - low) * Math.abs(lane.scale);
  if (span === 0) return 1;
  const fitting = GAINS.filter((gain) => gain * span <= heightMm * 0.9);
  const gain = fitting[fitting.length - 1] ?? (heightMm * 0.9) / span;
  return lane.unit === 'mV' ? Math.min(10, gain) : gain;
}
