import {
  absent,
  code,
  coded,
  type Details,
  dateTime,
  observation,
  range,
  text,
  type ValidityName,
} from '@onebox/driver-sdk/findings.js';
import {
  type Hl7Comparator,
  type Hl7Number,
  hl7Numeric,
  hl7StructuredNumeric,
} from '@onebox/driver-sdk/parts/hl7-types.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { describe } from '@onebox/protocol/codes.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { codedValue } from './codes.js';
import { placeOf } from './components.js';
import type { Obx } from './oru.js';
import { kindOf } from './terms.js';
import type { MessageTimes } from './times.js';
import { isCount, sameKind, statedUnit } from './units.js';

/** One OBX to findings: a number with its unit, a code, a time, words, or why there is no value. */

const TEXT_LENGTH = 2000;
/** Repetitions of OBX-5 that are looked at. */
const MOST_VALUES = 32;
const CODED: ReadonlySet<string> = new Set(['CWE', 'CNE', 'CE', 'CF', 'IS', 'ID']);
const TIMES: ReadonlySet<string> = new Set(['DTM', 'TS', 'DT']);
const FLAG_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
/** OBX-8 (IHE PCD TF-2, table 3.9.4.1.2.5-3): why there is no value. */
const NO_VALUE = { NI: 'unknown', NAV: 'unknown', OFF: 'off' } as const;
const { COMPARATOR_LESS_THAN, COMPARATOR_AT_MOST, COMPARATOR_AT_LEAST, COMPARATOR_GREATER_THAN } = v1.Comparator;
const COMPARATORS: Readonly<Record<string, number>> = {
  '<': COMPARATOR_LESS_THAN,
  '<=': COMPARATOR_AT_MOST,
  '>=': COMPARATOR_AT_LEAST,
  '>': COMPARATOR_GREATER_THAN,
};

/** Findings of one OBX, one for each repetition of its value. */
export function valueFindings(obx: Obx, times: MessageTimes): Finding[] {
  const details: Details = {
    at: times.of(obx),
    source: `OBX ${obx.place}`,
    origin: 'stored',
    as: kindOf(obx.number),
    qualifiers: qualifiers(obx),
    ...placeOf(obx),
  };
  const why = obx.flags.find((flag) => Object.hasOwn(NO_VALUE, flag)) as keyof typeof NO_VALUE | undefined;
  if (why) return [absent(obx.code, NO_VALUE[why], details)];
  const values = obx.values.filter((one) => one.some((part) => part.trim() !== '')).slice(0, MOST_VALUES);
  if (values.length === 0) return [withoutValue(obx, details)];
  return values.map((components, index) =>
    valueFinding(
      obx,
      components,
      index === 0 ? details : { ...details, instance: (details.instance ?? 0) + index },
      times,
    ),
  );
}

/** Flags beside a value that say more than why there is none. */
function qualifiers({ flags }: Obx): Code[] {
  return flags
    .filter((flag) => flag !== 'N' && flag !== '')
    .slice(0, 8)
    .map((flag) => code(FLAG_SYSTEM, flag));
}

function withoutValue({ code: what, flags, status }: Obx, details: Details): Finding {
  if (flags.includes('>')) return absent(what, 'positive-infinity', details);
  if (flags.includes('<')) return absent(what, 'negative-infinity', details);
  return absent(what, status === 'N' ? 'not-performed' : 'unknown', details);
}

function valueFinding(obx: Obx, components: readonly string[], details: Details, times: MessageTimes): Finding {
  const expected = obx.number === undefined ? undefined : describe(obx.number)?.facts?.type;
  const words = printable(components.filter(Boolean).join(' '), TEXT_LENGTH);
  if (obx.type === 'NM' || obx.type === 'SN' || (expected === 'NM' && !CODED.has(obx.type))) {
    const number = obx.type === 'SN' ? hl7StructuredNumeric(components) : hl7Numeric(components[0] ?? '');
    if (number) return numberFinding(obx, number, components, details);
    return obx.type === 'NM' ? absent(obx.code, 'not-a-number', details) : wordsFinding(obx.code, words, details);
  }
  if (TIMES.has(obx.type) || expected === 'DTM') {
    const stated = times.parse(components[0] ?? '');
    if (!stated) return wordsFinding(obx.code, words, details);
    const time = times.time(stated, obx.place);
    const placed = time.quality !== v1.TimeQuality.TIME_QUALITY_ORDER_ONLY;
    return placed ? dateTime(obx.code, time, details) : wordsFinding(obx.code, stated.text, details);
  }
  if (CODED.has(obx.type) || expected === 'CWE') {
    const value = codedValue(components, obx.number);
    if (value) return coded(obx.code, value, details);
  }
  return wordsFinding(obx.code, words, details);
}

function wordsFinding(what: Code, words: string, details: Details): Finding {
  return words === '' ? absent(what, 'unknown', details) : text(what, words, details);
}

/** A number never stands without its unit, and a unit of another kind than the term's makes it questionable. */
function numberFinding(obx: Obx, number: Hl7Number, components: readonly string[], details: Details): Finding {
  const facts = obx.number === undefined ? undefined : describe(obx.number)?.facts;
  const usual = facts?.unit?.split('|') ?? [];
  const stated = statedUnit([...obx.units, ...(obx.type === 'NM' ? components.slice(1) : [])]);
  const silent = obx.units.every((one) => one.trim() === '');
  const counted = silent ? usual.find(isCount) : undefined;
  const unit = stated ?? counted;
  if (number.kind === 'words' || unit === undefined) {
    const words = number.kind === 'words' ? number.text : components.filter(Boolean).join(' ');
    return wordsFinding(obx.code, printable(`${words} ${obx.units[0] ?? ''}`, TEXT_LENGTH), details);
  }
  const strange = usual.length > 0 && !usual.some((one) => sameKind(one, unit));
  const validity: ValidityName = strange ? 'questionable' : 'unqualified';
  if (number.kind === 'range') {
    const { low, high } = number;
    return range(obx.code, { low, high, unit }, { ...details, validity });
  }
  const sign =
    number.comparator || (obx.flags.find((flag) => flag === '<' || flag === '>') as Hl7Comparator | undefined);
  if (sign === '<>') return wordsFinding(obx.code, printable(components.join(' '), TEXT_LENGTH), details);
  return compared(observation(obx.code, number.value, unit, { ...details, validity }), sign ?? '', details);
}

function compared(finding: Finding, sign: Hl7Comparator, { as = 'observation' }: Details): Finding {
  const { [as === 'observation' ? 'observation' : as]: value } = finding;
  const comparator = COMPARATORS[sign];
  if (!value?.numeric || comparator === undefined) return finding;
  return { [as]: { ...value, numeric: { ...value.numeric, comparator } } };
}
