import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Link, LinkProvider, PreflightItem, Scan, Sighting } from '../link.js';
import { FILE_BYTES } from './limits.js';
import { FileLink } from './link.js';

/** Files that are held at once; the oldest gives way. */
const MOST_FILES = 4;
const HEAD_BYTES = 4096;

interface OpenedFile {
  readonly content: Uint8Array;
  readonly sighting: Sighting;
}

/**
 * Files that a person handed over, beside the devices on air and cable. They are held in memory only, and a file is
 * gone when it is forgotten. One that nobody opened with the system's own dialog cannot be reached.
 */
export class FileProvider implements LinkProvider {
  readonly transport = 'file';
  readonly #files = new Map<string, OpenedFile>();
  #count = 0;

  constructor(private readonly now: () => number = Date.now) {}

  async preflight(): Promise<readonly PreflightItem[]> {
    return [];
  }

  /** Takes a file. Throws FILE_TOO_LARGE, FILE_EMPTY. */
  add(name: string, content: Uint8Array): Sighting {
    if (content.length > FILE_BYTES) throw new OneBoxError('FILE_TOO_LARGE', '', { mebibytes: FILE_BYTES / 2 ** 20 });
    if (content.length === 0) throw new OneBoxError('FILE_EMPTY');
    this.#count += 1;
    const at = this.now();
    const sighting: Sighting = {
      id: `file:${this.#count}`,
      transport: 'file',
      firstHeard: at,
      lastHeard: at,
      file: { name, bytes: content.length, head: content.slice(0, HEAD_BYTES) },
    };
    this.#files.set(sighting.id, { content, sighting });
    const [oldest] = this.#files.keys();
    if (this.#files.size > MOST_FILES && oldest !== undefined) this.forget(oldest);
    return sighting;
  }

  has(id: string): boolean {
    return this.#files.has(id);
  }

  forget(id: string): void {
    this.#files.delete(id);
  }

  /** Files are handed over, never looked for. */
  async scan(): Promise<Scan> {
    return { stop: async () => undefined };
  }

  /** Throws LINK_NOT_FOUND for a file that was forgotten. */
  async open(sightingId: string): Promise<Link> {
    const file = this.#files.get(sightingId);
    if (!file) throw new OneBoxError('LINK_NOT_FOUND', 'the file is not open any more');
    return new FileLink(file.content, this.now);
  }

  async dispose(): Promise<void> {
    this.#files.clear();
  }
}
