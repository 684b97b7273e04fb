import type { Code, Finding, Interrogation, Observation } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';

/** What a read says of the patient, so that two reads of the same simulated device can be held against each other. */

export interface Claim {
  /** Kind, code, component and unit. */
  readonly what: string;
  /** UCUM; `coded` or `text` for what is no number. */
  readonly unit: string;
  readonly number?: number;
  readonly text?: string;
  /** When it was so, ms since 1970; undefined where the read claims no time. */
  readonly at?: number;
  /** The number as the device gave it, in another unit, stands beside it; or the device doubts it. */
  readonly qualified: boolean;
}

const DOUBTED: ReadonlySet<number> = new Set([
  v1.Validity.VALIDITY_QUESTIONABLE,
  v1.Validity.VALIDITY_INVALID,
  v1.Validity.VALIDITY_EARLY,
]);
/** Qualities of a time that is claimed to be right. */
const CLAIMED: ReadonlySet<number> = new Set([
  v1.TimeQuality.TIME_QUALITY_TABLET,
  v1.TimeQuality.TIME_QUALITY_CORRECTED,
]);

export function claims({ finding }: Interrogation): readonly Claim[] {
  return (finding ?? []).flatMap((one) => claimsOf(v1.Finding.decode(v1.Finding.encode(one).finish())));
}

function claimsOf(finding: Finding): readonly Claim[] {
  for (const kind of ['observation', 'setting', 'statistic'] as const) {
    const body = finding[kind];
    if (body) return values(kind, body);
  }
  return [];
}

function values(kind: string, body: Observation): readonly Claim[] {
  const name = `${kind} ${codeOf(body.code)} ${body.componentId ?? ''}`;
  const qualified = Boolean(body.original) || (body.validity ?? []).some((one) => DOUBTED.has(one));
  const { time } = body;
  const at = time && CLAIMED.has(time.quality ?? 0) && time.unixMs ? { at: Number(time.unixMs) } : {};
  const claim = (about: string, unit: string, value: Pick<Claim, 'number' | 'text'>): Claim => ({
    what: `${about} ${unit}`,
    unit,
    qualified,
    ...at,
    ...value,
  });
  if (body.numeric) return [claim(name, body.numeric.unit ?? '', { number: decimal(body.numeric.value) })];
  if (body.compound)
    return (body.compound.part ?? []).flatMap(({ code, numeric }) =>
      numeric ? [claim(`${name}/${codeOf(code)}`, numeric.unit ?? '', { number: decimal(numeric.value) })] : [],
    );
  if (body.samples) {
    const { unit, sample, scale, offset } = body.samples;
    const [factor, shift] = [scale ? decimal(scale) : 1, offset ? decimal(offset) : 0];
    return extremes(sample ?? []).map((raw) => claim(name, unit ?? '', { number: raw * factor + shift }));
  }
  if (body.coded) return [claim(name, 'coded', { text: codeOf(body.coded) })];
  if (body.text) return [claim(name, 'text', { text: body.text })];
  return [];
}

function codeOf(code: Code | null | undefined): string {
  const coding = code?.coding?.[0];
  return `${coding?.system ?? ''}|${coding?.code ?? ''}`;
}

function decimal(value: v1.IDecimal | null | undefined): number {
  return Number(`${value?.coefficient ?? 0}e${value?.exponent ?? 0}`);
}

/** The smallest and the largest, which stand for all between them. */
function extremes(samples: readonly number[]): readonly number[] {
  if (samples.length === 0) return [];
  return [samples.reduce((a, b) => Math.min(a, b)), samples.reduce((a, b) => Math.max(a, b))];
}
