import type { Interrogation, Observation } from '@onebox/protocol/messages.js';
import { type Fact, type Facts, keyOf } from '../card/facts.js';
import type { Card } from '../card/model.js';
import { originWord } from '../card/words.js';

/** What one access has read, as it is handed over. */
export interface ReadOut {
  readonly facts: Facts;
  readonly card: Card;
  /** The session that ran last; its findings are in `facts`. */
  readonly session: Interrogation;
}

/** Where and when, besides what was read. */
export interface HandOverContext {
  /** Of the access, e.g. `A-2026-17`. */
  readonly reference: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly version: string;
}

/** What is handed over: every value that has another place than one before it, a live one once, as it was last. */
export interface Content extends ReadOut, HandOverContext {
  readonly values: readonly Fact[];
  /** Stored samples: the lanes of strips, and series of trends. */
  readonly series: readonly Fact[];
  readonly practice: boolean;
  /** Of live values all but the last, and live strips. */
  readonly leftOut: number;
}

export function contentOf(readOut: ReadOut, context: HandOverContext): Content {
  const { facts, card, session } = readOut;
  const last = new Map<string, Fact>();
  for (const fact of facts.all) if (isLive(fact.value) && !fact.value.samples) last.set(placeOf(fact), fact);
  const all = facts.all.filter((fact) => !isLive(fact.value) || last.get(placeOf(fact)) === fact);
  return {
    ...readOut,
    ...context,
    values: all.filter(({ value }) => !value.samples),
    series: all.filter(({ value }) => value.samples),
    practice: card.practice || session.practice === true,
    leftOut: facts.all.length - all.length,
  };
}

/** Something that a reader can use was read. */
export function isEmpty({ values, series, facts }: Content): boolean {
  return values.length + series.length + facts.episodes.length + facts.alerts.length === 0 && !facts.identity;
}

const isLive = ({ source }: Observation): boolean => originWord(source?.origin) === 'live';

const placeOf = ({ kind, value }: Fact): string =>
  `${kind} ${keyOf(value.code)} ${value.componentId ?? ''} ${value.instance ?? 0}`;
