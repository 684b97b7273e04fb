import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AccessControl } from '../access/access.js';
import type { Factor } from '../api.js';
import { EVENTS } from '../audit/events.js';
import type { AuditLog } from '../audit/log.js';
import type { RecordInfo, RecordStore } from './store.js';

/** A record as those see it who look after the tablet: nothing of what was read, nothing of the device. */
export interface KeptRecord extends RecordInfo {
  /** Of its access, for people, e.g. `A-2026-17`; absent when the log does not say. */
  readonly reference?: string;
}

/** Which records an order is about: all, or those of one access by its reference or its id. */
export type ErasureOrder = { readonly all: true } | { readonly access: string };

export interface Erased {
  readonly records: number;
  /** The accesses whose records they were. */
  readonly accesses: readonly string[];
  /** Entries of the log that say that each is gone: receipts of them prove it, when the tablet has been locked once. */
  readonly entries: readonly number[];
}

export interface RecordKeepingParts {
  readonly store: { readonly access: AccessControl; readonly audit: AuditLog; readonly records: RecordStore };
  readonly practice: boolean;
  /** Ends the access when it is open, and takes what was read from the screen; then destroys its records. */
  readonly erase: (accessId: string) => Promise<void>;
}

/** The records of a tablet for its privacy officer and its device manager: to list, and to erase on order. */
export class RecordKeeping {
  constructor(private readonly parts: RecordKeepingParts) {}

  /** Throws LOCKED, FORBIDDEN, NOT_ENROLLED. */
  async list(): Promise<readonly KeptRecord[]> {
    const { store, practice } = this.parts;
    await store.access.authoriseTool('recordList', practice);
    return await this.kept();
  }

  /**
   * Erases against a fresh factor. The order is durable in the log before the first key is destroyed, and each
   * destruction is a record of its own. Throws RECORD_GONE when there is none of the access, and as
   * `AccessControl.authoriseFresh`, AUDIT_WRITE, STORE_DENIED.
   */
  async erase(order: ErasureOrder, factor: Factor | undefined): Promise<Erased> {
    const { store, practice } = this.parts;
    const who = await store.access.authoriseFresh('eraseRecords', practice, factor);
    const kept = await this.kept();
    const wanted = 'all' in order ? kept : kept.filter((one) => [one.accessId, one.reference].includes(order.access));
    if (wanted.length === 0 && !('all' in order)) throw new OneBoxError('RECORD_GONE', 'no record of this access');
    const accesses = [...new Set(wanted.map(({ accessId }) => accessId))];
    await store.audit.append('erasureOrdered', {
      ...who,
      ...('all' in order ? {} : { accessId: accesses[0]! }),
      numbers: { records: wanted.length, all: Number('all' in order) },
    });
    for (const accessId of accesses) await this.parts.erase(accessId);
    const ids = new Set(wanted.map(({ recordId }) => recordId));
    const entries = (await store.audit.records())
      .filter(({ event, sessionId }) => event === EVENTS.recordErased.number && ids.has(hex(sessionId)))
      .map(({ index }) => index);
    return { records: wanted.length, accesses, entries };
  }

  private async kept(): Promise<readonly KeptRecord[]> {
    const { records, audit } = this.parts.store;
    const infos = await records.list();
    if (infos.length === 0) return [];
    const references = new Map<string, string>();
    for (const { event, accessId, index, unixMs } of await audit.records())
      if (event === EVENTS.breakGlassOpened.number)
        references.set(hex(accessId), `A-${new Date(unixMs).getUTCFullYear()}-${index}`);
    return infos.map((info) => {
      const reference = references.get(info.accessId);
      return reference === undefined ? info : { ...info, reference };
    });
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
