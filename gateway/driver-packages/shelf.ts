import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { sha256 } from '../audit/crypto.js';
import type { Files } from '../files/files.js';
import { replaceFile } from '../files/replace.js';

const ENDING = '.onebox-driver';

/** The files of the packages: `packages/ID/VERSION.onebox-driver`, and `unsigned/ID.onebox-driver` for the developer mode. */
export class Shelf {
  readonly #packages: string;
  readonly #unsigned: string;

  constructor(
    private readonly files: Files,
    folder: string,
  ) {
    this.#packages = join(folder, 'packages');
    this.#unsigned = join(folder, 'unsigned');
  }

  path(id: string, version: string): string {
    return join(this.#packages, id, `${version}${ENDING}`);
  }

  unsignedPath(id: string): string {
    return join(this.#unsigned, `${id}${ENDING}`);
  }

  /** Durable when it resolves. */
  async put(id: string, version: string, bytes: Uint8Array): Promise<void> {
    await this.files.makeFolder(join(this.#packages, id));
    await replaceFile(this.files, this.path(id, version), bytes);
  }

  async putUnsigned(id: string, bytes: Uint8Array): Promise<void> {
    await this.files.makeFolder(this.#unsigned);
    await replaceFile(this.files, this.unsignedPath(id), bytes);
  }

  /** The bytes of a file whose hash is known. DRIVER_LOAD when it is not there, DRIVER_PACKAGE when it is another one. */
  async get(path: string, hash: string): Promise<Uint8Array> {
    const bytes = await this.files.read(path);
    if (bytes === undefined) throw new OneBoxError('DRIVER_LOAD', 'the package is gone');
    if (hashOf(bytes) !== hash) throw new OneBoxError('DRIVER_PACKAGE', 'not the file that was installed');
    return bytes;
  }

  ids(): Promise<string[]> {
    return this.files.list(this.#packages);
  }

  versions(id: string): Promise<string[]> {
    return named(this.files, join(this.#packages, id));
  }

  unsigned(): Promise<string[]> {
    return named(this.files, this.#unsigned);
  }

  /** Removes all versions of a driver but these. */
  async keepOnly(id: string, versions: readonly (string | undefined)[]): Promise<void> {
    for (const version of await this.versions(id))
      if (!versions.includes(version)) await this.files.remove(this.path(id, version));
  }
}

async function named(files: Files, folder: string): Promise<string[]> {
  return (await files.list(folder))
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length));
}

/** Of a package's file, in hex. */
export function hashOf(bytes: Uint8Array): string {
  return Buffer.from(sha256(bytes)).toString('hex');
}
