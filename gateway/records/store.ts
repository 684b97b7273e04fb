import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { KeyVault } from '../access/vault.js';
import { randomBytes, SEAL_KEY_BYTES } from '../audit/crypto.js';
import type { AuditSink } from '../audit/log.js';
import { type Clock, systemClock } from '../files/clock.js';
import type { Files } from '../files/files.js';
import { ChunkSealer, unsealChunks } from './chunks.js';
import { KeyFile, type RecordEntry } from './key-file.js';
import { SealedRecord } from './sealed-record.js';

export type { SealedRecord };

export interface RecordStoreOptions {
  readonly folder: string;
  readonly files: Files;
  readonly vault: KeyVault;
  readonly audit: AuditSink;
  readonly clock?: Clock;
}

export interface RecordInfo {
  readonly recordId: string;
  readonly accessId: string;
  readonly startedAt: number;
  readonly bytes: number;
}

export interface RecordContent {
  readonly chunks: readonly Uint8Array[];
  /** False: the end is missing, a crash cut it off. */
  readonly complete: boolean;
}

const KEEP_MS = 24 * 60 * 60_000;
const SUFFIX = '.sealed';

/** What was read, sealed on disk under a random key per record. Gone when its key is destroyed. */
export class RecordStore {
  private readonly clock: Clock;
  private readonly writers = new Map<string, SealedRecord>();
  private turn: Promise<unknown> = Promise.resolve();
  private leftOver: readonly RecordInfo[] = [];

  private constructor(
    private readonly options: RecordStoreOptions,
    private readonly keys: KeyFile,
  ) {
    this.clock = options.clock ?? systemClock;
  }

  /** Destroys what is older than 24 h and what lost its key; the rest is offered by `leftOvers`. */
  static async open(options: RecordStoreOptions): Promise<RecordStore> {
    await options.files.makeFolder(options.folder);
    const store = new RecordStore(options, await KeyFile.load(options.files, options.folder));
    await store.sweep();
    return store;
  }

  /** Records that an earlier run of the program left, less than 24 h old. */
  leftOvers(): readonly RecordInfo[] {
    return this.leftOver.filter((info) => this.keys.get(info.recordId) !== undefined);
  }

  /** Begins a record. Its key is durable before the first chunk. Throws LOCKED while the vault is closed. */
  async create(accessId: string): Promise<SealedRecord> {
    const recordId = Buffer.from(randomBytes(16)).toString('hex');
    const key = randomBytes(SEAL_KEY_BYTES);
    const wrappedKey = Buffer.from(this.options.vault.wrapKey(key, recordId)).toString('base64');
    const entry: RecordEntry = { recordId, accessId, startedAt: this.clock.unixMs(), wrappedKey };
    const sealer = new ChunkSealer(key, recordId);
    return await this.inTurn(async () => {
      await this.keys.replace([...this.keys.entries, entry]);
      const file = await this.options.files.openAppend(this.path(recordId));
      const writer = new SealedRecord(recordId, accessId, file, sealer, key, this.options.audit, (id) =>
        this.destroy(id),
      );
      try {
        await file.appendDurably(sealer.prefix);
        await this.options.files.syncFolder(this.options.folder);
      } catch (error) {
        await file.close().catch(() => undefined);
        throw error;
      }
      this.writers.set(recordId, writer);
      return writer;
    });
  }

  /** Throws RECORD_GONE, RECORD_BROKEN, LOCKED. */
  async read(recordId: string): Promise<RecordContent> {
    const entry = this.keys.get(recordId);
    if (entry === undefined) throw new OneBoxError('RECORD_GONE');
    await this.writers.get(recordId)?.flushed();
    const key = this.options.vault.unwrapKey(Buffer.from(entry.wrappedKey, 'base64'), recordId);
    try {
      const bytes = await this.options.files.read(this.path(recordId));
      if (bytes === undefined) throw new OneBoxError('RECORD_GONE');
      return unsealChunks(key, recordId, bytes);
    } finally {
      key.fill(0);
    }
  }

  /** Records of an access. */
  ofAccess(accessId: string): readonly string[] {
    return this.keys.entries.filter((entry) => entry.accessId === accessId).map((entry) => entry.recordId);
  }

  /** Destroys the key, then the file. Works while the vault is locked. Twice does nothing. */
  destroy(recordId: string): Promise<void> {
    return this.inTurn(() => this.destroyNow(recordId));
  }

  /** Destroys all records of an access; answers the items that they held, as far as this run wrote them. */
  async destroyOfAccess(accessId: string): Promise<{ readonly records: number; readonly items: number }> {
    const records = this.ofAccess(accessId);
    const items = records.reduce((sum, recordId) => sum + (this.writers.get(recordId)?.items ?? 0), 0);
    for (const recordId of records) await this.destroy(recordId);
    return { records: records.length, items };
  }

  /** Finishes nothing: what is open stays as after a crash, and is offered at the next start. */
  async close(): Promise<void> {
    await this.turn.catch(() => undefined);
    for (const writer of this.writers.values()) await writer.release();
    this.writers.clear();
  }

  private async destroyNow(recordId: string): Promise<void> {
    await this.keys.destroyStale();
    const entry = this.keys.get(recordId);
    if (entry === undefined) return;
    await this.writers.get(recordId)?.release();
    this.writers.delete(recordId);
    const bytes = (await this.options.files.read(this.path(recordId)))?.length ?? 0;
    await this.keys.replace(this.keys.entries.filter((other) => other.recordId !== recordId));
    await this.options.files.remove(this.path(recordId));
    await this.options.files.syncFolder(this.options.folder);
    const ageMinutes = Math.round((this.clock.unixMs() - entry.startedAt) / 60_000);
    await this.options.audit.append('recordErased', { accessId: entry.accessId, numbers: { bytes, ageMinutes } });
  }

  private async sweep(): Promise<void> {
    const { files, folder, audit } = this.options;
    const now = this.clock.unixMs();
    // A start in the future: the clock was set back. The record dies 24 h from now at the latest.
    if (this.keys.entries.some((entry) => entry.startedAt > now))
      await this.keys.replace(
        this.keys.entries.map((entry) => ({ ...entry, startedAt: Math.min(entry.startedAt, now) })),
      );
    for (const name of await files.list(folder)) {
      const orphan =
        name.endsWith('.new') || (name.endsWith(SUFFIX) && this.keys.get(name.slice(0, -SUFFIX.length)) === undefined);
      if (orphan) await files.remove(join(folder, name));
    }
    if (this.keys.damaged) await audit.append('recordErased', { error: 'RECORD_BROKEN', outcome: 8 });
    const kept: RecordInfo[] = [];
    for (const { recordId, accessId, startedAt } of this.keys.entries) {
      const bytes = (await files.read(this.path(recordId)))?.length ?? 0;
      if (now - startedAt >= KEEP_MS || bytes === 0) await this.destroyNow(recordId);
      else {
        kept.push({ recordId, accessId, startedAt, bytes });
        await audit.append('recordLeftOver', {
          accessId,
          numbers: { bytes, ageMinutes: Math.round((now - startedAt) / 60_000) },
        });
      }
    }
    this.leftOver = kept;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.turn.catch(() => undefined).then(work);
    this.turn = run.catch(() => undefined);
    return run;
  }

  private path(recordId: string): string {
    return join(this.options.folder, `${recordId}${SUFFIX}`);
  }
}
