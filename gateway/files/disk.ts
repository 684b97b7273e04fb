import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AppendFile, Files, Unlock } from './files.js';
import { lockFolder } from './lock.js';

/** The real disk. Files are readable by this user only. */
export class Disk implements Files {
  async makeFolder(folder: string): Promise<void> {
    const first = await storing(mkdir(folder, { recursive: true, mode: 0o700 }));
    if (first === undefined) return;
    // What is made durable in a folder is lost with it when its own name is not.
    for (let made = folder; made.length >= first.length; made = dirname(made)) await this.syncFolder(dirname(made));
  }

  async list(folder: string): Promise<string[]> {
    return (await absentAs([], readdir(folder))).sort();
  }

  async tree(folder: string): Promise<string[]> {
    const entries = await absentAs([], readdir(folder, { recursive: true, withFileTypes: true }));
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return absentAs(undefined, readFile(path));
  }

  async openAppend(path: string): Promise<AppendFile> {
    const handle = await storing(open(path, APPEND, 0o600));
    return new DiskFile(handle, (await handle.stat()).size);
  }

  rename(from: string, to: string): Promise<void> {
    return storing(rename(from, to));
  }

  async shred(path: string): Promise<void> {
    const { size } = await storing(stat(path));
    const handle = await storing(open(path, 'r+'));
    try {
      for (let at = 0; at < size; at += CHUNK)
        await storing(writeAll(handle, randomBytes(Math.min(CHUNK, size - at)), at));
      await storing(handle.datasync());
    } finally {
      await handle.close();
    }
  }

  remove(path: string): Promise<void> {
    return absentAs(undefined, unlink(path));
  }

  async syncFolder(folder: string): Promise<void> {
    // Windows has no handle on a folder; there the journal of the file system orders the names.
    if (process.platform === 'win32') return;
    const handle = await storing(open(folder, 'r'));
    try {
      await storing(handle.sync());
    } finally {
      await handle.close();
    }
  }

  lock(folder: string): Promise<Unlock> {
    return storing(lockFolder(folder));
  }
}

const CHUNK = 1 << 16;

/**
 * With O_DSYNC a write ends as if fdatasync had followed: one step instead of two. Only on Linux: macOS
 * does not flush the drive for it, Windows has none.
 */
const WRITES_ARE_DURABLE = process.platform === 'linux';
const APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (WRITES_ARE_DURABLE ? constants.O_DSYNC : 0);

class DiskFile implements AppendFile {
  constructor(
    private readonly handle: FileHandle,
    public size: number,
  ) {}

  async append(bytes: Uint8Array): Promise<void> {
    await storing(writeAll(this.handle, bytes, null));
    this.size += bytes.length;
  }

  async appendDurably(bytes: Uint8Array): Promise<void> {
    await this.append(bytes);
    if (!WRITES_ARE_DURABLE) await this.sync();
  }

  sync(): Promise<void> {
    return storing(this.handle.datasync());
  }

  async truncate(size: number): Promise<void> {
    await storing(this.handle.truncate(size));
    this.size = size;
  }

  close(): Promise<void> {
    return storing(this.handle.close());
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(
      bytes,
      done,
      bytes.length - done,
      position === null ? null : position + done,
    );
    done += bytesWritten;
  }
}

async function absentAs<T>(absent: T, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return absent;
    throw storeError(error);
  }
}

async function storing<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw storeError(error);
  }
}

/** The system's code, e.g. `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What the system says becomes STORE_DENIED with the system's code; never the path. */
function storeError(error: unknown): unknown {
  const code = errorCode(error);
  return error instanceof OneBoxError || code === undefined
    ? error
    : new OneBoxError('STORE_DENIED', code, {}, { cause: error });
}
