import type { Tile } from '@onebox/gateway/card/model.js';
import { ageText, dayText, eventTimeText, whenText } from './time.js';
import { absentText, otherGlucoseUnit, type Printed, phraseText, printValue, valueText } from './value.js';
import type { Words } from './words.js';

/** All that a tile shows and says, in words. */
export interface TileText {
  readonly label: string;
  /** Empty for a missing value. */
  readonly values: readonly Printed[];
  /** Words for a missing value. */
  readonly absent?: string;
  readonly evidence: readonly string[];
  /** When it was read or how old it is. */
  readonly when: string;
  readonly old: boolean;
  /** Accessible name of the tile. */
  readonly name: string;
}

const CHECKS = { critical: 'severity.critical', check: 'severity.check', note: 'severity.note', none: '' } as const;

/** Moment from which the age of a value counts. */
export function agesFrom(tile: Tile): number | undefined {
  return tile.time?.at ?? tile.receivedAt;
}

/** True when a value that ages is past the time for which it is fresh. */
export function isOld(tile: Tile, now: number): boolean {
  const from = agesFrom(tile);
  return tile.absent === undefined && tile.freshForMs > 0 && from !== undefined && now - from > tile.freshForMs;
}

function whenOf(tile: Tile, words: Words, old: boolean): string {
  if (tile.absent !== undefined && tile.absent !== 'off') return '';
  const from = agesFrom(tile);
  if (from === undefined) return tile.time ? eventTimeText(tile.time, words) : '';
  if (old) return words.t('tile.when.old', { age: ageText(from, words) });
  if (tile.freshForMs > 0) return ageText(from, words);
  if (tile.time?.quality === 'order-only') return eventTimeText(tile.time, words);
  if (tile.origin === 'self-test') return words.t('tile.when.self-test', { day: dayText(from, words) });
  if (tile.origin === 'stored') return whenText(from, words);
  return words.t('tile.when.read', { time: whenText(from, words) });
}

const isGlucose = (tile: Tile): boolean =>
  tile.label.id.startsWith('tile.glucose') || (tile.details.code?.refId.startsWith('MDC_CONC_GLU') ?? false);

/** Words of a tile (UX specification 3.1 to 3.4). Never blank: a missing value says why. */
export function tileText(tile: Tile, words: Words): TileText {
  const label = phraseText(tile.label, words);
  const old = isOld(tile, words.now);
  const when = whenOf(tile, words, old);
  const values = tile.value ? [tile.value, ...tile.also].map((value) => printValue(value, words)) : [];
  // The tile that is about the age says the age, and counts on.
  const at = tile.value?.kind === 'time' && tile.id === 'age' ? tile.value.time.at : undefined;
  if (at !== undefined) {
    const age = ageText(at, words);
    values[0] = { ...printValue({ kind: 'count', count: 0 }, words), main: age, spoken: age };
  }
  // The age line says it better than the bare word "live".
  const phrases = when === '' ? tile.evidence : tile.evidence.filter((phrase) => phrase.id !== 'ev.live');
  const evidence = phrases.map((phrase) => phraseText(phrase, words));
  const other =
    isGlucose(tile) && tile.also.every((value) => value.kind !== 'number') ? otherGlucoseUnit(tile.value) : undefined;
  if (other) evidence.unshift(valueText(other, words));
  const missing = tile.value ? undefined : absentText(tile.absent ?? 'unknown', words);
  if (missing && missing.why !== '' && evidence.length === 0) evidence.push(missing.why);

  const said = missing ? missing.main : values.map((value) => value.spoken).join(', ');
  const spokenEvidence = phrases.map((phrase) => phraseText(phrase, words, true));
  const heading = tile.severity === 'none' ? label : `${label}, ${words.t(CHECKS[tile.severity]).toLowerCase()}`;
  const name = [heading, said, ...(spokenEvidence.length > 0 ? spokenEvidence : evidence), when]
    .filter((part) => part !== '')
    .map((part) => part.replace(/\.$/, ''))
    .join('. ');
  return { label, values, ...(missing ? { absent: missing.main } : {}), evidence, when, old, name: `${name}.` };
}
