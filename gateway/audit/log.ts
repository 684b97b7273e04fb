import { join } from 'node:path';
import type { AuditRecord, v1 } from '@onebox/protocol/audit-messages.js';
import { type ErrorName, errorByCode, OneBoxError } from '@onebox/protocol/errors.js';
import type { AuditRow } from '../api.js';
import { type Clock, systemClock } from '../files/clock.js';
import { Disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { BatchWriter } from './batch.js';
import { randomBytes } from './crypto.js';
import type { EventName } from './events.js';
import { CheckpointKeeper, keptCheckpoints } from './kept.js';
import { LateRecords } from './late-records.js';
import type { CompactRange } from './merkle.js';
import type { NoteSigner } from './note.js';
import { OpenAccesses } from './open-accesses.js';
import { type KeyWrap, MacRatchet, withSeals } from './ratchet.js';
import { type RecordQuery, readRecords } from './read-records.js';
import { type AuditFields, auditRow, draftRecord, encodeRecord } from './record.js';
import { findPlace, type LogPlace } from './recovery.js';
import { RecoveryMark } from './recovery-mark.js';
import { logOrigin, type SegmentHeader, segmentName } from './segment.js';
import { SegmentWriter } from './segment-writer.js';
import { type AuditVerification, verifyAudit } from './verify.js';

/** What others need of the log: to say what happened. */
export interface AuditSink {
  /** Resolves with the index of the record when it is durable. Throws AUDIT_WRITE. */
  append<E extends EventName>(event: E, fields?: AuditFields<E>): Promise<number>;
  /**
   * As `append`, of what has happened already and cannot be held back. While the disk refuses, the record waits in
   * memory and is written as soon as it can be, with the time at which it happened. Throws AUDIT_WRITE at once all
   * the same: that must not be overlooked.
   */
  note<E extends EventName>(event: E, fields?: AuditFields<E>): Promise<number>;
}

export interface AuditLogOptions {
  /** Folder of the segments. */
  readonly folder: string;
  /** Folder apart from it, for the latest checkpoint. */
  readonly keptFolder: string;
  readonly files?: Files;
  readonly clock?: Clock;
  readonly segmentBytes?: number;
  readonly checkpointEvery?: number;
}

export interface AuditStatus {
  readonly entries: number;
  readonly intact: boolean;
  /** AUDIT_BROKEN, AUDIT_TRUNCATED or AUDIT_FORK: why the log had to go on in a new section; AUDIT_WRITE: records wait. */
  readonly error?: OneBoxError;
  /** Records that wait in memory because the disk refused them. */
  readonly waiting?: number;
}

interface Pending {
  /** Undefined: a checkpoint is asked for. */
  readonly draft: AuditRecord | undefined;
  /** It waits in memory when the disk refuses it. */
  readonly waits?: boolean;
  readonly resolve: (index: number) => void;
  readonly reject: (error: OneBoxError) => void;
}

const MAX_BATCH = 256;
/** Opening reads the last segments: small ones keep that short however long the log is. */
const SEGMENT_BYTES = 1 << 17;
const RETRY_MS = 1000;

/**
 * The write-ahead audit log. One writer; appends that come together share one fdatasync. A checkpoint is
 * written every 64 records, at `checkpoint()` and at `close()`; it is signed while a signer is set.
 */
export class AuditLog implements AuditSink {
  private readonly bootId = randomBytes(16);
  private readonly started: number;
  private readonly pending: Pending[] = [];
  private draining: Promise<void> | undefined;
  private readonly keeper: CheckpointKeeper;
  private signer: NoteSigner | undefined;
  private readonly segment: SegmentWriter;
  private readonly late = new LateRecords();
  private retry: NodeJS.Timeout | undefined;
  private waitingChanged: () => void = () => undefined;
  private lastSigned = false;
  private closed = false;
  private header: SegmentHeader;
  private tip: CompactRange;
  private since: number;
  private readonly accesses = new OpenAccesses();

  private constructor(
    private readonly options: Required<AuditLogOptions>,
    place: LogPlace,
    private readonly ratchet: MacRatchet,
  ) {
    this.header = place.header;
    this.tip = place.tip;
    this.since = place.sinceCheckpoint;
    this.keeper = new CheckpointKeeper(options.files, options.keptFolder, (text) => ratchet.seal(text));
    this.segment = new SegmentWriter(options.files, options.folder);
    this.started = options.clock.monotonicMs();
  }

  /**
   * Opens or begins a log. A torn last write is dropped and the recovery is itself a record. After damage
   * the log goes on in a new section and `status` says so. Throws STORE_DENIED, AUDIT_WRITE.
   */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const full = {
      files: new Disk(),
      clock: systemClock,
      segmentBytes: SEGMENT_BYTES,
      checkpointEvery: 64,
      ...options,
    };
    const { files, folder, keptFolder } = full;
    await files.makeFolder(folder);
    await files.makeFolder(keptFolder);
    const seen: v1.AuditRecord[] = [];
    const place = await findPlace(files, folder, keptFolder, (record) => seen.push(record));
    const log = new AuditLog(full, place, await MacRatchet.load(files, keptFolder));
    for (const record of seen) log.accesses.follow(record);
    await log.takePlace(place);
    return log;
  }

  /** Records in the log. */
  get size(): number {
    return this.header.base + this.tip.size;
  }

  /** Root of the tree of the present section. */
  root(): Uint8Array {
    return this.tip.root();
  }

  /** Name for the key that signs the checkpoints. */
  get origin(): string {
    return logOrigin(this.header.logId);
  }

  get status(): AuditStatus {
    const kind: ErrorName | undefined =
      this.header.reason === 0 ? undefined : (errorByCode(this.header.reason) ?? 'AUDIT_BROKEN');
    const waiting = this.late.waiting.length;
    const common = { entries: this.size, ...(waiting > 0 ? { waiting, error: new OneBoxError('AUDIT_WRITE') } : {}) };
    if (kind === undefined) return { ...common, intact: true };
    return { ...common, intact: false, error: new OneBoxError(kind, '', { section: this.header.section }) };
  }

  /** The records that wait for the disk, as they will stand in the log unless more come before them. */
  waiting(): readonly Uint8Array[] {
    return this.late.waiting.map((record, at) => encodeRecord(record, this.size + at));
  }

  /** Tells when more records wait for the disk, and when they have been written. */
  onWaiting(listener: () => void): void {
    this.waitingChanged = listener;
  }

  /** The last start of each access that has no end in the log: what a crash left. */
  get unfinished(): readonly v1.AuditRecord[] {
    return this.accesses.all;
  }

  append<E extends EventName>(event: E, fields: AuditFields<E> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      this.push({ draft: this.draft(event, fields), resolve, reject });
    });
  }

  note<E extends EventName>(event: E, fields: AuditFields<E> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      this.push({ draft: this.draft(event, fields), waits: true, resolve, reject });
    });
  }

  /** From now on checkpoints are signed; undefined: no more. Does not write one itself. */
  useSigner(signer: NoteSigner | undefined): void {
    this.signer = signer;
  }

  /** Begins the chain of forward-secure seals, once; from now on `verify` holds the log against it while the vault is open. */
  async useRatchet(wrap: KeyWrap): Promise<void> {
    const { begun, lost } = await this.ratchet.begin(wrap);
    if (!begun) return;
    await this.append('sealChainStarted', lost ? { error: 'AUDIT_TRUNCATED', outcome: 8 } : {});
  }

  /** Seals all records so far, durably, in the log and apart from it. Nothing new, nothing written. */
  async checkpoint(): Promise<void> {
    await new Promise<number>((resolve, reject) => this.push({ draft: undefined, resolve, reject }));
    await this.keeper.flush();
  }

  /** The records of an access, or all, oldest first; at most `limit` from index `from` on. */
  async rows(query: RecordQuery = {}): Promise<AuditRow[]> {
    return (await this.records(query)).map(auditRow);
  }

  async records(query: RecordQuery = {}): Promise<v1.AuditRecord[]> {
    await this.draining;
    return await readRecords(this.options.files, this.options.folder, query);
  }

  /** Verifies the log up to here against itself and the checkpoints kept apart, and others from elsewhere. */
  async verify(
    options: { readonly publicKey?: string; readonly checkpoints?: readonly string[] } = {},
  ): Promise<AuditVerification> {
    await this.draining;
    await this.keeper.flush();
    const { files, folder, keptFolder } = this.options;
    const until = { name: segmentName(this.header.section, this.header.segment), size: this.segment.durable };
    const kept = (await keptCheckpoints(files, keptFolder)).map((checkpoint) => checkpoint.note);
    const seals = await this.ratchet.check();
    const found = await verifyAudit(folder, {
      ...options,
      files,
      until,
      checkpoints: [...kept, ...seals.checkpoints, ...(options.checkpoints ?? [])],
    });
    const result = withSeals(found, seals);
    const numbers = { entries: result.entries, checkpoints: result.checkpoints, problems: result.problems.length };
    const error = result.problems[0]?.error;
    await this.append('auditVerified', error === undefined ? { numbers } : { numbers, error, outcome: 8 });
    return result;
  }

  /** Seals and closes. Later appends are refused. */
  async close(): Promise<void> {
    if (this.closed) return;
    try {
      await this.checkpoint();
    } finally {
      this.closed = true;
      clearTimeout(this.retry);
      await this.draining;
      await this.segment.close();
    }
  }

  private draft<E extends EventName>(event: E, fields: AuditFields<E>): AuditRecord {
    const { clock } = this.options;
    return draftRecord(event, fields, {
      unixMs: clock.unixMs(),
      monotonicMs: clock.monotonicMs() - this.started,
      bootId: this.bootId,
    });
  }

  private async takePlace(place: LogPlace): Promise<void> {
    const { files, folder, keptFolder } = this.options;
    const mark = new RecoveryMark(files, keptFolder);
    try {
      // A new section says by itself that something is missing before it.
      const found = { entries: this.size, droppedBytes: place.droppedBytes };
      const recovery = place.damage === undefined ? await mark.begin(found) : undefined;
      for (const name of place.torn) await files.remove(join(folder, name));
      if (place.torn.length > 0) await files.syncFolder(folder);
      if (place.continues === undefined) await this.segment.begin(place.header);
      else await this.segment.resume(place.continues.name, place.continues.end);
      if (place.damage !== undefined)
        await this.append('sectionStarted', {
          error: place.damage,
          numbers: { section: place.header.section, entriesBefore: place.header.base },
        });
      if (recovery === undefined) return;
      await this.append('recovered', { numbers: { ...recovery } });
      await mark.end();
    } catch (error) {
      await this.segment.close().catch(() => undefined);
      throw writeError(error);
    }
  }

  private push(item: Pending): void {
    if (this.closed) {
      item.reject(new OneBoxError('AUDIT_WRITE', 'closed'));
      return;
    }
    this.pending.push(item);
    this.draining ??= this.drain();
  }

  private async drain(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending.splice(0, MAX_BATCH);
      try {
        const indices = await this.commit(batch);
        for (const [at, item] of batch.entries()) item.resolve(indices[at]!);
      } catch (error) {
        this.wait(batch);
        for (const item of batch) item.reject(writeError(error));
      }
    }
    // In the same turn as the last look at `pending`: nothing can come in between.
    this.draining = undefined;
  }

  /** Writes a batch with one fdatasync. Either all of it is in the tree afterwards, or nothing. */
  private async commit(batch: readonly Pending[]): Promise<number[]> {
    const write = new BatchWriter(
      this.tip.clone(),
      this.header,
      this.since,
      this.lastSigned,
      (event, fields) => this.draft(event, fields),
      this.signer,
    );
    const { waiting, lost } = this.late;
    for (const record of waiting) write.record(record);
    if (waiting.length > 0) write.record(this.draft('writtenLate', { numbers: { records: waiting.length, lost } }));
    const indices = batch.map((item) =>
      item.draft === undefined ? write.checkpointIfNew() : write.record(item.draft),
    );
    if (write.since >= this.options.checkpointEvery) write.checkpoint();
    if (write.frames.length > 0) {
      if (this.segment.durable >= this.options.segmentBytes) await this.rotate();
      await this.segment.write(Buffer.concat(write.frames));
    }
    this.tip = write.range;
    this.since = write.since;
    this.lastSigned = write.signed;
    this.late.written(waiting.length, lost);
    if (waiting.length > 0) this.waitingChanged();
    for (const record of waiting) this.accesses.follow(record);
    for (const item of batch) if (item.draft !== undefined) this.accesses.follow(item.draft);
    if (write.note !== undefined) this.keeper.offer(this.header.section, write.note);
    return indices;
  }

  /** What happened already is kept in memory; the disk is tried again every second. */
  private wait(batch: readonly Pending[]): void {
    const before = this.late.waiting.length;
    for (const item of batch) if (item.waits === true && item.draft !== undefined) this.late.keep(item.draft);
    if (this.late.waiting.length !== before) this.waitingChanged();
    if (this.late.waiting.length === 0 || this.closed) return;
    this.retry ??= setTimeout(() => {
      this.retry = undefined;
      this.push({ draft: undefined, resolve: () => undefined, reject: () => undefined });
    }, RETRY_MS).unref();
  }

  private async rotate(): Promise<void> {
    const header = { ...this.header, segment: this.header.segment + 1, range: this.tip.clone() };
    await this.segment.begin(header);
    this.header = header;
  }
}

function writeError(error: unknown): OneBoxError {
  if (error instanceof OneBoxError && error.kind !== 'STORE_DENIED') return error;
  const code =
    error instanceof OneBoxError ? error.detail : error instanceof Error && 'code' in error ? String(error.code) : '';
  return new OneBoxError('AUDIT_WRITE', code, {}, { cause: error });
}
