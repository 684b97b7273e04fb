import { type AuditRecord, v1 } from '@onebox/protocol/audit-messages.js';
import { ERRORS, type ErrorName, errorLabel, OneBoxError } from '@onebox/protocol/errors.js';
import type { AuditRow, FactorKind, Reason, Role } from '../api.js';
import {
  EVENTS,
  type EventDefinition,
  type EventName,
  type EventNumber,
  eventMessage,
  FACTOR_NUMBERS,
  type Outcome,
  REASON_NUMBERS,
  ROLE_NUMBERS,
} from './events.js';

/** Version of the meaning of the fields. */
const SCHEMA = 1;
const PSEUDONYM_BYTES = 16;
/** A wrapped key of 16 bytes with its nonce and tag, and room for other vaults. */
const SEAL_BYTES = 128;
const ID = /^[0-9a-f]{32}$/;
const DRIVER_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const DRIVER_VERSION = /^\d{1,5}(\.\d{1,5}){0,3}(-[a-z0-9.]{1,16})?$/;

/** What an event may say. Names, serial numbers, values and texts have no place here. */
export interface AuditFields<E extends EventName = EventName> {
  /** Replaces the outcome of the catalogue. */
  readonly outcome?: Outcome;
  readonly error?: ErrorName;
  /** Keyed pseudonyms of 16 bytes. */
  readonly person?: Uint8Array;
  readonly secondPerson?: Uint8Array;
  readonly device?: Uint8Array;
  /** 16 bytes in hex. */
  readonly accessId?: string;
  readonly sessionId?: string;
  readonly purpose?: v1.PurposeOfUse;
  readonly reason?: Reason;
  readonly role?: Role;
  readonly factors?: readonly FactorKind[];
  readonly driver?: { readonly id: string; readonly version: string; readonly sha256?: Uint8Array };
  readonly transport?: 'ble' | 'serial' | 'file';
  readonly completeness?: v1.Completeness;
  readonly numbers?: Readonly<Partial<Record<EventNumber<E>, number>>>;
  readonly keyEpoch?: number;
  /** What the vault sealed over a decision. */
  readonly seal?: Uint8Array;
}

export interface Stamp {
  readonly unixMs: number;
  readonly monotonicMs: number;
  readonly bootId: Uint8Array;
}

const TRANSPORTS = {
  ble: v1.Transport.TRANSPORT_BLE,
  serial: v1.Transport.TRANSPORT_SERIAL,
  file: v1.Transport.TRANSPORT_FILE,
};

/** A record but for its index. Throws INTERNAL when a field could carry what it must not. */
export function draftRecord<E extends EventName>(name: E, fields: AuditFields<E>, stamp: Stamp): AuditRecord {
  const definition: EventDefinition = EVENTS[name];
  const numbers = Object.entries<number | undefined>(fields.numbers ?? {}).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  for (const [key, value] of numbers)
    if (!definition.numbers.includes(key) || !Number.isSafeInteger(value)) throw refused(name, key);
  for (const pseudonym of [fields.person, fields.secondPerson, fields.device])
    if (pseudonym !== undefined && pseudonym.length !== PSEUDONYM_BYTES) throw refused(name, 'pseudonym');
  if (fields.seal !== undefined && fields.seal.length > SEAL_BYTES) throw refused(name, 'seal');
  const record: AuditRecord = {
    schema: SCHEMA,
    unixMs: Math.round(stamp.unixMs),
    monotonicMs: Math.max(0, Math.round(stamp.monotonicMs)),
    bootId: stamp.bootId,
    event: definition.number,
    outcome: fields.outcome ?? definition.outcome,
  };
  if (fields.error !== undefined) record.error = ERRORS[fields.error].code;
  if (fields.person !== undefined) record.person = fields.person;
  if (fields.secondPerson !== undefined) record.secondPerson = fields.secondPerson;
  if (fields.device !== undefined) record.device = fields.device;
  if (fields.accessId !== undefined) record.accessId = idBytes(name, fields.accessId);
  if (fields.sessionId !== undefined) record.sessionId = idBytes(name, fields.sessionId);
  if (fields.purpose !== undefined) record.purpose = fields.purpose;
  if (fields.reason !== undefined) record.reason = REASON_NUMBERS[fields.reason];
  if (fields.role !== undefined) record.role = ROLE_NUMBERS[fields.role];
  if (fields.factors !== undefined) record.factor = fields.factors.map((kind) => FACTOR_NUMBERS[kind]);
  if (fields.driver !== undefined) record.driver = driverReference(name, fields.driver);
  if (fields.transport !== undefined) record.transport = TRANSPORTS[fields.transport];
  if (fields.completeness !== undefined) record.completeness = fields.completeness;
  if (fields.keyEpoch !== undefined) record.keyEpoch = fields.keyEpoch;
  if (fields.seal !== undefined) record.seal = fields.seal;
  // Sorted keys and no defaults: one record has one encoding.
  if (numbers.length > 0) record.number = Object.fromEntries(numbers.sort(([a], [b]) => (a < b ? -1 : 1)));
  return record;
}

/** The bytes of the leaf: fields in the order of their numbers, without defaults. */
export function encodeRecord(draft: AuditRecord, index: number): Uint8Array {
  return v1.AuditRecord.encode({ ...draft, index }).finish();
}

/** Undefined when the bytes are no record. */
export function decodeRecord(body: Uint8Array): v1.AuditRecord | undefined {
  try {
    return v1.AuditRecord.decode(body);
  } catch {
    return undefined;
  }
}

/** A record as the user interface shows it. */
export function auditRow(record: v1.AuditRecord): AuditRow {
  const row = {
    index: record.index,
    at: record.unixMs,
    event: eventMessage(record.event),
    outcome: outcomeName(record.outcome),
    numbers: { ...record.number },
  };
  return {
    ...row,
    ...(record.error === 0 ? {} : { error: errorLabel(record.error) }),
    ...(record.driver ? { driver: `${record.driver.id} ${record.driver.version}` } : {}),
  };
}

function outcomeName(outcome: number): AuditRow['outcome'] {
  if (outcome === 0) return 'success';
  if (outcome <= 4) return 'minor';
  return outcome <= 8 ? 'serious' : 'major';
}

/** Ids and versions of drivers have these shapes: a record, or an export of one, can hold no others. */
export const isDriverId = (text: string): boolean => DRIVER_ID.test(text);
export const isDriverVersion = (text: string): boolean => DRIVER_VERSION.test(text);

function driverReference(name: EventName, driver: NonNullable<AuditFields['driver']>) {
  if (!isDriverId(driver.id) || !isDriverVersion(driver.version)) throw refused(name, 'driver');
  if (driver.sha256 !== undefined && driver.sha256.length !== 32) throw refused(name, 'driver hash');
  return { id: driver.id, version: driver.version, ...(driver.sha256 === undefined ? {} : { sha256: driver.sha256 }) };
}

function idBytes(name: EventName, id: string): Uint8Array {
  if (!ID.test(id)) throw refused(name, 'id');
  return Buffer.from(id, 'hex');
}

function refused(name: EventName, what: string): OneBoxError {
  return new OneBoxError('INTERNAL', `audit.${name}: ${what}`);
}
