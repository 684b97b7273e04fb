import { MDC, mdcCode } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import {
  absent,
  bits,
  coded,
  compound,
  type Details,
  fault,
  identity,
  observation,
  time,
  type ValidityName,
} from '../findings.js';
import { type DeviceTimeline, originOf } from './gatt-clock.js';
import { measured, numericOrAbsent } from './gatt-findings.js';
import type { MedFloat } from './gatt-values.js';
import { type PhdAttributes, PRODUCTION, type TypeCode } from './phd-attributes.js';
import type { Measurement } from './phd-configuration.js';
import {
  BATTERY,
  COMPOUND_PARTS,
  deviceClassOf,
  type KnownTerm,
  knownTerm,
  specialisationCode,
  termOf,
  unitOf,
  validityOf,
} from './phd-terms.js';
import { printable } from './text.js';

/** From what an agent sent to findings. */

/** Who the device is: what it says of itself, and its class by its specialisation or by what it measures. */
export function phdIdentity(mds: PhdAttributes | undefined, types: readonly TypeCode[]): Finding {
  const [type, deviceClass] = deviceClassOf(
    (mds?.specialisations ?? []).map((one) => one.type),
    types,
  );
  const produced = (kind: number) => mds?.production?.find((entry) => entry.kind === kind)?.text;
  const said = Object.entries({
    manufacturer: mds?.model?.manufacturer,
    model: mds?.model?.model,
    serial: produced(PRODUCTION.serial),
    firmware: produced(PRODUCTION.firmware),
    hardware: produced(PRODUCTION.hardware),
    software: produced(PRODUCTION.software),
  }).map(([field, value]) => [field, printable(value ?? '')] as const);
  return identity({
    deviceClass,
    ...(type === undefined ? {} : { type: specialisationCode(type) }),
    ...Object.fromEntries(said.filter(([, value]) => value !== '')),
  });
}

/** The charge of the battery; nothing where the device states none. More than full is no charge. */
export function batteryFindings(mds: PhdAttributes | undefined, at: number): readonly Finding[] {
  const charge = mds?.batteryCharge;
  if (charge === undefined) return [];
  const details: Details = { at, source: 'MDS' };
  return [charge > 100 ? absent(BATTERY, 'not-a-number', details) : observation(BATTERY, charge, '%', details)];
}

/** When a report came, and where it stands among those of its agent. */
export interface PhdContext {
  readonly timeline: DeviceTimeline;
  /** Tablet's clock, milliseconds since 1970. */
  readonly at: number;
  /** From 1. */
  readonly order: number;
}

/** One measured value, or why there is none. A value of a kind that is not known here is told as unknown. */
export function measurementFindings(measurement: Measurement, context: PhdContext): readonly Finding[] {
  const { type, attributes } = measurement;
  const number = termOf(type);
  const code = mdcCode(number);
  const known = knownTerm(number);
  const validity = number === MDC.CONC_GLU_CONTROL ? (['test'] as const) : validityOf(attributes.measurementStatus);
  const details = detailsOf(measurement, context, validity, known);
  const { enumeration, value, compound: values } = attributes;
  if (enumeration !== undefined) {
    return [coded(code, mdcCode(termOf({ partition: type.partition, code: enumeration })), details)];
  }
  if (attributes.bits !== undefined) return [bits(code, { ...attributes.bits, set: [] }, details)];
  if (value === undefined && values === undefined) return [absent(code, 'unknown', details)];
  const unit = unitOf(attributes.unit);
  if (unit === undefined || (known && !known.units.includes(unit))) return wrongUnit(measurement, code, details);
  const usable = !validity.some((name) => name === 'invalid');
  const part = (one: MedFloat | undefined) => (usable ? numericOrAbsent(one, unit, known?.bounds) : 'unknown');
  if (values !== undefined) {
    const names = partsOf(measurement);
    // A part without a name could be anything.
    if (names.length < values.length) return [absent(code, 'error', details)];
    return [
      compound(
        code,
        values.map((one, index) => [mdcCode(names[index]!), part(one)] as const),
        details,
      ),
    ];
  }
  return [usable ? measured(code, value, unit, details, known?.bounds) : absent(code, 'unknown', details)];
}

/** A unit that is not known, or in which such a value is never given: the number means nothing. */
function wrongUnit({ attributes, handle }: Measurement, code: Code, details: Details): readonly Finding[] {
  const error = new OneBoxError('UNIT_UNKNOWN', `unit ${attributes.unit ?? 'none'}`);
  return [
    absent(code, 'error', { ...details, validity: 'invalid' }),
    fault(error, 'present', { code, detail: `handle ${handle}, unit ${attributes.unit ?? 'none'}` }),
  ];
}

function partsOf({ type, attributes }: Measurement): readonly number[] {
  const named = attributes.metricIds?.map((code) => termOf({ partition: type.partition, code }));
  return named ?? COMPOUND_PARTS[termOf(type)] ?? [];
}

function detailsOf(
  { attributes, handle, person }: Measurement,
  { timeline, at, order }: PhdContext,
  validity: readonly ValidityName[],
  known: KnownTerm | undefined,
): Details {
  const when = attributes.timeStamp === undefined ? time(at) : timeline.place(attributes.timeStamp.local, at, order);
  const origin = originOf(when, at);
  const modality = (attributes.supplementalTypes ?? []).map(termOf);
  const spot = modality.includes(MDC.MODALITY_SPOT);
  return {
    at: when,
    source: `handle ${handle}`,
    origin,
    validity,
    qualifiers: modality.map((number) => mdcCode(number)),
    ...(known?.freshFor !== undefined && origin === 'live' && !spot ? { freshFor: known.freshFor } : {}),
    ...(person === undefined ? {} : { component: `person.${person}` }),
  };
}

/** What the device could have measured and did not. */
export function notMeasured(types: readonly TypeCode[], at: number): readonly Finding[] {
  return types.map((type) => absent(mdcCode(termOf(type)), 'not-performed', { at, source: 'configuration' }));
}
