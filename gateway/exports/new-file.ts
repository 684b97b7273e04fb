import { constants } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';

/**
 * A file or a folder that leaves the store, made beside its place as `NAME.part` and put there whole: nothing is
 * overwritten, only its owner can read it, and before `publish` there is nothing under its name.
 */

/** A wrong place is known before anything is done. Throws INPUT_INVALID. */
export async function assertNew(path: string): Promise<void> {
  for (const taken of [path, partOf(path)])
    if (await exists(taken)) throw new OneBoxError('INPUT_INVALID', taken === path ? EXISTS : `${EXISTS} as .part`);
  try {
    await access(dirname(resolve(path)), constants.W_OK);
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', 'the folder of the export cannot be written to', {}, { cause });
  }
}

const EXISTS = 'the export exists';
const partOf = (path: string): string => `${resolve(path)}.part`;

/** Text or bytes that are not yet in their place. All calls but `discard` throw STORE_DENIED when the disk refuses. */
export class NewFile {
  bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  static async begin(path: string): Promise<NewFile> {
    return new NewFile(resolve(path), await storing(open(partOf(path), 'wx', 0o600)));
  }

  async write(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await storing(this.handle.appendFile(bytes));
    this.bytes += bytes.length;
  }

  /** Durable, but still under the other name. */
  async finish(): Promise<void> {
    await storing(this.handle.sync());
    await storing(this.handle.close());
  }

  /** Throws INPUT_INVALID when somebody took the name meanwhile. */
  async publish(): Promise<void> {
    // Renaming replaces: the name is taken first, by a file that only one can make.
    const place = await open(this.path, 'wx', 0o600).catch((cause: unknown) => {
      throw new OneBoxError('INPUT_INVALID', EXISTS, {}, { cause });
    });
    await storing(place.close());
    try {
      await storing(rename(partOf(this.path), this.path));
    } catch (error) {
      await unlink(this.path).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(this.path));
  }

  /** Leaves nothing behind. Never throws. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await unlink(partOf(this.path)).catch(() => undefined);
  }
}

/** A folder of files that is not yet in its place. Throws as `NewFile`. */
export class NewFolder {
  bytes = 0;
  private readonly folders = new Set<string>();

  private constructor(private readonly path: string) {}

  static async begin(path: string): Promise<NewFolder> {
    const folder = new NewFolder(resolve(path));
    await storing(mkdir(folder.part, { mode: 0o700 }));
    return folder;
  }

  /** Where the files are until `publish`. */
  get part(): string {
    return partOf(this.path);
  }

  /** A whole file, durable; `name` may name a folder below. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.part, name);
    await storing(mkdir(dirname(file), { recursive: true, mode: 0o700 }));
    this.folders.add(dirname(file));
    const handle = await storing(open(file, 'wx', 0o600));
    try {
      await storing(handle.writeFile(bytes));
      await storing(handle.sync());
    } finally {
      await handle.close();
    }
    this.bytes += bytes.length;
  }

  async finish(): Promise<void> {
    for (const folder of new Set([...this.folders, this.part])) await syncFolder(folder);
  }

  /** Throws INPUT_INVALID when somebody took the name meanwhile. */
  async publish(): Promise<void> {
    // An empty folder of that name is replaced; anything else refuses.
    if (await exists(this.path)) throw new OneBoxError('INPUT_INVALID', EXISTS);
    await storing(rename(this.part, this.path));
    await syncFolder(dirname(this.path));
  }

  async discard(): Promise<void> {
    await rm(this.part, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Also a link to nowhere exists. */
async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}

/** Makes names durable. Windows has no handle on a folder; there the file system orders them. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await storing(open(folder, 'r'));
  try {
    await storing(handle.sync());
  } finally {
    await handle.close();
  }
}

async function storing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (isOneBoxError(cause)) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new OneBoxError('STORE_DENIED', code, {}, { cause });
  }
}
