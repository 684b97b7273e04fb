import { join } from 'node:path';
import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { BadgeReader } from './access/badge/badge-reader.js';
import { IDLE_MINUTES } from './access/idle-time.js';
import type { StoreChoice } from './access/key-store/secret-store.js';
import { isOverride } from './access/matrix.js';
import { Background } from './access/refusals.js';
import type { SmartCards } from './access/smart-card/smart-cards.js';
import { TimeWindow } from './access/window.js';
import type { CommandName, Commands, GatewayApi, GatewayEvent, HandedOver, Status } from './api.js';
import { encodeReceipt, receiptOf } from './audit/receipt.js';
import { Backup } from './backup/backup.js';
import { commands, type Handlers } from './commands.js';
import { Decommissioning } from './decommissioning/decommissioning.js';
import { DeviceTracker } from './discovery/device-list.js';
import { Matcher } from './discovery/match.js';
import type { DriverIndex } from './driver-host/driver-index.js';
import type { ProcessLauncher } from './driver-host/launcher.js';
import { DriverPackages } from './driver-packages/packages.js';
import { Encounters } from './encounters.js';
import { Trail } from './exports/trail.js';
import { systemClock } from './files/clock.js';
import { Disk } from './files/disk.js';
import type { Files } from './files/files.js';
import { keepCommands } from './keep-commands.js';
import { FileProvider } from './links/file/provider.js';
import type { LinkProvider, PreflightItem } from './links/link.js';
import { OpenedFiles } from './opened-files.js';
import type { Reading, ReadingChoices } from './reading.js';
import { RecordKeeping } from './records/keeping.js';
import { openStore, type Store, storeFolders } from './store.js';
import { BREAK_GLASS_TERMS, CODE_DIGITS, identityList, preflightRow } from './views.js';

export interface GatewayOptions {
  /** Where the store is: audit log, vault, people, sealed records. */
  readonly dataFolder: string;
  readonly providers: readonly LinkProvider[];
  /** Those that came with the application; packages of the store join them. */
  readonly drivers: DriverIndex;
  readonly launcher: ProcessLauncher;
  /** Simulated devices: everything says PRACTICE. */
  readonly practice: boolean;
  /** Unsigned drivers run: everything says DEVELOPER. */
  readonly developer?: boolean;
  readonly version: string;
  /** How sessions of this gateway read; the window reads on as long as it is open. */
  readonly reading?: ReadingChoices;
  /** Instead of the disk. */
  readonly files?: Files;
  /** The system's secret store, or why there is none. */
  readonly keyStore?: StoreChoice;
  /** Those of OpenSC when not given. */
  readonly smartCards?: SmartCards;
  /** Where badges are held to; closed with this gateway. */
  readonly badgeReader?: BadgeReader | undefined;
  /** Minutes without a command after which the tablet locks, unless a read is running; instead of its setting. */
  readonly idleMinutes?: number;
  /** Runs when the gateway is disposed of, last. */
  readonly onDispose?: () => Promise<void>;
}

/** How often what is over is looked for. */
const LOOK_MS = 5_000;

/**
 * The engine behind one contract: discovery, access, reading, audit and records. Free of windows and of
 * Electron; carriers bring its commands and events to whoever shows them.
 */
export class Gateway implements GatewayApi {
  private readonly listeners = new Set<(event: GatewayEvent) => void>();
  private readonly tracker: DeviceTracker;
  private readonly encounters: Encounters;
  private readonly files: OpenedFiles;
  private readonly handlers: Handlers;
  private preflight: readonly PreflightItem[] = [];
  private smartCards = false;
  private readonly background = new Background();
  private readonly timer: NodeJS.Timeout;
  private idle: TimeWindow;
  /** Commands that are being done. */
  private running = 0;
  private over = false;
  private disposed: Promise<void> | undefined;
  private locking: Promise<unknown> | undefined;
  private handingOver: Promise<unknown> = Promise.resolve();
  /** The whole log, for tools in this process: no carrier brings it. */
  readonly trail: Trail;
  /** The records that are there, for tools in this process. */
  readonly records: RecordKeeping;
  /** The end of this tablet, for tools in this process. After it this gateway must be disposed of. */
  readonly decommissioning: Decommissioning;
  /** The configuration as a file, and back, for tools in this process. */
  readonly backup: Backup;

