import type { WaitingRecord } from '../api.js';
import { eventMessage } from './events.js';
import type { AuditLog } from './log.js';
import { decodeRecord } from './record.js';

/** What a code on the screen begins with: whoever scans it knows what it is. */
const WAITING_PREFIX = 'OBAR1:';

/**
 * The records that wait in memory, as the log will hold them, byte for byte: whoever photographs a code has the leaf,
 * and can look for it in the log later. Codes, counts and keyed pseudonyms, like all of the log.
 */
export function waitingRecords(audit: AuditLog): readonly WaitingRecord[] {
  return audit.waiting().flatMap((body) => {
    const record = decodeRecord(body);
    if (record === undefined) return [];
    const { index, unixMs: at, event } = record;
    return [
      { index, at, event: eventMessage(event), code: `${WAITING_PREFIX}${Buffer.from(body).toString('base64url')}` },
    ];
  });
}
