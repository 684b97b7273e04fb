import { add, fromScaled, toText } from '@onebox/protocol/decimal.js';
import type { Code, Observation } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { type Fact, type Facts, keyOf } from './facts.js';
import { namedLabel } from './groups.js';
import { own } from './keys.js';
import type { Trend, TrendPoint } from './model.js';
import { WAVEFORM_PERIOD_MS } from './strips.js';
import { toNumber } from './tile.js';
import { detailsOf } from './values.js';

/** Fewer stored values are no trend: they stand among the values. */
const LEAST_POINTS = 3;
/** Single values that are further apart than this are joined by no line: nobody knows what was between them. */
const JOINED_MS = 15 * 60_000;
const { VALIDITY_INVALID, VALIDITY_CALIBRATING, VALIDITY_TEST } = v1.Validity;
const NOT_OF_PATIENT: ReadonlySet<number> = new Set([VALIDITY_INVALID, VALIDITY_CALIBRATING, VALIDITY_TEST]);

interface Piece {
  readonly code: Code;
  readonly value: Observation;
  readonly unit: string;
  readonly anchored: boolean;
  readonly points: readonly TrendPoint[];
  /** 0: one single value. */
  readonly periodMs: number;
}

/** Stored values over time: series of equal distances, and single values of one kind. In the order they came. */
export function trends(facts: Facts): readonly Trend[] {
  const groups = new Map<string, Piece[]>();
  for (const fact of facts.all) {
    const piece = fact.value.samples ? series(fact) : single(fact);
    if (!piece) continue;
    const id = JSON.stringify([keyOf(piece.code), piece.value.componentId ?? '', piece.unit, piece.anchored]);
    const group = groups.get(id);
    if (group) group.push(piece);
    else groups.set(id, [piece]);
  }
  return [...groups].flatMap(([id, pieces]) => trend(id, pieces, facts) ?? []);
}

function trend(id: string, pieces: readonly Piece[], facts: Facts): Trend | undefined {
  const [first] = pieces;
  // The same moment twice is one value: what was read again.
  const byTime = new Map(pieces.flatMap(({ points }) => points).map((point) => [point.at, point]));
  const points = [...byTime.values()].sort((a, b) => a.at - b.at);
  if (!first || points.length < LEAST_POINTS) return undefined;
  return {
    id,
    label: namedLabel(facts, first.code, first.value.componentId),
    unit: first.unit,
    anchored: first.anchored,
    points,
    gapMs: gapOf(pieces, points),
    limits: pieces.map(({ value }) => detailsOf(value).limits).find((limits) => limits.length > 0) ?? [],
  };
}

/** A missing value of a series is a gap; of single values what is much longer than usual. */
function gapOf(pieces: readonly Piece[], points: readonly TrendPoint[]): number {
  const period = Math.max(...pieces.map(({ periodMs }) => periodMs));
  if (period > 0) return period * 1.5;
  const distances = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at));
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
  return usual <= JOINED_MS ? usual * 2.5 : 0;
}

function series({ value }: Fact): Piece | undefined {
  const { samples, time, qualifier } = value;
  const periodMs = toNumber(samples?.periodMs);
  if (!samples?.sample || periodMs <= WAVEFORM_PERIOD_MS) return undefined;
  const of = keyOf(value.code) === TREND ? qualifier?.[0] : value.code;
  if (!of) return undefined;
  const { coefficient = 1, exponent = 0 } = samples.scale ?? {};
  const start = time?.unixMs || undefined;
  const count = samples.sample.length;
  const gaps = samples.gap ?? [];
  const points = samples.sample.flatMap((sample, index) => {
    if (gaps.some(({ first, count: length }) => index >= (first ?? 0) && index < (first ?? 0) + (length ?? 0)))
      return [];
    const scaled = fromScaled(BigInt(sample) * BigInt(coefficient ?? 1), exponent ?? 0);
    const text = toText(samples.offset?.coefficient ? add(scaled, samples.offset) : scaled);
    return [{ at: start === undefined ? (index + 1 - count) * periodMs : start + index * periodMs, text }];
  });
  return { code: of, value, unit: samples.unit ?? '1', anchored: start !== undefined, points, periodMs };
}

function single({ kind, value }: Fact): Piece | undefined {
  const { numeric, time, source, validity, code } = value;
  if (kind !== 'observation' || source?.origin !== v1.Source.Origin.ORIGIN_STORED) return undefined;
  if (!numeric?.value || numeric.comparator || !time?.unixMs || !code) return undefined;
  if ((validity ?? []).some((one) => NOT_OF_PATIENT.has(one))) return undefined;
  const points = [{ at: time.unixMs, text: toText(numeric.value) }];
  return { code, value, unit: numeric.unit ?? '1', anchored: true, points, periodMs: 0 };
}

const TREND = own('trend.stored');
