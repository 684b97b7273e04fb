import { describe, MDC_SYSTEM } from '@onebox/protocol/codes.js';
import { toText } from '@onebox/protocol/decimal.js';
import { type Code, type Decimal, type Numeric, type Observation, type Time, v1 } from '@onebox/protocol/messages.js';
import { absentCode, comparatorSign, originWord, timeQuality, validityWord } from '../../card/words.js';
import { plain } from '../plain.js';
import { components, dtm, escaped, numbered } from './segment.js';

/** OBX segments (IHE PCD TF-2, 3.9.4.1.2.5): one value each, and what the standard has no field for as a note behind it. */

/** Codes that are no standard's (HL7 v2.6, table 0396: local codes begin with 99). */
const OWN = '99ONEBOX';
const SYSTEM_NAMES: ReadonlyMap<string, string> = new Map([
  [MDC_SYSTEM, 'MDC'],
  ['http://loinc.org', 'LN'],
  ['http://snomed.info/sct', 'SCT'],
]);
/** Entered, not verified: nobody has confirmed what an emergency read brings. */
const NOT_VERIFIED = 'R';
const WITHOUT_VALUE = 'X';

export interface Obx {
  readonly code: Code | null | undefined;
  readonly type: 'NM' | 'SN' | 'ST' | 'CWE' | 'DTM' | '';
  /** OBX-5, written. */
  readonly value: string;
  readonly unit?: string;
  /** OBX-4. */
  readonly group?: number;
  /** OBX-8. */
  readonly flags?: readonly string[];
  readonly status?: string;
  readonly at?: Time | null | undefined;
  /** OBX-17: how the device came to the value, and its own name of it. */
  readonly origin?: string | undefined;
  readonly field?: string | null | undefined;
  readonly notes?: readonly string[];
}

/** CWE: the codings that have a code, at most two, and the words of the device. */
export function cwe(code: Code | null | undefined): string {
  const codings = (code?.coding ?? []).filter((one) => plain(one.code) !== '').slice(0, 2);
  const said = (code?.coding ?? []).map(({ display }) => plain(display)).find(Boolean);
  if (codings.length === 0) return components('', said ?? 'not known');
  const parts = codings.flatMap((one) => [one.code, one.refId || nameOf(code) || one.display, systemOf(one.system)]);
  // OBX-5.9, the original text: where it says more.
  const more = said !== undefined && !parts.some((part) => plain(part) === said) ? said : '';
  return components(...parts, ...Array.from({ length: 8 - parts.length }, () => ''), more);
}

/** The name of a term of ours, which has no words of its own. */
const nameOf = (code: Code | null | undefined): string | undefined => describe(code ?? {})?.meaning;

const systemOf = (system: string | null | undefined): string =>
  SYSTEM_NAMES.get(system ?? '') ?? (/^urn:onebox:hl7:(.+)$/.exec(system ?? '')?.[1] || OWN);

/** A concept of ours about the hand-over itself. */
export const own = (code: string, words: string): Code => ({
  coding: [{ system: 'urn:onebox:hl7:99ONEBOX', code, display: words }],
});

/** The segments of one OBX; `place` is OBX-1. */
export function obxLines(obx: Obx, place: number): string[] {
  const { type, value, unit, group, flags = [], at, origin, field, notes = [] } = obx;
  const empty = value === '';
  const said = [...notes, ...timeNotes(at)];
  return [
    numbered('OBX', {
      1: String(place),
      2: empty ? '' : type,
      3: cwe(obx.code),
      4: group === undefined ? '' : String(group),
      5: value,
      6: empty ? '' : escaped(unit),
      8: flags.map(escaped).join('~'),
      11: obx.status ?? (empty ? WITHOUT_VALUE : NOT_VERIFIED),
      14: dtm(at?.unixMs),
      17: origin ? components(origin, field, OWN) : '',
    }),
    ...said.map((words, index) => numbered('NTE', { 1: String(index + 1), 2: 'P', 3: escaped(words) })),
  ];
}

/** Everything of a time that OBX-14 does not say. */
function timeNotes(at: Time | null | undefined): string[] {
  const quality = timeQuality(at?.quality);
  if (!at || !quality || (quality === 'tablet' && !at.endUnixMs)) return [];
  const said = plain(at.deviceText);
  const parts = [
    {
      tablet: '',
      device: 'time by device clock',
      corrected: 'time corrected',
      reconstructed: 'time reconstructed',
      'order-only': `order ${at.order ?? 0}, device clock not set`,
    }[quality],
    at.endUnixMs ? `until ${dtm(at.endUnixMs)}` : '',
    said && quality !== 'tablet' ? `device says ${said}` : '',
  ].filter(Boolean);
  // What the device says and OBX-14 are the same then.
  return quality === 'device' && !at.endUnixMs ? [] : [parts.join(', ')];
}

