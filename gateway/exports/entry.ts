import { v1 } from '@onebox/protocol/audit-messages.js';
import { errorLabel } from '@onebox/protocol/errors.js';
import {
  EVENTS,
  type EventDefinition,
  eventByNumber,
  FACTOR_NUMBERS,
  type Outcome,
  REASON_NUMBERS,
  ROLE_NUMBERS,
} from '../audit/events.js';
import { isDriverId, isDriverVersion } from '../audit/record.js';
import { type ActionCode, EXPORT_ROWS } from './catalogue.js';

/**
 * A record of the log with its numbers turned into codes: what all exports and the list on the terminal are made of.
 * Nothing in it was ever typed by a person or sent by a device; pseudonyms and ids are lower-case hex.
 */
export interface TrailEntry {
  readonly index: number;
  /** Tablet clock, milliseconds since 1970. */
  readonly at: number;
  /** Name in the catalogue, or `event99` for an event of a later version. */
  readonly event: string;
  readonly title: string;
  readonly action: ActionCode;
  /** Event id and event type code of DICOM PS3.15 annex A.5. */
  readonly dicom: EventDefinition['dicom'];
  readonly outcome: Outcome;
  readonly error?: string;
  /** Of a run with simulated devices. */
  readonly practice: boolean;
  readonly person?: string;
  readonly secondPerson?: string;
  readonly device?: string;
  readonly accessId?: string;
  readonly sessionId?: string;
  /** HL7 v3-ActReason: ERTREAT, BTG, HTEST. */
  readonly purpose?: string;
  readonly reason?: string;
  readonly role?: string;
  readonly factors?: readonly string[];
  readonly driver?: { readonly id: string; readonly version: string; readonly sha256?: string };
  readonly transport?: string;
  readonly completeness?: string;
  readonly keyEpoch?: number;
  /** The process that wrote it, and milliseconds since that started, on a clock that never goes back. */
  readonly bootId: string;
  readonly monotonicMs: number;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Processes that ran with simulated devices, by their boot ids in hex. */
export type PracticeBoots = ReadonlySet<string>;

/** The boot id of the run that this record says was practice; undefined for any other record. */
export function practiceBoot(record: v1.AuditRecord): string | undefined {
  const started = record.event === EVENTS.applicationStarted.number && record.number.practice === 1;
  return started ? hex(record.bootId) : undefined;
}

/** What the log says in one record. Number names, drivers and codes that the catalogue does not know are left out. */
export function entryOf(record: v1.AuditRecord, practice: PracticeBoots): TrailEntry {
  const name = eventByNumber(record.event);
  const definition: EventDefinition | undefined = name && EVENTS[name];
  const numbers = Object.entries(record.number).filter(([key]) => definition?.numbers.includes(key));
  const factors = record.factor.flatMap((number) => keyOf(FACTOR_NUMBERS, number) ?? []);
  const bootId = hex(record.bootId);
  return {
    index: record.index,
    at: record.unixMs,
    event: name ?? `event${record.event}`,
    // An older program cannot know what an event of a later one means.
    title: name ? EXPORT_ROWS[name].title : 'Event of a later version',
    action: name ? EXPORT_ROWS[name].action : 'E',
    dicom: definition?.dicom ?? { id: 110100 },
    outcome: outcomeOf(record.outcome),
    practice: practice.has(bootId) || record.purpose === v1.PurposeOfUse.PURPOSE_OF_USE_HTEST,
    ...present('error', record.error === 0 ? undefined : errorLabel(record.error)),
    ...present('person', hexOrNothing(record.person)),
    ...present('secondPerson', hexOrNothing(record.secondPerson)),
    ...present('device', hexOrNothing(record.device)),
    ...present('accessId', hexOrNothing(record.accessId)),
    ...present('sessionId', hexOrNothing(record.sessionId)),
    ...present('purpose', enumCode(v1.PurposeOfUse, 'PURPOSE_OF_USE_', record.purpose)),
    ...present('reason', keyOf(REASON_NUMBERS, record.reason)),
    ...present('role', keyOf(ROLE_NUMBERS, record.role)),
    ...present('factors', factors.length === 0 ? undefined : factors),
    ...present('driver', driverOf(record)),
    ...present('transport', enumCode(v1.Transport, 'TRANSPORT_', record.transport)?.toLowerCase()),
    ...present('completeness', enumCode(v1.Completeness, 'COMPLETENESS_', record.completeness)?.toLowerCase()),
    ...present('keyEpoch', record.keyEpoch === 0 ? undefined : record.keyEpoch),
    bootId,
    monotonicMs: record.monotonicMs,
    numbers: Object.fromEntries(numbers),
  };
}

/** Everything that has no place of its own in FHIR and DICOM, as named codes and numbers in decimal. */
export function detailsOf(entry: TrailEntry): readonly (readonly [name: string, value: string])[] {
  const { driver, transport, completeness, factors, purpose, reason, keyEpoch, practice } = entry;
  const found: (readonly [string, string | number | undefined])[] = [
    ['index', entry.index],
    ['bootId', entry.bootId],
    ['monotonicMs', entry.monotonicMs],
    ['practice', practice ? 1 : undefined],
    ['purpose', purpose],
    ['reason', reason],
    ['factors', factors?.join(' ')],
    ['transport', transport],
    ['completeness', completeness],
    ['driverSha256', driver?.sha256],
    ['keyEpoch', keyEpoch],
    ...Object.entries(entry.numbers).map(([name, value]) => [`number.${name}`, value] as const),
  ];
  return found.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as const],
  );
}

/** The time of an entry as XML Schema and FHIR write it, UTC. Their years have four digits: a clock beyond is at its limit. */
export function instant(at: number): string {
  return new Date(Math.min(Math.max(at, FIRST), LAST)).toISOString();
}

const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

function driverOf({ driver }: v1.AuditRecord): TrailEntry['driver'] {
  const { id, version, sha256 } = driver ?? {};
  if (!id || !version || !isDriverId(id) || !isDriverVersion(version)) return undefined;
  return { id, version, ...present('sha256', sha256 ? hexOrNothing(sha256) : undefined) };
}

/** Outcomes are 0, 4, 8 and 12; a number between them, which we never write, counts as the worse one. */
function outcomeOf(outcome: number): Outcome {
  if (outcome <= 0) return 0;
  if (outcome <= 4) return 4;
  return outcome <= 8 ? 8 : 12;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hexOrNothing = (bytes: Uint8Array): string | undefined => (bytes.length === 0 ? undefined : hex(bytes));

function keyOf<K extends string>(numbers: Readonly<Record<K, number>>, wanted: number): K | undefined {
  return (Object.keys(numbers) as K[]).find((key) => numbers[key] === wanted);
}

function enumCode(names: Readonly<Record<number, string>>, prefix: string, value: number): string | undefined {
  return value === 0 ? undefined : names[value]?.slice(prefix.length);
}

function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
