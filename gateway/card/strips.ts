import type { Observation } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { wordOf } from './code-words.js';
import type { Fact, Facts } from './facts.js';
import type { Strip, StripLane, TimeValue } from './model.js';
import { toNumber } from './tile.js';
import { codeValue, numberValue, timeValue } from './values.js';

/** Longest period of a waveform; slower series are trends. */
export const WAVEFORM_PERIOD_MS = 200;

type SampleFact = Fact & { readonly value: Observation & { readonly samples: NonNullable<Observation['samples']> } };

const isWave = (fact: Fact): fact is SampleFact => {
  const period = toNumber(fact.value.samples?.periodMs);
  return Boolean(fact.value.samples) && period > 0 && period <= WAVEFORM_PERIOD_MS;
};

/** Lanes that belong together: one episode, or one stretch of time. */
function groups(facts: Facts): ReadonlyMap<string, readonly SampleFact[]> {
  const found = new Map<string, SampleFact[]>();
  for (const fact of facts.all) {
    if (!isWave(fact)) continue;
    const { episodeId, source, time } = fact.value;
    const id = episodeId
      ? `episode:${episodeId}`
      : source?.origin === v1.Source.Origin.ORIGIN_LIVE
        ? 'live'
        : `stored:${time?.unixMs || time?.order || 0}`;
    found.set(id, [...(found.get(id) ?? []), fact]);
  }
  return found;
}

export function stripList(facts: Facts): readonly Pick<Strip, 'id' | 'episodeId' | 'live' | 'time'>[] {
  return [...groups(facts)].map(([id, lanes]) => head(id, lanes));
}

/** One strip with its lanes in the order in which the device sent them; undefined when there is none of this id. */
export function strip(facts: Facts, id: string): Strip | undefined {
  const lanes = groups(facts).get(id);
  if (!lanes) return undefined;
  return { ...head(id, lanes), lanes: joined(lanes) };
}

function head(id: string, facts: readonly SampleFact[]): Pick<Strip, 'id' | 'episodeId' | 'live' | 'time'> {
  const episodeId = facts[0]?.value.episodeId;
  const unknown: TimeValue = { quality: 'order-only', order: facts[0]?.sequence ?? 0 };
  return {
    id,
    live: id === 'live',
    time: timeValue(facts[0]?.value.time) ?? unknown,
    ...(episodeId ? { episodeId } : {}),
  };
}

/** Live waveforms come in chunks: chunks of one code and component make one lane. The last 30 s are kept on screen. */
function joined(facts: readonly SampleFact[]): readonly StripLane[] {
  const lanes = new Map<string, StripLane>();
  for (const fact of facts) {
    const key = JSON.stringify([fact.value.code?.coding?.[0]?.code, fact.value.componentId]);
    const next = lane(fact);
    const before = lanes.get(key);
    lanes.set(key, before && before.periodMs === next.periodMs ? appended(before, next) : next);
  }
  return [...lanes.values()];
}

const LIVE_WINDOW_MS = 30_000;

function appended(before: StripLane, next: StripLane): StripLane {
  const shift = before.samples.length;
  const moved = (at: number) => at + shift;
  const whole: StripLane = {
    ...before,
    samples: [...before.samples, ...next.samples],
    gaps: [...before.gaps, ...next.gaps.map(({ first, count }) => ({ first: moved(first), count }))],
    markers: [...before.markers, ...next.markers.map((marker) => ({ ...marker, sample: moved(marker.sample) }))],
  };
  const drop = whole.samples.length - Math.ceil(LIVE_WINDOW_MS / whole.periodMs);
  if (drop <= 0) return whole;
  return {
    ...whole,
    samples: whole.samples.slice(drop),
    gaps: whole.gaps.flatMap(({ first, count }) => {
      const start = Math.max(0, first - drop);
      const end = first + count - drop;
      return end > start ? [{ first: start, count: end - start }] : [];
    }),
    markers: whole.markers.flatMap((marker) =>
      marker.sample >= drop ? [{ ...marker, sample: marker.sample - drop }] : [],
    ),
  };
}

function lane({ value }: SampleFact): StripLane {
  const { samples } = value;
  return {
    label: codeValue(value.code ?? {}),
    unit: samples.unit ?? '1',
    periodMs: toNumber(samples.periodMs),
    samples: samples.sample ?? [],
    scale: samples.scale ? toNumber(samples.scale) : 1,
    offset: toNumber(samples.offset),
    gaps: (samples.gap ?? []).map(({ first, count }) => ({ first: first ?? 0, count: count ?? 0 })),
    markers: (samples.marker ?? []).map(({ sample, code, numeric }) => {
      // Intervals are drawn from the markers themselves; the text is what else there is: the energy of a shock.
      const printed = numeric?.value && numeric.unit !== 'ms' ? numberValue(numeric) : undefined;
      return {
        sample: sample ?? 0,
        code: wordOf(code)?.replace(/^marker\./, '') ?? code?.coding?.[0]?.display ?? '',
        text: printed?.kind === 'number' ? `${printed.text} ${printed.unit}` : '',
      };
    }),
  };
}
