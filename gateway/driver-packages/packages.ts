import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { EventName } from '../audit/events.js';
import type { AuditSink } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import { DriverIndex, type LoadedDriver } from '../driver-host/driver-index.js';
import type { ProcessLauncher } from '../driver-host/launcher.js';
import type { Files } from '../files/files.js';
import { type DriverPackage, parseDriverPackage } from './container.js';
import type { PackedDriver } from './packed-driver.js';
import { Rules } from './rules.js';
import { hashOf, Shelf } from './shelf.js';
import { Ledger } from './state.js';
import type { DriverEntry, Slot } from './state-file.js';
import { type Signers, Trust } from './trust.js';
import { compareVersions, newest } from './versions.js';

export interface DriverPackagesOptions {
  /** `drivers` of the store: trust file, state and packages. */
  readonly folder: string;
  readonly files: Files;
  readonly audit: Pick<AuditSink, 'append'>;
  /** The baseline that came with the application. */
  readonly builtIn: DriverIndex;
  readonly launcher: ProcessLauncher;
  readonly applicationVersion: string;
  /** Unsigned drivers run, and every screen says so. */
  readonly developer: boolean;
}

export interface InstalledDriver {
  readonly id: string;
  readonly version: string;
  readonly signed: boolean;
}

/** A version that does not run, and why. */
export interface Refused {
  readonly id: string;
  readonly version: string;
  readonly error: OneBoxError;
}

/** After so many failures one after the other the version before takes over. */
const MAX_FAILURES = 2;
/** How a driver itself fails in a session. */
const FAILS: ReadonlySet<string> = new Set([
  'DRIVER_CRASHED',
  'DRIVER_TIMEOUT',
  'DRIVER_MEMORY',
  'DRIVER_FORBIDDEN',
  'DRIVER_FLOOD',
  'DRIVER_LOAD',
]);

/** The tablet's keys or minimum versions have changed: the package runs again when they say so. */
const NOT_ITS_FAULT: ReadonlySet<string> = new Set(['DRIVER_UNTRUSTED', 'DRIVER_ROLLBACK', 'STORE_DENIED']);

/**
 * The drivers of one tablet: those that came with the application, and signed packages that add to them or
 * supersede them. A package is checked at every start (hash, both signatures, minimum version), and its self-test
 * runs before it is activated, by this version of the application too.
 */
export class DriverPackages {
  /** What may run now. */
  readonly drivers: DriverIndex;
  readonly #refused = new Map<string, Refused>();
  readonly #shelf: Shelf;
  readonly #ledger: Ledger;
  readonly #rules: Rules;
  /** One change of the state after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: DriverPackagesOptions) {
    this.drivers = new DriverIndex(options.builtIn.all);
    this.#shelf = new Shelf(options.files, options.folder);
    this.#ledger = new Ledger(options.files, options.folder);
    this.#rules = new Rules(options.builtIn, this.#ledger, options.developer);
  }

  /** Checks all packages and takes those that hold. Throws AUDIT_WRITE, STORE_DENIED; never for a bad package. */
  static async open(options: DriverPackagesOptions): Promise<DriverPackages> {
    const packages = new DriverPackages(options);
    // Without its keys nothing is judged, and nothing is held against a package.
    const trusted = await packages.#loadTrust();
    await packages.#loadState(trusted);
    if (trusted) for (const id of packages.#ledger.ids) await packages.#start(id);
    for (const { id, version } of options.builtIn.manifests)
      if (packages.drivers.get(id).manifest.version === version && packages.#rules.isBelowFloor(id, version)) {
        packages.drivers.replace(id, undefined);
        await packages.#say('driverRefused', { id, version }, new OneBoxError('DRIVER_ROLLBACK'));
      }
    if (options.developer) for (const id of await packages.#shelf.unsigned()) await packages.#startUnsigned(id);
    return packages;
  }

  /**
   * Takes a package in: checks it, keeps it, runs its self-test and activates it; the version before is kept. In
   * developer mode one without both signatures is taken too, and runs in that mode only. Throws DRIVER_PACKAGE,
   * DRIVER_UNTRUSTED, DRIVER_ROLLBACK, DRIVER_SELF_TEST, DRIVER_AMBIGUOUS, MANIFEST_INVALID, RECORDING_INVALID.
   */
  install(bytes: Uint8Array): Promise<InstalledDriver> {
    return this.#inTurn(async () => {
      let driver: { id: string; version: string } | undefined;
      try {
        const opened = parseDriverPackage(bytes);
        driver = { id: opened.id, version: opened.version };
        return await this.#install(bytes, opened);
      } catch (error) {
        await this.#say('driverRefused', driver, toOneBoxError(error));
        throw error;
      }
    });
  }

