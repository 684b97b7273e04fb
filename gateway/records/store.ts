import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { KeyVault } from '../access/vault.js';
import { TimeWindow } from '../access/window.js';
import { randomBytes, SEAL_KEY_BYTES } from '../audit/crypto.js';
import { EVENTS } from '../audit/events.js';
import type { AuditLog, AuditSink } from '../audit/log.js';
import { bootOfMachine, type Clock, systemClock, type Timeline } from '../files/clock.js';
import type { Files } from '../files/files.js';
import { CAUSES, type Cause } from './causes.js';
import { ChunkSealer, unsealChunks } from './chunks.js';
import { Eraser, SUFFIX } from './eraser.js';
import { type Grave, KeyFile, type RecordEntry } from './key-file.js';
import { ageSince, KEEP_MS, seenNow } from './lifetime.js';
import { SealedRecord } from './sealed-record.js';

export type { SealedRecord };

export interface RecordStoreOptions {
  readonly folder: string;
  readonly files: Files;
  readonly vault: KeyVault;
  readonly audit: AuditSink & Pick<AuditLog, 'records'>;
  readonly clock?: Clock;
  /** Of the machine unless a test says otherwise. */
  readonly boot?: string | undefined;
}

export interface RecordInfo {
  readonly recordId: string;
  readonly accessId: string;
  readonly startedAt: number;
  /** Milliseconds since 1970, as the clock stands now: it is gone then at the latest. */
  readonly dueAt: number;
  readonly bytes: number;
}

export interface RecordContent {
  readonly chunks: readonly Uint8Array[];
  /** False: the end is missing, a crash cut it off. */
  readonly complete: boolean;
}

/** How often what is over is looked for, and how often the ages are put down while there are records. */
const LOOK_MS = 5000;
const MARK_MS = 5 * 60_000;

/** What was read, sealed on disk under a random key per record. Gone when its key is destroyed, after 24 h at the latest. */
export class RecordStore {
  private readonly now: Timeline;
  /** Runs as fast as the fastest clock: neither suspend nor a clock set back lengthens the life of a record. */
  private readonly time: TimeWindow;
  /** When each record began, in the time of this run; before it: negative. */
  private readonly bornAt = new Map<string, number>();
  private readonly eraser: Eraser;
  private readonly writers = new Map<string, SealedRecord>();
  /** Records of which the log says that they are gone; empty: of the keys that were lost. */
  private readonly said = new Set<string>();
  private readonly listeners = new Set<(accessId: string) => void>();
  private turn: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private markedAt = 0;

  private constructor(
    private readonly options: RecordStoreOptions,
    private readonly keys: KeyFile,
  ) {
    const clock = options.clock ?? systemClock;
    this.now = { clock, boot: 'boot' in options ? options.boot : bootOfMachine() };
    this.time = new TimeWindow(clock);
    this.eraser = new Eraser(options.files, options.folder, keys);
    for (const { recordId, seen } of keys.entries) this.bornAt.set(recordId, -ageSince(seen, this.now));
  }

  /** Destroys what is older than 24 h and what lost its key; the rest is in `list`. */
  static async open(options: RecordStoreOptions): Promise<RecordStore> {
    await options.files.makeFolder(options.folder);
    const store = new RecordStore(options, await KeyFile.load(options.files, options.folder));
    await store.sweep();
    return store;
  }

  /** All records that are there, oldest first; those that an earlier run of the program left too. */
  async list(): Promise<readonly RecordInfo[]> {
    const infos: RecordInfo[] = [];
    for (const { recordId, accessId, startedAt } of this.keys.entries) {
      const bytes = (await this.options.files.read(this.path(recordId)))?.length ?? 0;
      const dueAt = this.now.clock.unixMs() + Math.max(0, KEEP_MS - this.ageOf(recordId));
      infos.push({ recordId, accessId, startedAt, dueAt, bytes });
    }
    return infos;
  }

  /** Told of the access of each record whose 24 hours were over while the program ran. */
  onDue(listener: (accessId: string) => void): void {
    this.listeners.add(listener);
  }

  /** Begins a record. Its key is durable before the first chunk. Throws LOCKED while the vault is closed. */
  async create(accessId: string): Promise<SealedRecord> {
    const recordId = Buffer.from(randomBytes(16)).toString('hex');
    const key = randomBytes(SEAL_KEY_BYTES);
    const wrappedKey = Buffer.from(this.options.vault.wrapKey(key, recordId)).toString('base64');
    const startedAt = this.now.clock.unixMs();
    const entry: RecordEntry = { recordId, accessId, startedAt, seen: seenNow(0, this.now), wrappedKey };
    const sealer = new ChunkSealer(key, recordId);
    this.bornAt.set(recordId, this.time.elapsedMs());
    return await this.inTurn(async () => {
      await this.keys.replace([...this.seen(), entry]);
      this.watch();
      const file = await this.options.files.openAppend(this.path(recordId));
      const writer = new SealedRecord(recordId, accessId, file, sealer, key, this.options.audit, (id) =>
        this.destroy(id, 'empty'),
      );
      try {
        await file.appendDurably(sealer.prefix);
        await this.options.files.syncFolder(this.options.folder);
      } catch (error) {
        await file.close().catch(() => undefined);
        await this.destroyNow((other) => other.recordId === recordId, 'empty').catch(() => undefined);
        throw error;
      }
      this.writers.set(recordId, writer);
      return writer;
    });
  }

