import type { AbsentCode, Phrase, Value } from '@onebox/gateway/card/model.js';
import { decimal, toText } from '@onebox/protocol/decimal.js';
import { convert } from '@onebox/protocol/units.js';
import { NBSP, printNumber } from './number.js';
import { timeText, waitText } from './time.js';
import { unitWords } from './unit.js';
import type { TextParams, Words } from './words.js';

/** A value ready to print. `main` is large, `unit` small; `spoken` is what a screen reader says. */
export interface Printed {
  readonly main: string;
  readonly unit: string;
  readonly spoken: string;
  /** Words of the device: quoted, in the device's language. */
  readonly quoted: boolean;
}

const COMPARATORS = {
  '<': 'compare.below',
  '<=': 'compare.atMost',
  '>=': 'compare.atLeast',
  '>': 'compare.above',
  '~': 'compare.about',
} as const;

const printed = (
  main: string,
  unit = '',
  spoken = [main, unit].filter(Boolean).join(' '),
  quoted = false,
): Printed => ({ main, unit, spoken, quoted });

/** Prints one value. A number never goes without its unit; the dimensionless UCUM unit "1" has no sign. */
export function printValue(value: Value, words: Words): Printed {
  switch (value.kind) {
    case 'number': {
      const unit = unitWords(value.unit);
      const prefix = value.comparator ? `${words.t(COMPARATORS[value.comparator])}${NBSP}` : '';
      const main = prefix + printNumber(value.text, words.locale);
      return printed(main, unit.shown, `${main} ${unit.spoken}`.trim());
    }
    case 'pair': {
      const unit = unitWords(value.unit);
      const main = `${printNumber(value.first, words.locale)}/${printNumber(value.second, words.locale)}`;
      return printed(
        main,
        unit.shown,
        `${words.t('compare.pair', { first: value.first, second: value.second })} ${unit.spoken}`.trim(),
      );
    }
    case 'range': {
      const unit = unitWords(value.unit);
      const [low, high] = [value.low, value.high].map((text) =>
        text === undefined ? undefined : printNumber(text, words.locale),
      );
      let main = words.t('time.unknown');
      if (low !== undefined && high !== undefined) main = words.t('compare.range', { low, high });
      else if (low !== undefined) main = `${words.t('compare.atLeast')}${NBSP}${low}`;
      else if (high !== undefined) main = `${words.t('compare.atMost')}${NBSP}${high}`;
      return printed(main, unit.shown, `${main} ${unit.spoken}`.trim());
    }
    case 'word':
      return printed(words.t(value.id));
    case 'device-text':
      return printed(`\u201c${value.text}\u201d`, '', value.text, true);
    case 'code':
      if (words.has(`code.${value.refId}`)) return printed(words.t(`code.${value.refId}`));
      return printed(value.display || value.refId || `${value.system} ${value.code}`);
    case 'time':
      return printed(timeText(value.time, words));
    case 'count':
      return printed(printNumber(String(value.count), words.locale));
    case 'phrase':
      return printed(phraseText(value.phrase, words), '', phraseText(value.phrase, words, true));
  }
}

/** `1990 Ω` with a no-break space. */
export function valueText(value: Value, words: Words): string {
  const { main, unit } = printValue(value, words);
  return unit === '' ? main : `${main}${NBSP}${unit}`;
}

/** How long a magnet has no effect, in minutes and seconds, never rounded down. */
function waitOf(id: string, value: Value, words: Words): string | undefined {
  if (id !== 'ev.magnet-after' || value.kind !== 'number' || value.unit !== 's' || !/^\d+$/.test(value.text))
    return undefined;
  return waitText(Number(value.text) * 1_000, words);
}

/** A phrase in words; counts stay numbers, so that plurals work. */
export function phraseText(phrase: Phrase, words: Words, spoken = false): string {
  const params: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(phrase.params ?? {}))
    params[name] =
      value.kind === 'count'
        ? value.count
        : (waitOf(phrase.id, value, words) ?? (spoken ? printValue(value, words).spoken : valueText(value, words)));
  return words.t(phrase.id, params as TextParams);
}

/** Title and second line for a missing value (UX specification 3.4). */
export function absentText(code: AbsentCode, words: Words): { readonly main: string; readonly why: string } {
  return { main: words.t(`absent.${code}`), why: words.t(`absent.${code}.why`) };
}

/** Digits after the point of a glucose concentration, and the other unit, as meters show them. */
const GLUCOSE_UNITS: Readonly<Record<string, { readonly other: string; readonly digits: number }>> = {
  'mmol/L': { other: 'mg/dL', digits: 0 },
  'mg/dL': { other: 'mmol/L', digits: 1 },
};

/** The other unit of a glucose concentration: mg/dL without decimals, mmol/L with one. */
export function otherGlucoseUnit(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'number') return undefined;
  const to = GLUCOSE_UNITS[value.unit];
  if (!to) return undefined;
  const text = toText(
    convert(decimal(value.text), value.unit, to.other, {
      digits: to.digits,
      rounding: 'half-up',
      substance: 'glucose',
    }),
  );
  return { kind: 'number', text, unit: to.other, ...(value.comparator ? { comparator: value.comparator } : {}) };
}
