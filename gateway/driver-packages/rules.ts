import { ambiguity } from '@onebox/driver-sdk/ambiguity.js';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import type { DriverIndex, LoadedDriver } from '../driver-host/driver-index.js';
import type { DriverPackage } from './container.js';
import type { Ledger } from './state.js';
import type { Slot } from './state-file.js';
import { Trust } from './trust.js';
import { compareVersions, newest } from './versions.js';

/** Which packages may run on a tablet: whose signatures count, and how old they may be. */
export class Rules {
  trust = Trust.nobody;

  constructor(
    private readonly baseline: DriverIndex,
    private readonly ledger: Ledger,
    private readonly developer: boolean,
  ) {}

  /** The driver of this id that came with the application. */
  builtIn(id: string): LoadedDriver | undefined {
    return this.baseline.all.find(({ manifest }) => manifest.id === id);
  }

  /** True when both signed; false when not, in developer mode. Throws DRIVER_UNTRUSTED. */
  isSigned(opened: DriverPackage): boolean {
    try {
      this.trust.signers(opened);
      return true;
    } catch (error) {
      if (this.developer && isOneBoxError(error, 'DRIVER_UNTRUSTED')) return false;
      throw error;
    }
  }

  /** Older than the trust file, or a manifest that was active, allows. */
  isBelowFloor(id: string, version: string): boolean {
    const floor = this.#floor(id);
    return floor !== undefined && compareVersions(version, floor) < 0;
  }

  /** Throws DRIVER_ROLLBACK. */
  assertNotBelowFloor(id: string, version: string): void {
    if (this.isBelowFloor(id, version))
      throw new OneBoxError('DRIVER_ROLLBACK', `${id} ${version} is below ${this.#floor(id)}`);
  }

  /** The way goes forward: throws DRIVER_ROLLBACK, and DRIVER_PACKAGE for other content under the same version. */
  assertNewer(id: string, version: string, active: Slot | undefined, sha256: string): void {
    const builtIn = this.builtIn(id)?.manifest.version;
    if (builtIn !== undefined && compareVersions(version, builtIn) <= 0)
      throw new OneBoxError('DRIVER_ROLLBACK', `${id} ${builtIn} came with the application`);
    if (!active) return;
    const order = compareVersions(version, active.version);
    if (order < 0) throw new OneBoxError('DRIVER_ROLLBACK', `${id} ${active.version} is installed`);
    if (order === 0 && sha256 !== active.sha256)
      throw new OneBoxError('DRIVER_PACKAGE', `another package of ${id} ${version} is installed`);
  }

  /** No other driver claims the same devices without a way to tell them apart. Throws DRIVER_AMBIGUOUS. */
  assertTellable(manifest: Manifest, installed: readonly Manifest[]): void {
    const clash = installed.find((other) => other.id !== manifest.id && ambiguity([manifest, other]).length > 0);
    if (clash) throw new OneBoxError('DRIVER_AMBIGUOUS', `${manifest.id} and ${clash.id} claim the same device`);
  }

  #floor(id: string): string | undefined {
    return newest([this.trust.minimum(id), this.ledger.entry(id)?.floor]);
  }
}
