import { toText } from '@onebox/protocol/decimal.js';
import type { Code, Numeric, Observation, Time } from '@onebox/protocol/messages.js';
import { wordOf } from './code-words.js';
import { keyOf } from './facts.js';
import { mdc } from './keys.js';
import type { AbsentCode, Tile, TimeValue, Value } from './model.js';
import { absentCode, comparatorSign, ownerWord, timeQuality } from './words.js';

export function timeValue(time: Time | null | undefined): TimeValue | undefined {
  const quality = timeQuality(time?.quality);
  if (!time || !quality) return undefined;
  return {
    quality,
    ...(time.unixMs ? { at: time.unixMs } : {}),
    ...(time.endUnixMs ? { endAt: time.endUnixMs } : {}),
    ...(time.deviceText ? { deviceText: time.deviceText } : {}),
    ...(time.order ? { order: time.order } : {}),
  };
}

export function numberValue(numeric: Numeric): Value {
  const comparator = comparatorSign(numeric.comparator);
  return {
    kind: 'number',
    text: toText(numeric.value ?? {}),
    unit: numeric.unit ?? '1',
    ...(comparator ? { comparator } : {}),
  };
}

/** A coded value: one of our words where we have one for it, else the device's own. */
export function codeValue(code: Code): Value {
  const word = wordOf(code);
  if (word) return { kind: 'word', id: `word.${word}` };
  const first = code.coding?.[0];
  return {
    kind: 'code',
    system: first?.system ?? '',
    code: first?.code ?? '',
    refId: first?.refId ?? '',
    display: first?.display ?? '',
  };
}

/** What an observation says, or why it says nothing. Parts of a compound follow the first. */
export function printable(value: Observation): {
  readonly value?: Value;
  readonly also: readonly Value[];
  readonly absent?: AbsentCode;
} {
  const one = (printed: Value) => ({ value: printed, also: [] });
  if (value.numeric) return one(numberValue(value.numeric));
  if (value.coded) return one(codeValue(value.coded));
  if (value.text) return one({ kind: 'device-text', text: value.text });
  if (value.dateTime) {
    const time = timeValue(value.dateTime);
    return time ? one({ kind: 'time', time }) : { also: [], absent: 'unknown' };
  }
  if (value.range) {
    const { low, high, unit } = value.range;
    return one({
      kind: 'range',
      unit: unit ?? '1',
      ...(low ? { low: toText(low) } : {}),
      ...(high ? { high: toText(high) } : {}),
    });
  }
  if (value.compound) {
    const pair = pressurePair(value.compound);
    if (pair) return one(pair);
    const [first, ...rest] = (value.compound.part ?? []).flatMap(({ numeric }) =>
      numeric ? [numberValue(numeric)] : [],
    );
    return first ? { value: first, also: rest } : { also: [], absent: 'unknown' };
  }
  if (value.bits) {
    const [first, ...rest] = (value.bits.set ?? []).flatMap(({ meaning }) => (meaning ? [codeValue(meaning)] : []));
    return first ? { value: first, also: rest } : one({ kind: 'word', id: 'word.none-set' });
  }
  return { also: [], absent: absentCode(value.absent) ?? 'unknown' };
}

/** Systolic and diastolic pressure are one thing to whoever reads them: 120/80. */
function pressurePair(compound: NonNullable<Observation['compound']>): Value | undefined {
  const of = (key: string) =>
    compound.part?.find(({ code, numeric }) => keyOf(code) === key && numeric?.value)?.numeric;
  const [systolic, diastolic] = [of(SYSTOLIC), of(DIASTOLIC)];
  if (!systolic?.value || !diastolic?.value || systolic.unit !== diastolic.unit) return undefined;
  return { kind: 'pair', first: toText(systolic.value), second: toText(diastolic.value), unit: systolic.unit ?? '1' };
}

const SYSTOLIC = mdc('PRESS_BLD_NONINV_SYS');
const DIASTOLIC = mdc('PRESS_BLD_NONINV_DIA');

/** For the Details of a tile: what the device said, in its own terms. */
export function detailsOf(value: Observation): Tile['details'] {
  const coding = value.code?.coding?.[0];
  return {
    ...(coding ? { code: { system: coding.system ?? '', code: coding.code ?? '', refId: coding.refId ?? '' } } : {}),
    ...(value.source?.field ? { field: value.source.field } : {}),
    ...(value.original?.value
      ? { original: { text: toText(value.original.value), unit: value.original.unit ?? '1' } }
      : {}),
    limits: (value.limit ?? []).map(({ kind, value: bound, owner, reference }) => ({
      kind: kind === 1 ? 'low' : 'high',
      text: bound?.value ? toText(bound.value) : '',
      unit: bound?.unit ?? '1',
      owner: ownerWord(owner),
      reference: reference ?? '',
    })),
    ...(value.time?.deviceText ? { deviceText: value.time.deviceText } : {}),
  };
}
