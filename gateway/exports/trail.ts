import type { AuditVerification } from '../audit/verify.js';
import type { Files } from '../files/files.js';
import { type Store, storeFolders } from '../store.js';
import type { TrailEntry } from './entry.js';
import { EXPORT_FORMATS, type ExportFormat, LINE_FORMATS, type LineFormat } from './formats.js';
import { copyLog } from './log-copy.js';
import { type LogView, trailOf } from './log-reader.js';
import { assertNew, NewFile, NewFolder } from './new-file.js';

export interface TrailParts {
  readonly store: Store;
  readonly dataFolder: string;
  readonly files: Files;
  readonly practice: boolean;
}

/** The newest entries of the whole log, oldest first. */
export interface AuditTrail {
  /** No section of the log had to be begun for damage, and the log verifies against itself and its key now. */
  readonly intact: boolean;
  /** Records in the log. */
  readonly entries: number;
  /** Time of the last seal, milliseconds since 1970. */
  readonly sealedAt?: number;
  readonly rows: readonly TrailEntry[];
}

export interface AuditExport {
  readonly format: ExportFormat;
  readonly out: string;
  /** Records in the export, and its size. */
  readonly items: number;
  readonly bytes: number;
  /** Of the log as it is on the disk; damaged records cannot be put into FHIR or DICOM. */
  readonly intact: boolean;
  readonly problems: AuditVerification['problems'];
  /** C2SP verifier key of the log. */
  readonly key?: string;
}

/** The log for whoever may see all of it. Each look and each export is a record that is durable before anything is out. */
export class Trail {
  constructor(private readonly parts: TrailParts) {}

  /** The last `last` entries. Throws LOCKED, FORBIDDEN, NOT_ENROLLED, AUDIT_WRITE. */
  async show(last: number): Promise<AuditTrail> {
    const { store, practice } = this.parts;
    const who = await store.access.authoriseTool('auditTrail', practice);
    const { intact } = await this.verify();
    const entries = store.audit.size;
    await store.audit.append('auditViewed', { ...who, numbers: { entries: Math.min(last, entries) } });
    const rows: TrailEntry[] = [];
    let sealedAt: number | undefined;
    for await (const batch of trailOf(this.view(entries))) {
      for (const entry of batch) if (entry.event === 'checkpoint') sealedAt = entry.at;
      rows.push(...batch);
      if (rows.length > last) rows.splice(0, rows.length - last);
    }
    return { intact, entries, ...(sealedAt === undefined ? {} : { sealedAt }), rows };
  }

  /**
   * Writes the log to a new file (`log`: a new folder that `onebox audit verify --data` takes). Throws INPUT_INVALID
   * when it exists, LOCKED, FORBIDDEN, NOT_ENROLLED, AUDIT_WRITE, STORE_DENIED; then nothing is left behind.
   */
  async export(format: ExportFormat, out: string): Promise<AuditExport> {
    const { store, practice } = this.parts;
    const who = await store.access.authoriseTool('exportAudit', practice);
    await assertNew(out);
    const { intact, problems } = await this.verify();
    await store.audit.checkpoint();
    const record = async (items: number, bytes: number): Promise<void> => {
      await store.audit.append('auditExported', { ...who, numbers: { items, bytes, format: EXPORT_FORMATS[format] } });
    };
    const { items, bytes } =
      format === 'log'
        ? await put(await NewFolder.begin(out), (folder) => this.copy(folder), record)
        : await put(await NewFile.begin(out), (file) => this.lines(file, LINE_FORMATS[format]), record);
    const key = store.auditKey;
    return { format, out, items, bytes, intact, problems, ...(key === undefined ? {} : { key }) };
  }

  /** As the log is on the disk, with an entry that it was checked. Damage that it went on after counts. */
  private async verify(): Promise<Pick<AuditVerification, 'intact' | 'problems'>> {
    const { audit, auditKey } = this.parts.store;
    const { intact, problems } = await audit.verify(auditKey === undefined ? {} : { publicKey: auditKey });
    return { intact: intact && audit.status.intact, problems };
  }

  private view(size: number): LogView {
    const { files, dataFolder } = this.parts;
    return { files, folder: storeFolders(dataFolder).audit, size };
  }

  /** Returns the number of records in it. */
  private async copy(draft: NewFolder): Promise<number> {
    const { store, files, dataFolder } = this.parts;
    const { audit, vault } = storeFolders(dataFolder);
    const { auditKey } = store;
    const { size } = store.audit;
    await copyLog({ files, audit, vault, ...(auditKey === undefined ? {} : { publicKey: auditKey }) }, draft);
    return size;
  }

  /** Returns the number of records in it. */
  private async lines(draft: NewFile, { head, line, tail }: LineFormat): Promise<number> {
    const { audit } = this.parts.store;
    const log = audit.origin.split('/').at(-1)!;
    let items = 0;
    await draft.write(head);
    for await (const batch of trailOf(this.view(audit.size))) {
      items += batch.length;
      await draft.write(batch.map((entry) => line(entry, log)).join(''));
    }
    await draft.write(tail);
    return items;
  }
}

/** Fills a draft, makes it durable, lets it be recorded, and only then gives it its name. Or nothing is left of it. */
async function put<D extends NewFile | NewFolder>(
  draft: D,
  fill: (draft: D) => Promise<number>,
  record: (items: number, bytes: number) => Promise<void>,
): Promise<{ readonly items: number; readonly bytes: number }> {
  try {
    const items = await fill(draft);
    await draft.finish();
    await record(items, draft.bytes);
    await draft.publish();
    return { items, bytes: draft.bytes };
  } catch (error) {
    await draft.discard();
    throw error;
  }
}
