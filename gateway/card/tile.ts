import { v1 } from '@onebox/protocol/messages.js';
import { type Fact, type Facts, keyOf, type Where } from './facts.js';
import type { Phrase, SeverityLevel, Tile, Value } from './model.js';
import { detailsOf, numberValue, printable, timeValue } from './values.js';
import { originWord, SEVERITY_RANK, severityLevel, validityWord } from './words.js';

/** How a tile gets its value: the first of these codes that has one. */
export interface TileSpec {
  readonly id: string;
  /** Keys of codes, in order of preference. */
  readonly from: readonly string[];
  readonly where?: Where;
  /** Further codes on the same line, e.g. the rate beside the mode. */
  readonly also?: readonly string[];
  /** Extra third-line phrases. */
  readonly evidence?: (facts: Facts, fact: Fact) => readonly Phrase[];
  /** Alerts that colour this tile besides those of its component. */
  readonly alerts?: readonly string[];
  /** For tiles whose value is not one observation. */
  readonly build?: (facts: Facts) => Tile | undefined;
}

/** What the rest of the read means for a tile without a value. */
export interface Pending {
  /** The read has ended: nothing more will come. */
  readonly ended: boolean;
  /** Number of the error that ended it. */
  readonly error?: number;
}

/** A tile by its specification; when there is no value it says why. */
export function buildTile(spec: TileSpec, facts: Facts, pending: Pending): Tile {
  const built = spec.build?.(facts);
  if (built) return built;
  const found = spec.from.map((key) => facts.latest(key, spec.where)).filter((fact) => fact !== undefined);
  const fact = found.find(({ value }) => value.absent === undefined || value.absent === null) ?? found[0];
  if (!fact) return emptyTile(spec.id, pending);
  const also = (spec.also ?? []).flatMap((key) => {
    const other = facts.latest(key, spec.where);
    // What the tile itself shows is not said twice.
    const printed = other === fact ? undefined : other && printable(other.value);
    return printed?.value ? [printed.value] : [];
  });
  const tile = tileOf(spec.id, fact, facts, also, spec.alerts);
  const evidence = spec.evidence?.(facts, fact) ?? [];
  return evidence.length > 0 ? { ...tile, evidence: [...evidence, ...tile.evidence] } : tile;
}

/** A tile of one value: what it says, how grave it is, whose limit, where it came from. */
export function tileOf(
  id: string,
  fact: Fact,
  facts: Facts,
  also: readonly Value[] = [],
  alertKeys: readonly string[] = [],
): Tile {
  const { value, receivedAt } = fact;
  const printed = printable(value);
  const time = timeValue(value.time);
  const origin = originWord(value.source?.origin);
  return {
    id,
    label: { id: `tile.${id}` },
    severity: severityOf(fact, facts, alertKeys),
    ...(printed.value ? { value: printed.value } : {}),
    also: [...printed.also, ...also],
    ...(printed.absent ? { absent: printed.absent } : {}),
    evidence: [...limitPhrases(fact), ...validityPhrases(fact)],
    ...(time ? { time } : {}),
    ...(receivedAt ? { receivedAt } : {}),
    freshForMs: value.freshForMs ?? 0,
    ...(origin ? { origin } : {}),
    validity: (value.validity ?? []).map(validityWord),
    details: detailsOf(value),
  };
}

/** A tile that has a phrase instead of one observation, e.g. the lead line's facts. */
export function phraseTile(id: string, value: Value, more: Partial<Tile> = {}): Tile {
  return {
    id,
    label: { id: `tile.${id}` },
    severity: 'none',
    value,
    also: [],
    evidence: [],
    freshForMs: 0,
    validity: [],
    details: { limits: [] },
    ...more,
  };
}

export function emptyTile(id: string, { ended, error }: Pending): Tile {
  const why = !ended
    ? ({ absent: 'temp-unknown' } as const)
    : error
      ? ({ absent: 'error', error } as const)
      : ({ absent: 'unknown' } as const);
  return {
    id,
    label: { id: `tile.${id}` },
    severity: 'none',
    also: [],
    evidence: [],
    freshForMs: 0,
    validity: [],
    details: { limits: [] },
    ...why,
  };
}

/** From active alerts on the value's component with the same code or the tile's own, and from limits that the value breaks. */
function severityOf({ value }: Fact, facts: Facts, alertKeys: readonly string[]): SeverityLevel {
  let worst: SeverityLevel = brokenLimit(value) ? 'check' : 'none';
  if (
    (value.validity ?? []).some(
      (validity) => validity === v1.Validity.VALIDITY_QUESTIONABLE || validity === v1.Validity.VALIDITY_INVALID,
    )
  )
    worst = 'check';
  for (const alert of facts.activeAlerts) {
    const own = alertKeys.includes(keyOf(alert.code)) || keyOf(alert.code) === keyOf(value.code);
    if (!own) continue;
    const level = severityLevel(alert.severity);
    if (SEVERITY_RANK[level] > SEVERITY_RANK[worst]) worst = level;
  }
  return worst;
}

function brokenLimit(value: Fact['value']): boolean {
  const actual = value.numeric;
  if (!actual?.value) return false;
  return (value.limit ?? []).some(({ kind, value: bound }) => {
    if (!bound?.value || bound.unit !== actual.unit) return false;
    const difference = toNumber(actual.value) - toNumber(bound.value);
    return kind === v1.Limit.Kind.KIND_LOW ? difference < 0 : difference > 0;
  });
}

/** For comparing and drawing only, never for printing. */
export function toNumber(
  decimal: { coefficient?: number | null; exponent?: number | null } | null | undefined,
): number {
  return Number(`${decimal?.coefficient ?? 0}e${decimal?.exponent ?? 0}`);
}

function limitPhrases({ value }: Fact): Phrase[] {
  return (value.limit ?? []).flatMap(({ kind, value: bound }) =>
    bound?.value
      ? [
          {
            id: kind === v1.Limit.Kind.KIND_LOW ? 'ev.limit-low' : 'ev.limit-high',
            params: { value: numberValue(bound) },
          },
        ]
      : [],
  );
}

const SAID = new Set([
  'questionable',
  'invalid',
  'ongoing',
  'early',
  'calibrating',
  'demo',
  'test',
  'estimated',
  'validated',
]);

function validityPhrases({ value }: Fact): Phrase[] {
  return (value.validity ?? []).map(validityWord).flatMap((word) => (SAID.has(word) ? [{ id: `ev.${word}` }] : []));
}