  /** Throws RECORD_GONE, RECORD_BROKEN, LOCKED. */
  async read(recordId: string): Promise<RecordContent> {
    const entry = this.keys.get(recordId);
    if (entry === undefined || this.isDue(entry)) throw new OneBoxError('RECORD_GONE');
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
  async destroy(recordId: string, cause: Cause = 'closed'): Promise<void> {
    await this.inTurn(() => this.destroyNow(({ recordId: id }) => id === recordId, cause));
  }

  /** Destroys all records of an access; answers how many, and the items that they held as far as this run wrote them. */
  async destroyOfAccess(
    accessId: string,
    cause: Cause = 'closed',
  ): Promise<{ readonly records: number; readonly items: number }> {
    const ids = this.ofAccess(accessId);
    const items = ids.reduce((sum, recordId) => sum + (this.writers.get(recordId)?.items ?? 0), 0);
    await this.inTurn(() => this.destroyNow((entry) => entry.accessId === accessId, cause));
    return { records: ids.length, items };
  }

  /** Destroys every record; answers how many. */
  destroyAll(cause: Cause): Promise<number> {
    return this.inTurn(() => this.destroyNow(() => true, cause));
  }

  /** Destroys what is over, and says what could not be said before. To be called when the machine wakes up. */
  async look(): Promise<void> {
    const due = this.keys.entries.filter((entry) => this.isDue(entry));
    const marks = this.time.elapsedMs() - this.markedAt >= MARK_MS && this.keys.entries.length > 0;
    if (due.length === 0 && this.keys.isSettled && !marks) return;
    await this.inTurn(async () => {
      if (marks) await this.keys.replace(this.seen());
      await this.destroyNow((entry) => this.isDue(entry), 'due');
    });
    for (const accessId of new Set(due.map((entry) => entry.accessId)))
      for (const listener of this.listeners) listener(accessId);
  }

  /** Finishes nothing: what is open stays as after a crash, and is offered at the next start. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.turn.catch(() => undefined);
    for (const writer of this.writers.values()) await writer.release();
    this.writers.clear();
    if (this.keys.entries.length > 0) await this.keys.replace(this.seen());
  }

  /** Answers how many. The keys of all are gone in one step. */
  private async destroyNow(which: (entry: RecordEntry) => boolean, cause: Cause): Promise<number> {
    const entries = this.keys.entries.filter(which);
    for (const { recordId } of entries) {
      await this.writers.get(recordId)?.release();
      this.writers.delete(recordId);
    }
    await this.eraser.destroyKeys(entries, cause, ({ recordId }) => this.ageOf(recordId), this.seen());
    for (const { recordId } of entries) this.bornAt.delete(recordId);
    await this.eraser.bury((grave) => this.say(grave));
    return entries.length;
  }

  /** Once, also when the grave could not be taken away after it. */
  private async say(grave: Grave): Promise<void> {
    const name = grave.recordId ?? '';
    if (this.said.has(name)) return;
    await this.append(grave);
    this.said.add(name);
  }

  private async append({ recordId, accessId, cause, bytes, ageMinutes }: Grave): Promise<void> {
    const numbers = { bytes, ageMinutes, cause: CAUSES[cause] };
    const { audit } = this.options;
    if (recordId === undefined || accessId === undefined)
      await audit.append('recordErased', { error: 'RECORD_BROKEN', outcome: 8, numbers });
    else await audit.append('recordErased', { accessId, sessionId: recordId, numbers });
  }

  private async sweep(): Promise<void> {
    const { files, folder, audit } = this.options;
    const bytesOf = new Map<string, number>();
    for (const name of await files.list(folder)) {
      const recordId = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
      if (recordId !== undefined && this.keys.get(recordId) !== undefined)
        bytesOf.set(recordId, (await files.read(join(folder, name)))?.length ?? 0);
      else if (recordId !== undefined || name.endsWith('.new')) await files.remove(join(folder, name));
    }
    await this.finishGraves();
    await this.destroyNow((entry) => this.isDue(entry), 'due');
    await this.destroyNow(({ recordId }) => (bytesOf.get(recordId) ?? 0) === 0, 'empty');
    for (const { recordId, accessId } of this.keys.entries)
      await audit.append('recordLeftOver', {
        accessId,
        numbers: { bytes: bytesOf.get(recordId) ?? 0, ageMinutes: Math.round(this.ageOf(recordId) / 60_000) },
      });
    if (this.keys.entries.length === 0) return;
    await this.keys.replace(this.seen());
    this.watch();
  }

  /** The run before, or the start of this one, could not say it, or not take down that it had: it is said once. */
  private async finishGraves(): Promise<void> {
    if (this.keys.graves.length === 0) return;
    for (const { event, sessionId } of await this.options.audit.records())
      if (event === EVENTS.recordErased.number && sessionId.length > 0)
        this.said.add(Buffer.from(sessionId).toString('hex'));
    await this.eraser.bury((grave) => this.say(grave));
  }

  private ageOf(recordId: string): number {
    return this.time.elapsedMs() - (this.bornAt.get(recordId) ?? Number.NEGATIVE_INFINITY);
  }

  private isDue({ recordId }: RecordEntry): boolean {
    return this.ageOf(recordId) >= KEEP_MS;
  }

  /** The entries with their ages as they are now. */
  private seen(): readonly RecordEntry[] {
    this.markedAt = this.time.elapsedMs();
    return this.keys.entries.map((entry) => {
      const age = this.ageOf(entry.recordId);
      return Number.isFinite(age) ? { ...entry, seen: seenNow(age, this.now) } : entry;
    });
  }

  private watch(): void {
    // What failed is tried again at the next look.
    this.timer ??= setInterval(() => void this.look().catch(() => undefined), LOOK_MS).unref();
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
