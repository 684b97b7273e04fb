import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AccessControl } from '../access/access.js';
import type { Factor, Inventory } from '../api.js';
import type { AuditLog } from '../audit/log.js';
import type { Files } from '../files/files.js';
import type { RecordStore } from '../records/store.js';
import { formerFolder } from './clearing.js';
import { removeMarker, writeMarker } from './marker.js';

export interface DecommissioningParts {
  readonly store: {
    readonly access: AccessControl;
    readonly audit: AuditLog;
    readonly records: RecordStore;
    readonly auditKey: string | undefined;
  };
  readonly dataFolder: string;
  readonly files: Files;
  readonly practice: boolean;
  /** Driver packages on the tablet, and keys of vendors and reviewers that it trusts. */
  readonly trusted: () => { readonly drivers: number; readonly keys: number };
  /** Ends all accesses and erases what was read under them. */
  readonly closeAll: () => Promise<void>;
}

/** As it is ordered. */
export interface Decommissioned extends Inventory {
  /** Id of the log, in hex, and the entry that says it. */
  readonly log: string;
  readonly entry: number;
  /** C2SP verifier key of the log. */
  readonly key: string;
  /** Where the log, its key and the receipt are when the store has been opened the next time. */
  readonly former: string;
}

/** The end of a tablet in these hands: all that it holds of people and patients is destroyed, the log stays. */
export class Decommissioning {
  constructor(private readonly parts: DecommissioningParts) {}

  /** What would be destroyed, and the code that confirms it. Throws LOCKED, FORBIDDEN, NOT_ENROLLED. */
  async preview(): Promise<Inventory & { readonly code: string }> {
    const { store, practice } = this.parts;
    await store.access.authoriseTool('decommission', practice);
    return { ...(await this.inventory()), code: this.code };
  }

  /**
   * Orders it, against a fresh factor and the code of the tablet. When it resolves there is no way back, and this
   * store must be closed: the next opening destroys what is left, before anything else. Until the entry of the log is
   * durable nothing but the records is gone. Throws DECOMMISSION_CONFIRM (code), AUDIT_WRITE, STORE_DENIED, and as
   * `AccessControl.authoriseFresh`.
   */
  async run(confirm: string, factor: Factor | undefined): Promise<Decommissioned> {
    const { store, dataFolder, files, practice } = this.parts;
    const { audit, records, access } = store;
    const who = await access.authoriseFresh('decommission', practice, factor);
    const key = store.auditKey;
    if (confirm !== this.code || key === undefined)
      throw new OneBoxError('DECOMMISSION_CONFIRM', '', { code: this.code });
    await this.parts.closeAll();
    const inventory = await this.inventory();
    await audit.append('decommissionOrdered', { ...who, numbers: { ...inventory } });
    await records.destroyAll('decommissioned');
    await audit.checkpoint();
    const log = this.log;
    await writeMarker(files, dataFolder, {
      format: 'onebox-decommissioning',
      version: 1,
      stage: 'prepared',
      log,
      key,
      entries: audit.size,
    });
    let entry: number;
    try {
      entry = await audit.append('decommissioned', { ...who, numbers: { ...inventory } });
    } catch (error) {
      // Only a log that goes on without the entry makes it certain; until then the next start looks.
      await audit.append('decommissionUndone', { ...who, error: 'AUDIT_WRITE' });
      await removeMarker(files, dataFolder);
      throw error;
    }
    await audit.checkpoint();
    return { ...inventory, log, entry, key, former: formerFolder(dataFolder, log) };
  }

  private async inventory(): Promise<Inventory> {
    const { store } = this.parts;
    const records = (await store.records.list()).length;
    return { records, people: store.access.list().length, ...this.parts.trusted() };
  }

  private get log(): string {
    return this.parts.store.audit.origin.split('/').at(-1)!;
  }

  private get code(): string {
    return this.log.slice(-8);
  }
}
