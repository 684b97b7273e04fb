import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AppendFile, Files } from '../files/files.js';
import { encodeHeader, type SegmentHeader, segmentName } from './segment.js';

/** The open segment file: every write is durable or undone. */
export class SegmentWriter {
  private file: AppendFile | undefined;
  private length = 0;
  /** A write failed: bytes that were never acknowledged may stand behind `durable`. */
  private dirty = false;

  constructor(
    private readonly files: Files,
    private readonly folder: string,
  ) {}

  /** Length of the durable part. */
  get durable(): number {
    return this.length;
  }

  /** Goes on in a segment at `end`; what stands behind it is cut off, what stands before it is made durable. */
  async resume(name: string, end: number): Promise<void> {
    this.file = await this.files.openAppend(join(this.folder, name));
    this.length = end;
    if (this.file.size !== end) await this.cutBack();
    // Whoever wrote it may have failed before the sync of its content or name: seen is not yet durable.
    else await this.file.sync();
    await this.files.syncFolder(this.folder);
  }

  async begin(header: SegmentHeader): Promise<void> {
    const path = join(this.folder, segmentName(header.section, header.segment));
    await this.files.remove(path);
    const file = await this.files.openAppend(path);
    try {
      await file.appendDurably(encodeHeader(header));
      await this.files.syncFolder(this.folder);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    // All in the old file is durable: whether it closes well does not matter any more.
    await this.file?.close().catch(() => undefined);
    this.file = file;
    this.length = file.size;
    this.dirty = false;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { file } = this;
    if (file === undefined) throw new OneBoxError('AUDIT_WRITE', 'closed');
    if (this.dirty) await this.cutBack();
    this.dirty = true;
    try {
      await file.appendDurably(bytes);
    } catch (error) {
      await this.cutBack().catch(() => undefined);
      throw error;
    }
    this.dirty = false;
    this.length += bytes.length;
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
  }

  private async cutBack(): Promise<void> {
    await this.file!.truncate(this.length);
    await this.file!.sync();
    this.dirty = false;
  }
}