  private constructor(
    private readonly options: GatewayOptions,
    private readonly store: Store,
    /** Drivers that came as packages. */
    readonly packages: DriverPackages,
  ) {
    const { providers, practice, dataFolder, files = new Disk() } = options;
    this.trail = new Trail({ store, dataFolder, files, practice });
    const { drivers } = packages;
    const emit = (event: GatewayEvent): void => this.emit(event);
    const changed = (): void => this.emitStatus();
    store.audit.onWaiting(changed);
    this.tracker = new DeviceTracker({
      providers,
      matcher: new Matcher(drivers.manifests),
      practice,
      changed: () => this.emitDevices(),
      radioChanged: () => void this.checkRadios(),
    });
    this.files = new OpenedFiles(new FileProvider(), this.tracker);
    this.encounters = new Encounters({
      ...options,
      drivers,
      store,
      device: (deviceId) => this.tracker.get(deviceId),
      closed: (deviceId) => this.files.forget(deviceId),
      emit,
      changed,
    });
    this.records = new RecordKeeping({ store, practice, erase: (accessId) => this.encounters.erase(accessId) });
    this.decommissioning = new Decommissioning({
      store,
      dataFolder,
      files,
      practice,
      trusted: () => this.packages.counts(),
      closeAll: () => this.encounters.closeAll(),
    });
    this.backup = new Backup({ store, packages, practice });
    this.handlers = {
      ...commands({
        store,
        tracker: this.tracker,
        encounters: this.encounters,
        files: this.files,
        drivers,
        refusedDrivers: () => packages.refused,
        practice,
        status: () => this.status(),
        changed,
        checkRadios: () => void this.checkRadios(),
        handOver: (accessId) => this.handOver(accessId),
      }),
      ...keepCommands({
        records: this.records,
        backup: this.backup,
        decommissioning: this.decommissioning,
        receiptOf: (entry) => this.receiptOf(entry),
        end: () => this.endTablet(),
      }),
    };
    this.idle = this.newIdle();
    this.timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Opens the store and looks at the radios. Throws STORE_BUSY, STORE_DENIED, AUDIT_WRITE, VAULT_BROKEN, KEY_STORE_NEEDED. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const store = await openStore(options.dataFolder, options.files, options.practice, options);
    try {
      const { dataFolder, drivers: builtIn, launcher, version, practice, developer = false } = options;
      const packages = await DriverPackages.open({
        folder: join(dataFolder, 'drivers'),
        files: options.files ?? new Disk(),
        audit: store.audit,
        builtIn,
        launcher,
        applicationVersion: version,
        developer,
      });
      const gateway = new Gateway(options, store, packages);
      await store.audit.append('applicationStarted', {
        numbers: {
          people: store.access.list().length,
          drivers: packages.drivers.all.length,
          practice: Number(practice),
          developer: Number(developer),
        },
      });
      void gateway.checkRadios();
      return gateway;
    } catch (error) {
      await store.close().catch(() => undefined);
      throw error;
    }
  }

  /** As `GatewayApi`: does what the person who unlocked the tablet may do. Rejects with an OneBoxError. */
  async call<N extends CommandName>(
    name: N,
    ...args: Commands[N]['in'] extends undefined ? [] : [Commands[N]['in']]
  ): Promise<Commands[N]['out']> {
    const input = args[0] as Commands[N]['in'];
    if (this.over) throw new OneBoxError('TABLET_OVER');
    this.running += 1;
    const handler = this.handlers[name] as (input: unknown) => Promise<Commands[N]['out']> | Commands[N]['out'];
    try {
      await this.store.access.authorise(name, input, this.options.practice);
      return await handler(input);
    } catch (error) {
      throw toOneBoxError(error);
    } finally {
      this.running -= 1;
      this.idle = this.newIdle();
    }
  }

