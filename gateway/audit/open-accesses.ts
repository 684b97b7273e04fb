import type { AuditRecord, v1 } from '@onebox/protocol/audit-messages.js';
import { ACCESS_STARTS, ACCESS_STOPS } from './events.js';

/** The last start of each access that has no end in the log so far. */
export class OpenAccesses {
  private readonly starts = new Map<string, v1.AuditRecord>();

  get all(): readonly v1.AuditRecord[] {
    return [...this.starts.values()];
  }

  follow(record: AuditRecord): void {
    const access = Buffer.from(record.accessId ?? []).toString('hex');
    if (ACCESS_STARTS.includes(record.event ?? 0)) this.starts.set(access, record as v1.AuditRecord);
    if (ACCESS_STOPS.includes(record.event ?? 0)) this.starts.delete(access);
  }
}
