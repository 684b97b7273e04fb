import type { AuditRecord } from '@onebox/protocol/audit-messages.js';

/** An hour of reading with a record every second. */
const MAX = 4096;

/**
 * Records of what had happened already when the disk refused them. They wait in memory, in order and with
 * the times at which it happened, and come first in the next write that succeeds.
 */
export class LateRecords {
  private records: AuditRecord[] = [];
  private lost_ = 0;

  get waiting(): readonly AuditRecord[] {
    return this.records;
  }

  /** Came when there was no room any more. */
  get lost(): number {
    return this.lost_;
  }

  keep(record: AuditRecord): void {
    if (this.records.length < MAX) this.records.push(record);
    else this.lost_ += 1;
  }

  /** The first `count` of them, and the loss, are durable now. */
  written(count: number, lost: number): void {
    this.records = this.records.slice(count);
    this.lost_ -= lost;
  }
}
