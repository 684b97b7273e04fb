import type { Trend, TrendPoint } from '@onebox/gateway/card/model.js';

/** Height of a plot in millimetres (UX specification 3.6). */
export const TREND_MM = 26;
/** More points than this are a line without dots. */
const DOTS = 60;
/** Room above and below the curve, as a part of its height. */
const MARGIN = 0.08;

export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number;
  readonly high: number;
}

/** For drawing only, never for printing. */
export const drawn = ({ text }: { readonly text: string }): number => Number(text);

/** The points of the last `spanMs` before `end`; all of them without one. */
export function within(trend: Trend, spanMs: number | undefined, end: number): readonly TrendPoint[] {
  if (spanMs === undefined) return trend.points;
  const from = (trend.anchored ? end : 0) - spanMs;
  return trend.points.filter(({ at }) => at >= from);
}

/** Lowest and highest point; of equal ones the later. */
export function extremes(
  points: readonly TrendPoint[],
): { readonly lowest: TrendPoint; readonly highest: TrendPoint } | undefined {
  const [first] = points;
  if (!first) return undefined;
  let [lowest, highest] = [first, first];
  for (const point of points) {
    if (drawn(point) <= drawn(lowest)) lowest = point;
    if (drawn(point) >= drawn(highest)) highest = point;
  }
  return { lowest, highest };
}

/** The scales of a plot: all points and limits are inside, equal values lie in the middle. */
export function plotOf(
  points: readonly TrendPoint[],
  limits: readonly { text: string }[],
  width: number,
  height: number,
): Plot {
  const values = [...points, ...limits].map(drawn).filter(Number.isFinite);
  const [least, most] = values.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [values[0] ?? 0, values[0] ?? 0],
  );
  const room = most > least ? (most - least) * MARGIN : Math.abs(most) * MARGIN || 1;
  return {
    width,
    height,
    fromMs: points[0]?.at ?? 0,
    toMs: points.at(-1)?.at ?? 0,
    low: least - room,
    high: most + room,
  };
}

export const xAt = (plot: Plot, at: number): number =>
  plot.toMs > plot.fromMs ? ((at - plot.fromMs) / (plot.toMs - plot.fromMs)) * plot.width : plot.width / 2;
export const yAt = (plot: Plot, value: number): number =>
  (1 - (value - plot.low) / (plot.high - plot.low)) * plot.height;

export interface Curve {
  /** SVG path data; a gap ends a line. */
  readonly path: string;
  /** Points to draw as dots: all when they are few, else those that stand alone. */
  readonly dots: readonly TrendPoint[];
}

/** Lines through points that belong together. In a pixel column with several the lowest and highest stay visible. */
export function curve(points: readonly TrendPoint[], gapMs: number, plot: Plot): Curve {
  const runs: TrendPoint[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && gapMs > 0 && point.at - before.at <= gapMs) run.push(point);
    else runs.push([point]);
  }
  const parts: string[] = [];
  for (const run of runs) {
    if (run.length < 2) continue;
    const line = columnsOf(run, plot).map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    parts.push(`M${line.join('L')}`);
  }
  const few = points.length <= DOTS;
  return { path: parts.join(''), dots: few ? points : runs.filter((run) => run.length === 1).flat() };
}

function columnsOf(run: readonly TrendPoint[], plot: Plot): readonly (readonly [number, number])[] {
  const line: (readonly [number, number])[] = [];
  let column = { x: Number.NaN, low: 0, high: 0, last: 0, several: false };
  const finish = (): void => {
    if (!column.several) return;
    for (const y of [column.high, column.low, column.last]) line.push([column.x, y]);
  };
  for (const point of run) {
    const [x, y] = [xAt(plot, point.at), yAt(plot, drawn(point))];
    if (Math.floor(x) === Math.floor(column.x)) {
      column = { ...column, low: Math.max(column.low, y), high: Math.min(column.high, y), last: y, several: true };
      continue;
    }
    finish();
    line.push([x, y]);
    column = { x, low: y, high: y, last: y, several: false };
  }
  finish();
  return line;
}

/** The index of the point nearest to a place, -1 when there is none. */
export function nearest(points: readonly TrendPoint[], plot: Plot, x: number): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const [index, point] of points.entries()) {
    const away = Math.abs(xAt(plot, point.at) - x);
    if (away < distance) [best, distance] = [index, away];
  }
  return best;
}
