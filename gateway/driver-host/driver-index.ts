import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import type { Tier } from '@onebox/driver-sdk/quality.js';
import { OneBoxError } from '@onebox/protocol/errors.js';

/** A driver that can be run. Its code is read and checked when a device is read, not at start-up. */
export interface LoadedDriver {
  readonly manifest: Manifest;
  /** On the quality scale, as the build judged it. */
  readonly tier?: Tier;
  /** Of one that came as a package: who signed it, by the names of their keys; `nobody` in developer mode. */
  readonly signedBy?: { readonly vendor: string; readonly reviewer: string } | 'nobody';
  /** Of the bundle. */
  readonly sha256: Uint8Array;
  /** The bundle; DRIVER_LOAD when it is missing or not the one of the index. */
  code(): Promise<string>;
  /** Told how a session with it ended; where a driver has one before it to fall back to. */
  readonly sessionEnded?: (error: OneBoxError | undefined) => Promise<void>;
}

interface IndexFile {
  readonly format: 'onebox-drivers';
  readonly version: 1;
  readonly drivers: readonly {
    readonly manifest: Manifest;
    readonly bundle: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly tier?: Tier;
  }[];
}

/** The installed drivers, as the build left them. */
export class DriverIndex {
  readonly #drivers: Map<string, LoadedDriver>;

  constructor(drivers: readonly LoadedDriver[]) {
    this.#drivers = new Map(drivers.map((driver) => [driver.manifest.id, driver]));
  }

  /** Reads the index of a folder of bundles; DRIVER_LOAD when there is none. */
  static open(folder = bundleFolder()): DriverIndex {
    let file: IndexFile;
    try {
      file = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as IndexFile;
    } catch (error) {
      throw new OneBoxError('DRIVER_LOAD', 'index of the drivers', {}, { cause: error });
    }
    if (file.format !== 'onebox-drivers' || file.version !== 1)
      throw new OneBoxError('DRIVER_LOAD', 'index of the drivers: unknown format');
    return new DriverIndex(
      file.drivers.map(({ manifest, bundle, sha256, tier }) => ({
        ...loadedDriver(manifest, join(folder, basename(bundle)), sha256),
        ...(tier ? { tier } : {}),
      })),
    );
  }

  get all(): readonly LoadedDriver[] {
    return [...this.#drivers.values()];
  }

  get manifests(): readonly Manifest[] {
    return this.all.map((driver) => driver.manifest);
  }

  /** From now on this driver is taken for the id; none when it is undefined. What was matched before stays. */
  replace(id: string, driver: LoadedDriver | undefined): void {
    if (driver) this.#drivers.set(id, driver);
    else this.#drivers.delete(id);
  }

  /** DRIVER_UNKNOWN when there is none of this id. */
  get(id: string): LoadedDriver {
    const driver = this.#drivers.get(id);
    if (!driver) throw new OneBoxError('DRIVER_UNKNOWN', id);
    return driver;
  }
}

function loadedDriver(manifest: Manifest, path: string, sha256: string): LoadedDriver {
  return {
    manifest,
    sha256: Buffer.from(sha256, 'hex'),
    async code() {
      const bytes = await readFile(path).catch((error: unknown) => {
        throw new OneBoxError('DRIVER_LOAD', `${manifest.id}: no bundle`, {}, { cause: error });
      });
      if (createHash('sha256').update(bytes).digest('hex') !== sha256)
        throw new OneBoxError('DRIVER_LOAD', `${manifest.id}: not the bundle of the index`);
      return bytes.toString('utf8');
    },
  };
}

/** A driver from code at hand: tests and tools. */
export function driverFromCode(manifest: Manifest, code: string): LoadedDriver {
  return { manifest, sha256: createHash('sha256').update(code).digest(), code: async () => code };
}

/** Where the build puts the bundles. */
export function bundleFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@onebox/drivers/package.json')), 'dist/bundles');
}
