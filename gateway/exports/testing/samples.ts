import { v1 } from '@onebox/protocol/audit-messages.js';
import { EVENTS, type EventDefinition, type EventName } from '../../audit/events.js';
import { type AuditFields, decodeRecord, draftRecord, encodeRecord } from '../../audit/record.js';

/** For tests: a record of every event, once with as little and once with as much as a record can say. */
export function samples(): readonly v1.AuditRecord[] {
  const names = Object.keys(EVENTS) as EventName[];
  return names.flatMap((name, at) => [sample(name, {}, 2 * at), sample(name, everything(name), 2 * at + 1)]);
}

export function sample(name: EventName, fields: AuditFields, index: number): v1.AuditRecord {
  const stamp = { unixMs: Date.UTC(2026, 10, 22, 14, 32, 7, 911) + index, monotonicMs: 1000 + index, bootId: BOOT };
  return decodeRecord(encodeRecord(draftRecord(name, fields, stamp), index))!;
}

export const LOG = '00112233445566aa';
const BOOT = new Uint8Array(16).fill(0xb0);

export function everything(name: EventName): AuditFields {
  const { numbers }: EventDefinition = EVENTS[name];
  return {
    outcome: 8,
    error: 'FORBIDDEN',
    person: new Uint8Array(16).fill(0x11),
    secondPerson: new Uint8Array(16).fill(0x22),
    device: new Uint8Array(16).fill(0x33),
    accessId: '44'.repeat(16),
    sessionId: '55'.repeat(16),
    purpose: v1.PurposeOfUse.PURPOSE_OF_USE_BTG,
    reason: 'unresponsive',
    role: 'privacy-officer',
    factors: ['pin'],
    driver: { id: 'onebox-native', version: '1.2.3', sha256: new Uint8Array(32).fill(0x66) },
    transport: 'serial',
    completeness: v1.Completeness.COMPLETENESS_PARTIAL,
    keyEpoch: 7,
    numbers: Object.fromEntries(numbers.map((key, at) => [key, at + 1])),
  };
}
