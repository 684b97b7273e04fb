import { dirname, join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';
import { type Cause, isCause } from './causes.js';
import type { Seen } from './lifetime.js';

/** The key of one record, wrapped by the vault. */
export interface RecordEntry {
  readonly recordId: string;
  readonly accessId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Its age goes on from here. */
  readonly seen: Seen;
  /** Base64. */
  readonly wrappedKey: string;
}

/** What is left of a record whose key is destroyed, until its file is gone and the log says so. */
export interface Grave {
  /** Undefined: the keys themselves were lost, nobody knows of how many records. */
  readonly recordId?: string;
  readonly accessId?: string;
  readonly cause: Cause;
  readonly bytes: number;
  readonly ageMinutes: number;
}

interface Content {
  readonly entries: readonly RecordEntry[];
  readonly graves: readonly Grave[];
}

const NOTHING: Content = { entries: [], graves: [] };
const KEYS_LOST: Grave = { cause: 'keys-lost', bytes: 0, ageMinutes: 0 };

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
    private kept: Content,
  ) {}

  /** Damaged keys open nothing any more: the file is destroyed and a grave says so, reading goes on. */
  static async load(files: Files, folder: string): Promise<KeyFile> {
    const generations = (await files.list(folder))
      .flatMap((name) => /^keys-(\d{1,15})\.json$/.exec(name)?.[1] ?? [])
      .map(Number);
    const newest = Math.max(0, ...generations);
    const content = newest === 0 ? NOTHING : await readContent(files, pathOf(folder, newest));
    const file = new KeyFile(files, folder, newest, content ?? NOTHING);
    // A crash between writing the new generation and destroying the old one.
    for (const generation of generations) if (generation !== newest) file.stale.add(generation);
    await file.destroyStale();
    if (content === undefined) await file.replace([], [KEYS_LOST]);
    return file;
  }

  get entries(): readonly RecordEntry[] {
    return this.kept.entries;
  }

  get graves(): readonly Grave[] {
    return this.kept.graves;
  }

  /** Nothing of a destruction is left to be done. */
  get isSettled(): boolean {
    return this.graves.length === 0 && this.stale.size === 0;
  }

  get(recordId: string): RecordEntry | undefined {
    return this.entries.find((entry) => entry.recordId === recordId);
  }

  async replace(entries: readonly RecordEntry[], graves: readonly Grave[] = this.graves): Promise<void> {
    const old = this.generation;
    const content: Content = { entries, graves };
    await replaceJson(this.files, pathOf(this.folder, old + 1), content);
    this.generation = old + 1;
    this.kept = content;
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

async function readContent(files: Files, path: string): Promise<Content | undefined> {
  try {
    const content = await readJson(files, path);
    return isContent(content) ? content : undefined;
  } catch (error) {
    if (error instanceof OneBoxError) throw error;
    return undefined;
  }
}

function pathOf(folder: string, generation: number): string {
  return join(folder, `keys-${generation}.json`);
}

type Fields<T> = Partial<Record<keyof T, unknown>>;
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isId = (id: unknown) => typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

function isContent(value: unknown): value is Content {
  if (!isObject(value)) return false;
  const { entries, graves } = value as Fields<Content>;
  return Array.isArray(entries) && entries.every(isEntry) && Array.isArray(graves) && graves.every(isGrave);
}

function isEntry(value: unknown): value is RecordEntry {
  if (!isObject(value)) return false;
  const { recordId, accessId, startedAt, seen, wrappedKey } = value as Fields<RecordEntry>;
  return (
    isId(recordId) && isId(accessId) && typeof startedAt === 'number' && isSeen(seen) && typeof wrappedKey === 'string'
  );
}

function isSeen(value: unknown): value is Seen {
  if (!isObject(value)) return false;
  const { ageMs, unixMs, uptimeMs, boot } = value as Fields<Seen>;
  return (
    isCount(ageMs) &&
    typeof unixMs === 'number' &&
    isCount(uptimeMs) &&
    (boot === undefined || typeof boot === 'string')
  );
}

function isGrave(value: unknown): value is Grave {
  if (!isObject(value)) return false;
  const { recordId, accessId, cause, bytes, ageMinutes } = value as Fields<Grave>;
  const named = recordId === undefined ? accessId === undefined : isId(recordId) && isId(accessId);
  return named && isCause(cause) && isCount(bytes) && Number.isSafeInteger(ageMinutes);
}