  subscribe(listener: (event: GatewayEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Ends what is over: accesses, records, shifts, Tier 0, and use. To be called when the machine wakes up; a timer does it too. */
  look(): void {
    if (this.over) return;
    const { access } = this.store;
    access.look();
    // What fails is tried again by the timer.
    void this.store.records.look().catch(() => undefined);
    if (access.tierZero.isOver) this.background.run(this.handlers.closeTierZero(undefined) as Promise<undefined>);
    const isUsed = this.running > 0 || this.encounters.isReading || !this.idle.isOver;
    const isIdle = access.stage === 'unlocked' && !isUsed;
    if (access.isShiftOver || isIdle) this.background.run(this.lockNow());
  }

  /** Once at a time. */
  private lockNow(): Promise<unknown> {
    this.locking ??= Promise.resolve(this.handlers.lock(undefined)).finally(() => {
      this.locking = undefined;
    });
    return this.locking;
  }

  /** The reading of an access, for tools that want the whole document. Throws ACCESS_UNKNOWN. */
  readingOf(accessId: string): Reading {
    return this.encounters.reading(accessId);
  }

  /** Ends all reads and accesses, closes the log and frees the radios. Throws AUDIT_WRITE when all of that is done. */
  dispose(): Promise<void> {
    this.disposed ??= this.disposeOnce();
    return this.disposed;
  }

  private async disposeOnce(): Promise<void> {
    clearInterval(this.timer);
    await this.background.settled();
    await this.handlers.closeTierZero(undefined);
    await this.tracker.stop();
    await this.encounters.closeAll();
    this.files.forgetAll();
    await this.store.audit.append('applicationStopped').catch(() => undefined);
    try {
      await this.store.close();
    } finally {
      await Promise.all(this.options.providers.map((provider) => provider.dispose()));
      await this.options.onDispose?.();
    }
  }

  private async receiptOf(entry: number): Promise<string> {
    const { dataFolder, files = new Disk() } = this.options;
    await this.store.audit.checkpoint();
    return encodeReceipt(await receiptOf(files, storeFolders(dataFolder).audit, entry));
  }

  /** After a decommissioning: what is left is destroyed by the next opening of the store, which is at once. */
  private async endTablet(): Promise<void> {
    this.over = true;
    try {
      await this.dispose();
      await (await openStore(this.options.dataFolder, this.options.files)).close();
    } catch {
      // The order is durable: the next start carries it out.
    }
  }

  private get idleMinutes(): number {
    return this.options.idleMinutes ?? this.store.access.idleTime.minutes;
  }

  /** One after the other: each needs a quarter of a gigabyte for a second. Loaded when the first is asked for. */
  private handOver(accessId: string): Promise<HandedOver> {
    const { store, encounters } = this;
    const { practice, version } = this.options;
    const receiptOf = (entry: number): Promise<string> => this.receiptOf(entry);
    const next = this.handingOver
      .catch(() => undefined)
      .then(() => import('./handover/hand-over.js'))
      .then((module) => module.handOver({ store, encounters, receiptOf, practice, version }, accessId));
    this.handingOver = next;
    return next;
  }

  private newIdle(): TimeWindow {
    return new TimeWindow(systemClock, this.idleMinutes * 60_000);
  }

  private async checkRadios(): Promise<void> {
    const [smartCards, ...found] = await Promise.all([
      this.store.access.smartCards.isThere(),
      ...this.options.providers.map((provider) => provider.preflight().catch(() => [])),
    ]);
    this.smartCards = smartCards;
    this.preflight = found.flat();
    this.emitStatus();
  }

  private status(): Status {
    const { access, audit } = this.store;
    const { stage, person, factors, codesLeft, shiftEndsAt } = access;
    const { entries, intact, error, waiting } = audit.status;
    const { magnetUntil } = this.encounters;
    const openAccess = this.encounters.lastOf(person?.id);
    return {
      version: this.options.version,
      practice: this.options.practice,
      developer: this.options.developer ?? false,
      stage,
      people: access.list(),
      ...(person ? { person } : {}),
      factors,
      dispatcherCodes: codesLeft,
      codeDigits: CODE_DIGITS,
      ...(person && shiftEndsAt !== undefined ? { shiftEndsAt } : {}),
      drivers: this.packages.drivers.all.length,
      breakGlass: BREAK_GLASS_TERMS,
      override: person !== undefined && isOverride(person.role),
      preflight: this.preflight.map(preflightRow),
      audit: { entries, intact, ...(error ? { error: error.toJSON() } : {}), ...(waiting ? { waiting } : {}) },
      ...(magnetUntil > Date.now() ? { magnetUntil } : {}),
      ...(openAccess ? { openAccess } : {}),
      ...(this.options.badgeReader ? { badgeReader: this.options.badgeReader.name } : {}),
      smartCards: this.smartCards,
      idle: { minutes: this.idleMinutes, shortest: IDLE_MINUTES.shortest, longest: IDLE_MINUTES.longest },
      keyStore: this.store.keyStore,
    };
  }

  /** A locked tablet shows nothing of what is around, but by Tier 0. */
  private emitDevices(): void {
    const { stage, tierZero } = this.store.access;
    const list = this.tracker.list();
    if (stage === 'unlocked') this.emit({ type: 'devices', list });
    else if (tierZero.isOpen) this.emit({ type: 'identities', list: identityList(list, tierZero.endsAt) });
  }

  private emitStatus(): void {
    this.emit({ type: 'status', status: this.status() });
  }

  private emit(event: GatewayEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch {
        // A window that is gone must not end a read.
      }
    }
  }
}
