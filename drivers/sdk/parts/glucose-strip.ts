import { mdc, term } from '@onebox/protocol/codes.js';
import type { Finding, Time } from '@onebox/protocol/messages.js';
import { type Details, samples } from '../findings.js';
import { denseSamples } from './sample-strip.js';

/** Stored glucose readings at nearly equal distances, as strips: what trends are drawn from. */

export interface StripPoint {
  /** Milliseconds on one clock, whichever. */
  readonly ms: number;
  /** mg/dL; undefined where there is no value. */
  readonly mgPerDl: number | undefined;
}

export interface Strip {
  readonly from: number;
  readonly to: number;
  readonly sample: readonly number[];
  readonly gap: readonly { readonly first: number; readonly count: number }[];
}

const PERIOD_MS = 300_000;
/** A reading so far from its place begins a strip of its own. */
const DRIFT_MS = 60_000;
/** So many empty places in a row end a strip. */
const LONGEST_GAP = 24;

/** Strips of one value every 5 minutes. What lies between two readings stays a gap: nothing is joined. */
export function strips(points: readonly StripPoint[]): readonly Strip[] {
  const sorted = points.filter(({ mgPerDl }) => mgPerDl !== undefined).toSorted((a, b) => a.ms - b.ms);
  const found: { from: number; last: number; values: Map<number, number> }[] = [];
  for (const { ms, mgPerDl } of sorted) {
    const open = found.at(-1);
    const steps = open ? Math.round((ms - open.last) / PERIOD_MS) : 0;
    const place = open ? Math.max(...open.values.keys()) + steps : 0;
    const fits = open && steps >= 1 && steps <= LONGEST_GAP && Math.abs(ms - open.last - steps * PERIOD_MS) <= DRIFT_MS;
    if (open && fits) {
      open.values.set(place, mgPerDl!);
      open.last = ms;
    } else found.push({ from: ms, last: ms, values: new Map([[0, mgPerDl!]]) });
  }
  return found.map(({ from, last, values }) => ({ from, to: last, ...dense(values) }));
}

function dense(values: ReadonlyMap<number, number>): Pick<Strip, 'sample' | 'gap'> {
  return denseSamples(Array.from({ length: Math.max(...values.keys()) + 1 }, (_, place) => values.get(place)));
}

/** The trend as a finding; `at` is the time of the first and last reading. */
export function glucoseTrend({ sample, gap }: Strip, at: Time, details: Omit<Details, 'at'>): Finding {
  const glucose = mdc('MDC_CONC_GLU_ISF');
  const strip = {
    periodMs: { coefficient: PERIOD_MS, exponent: 0 },
    scale: { coefficient: 1, exponent: 0 },
    offset: { coefficient: 0, exponent: 0 },
    unit: 'mg/dL',
    sample: [...sample],
    gap: [...gap],
  };
  return samples(term('trend.stored'), strip, { origin: 'stored', qualifiers: [glucose], ...details, at });
}
