import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';

/** What a recovery is about to drop, behind so many records. */
export interface Recovery {
  readonly entries: number;
  readonly droppedBytes: number;
}

/**
 * Stands in the folder apart from the log from before a recovery cuts until its record is durable: when
 * power goes in between, the next one still says what was dropped.
 */
export class RecoveryMark {
  private readonly path: string;

  constructor(
    private readonly files: Files,
    private readonly folder: string,
  ) {
    this.path = join(folder, 'recovering.json');
  }

  /** Takes the recovery down, or finds the one that was not finished. What it answers is to be said; undefined: nothing. */
  async begin(found: Recovery): Promise<Recovery | undefined> {
    const before = await this.read();
    // With more records than then the first of them said it.
    const unfinished = before !== undefined && before.entries === found.entries ? before.droppedBytes : 0;
    const droppedBytes = Math.max(found.droppedBytes, unfinished);
    if (droppedBytes === 0) {
      if (before !== undefined) await this.end();
      return undefined;
    }
    const recovery = { entries: found.entries, droppedBytes };
    if (unfinished !== droppedBytes) await replaceJson(this.files, this.path, recovery);
    return recovery;
  }

  async end(): Promise<void> {
    await this.files.remove(this.path);
    await this.files.syncFolder(this.folder);
  }

  private async read(): Promise<Recovery | undefined> {
    const content = await readJson(this.files, this.path).catch((error: unknown) => {
      if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
      throw error;
    });
    if (typeof content !== 'object' || content === null) return undefined;
    const { entries, droppedBytes } = content as Partial<Record<keyof Recovery, unknown>>;
    const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
    return isCount(entries) && isCount(droppedBytes) ? { entries, droppedBytes } : undefined;
  }
}
