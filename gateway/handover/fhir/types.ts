import { ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import { toText } from '@onebox/protocol/decimal.js';
import type { Code, Decimal, Numeric, Range, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { comparatorSign, timeQuality } from '../../card/words.js';
import { instant } from '../../exports/entry.js';
import { plain } from '../plain.js';
import { ExactNumber, type Json } from './exact-json.js';

/** Data types of FHIR R4 out of ours. Whatever FHIR has no place for is an extension of ours, and said in docs/handover.md. */

/** An element or a resource: what is undefined is left out. */
export type Element = { readonly [name: string]: Json | undefined };

export const SYSTEMS = {
  absent: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
  ucum: 'http://unitsofmeasure.org',
  reason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  participant: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
  // Ours.
  absentOwn: 'urn:onebox:absent-reason',
  deviceClass: 'urn:onebox:device-class',
  kind: 'urn:onebox:kind-of-statement',
  severity: 'urn:onebox:severity',
  state: 'urn:onebox:alert-state',
} as const;

/** `date` of FHIR: a year, a month or a day, as the device says it. */
export const isDate = (text: string): boolean =>
  /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/.test(text);

const EXTENSION = 'urn:onebox:extension:';

export const extension = (name: string, value: Element): Element => ({ url: `${EXTENSION}${name}`, ...value });

export const coding = (system: string, code: string, display?: string): Element => ({
  system,
  code,
  ...(display ? { display } : {}),
});

export const concept = (system: string, code: string, display?: string): Element => ({
  coding: [coding(system, code, display)],
});

/** A CodeableConcept with every coding that has a code; undefined where there is neither a code nor a word. */
export function codeable(code: Code | null | undefined): Element | undefined {
  const words = (code?.coding ?? []).map(({ display }) => plain(display)).find(Boolean);
  const codings = (code?.coding ?? []).flatMap((one) => {
    const value = plain(one.code).replace(/\s+/gu, ' ');
    const system = plain(one.system).replace(/\s/gu, '');
    if (value === '') return [];
    const display = plain(one.display) || plain(one.refId);
    return [{ ...(system ? { system } : {}), code: value, ...(display ? { display } : {}) }];
  });
  if (codings.length === 0 && !words) return undefined;
  return { ...(codings.length > 0 ? { coding: codings } : {}), ...(words ? { text: words } : {}) };
}

/** As `codeable`, where FHIR wants one. */
export const codeableOrUnknown = (code: Code | null | undefined): Element =>
  codeable(code) ?? { ...concept(ONEBOX_SYSTEM, 'unknown'), text: 'not known' };

export const exact = (value: Decimal | null | undefined): ExactNumber => new ExactNumber(toText(value ?? {}));

export function quantity(numeric: Pick<Numeric, 'value' | 'unit' | 'comparator'>): Element {
  const sign = comparatorSign(numeric.comparator);
  const unit = plain(numeric.unit).replace(/\s/gu, '') || '1';
  return {
    // FHIR has no comparator for an estimate.
    ...(sign === '~' ? { extension: [extension('about', { valueBoolean: true })] } : {}),
    value: exact(numeric.value),
    ...(sign && sign !== '~' ? { comparator: sign } : {}),
    ...(unit === '1' ? {} : { unit }),
    system: SYSTEMS.ucum,
    code: unit,
  };
}

export const range = ({ low, high, unit }: Range): Element => ({
  ...(low ? { low: quantity({ value: low, unit: unit ?? '1' }) } : {}),
  ...(high ? { high: quantity({ value: high, unit: unit ?? '1' }) } : {}),
});

/** The names of ours of a time that has a place on the calendar; with `prefix` those of a value. */
export function time(given: Time | null | undefined, prefix: 'effective' | 'value'): Element {
  if (!given?.unixMs) return {};
  const start = instant(given.unixMs);
  return given.endUnixMs && given.endUnixMs > given.unixMs
    ? { [`${prefix}Period`]: { start, end: instant(given.endUnixMs) } }
    : { [`${prefix}DateTime`]: start };
}

/** How far a time can be trusted, what the device itself says, and the order where that is all. */
export function timeExtensions(given: Time | null | undefined): Element[] {
  const quality = timeQuality(given?.quality);
  const said = plain(given?.deviceText);
  return [
    ...(quality ? [extension('time-quality', { valueCode: quality })] : []),
    ...(said ? [extension('device-time', { valueString: said })] : []),
    ...(given?.quality === v1.TimeQuality.TIME_QUALITY_ORDER_ONLY && given.order
      ? [extension('order', { valueInteger: given.order })]
      : []),
  ];
}

const OWN_ABSENT: ReadonlySet<string> = new Set(['off']);

/** Why there is no value. `off` is of IEEE 11073-10103; FHIR has no code for it. */
export const absentReason = (code: string): Element =>
  OWN_ABSENT.has(code) ? concept(SYSTEMS.absentOwn, code, 'switched off in the device') : concept(SYSTEMS.absent, code);