  /** Packages that were refused since the start, the last one of each driver. What runs of that version is left out. */
  get refused(): readonly Refused[] {
    const runs = ({ id, version }: Refused) =>
      this.drivers.manifests.some((one) => one.id === id && one.version === version);
    return [...this.#refused.values()].filter((one) => !runs(one));
  }

  /** Replaces the list of trusted keys. Packages are judged by it from the next start on. */
  changeTrust(trust: Trust): Promise<void> {
    return this.#inTurn(async () => {
      const { files, folder } = this.options;
      await this.#sayTrust(trust);
      await trust.save(files, folder);
      await this.#ledger.setTrust(trust.hash);
      this.#rules.trust = trust;
    });
  }

  get trust(): Trust {
    return this.#rules.trust;
  }

  /** The active packages with their files; one whose file is damaged or gone is left out, as it does not run either. */
  async active(): Promise<{ id: string; version: string; sha256: string; bytes: Uint8Array }[]> {
    const found: { id: string; version: string; sha256: string; bytes: Uint8Array }[] = [];
    for (const id of this.#ledger.ids) {
      const slot = this.#ledger.entry(id)?.active;
      if (!slot) continue;
      const { version, sha256 } = slot;
      const bytes = await this.#shelf.get(this.#shelf.path(id, version), sha256).catch((error: unknown) => {
        if (isOneBoxError(error, 'DRIVER_LOAD') || isOneBoxError(error, 'DRIVER_PACKAGE')) return undefined;
        throw error;
      });
      if (bytes) found.push({ id, version, sha256, bytes });
    }
    return found;
  }

  /** Packages that are active, and keys that are trusted. */
  counts(): { readonly drivers: number; readonly keys: number } {
    const { vendors, reviewers } = this.#rules.trust.file;
    const drivers = this.#ledger.ids.filter((id) => this.#ledger.entry(id)?.active).length;
    return { drivers, keys: vendors.length + reviewers.length };
  }

  async #install(bytes: Uint8Array, opened: DriverPackage): Promise<InstalledDriver> {
    const { id, version, signatures } = opened;
    const packed = await openPackedDriver(opened);
    const signed = this.#rules.isSigned(opened);
    this.#rules.assertNotBelowFloor(id, version);
    this.#rules.assertTellable(packed.manifest, this.drivers.manifests);
    const numbers = { bytes: bytes.length, signatures: signatures.length };
    if (!signed) {
      await this.#test(packed);
      await this.options.audit.append('driverInstalled', { driver: { id, version }, numbers });
      await this.#shelf.putUnsigned(id, bytes);
      await this.#startUnsigned(id);
      return { id, version, signed };
    }
    const entry = this.#ledger.entry(id) ?? { failures: 0 };
    const sha256 = hashOf(bytes);
    this.#rules.assertNewer(id, version, entry.active, sha256);
    await this.options.audit.append('driverInstalled', { driver: { id, version }, numbers });
    await this.#shelf.put(id, version, bytes);
    try {
      await this.#test(packed);
    } catch (error) {
      await this.#shelf.keepOnly(id, [entry.active?.version, entry.previous?.version]);
      throw error;
    }
    const active = { version, sha256, testedWith: this.options.applicationVersion };
    const previous = entry.active?.version === version ? entry.previous : entry.active;
    await this.#ledger.set(id, raised({ active, ...(previous ? { previous } : {}), failures: 0 }, entry, packed));
    await this.#shelf.keepOnly(id, [version, previous?.version]);
    this.drivers.replace(id, this.#loaded(id, active, packed, this.#rules.trust.signers(opened)));
    await this.#say('driverActivated', { id, version }, undefined, { recordings: packed.selfTest.length });
    return { id, version, signed };
  }

  async #test(packed: PackedDriver): Promise<void> {
    // Loaded when it is needed: a usual start tests nothing.
    const { selfTest } = await import('./self-test.js');
    await selfTest(packed, this.options.launcher);
  }

  /** Takes the active package of a driver, or the one before it, or leaves the built-in one. */
  async #start(id: string): Promise<void> {
    const builtIn = this.#rules.builtIn(id);
    for (const which of ['active', 'previous'] as const) {
      const slot = this.#ledger.entry(id)?.[which];
      if (!slot || (builtIn && compareVersions(slot.version, builtIn.manifest.version) <= 0)) continue;
      try {
        this.drivers.replace(id, await this.#check(id, which, slot));
        return;
      } catch (error) {
        if (!isOneBoxError(error)) throw error;
        if (NOT_ITS_FAULT.has(error.kind)) {
          await this.#say('driverRefused', { id, version: slot.version }, error);
          continue;
        }
        await this.#failed(id, slot, error);
        // It was the second failure: what was before is the active one now.
        if (this.#ledger.entry(id)?.active?.sha256 !== slot.sha256 && which === 'active') return this.#start(id);
      }
    }
  }

  /** As after an installation: hash, signatures, content, minimum version, and its self-test with this application. */
  async #check(id: string, which: 'active' | 'previous', slot: Slot): Promise<LoadedDriver> {
    const opened = parseDriverPackage(await this.#shelf.get(this.#shelf.path(id, slot.version), slot.sha256));
    if (opened.id !== id || opened.version !== slot.version) throw new OneBoxError('DRIVER_PACKAGE', 'another driver');
    const signers = this.#rules.trust.signers(opened);
    this.#rules.assertNotBelowFloor(id, slot.version);
    const packed = await openPackedDriver(opened);
    const { applicationVersion } = this.options;
    if (slot.testedWith !== applicationVersion) {
      await this.#test(packed);
      const entry = this.#ledger.entry(id);
      if (entry) await this.#ledger.set(id, { ...entry, [which]: { ...slot, testedWith: applicationVersion } });
    }
    return this.#loaded(id, slot, packed, signers);
  }

  async #startUnsigned(id: string): Promise<void> {
    try {
      const path = this.#shelf.unsignedPath(id);
      const bytes = await this.options.files.read(path);
      if (!bytes) return;
      const opened = parseDriverPackage(bytes);
      if (opened.id !== id) throw new OneBoxError('DRIVER_PACKAGE', 'another driver');
      this.#rules.assertNotBelowFloor(id, opened.version);
      const { manifest, driver } = await openPackedDriver(opened);
      const code = () => this.#code(path, hashOf(bytes));
      this.drivers.replace(id, { manifest, sha256: driver.sha256, code, signedBy: 'nobody' });
    } catch (error) {
      if (!isOneBoxError(error)) throw error;
      await this.#say('driverRefused', undefined, error);
    }
  }

  #loaded(id: string, slot: Slot, { manifest, driver }: PackedDriver, signedBy: Signers): LoadedDriver {
    return {
      manifest,
      signedBy,
      sha256: driver.sha256,
      code: () => this.#code(this.#shelf.path(id, slot.version), slot.sha256),
      sessionEnded: (error) => this.#inTurn(() => this.#sessionEnded(id, slot, error)),
    };
  }

  /** The code is read when it is needed, and is that of the start. */
  async #code(path: string, hash: string): Promise<string> {
    const { files } = parseDriverPackage(await this.#shelf.get(path, hash));
    return Buffer.from(files.get('driver.js') ?? []).toString('utf8');
  }

  async #sessionEnded(id: string, slot: Slot, error: OneBoxError | undefined): Promise<void> {
    const entry = this.#ledger.entry(id);
    if (entry?.active?.sha256 !== slot.sha256) return;
    if (error === undefined && entry.failures > 0) await this.#ledger.set(id, { ...entry, failures: 0 });
    if (error === undefined || !FAILS.has(error.kind)) return;
    await this.#failed(id, slot, error);
    if (this.#ledger.entry(id)?.active?.sha256 === slot.sha256) return;
    const builtIn = this.#rules.builtIn(id);
    this.drivers.replace(id, builtIn && !this.#rules.isBelowFloor(id, builtIn.manifest.version) ? builtIn : undefined);
    await this.#start(id);
  }

  /** Counts a failure of the active version; after the second one the version before takes its place for good. */
  async #failed(id: string, { version, sha256 }: Slot, error: OneBoxError): Promise<void> {
    const entry = this.#ledger.entry(id);
    const failures = (entry?.failures ?? 0) + 1;
    if (!entry || entry.active?.sha256 !== sha256)
      return this.#say('driverRefused', { id, version }, error, { failures: 1 });
    await this.#say('driverRefused', { id, version }, error, { failures });
    if (failures < MAX_FAILURES) return this.#ledger.set(id, { ...entry, failures });
    const { previous: active, floor } = entry;
    await this.#ledger.set(id, { ...(active ? { active } : {}), failures: 0, ...(floor ? { floor } : {}) });
    await this.#shelf.keepOnly(id, [active?.version]);
    await this.#say(
      'driverFallback',
      { id, version: active?.version ?? this.#rules.builtIn(id)?.manifest.version ?? version },
      error,
      { failures },
    );
  }

  async #loadTrust(): Promise<boolean> {
    try {
      this.#rules.trust = await Trust.load(this.options.files, this.options.folder);
      return true;
    } catch (error) {
      if (!isOneBoxError(error, 'TRUST_INVALID')) throw error;
      await this.#say('driverRefused', undefined, error);
      return false;
    }
  }

  /** Where there is no state it is made again of the packages: the newest two that hold of each driver. */
  async #loadState(trusted: boolean): Promise<void> {
    const found = await this.#ledger.load();
    if (!trusted) return;
    if (found !== 'read') for (const id of await this.#shelf.ids()) await this.#restore(id);
    if (this.#rules.trust.hash === (this.#ledger.trust ?? Trust.nobody.hash)) return;
    await this.#sayTrust(this.#rules.trust);
    await this.#ledger.setTrust(this.#rules.trust.hash);
  }

  async #sayTrust({ file: { vendors, reviewers } }: Trust): Promise<void> {
    const numbers = { vendors: vendors.length, reviewers: reviewers.length };
    await this.options.audit.append('driverTrustChanged', { numbers });
  }

  async #restore(id: string): Promise<void> {
    for (const version of (await this.#shelf.versions(id)).toSorted(compareVersions)) {
      try {
        const bytes = (await this.options.files.read(this.#shelf.path(id, version))) ?? new Uint8Array();
        const opened = parseDriverPackage(bytes);
        this.#rules.trust.signers(opened);
        if (opened.id !== id || opened.version !== version) continue;
        const before: DriverEntry = this.#ledger.entry(id) ?? { failures: 0 };
        const active = { version, sha256: hashOf(bytes), testedWith: '' };
        const entry = { active, ...(before.active ? { previous: before.active } : {}), failures: 0 };
        await this.#ledger.set(id, raised(entry, before, await openPackedDriver(opened)));
      } catch (error) {
        if (!isOneBoxError(error)) throw error;
        await this.#say('driverRefused', undefined, error);
      }
    }
  }

  async #say<E extends EventName>(
    event: E,
    driver: { readonly id: string; readonly version: string } | undefined,
    error?: OneBoxError,
    numbers?: AuditFields<E>['numbers'],
  ): Promise<void> {
    if (event === 'driverRefused' && driver && error) this.#refused.set(driver.id, { ...driver, error });
    const fields = { ...(driver ? { driver } : {}), ...(error ? { error: error.kind } : {}) };
    await this.options.audit.append(event, { ...fields, ...(numbers ? { numbers } : {}) } as AuditFields<E>);
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(step);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}

/** Loaded only where there is a package: the schema of manifests takes its time, and most starts have none. */
async function openPackedDriver(opened: DriverPackage): Promise<PackedDriver> {
  return (await import('./packed-driver.js')).openPackedDriver(opened);
}

/** The floor of an entry never sinks. */
function raised(entry: DriverEntry, before: DriverEntry, { manifest }: PackedDriver): DriverEntry {
  const floor = newest([before.floor, manifest.minimumVersion]);
  return { ...entry, ...(floor ? { floor } : {}) };
}
