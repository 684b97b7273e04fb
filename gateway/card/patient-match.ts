import { serialEnd } from '@onebox/protocol/serial-number.js';
import type { PatientMatch } from './model.js';

/** What is known of whether the device is the patient's. */
export interface MatchEvidence {
  readonly transport: 'ble' | 'serial' | 'file';
  /** Serial number as the device gives it; none, or not yet. */
  readonly serial?: string | undefined;
  /** Its last characters as somebody reads them off the device card or the housing. */
  readonly said?: string | undefined;
  /** Nothing more will be read. */
  readonly over: boolean;
}

/**
 * Whether the device that is read is the one on the patient (ux.md 6.3). A cable goes to one device only; a radio or a
 * file is anybody's until the end of the serial number has been compared. Nothing else confirms: a strong signal is
 * not nearness. A number that somebody said counts before everything: it is what the log tells of.
 */
export function patientMatch({ transport, serial, said, over }: MatchEvidence): PatientMatch {
  if (said === undefined)
    return transport === 'serial' ? { state: 'confirmed', by: 'cable' } : { state: 'not-confirmed' };
  const end = serialEnd(serial ?? '');
  if (end === undefined) return { state: over ? 'no-serial' : 'waiting' };
  return { state: end === said.toUpperCase() ? 'confirmed' : 'contradicted', by: 'serial-number' };
}
