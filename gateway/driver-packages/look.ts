import type { DriverIndex } from '../driver-host/driver-index.js';
import { Disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { DriverPackages, type DriverPackagesOptions, type Refused } from './packages.js';

/** What runs on a tablet, and what of its packages does not. */
export interface LookedAt {
  readonly drivers: DriverIndex;
  readonly refused: readonly Refused[];
}

/**
 * The drivers that the application would run with this store: built in, installed, and in developer mode unsigned ones.
 * Judged by the same rules, and nothing of the store is changed or locked, so that the application may be open. For
 * tools that list and replay, and read no device.
 */
export async function lookAtDrivers(options: Omit<DriverPackagesOptions, 'files' | 'audit'>): Promise<LookedAt> {
  const audit: DriverPackagesOptions['audit'] = { append: async () => 0 };
  const { drivers, refused } = await DriverPackages.open({ ...options, files: new ReadOnly(), audit });
  return { drivers, refused };
}

/** A disk that takes what is written to it, and keeps nothing of it. */
class ReadOnly implements Files {
  readonly #disk = new Disk();

  list(folder: string): Promise<string[]> {
    return this.#disk.list(folder);
  }

  tree(folder: string): Promise<string[]> {
    return this.#disk.tree(folder);
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return this.#disk.read(path);
  }

  async openAppend(): ReturnType<Files['openAppend']> {
    const nothing = async (): Promise<void> => undefined;
    return { size: 0, append: nothing, appendDurably: nothing, sync: nothing, truncate: nothing, close: nothing };
  }

  async lock(): ReturnType<Files['lock']> {
    return async () => undefined;
  }

  async makeFolder(): Promise<void> {}
  async rename(): Promise<void> {}
  async shred(): Promise<void> {}
  async remove(): Promise<void> {}
  async syncFolder(): Promise<void> {}
}