type Written = Pick<Obx, 'type' | 'value'> & Partial<Pick<Obx, 'unit' | 'flags' | 'status' | 'notes'>>;

/** OBX-8: no value, and why. What IDCO has no flag for stands behind NAV, as FHIR calls it. */
const ABSENT: Readonly<Record<string, Written>> = {
  unknown: { type: '', value: '', flags: ['NI'] },
  off: { type: '', value: '', flags: ['OFF'] },
  'positive-infinity': { type: '', value: '', flags: ['>'] },
  'negative-infinity': { type: '', value: '', flags: ['<'] },
  'not-performed': { type: '', value: '', status: 'N' },
};

function absent(reason: Observation['absent']): Written {
  const code = absentCode(reason) ?? 'unknown';
  return ABSENT[code] ?? { type: '', value: '', flags: ['NAV', code] };
}

export function numeric({ value, unit, comparator }: Pick<Numeric, 'value' | 'unit' | 'comparator'>): Written {
  const sign = comparatorSign(comparator);
  const number = toText(value ?? {});
  if (sign === undefined || sign === '~')
    return { type: 'NM', value: number, unit: unit || '1', ...(sign ? { notes: ['about'] } : {}) };
  return { type: 'SN', value: `${sign}^${number}`, unit: unit || '1' };
}

function range(low: Decimal | null | undefined, high: Decimal | null | undefined, unit: string): Written {
  if (low && high) return { type: 'SN', value: `^${toText(low)}^-^${toText(high)}`, unit };
  if (low) return { type: 'SN', value: `>=^${toText(low)}`, unit };
  return high ? { type: 'SN', value: `<=^${toText(high)}`, unit } : { type: '', value: '', flags: ['NI'] };
}

function words(text: string | null | undefined): Written {
  const value = escaped(text);
  return value ? { type: 'ST', value } : { type: '', value: '', flags: ['NI'] };
}

/** OBX-5 and what belongs to it. Parts of a compound are segments of their own, and strips none. */
function written(value: Observation): Written {
  if (value.numeric) return numeric(value.numeric);
  if (value.coded) return { type: 'CWE', value: cwe(value.coded) };
  if (value.text) return words(value.text);
  if (value.range) return range(value.range.low, value.range.high, value.range.unit || '1');
  if (value.dateTime) {
    const at = dtm(value.dateTime.unixMs);
    return at ? { type: 'DTM', value: at, notes: timeNotes(value.dateTime) } : words(value.dateTime.deviceText);
  }
  if (value.bits) {
    const set = (value.bits.set ?? []).flatMap(({ meaning }) => (meaning ? [cwe(meaning)] : []));
    return set.length > 0
      ? { type: 'CWE', value: set.join('~') }
      : words(`no bit set that is known, ${value.bits.raw ?? 0}`);
  }
  return absent(value.absent);
}

/** Segments for one value; the parts of a compound share their time, source and group. */
export function valueObx(value: Observation, group: number | undefined): Obx[] {
  const { compound, validity, source, original, limit } = value;
  const said = (validity ?? []).map(validityWord).filter((word) => word !== 'unqualified' && word !== 'unspecified');
  const shared = {
    at: value.time,
    origin: originWord(source?.origin),
    field: source?.field,
    ...(group === undefined ? {} : { group }),
  };
  const notes = [
    ...(original ? [`as the device said it: ${toText(original.value ?? {})} ${plain(original.unit)}`] : []),
    ...(limit ?? []).map(({ kind, value: bound, reference }) =>
      [
        `${kind === v1.Limit.Kind.KIND_LOW ? 'low' : 'high'} limit ${toText(bound?.value ?? {})} ${plain(bound?.unit)}`,
        plain(reference),
      ]
        .filter(Boolean)
        .join(', '),
    ),
  ];
  const one = (code: Obx['code'], { flags = [], notes: more = [], ...rest }: Written): Obx => ({
    ...shared,
    ...rest,
    code,
    flags: [...flags, ...said],
    notes: [...more, ...notes],
  });
  const parts = compound?.part ?? [];
  if (parts.length === 0) return [one(value.code, written(value))];
  return parts.map((part) => one(part.code, part.numeric ? numeric(part.numeric) : absent(part.absent)));
}
