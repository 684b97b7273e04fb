import { dirname, join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';

/** The key of one record, wrapped by the vault. */
export interface RecordEntry {
  readonly recordId: string;
  readonly accessId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Base64. */
  readonly wrappedKey: string;
}

/**
 * The small file with the wrapped keys of all records. Every change writes a new generation and destroys
 * the old one: without its key a sealed record is noise, wherever a copy of it may be.
 */
export class KeyFile {
  /** Generations that are replaced but not destroyed yet. */
  private readonly stale = new Set<number>();

  private constructor(
    private readonly files: Files,
    private readonly folder: string,
    private generation: number,
    private kept: readonly RecordEntry[],
    readonly damaged: boolean,
  ) {}

  /** Damaged keys open nothing any more: the file is destroyed and `damaged` says so, reading goes on. */
  static async load(files: Files, folder: string): Promise<KeyFile> {
    const generations = (await files.list(folder))
      .flatMap((name) => /^keys-(\d{1,15})\.json$/.exec(name)?.[1] ?? [])
      .map(Number);
    const newest = Math.max(0, ...generations);
    const content = newest === 0 ? [] : await readEntries(files, pathOf(folder, newest));
    const file = new KeyFile(files, folder, newest, content ?? [], content === undefined);
    // A crash between writing the new generation and destroying the old one.
    for (const generation of generations) if (generation !== newest) file.stale.add(generation);
    await file.destroyStale();
    if (file.damaged) await file.replace([]);
    return file;
  }

  get entries(): readonly RecordEntry[] {
    return this.kept;
  }

  get(recordId: string): RecordEntry | undefined {
    return this.kept.find((entry) => entry.recordId === recordId);
  }

  async replace(entries: readonly RecordEntry[]): Promise<void> {
    const old = this.generation;
    await replaceJson(this.files, pathOf(this.folder, old + 1), entries);
    this.generation = old + 1;
    this.kept = entries;
    if (old > 0) this.stale.add(old);
    await this.destroyStale();
  }

  /** Destroys what an earlier change could not: until then a key that is gone can be found on the disk. */
  async destroyStale(): Promise<void> {
    for (const generation of this.stale) {
      const path = pathOf(this.folder, generation);
      if ((await this.files.read(path)) !== undefined) await this.files.shred(path);
      await this.files.remove(path);
      await this.files.syncFolder(dirname(path));
      this.stale.delete(generation);
    }
  }
}

async function readEntries(files: Files, path: string): Promise<readonly RecordEntry[] | undefined> {
  try {
    const content = await readJson(files, path);
    return Array.isArray(content) && content.every(isEntry) ? content : undefined;
  } catch (error) {
    if (error instanceof OneBoxError) throw error;
    return undefined;
  }
}

function pathOf(folder: string, generation: number): string {
  return join(folder, `keys-${generation}.json`);
}

function isEntry(value: unknown): value is RecordEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { recordId, accessId, startedAt, wrappedKey } = value as Partial<Record<keyof RecordEntry, unknown>>;
  const isId = (id: unknown) => typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);
  return isId(recordId) && isId(accessId) && typeof startedAt === 'number' && typeof wrappedKey === 'string';
}
