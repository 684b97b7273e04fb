import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AuditSink } from '../audit/log.js';
import type { AppendFile } from '../files/files.js';
import type { ChunkSealer } from './chunks.js';

interface Waiting {
  readonly sealed: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Appends to one record while it is read. Appends that come together share one sync. */
export class SealedRecord {
  /** Items appended. */
  items = 0;
  private bytes = 0;
  private readonly waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private state: 'open' | 'finished' | 'released' = 'open';
  private failure: OneBoxError | undefined;

  constructor(
    readonly recordId: string,
    readonly accessId: string,
    private readonly file: AppendFile,
    private readonly sealer: ChunkSealer,
    private readonly key: Uint8Array,
    private readonly audit: AuditSink,
    private readonly erase: (recordId: string) => Promise<void>,
  ) {}

  /** Resolves when the item is sealed and durable. Throws RECORD_GONE after `finish` or an erasure, STORE_DENIED. */
  append(item: Uint8Array): Promise<void> {
    if (this.state !== 'open') return Promise.reject(new OneBoxError('RECORD_GONE'));
    this.items += 1;
    this.bytes += item.length;
    return this.push(this.sealer.data(item));
  }

  /** Marks the record as whole. Nothing can be appended after it. */
  async finish(): Promise<void> {
    if (this.state !== 'open') return;
    this.state = 'finished';
    await this.push(this.sealer.last());
    this.key.fill(0);
    await this.audit.append('recordSealed', {
      accessId: this.accessId,
      numbers: { items: this.items, bytes: this.bytes },
    });
  }

  /** Waits until all that was appended is on the disk, or failed. */
  async flushed(): Promise<void> {
    await this.writing;
  }

  /** Erases the record: its key, then the file. */
  destroy(): Promise<void> {
    return this.erase(this.recordId);
  }

  /** Closes the file without marking it as whole. */
  async release(): Promise<void> {
    if (this.state === 'released') return;
    this.state = 'released';
    await this.writing;
    this.key.fill(0);
    await this.file.close();
  }

  private push(sealed: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ sealed, resolve, reject });
      this.writing ??= this.drain();
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        // After a failed write the file may end in half a chunk: nothing behind it could be read.
        if (this.failure !== undefined) throw this.failure;
        await this.file.appendDurably(Buffer.concat(batch.map((item) => item.sealed)));
        for (const item of batch) item.resolve();
      } catch (error) {
        this.failure ??=
          error instanceof OneBoxError ? error : new OneBoxError('STORE_DENIED', 'record', {}, { cause: error });
        for (const item of batch) item.reject(this.failure);
      }
    }
    this.writing = undefined;
  }
}
