import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Access, AccessControl } from './access/access.js';
import type {
  AccessSummary,
  CommandName,
  Commands,
  DeviceRow,
  Factor,
  GatewayApi,
  GatewayEvent,
  Reason,
  Status,
} from './api.js';
import { chooseCandidate } from './discovery/choose.js';
import { DeviceTracker } from './discovery/device-list.js';
import { type Candidate, Matcher } from './discovery/match.js';
import type { DriverIndex, LoadedDriver } from './driver-host/driver-index.js';
import type { ProcessLauncher } from './driver-host/launcher.js';
import type { Files } from './files/files.js';
import type { LinkProvider, PreflightItem } from './links/link.js';
import { Reading, type ReadingChoices } from './reading.js';
import type { SealedRecord } from './records/store.js';
import { openStore, type Store } from './store.js';
import { accessSummary, preflightRow } from './views.js';

export interface GatewayOptions {
  /** Where the store is: audit log, vault, people, sealed records. */
  readonly dataFolder: string;
  readonly providers: readonly LinkProvider[];
  readonly drivers: DriverIndex;
  readonly launcher: ProcessLauncher;
  /** Simulated devices: everything says PRACTICE. */
  readonly practice: boolean;
  readonly version: string;
  /** How sessions of this gateway read; the window reads on as long as it is open. */
  readonly reading?: ReadingChoices;
  /** Instead of the disk. */
  readonly files?: Files;
  /** Runs when the gateway is disposed of, last. */
  readonly onDispose?: () => Promise<void>;
}

type KnownDevice = NonNullable<ReturnType<DeviceTracker['get']>>;

interface Open {
  readonly deviceId: string;
  readonly reading: Reading;
  readonly record: SealedRecord;
}

type Handlers = {
  readonly [N in CommandName]: (input: Commands[N]['in']) => Promise<Commands[N]['out']> | Commands[N]['out'];
};

/**
 * The engine behind one contract: discovery, access, reading, audit and records. Free of windows and of
 * Electron; carriers bring its commands and events to whoever shows them.
 */
export class Gateway implements GatewayApi {
  private readonly listeners = new Set<(event: GatewayEvent) => void>();
  private readonly tracker: DeviceTracker;
  private readonly open = new Map<string, Open>();
  /** Devices whose glass is being broken. */
  private readonly opening = new Set<string>();
  private preflight: readonly PreflightItem[] = [];
  private magnetUntil = 0;

  private constructor(
    private readonly options: GatewayOptions,
    private readonly store: Store,
  ) {
    this.tracker = new DeviceTracker({
      providers: options.providers,
      matcher: new Matcher(options.drivers.manifests),
      practice: options.practice,
      changed: () => this.emit({ type: 'devices', list: this.tracker.list() }),
    });
    this.access.onChange((access) => this.accessChanged(access));
  }

  /** Opens the store and looks at the radios. Throws STORE_BUSY, STORE_DENIED, AUDIT_WRITE, VAULT_BROKEN. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const store = await openStore(options.dataFolder, options.files);
    try {
      const gateway = new Gateway(options, store);
      await store.audit.append('applicationStarted', {
        numbers: {
          people: store.access.list().length,
          drivers: options.drivers.all.length,
          practice: Number(options.practice),
        },
      });
      void gateway.checkRadios();
      return gateway;
    } catch (error) {
      await store.close().catch(() => undefined);
      throw error;
    }
  }

  /** As `GatewayApi`; rejects with an OneBoxError. */
  async call<N extends CommandName>(
    name: N,
    ...args: Commands[N]['in'] extends undefined ? [] : [Commands[N]['in']]
  ): Promise<Commands[N]['out']> {
    const handler = this.handlers[name] as (input: unknown) => Promise<Commands[N]['out']> | Commands[N]['out'];
    try {
      return await handler(args[0]);
    } catch (error) {
      throw toOneBoxError(error);
    }
  }

  subscribe(listener: (event: GatewayEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The reading of an access, for tools that want the whole document. Throws ACCESS_UNKNOWN. */
  readingOf(accessId: string): Reading {
    const open = this.open.get(accessId);
    if (!open) throw new OneBoxError('ACCESS_UNKNOWN');
    return open.reading;
  }

  /** Ends all reads and accesses, closes the log and frees the radios. Throws AUDIT_WRITE when all of that is done. */
  async dispose(): Promise<void> {
    await this.tracker.stop();
    for (const accessId of [...this.open.keys()]) await this.close(accessId).catch(() => undefined);
    await this.store.audit.append('applicationStopped').catch(() => undefined);
    try {
      await this.store.close();
    } finally {
      await Promise.all(this.options.providers.map((provider) => provider.dispose()));
      await this.options.onDispose?.();
    }
  }

  private get access(): AccessControl {
    return this.store.access;
  }

  private readonly handlers: Handlers = {
    status: () => this.status(),
    enrol: async (input) => {
      const enrolled = await this.access.enrol(input);
      this.emitStatus();
      return enrolled;
    },
    unlock: async ({ personId, factor }) => {
      await this.access.unlock(personId, factor);
      this.emitStatus();
      return this.status();
    },
    lock: async () => {
      for (const accessId of [...this.open.keys()]) await this.close(accessId);
      await this.stopScan();
      await this.access.lock();
      this.emitStatus();
      return this.status();
    },
    startScan: async () => {
      this.assertUnlocked();
      await this.store.audit.append('scanStarted');
      await this.tracker.start();
      void this.checkRadios();
      return this.tracker.list();
    },
    stopScan: async () => {
      await this.stopScan();
      return this.tracker.list();
    },
    breakGlass: (input) => this.breakGlass(input),
    cancelBreakGlass: async ({ deviceId }) => {
      await this.access.cancel(deviceId);
      return undefined;
    },
    stopReading: ({ accessId }) => {
      this.opened(accessId).reading.stop();
      return undefined;
    },
    readAgain: async ({ accessId }) => {
      const { reading } = this.opened(accessId);
      reading.stop();
      await reading.ended;
      // The access may have ended while the read did.
      this.opened(accessId).reading.again();
      return undefined;
    },
    card: ({ accessId }) => this.opened(accessId).reading.card(),
    values: ({ accessId }) => this.opened(accessId).reading.values(),
    episodes: ({ accessId }) => this.opened(accessId).reading.episodes(),
    strips: ({ accessId }) => this.opened(accessId).reading.strips(),
    strip: ({ accessId, stripId }) => {
      const found = this.opened(accessId).reading.strip(stripId);
      if (!found) throw new OneBoxError('INPUT_INVALID', 'strip.stripId');
      return found;
    },
    access: ({ accessId }) => accessSummary(this.access.get(accessId)),
    auditOfAccess: async ({ accessId }) => {
      this.assertUnlocked();
      const { entries, intact } = this.store.audit.status;
      return { rows: await this.store.audit.rows({ accessId }), intact, entries };
    },
    recordSeen: async ({ deviceId }) => {
      this.assertUnlocked();
      const { transport } = this.deviceRow(deviceId);
      await this.store.audit.append('deviceSeen', { transport, numbers: { practice: Number(this.options.practice) } });
      return undefined;
    },
    close: ({ accessId }) => this.close(accessId),
  };

  private async breakGlass({
    deviceId,
    driverId,
    reason,
    factor,
  }: Commands['breakGlass']['in']): Promise<AccessSummary> {
    const known = this.tracker.get(deviceId);
    if (!known) throw new OneBoxError('DEVICE_UNKNOWN');
    const candidate = chooseCandidate(known.match.candidates, driverId);
    const driver = this.options.drivers.get(candidate.manifest.id);
    const running = [...this.open.values()].some((open) => open.deviceId === deviceId && !open.reading.isOver);
    if (running || this.opening.has(deviceId)) throw new OneBoxError('SESSION_RUNNING');
    this.opening.add(deviceId);
    try {
      return await this.openAccess(known, candidate, driver, reason, factor);
    } finally {
      this.opening.delete(deviceId);
    }
  }

  private async openAccess(
    known: KnownDevice,
    candidate: Candidate,
    driver: LoadedDriver,
    reason: Reason,
    factor: Factor,
  ): Promise<AccessSummary> {
    const { practice } = this.options;
    const { id: deviceId, transport } = known.sighting;
    // Resolves only when the record of the access is on disk: nothing was sent to the device before this line.
    const access = await this.access.breakGlass({
      deviceKey: deviceId,
      deviceClass: candidate.deviceClass,
      driver: { id: driver.manifest.id, version: driver.manifest.version, sha256: driver.sha256 },
      transport,
      personId: this.access.person?.id ?? '',
      reason,
      factor,
      practice,
    });
    const record = await this.recordFor(access);
    const line = candidate.serialRule?.line;
    const reading = new Reading({
      accessId: access.accessId,
      driver,
      deviceClass: candidate.deviceClass,
      transport,
      services: known.sighting.ble?.services ?? [],
      openLink: (signal) =>
        known.provider.open(deviceId, { deadlineMs: CONNECT_DEADLINE_MS, signal, ...(line ? { line } : {}) }),
      purpose: access.purpose,
      practice,
      launcher: this.options.launcher,
      applicationVersion: this.options.version,
      audit: async (event, fields) => {
        await this.store.audit.append(event, { ...fields, accessId: access.accessId });
      },
      keep: (finding) => record.append(finding),
      changed: () => this.emitCard(access.accessId),
      fault: (error) => this.emit({ type: 'fault', accessId: access.accessId, error: error.toJSON() }),
      liveStrip: (strip) => this.emit({ type: 'live', accessId: access.accessId, strip }),
      ...this.options.reading,
    });
    this.open.set(access.accessId, { deviceId, reading, record });
    this.emit({ type: 'access', access: accessSummary(access) });
    this.emitCard(access.accessId);
    return accessSummary(access);
  }

  /** Where what is read is kept, sealed. Without it, or when the tablet was locked meanwhile, there is no access. */
  private async recordFor({ accessId }: Access): Promise<SealedRecord> {
    let record: SealedRecord | undefined;
    try {
      record = await this.store.records.create(accessId);
      this.access.assertOpen(accessId);
      return record;
    } catch (error) {
      await record?.destroy().catch(() => undefined);
      await this.access.close(accessId).catch(() => undefined);
      throw error;
    }
  }

  /** An access that may still be looked at. Throws ACCESS_UNKNOWN, ACCESS_ENDED, LOCKED. */
  private opened(accessId: string): Open {
    this.access.assertOpen(accessId);
    const open = this.open.get(accessId);
    if (!open) throw new OneBoxError('ACCESS_UNKNOWN');
    return open;
  }

  private async close(accessId: string): Promise<Commands['close']['out']> {
    const open = this.open.get(accessId);
    if (!open) throw new OneBoxError('ACCESS_UNKNOWN');
    // From here on nothing of it can be looked at or read again.
    this.open.delete(accessId);
    open.reading.stop();
    await open.reading.ended;
    const { items, magnetUntil } = open.reading;
    await open.reading.dispose();
    let deleted = 0;
    try {
      await open.record.destroy();
      deleted = items;
    } finally {
      await this.access.close(accessId, deleted);
    }
    if (magnetUntil !== undefined) this.magnetUntil = Math.max(this.magnetUntil, magnetUntil);
    this.emitStatus();
    return { deleted: items, closedAt: Date.now(), ...(magnetUntil === undefined ? {} : { magnetUntil }) };
  }

  /** When the time is over the link closes; the data stay sealed and covered until the person closes. */
  private accessChanged(access: Access): void {
    if (access.state === 'ended') this.open.get(access.accessId)?.reading.stop();
    this.emit({ type: 'access', access: accessSummary(access) });
  }

  private assertUnlocked(): void {
    if (this.access.stage !== 'unlocked')
      throw new OneBoxError(this.access.stage === 'first-run' ? 'NOT_ENROLLED' : 'LOCKED');
  }

  private async stopScan(): Promise<void> {
    const { devices, hidden, scanning } = this.tracker.list();
    if (!scanning) return;
    await this.tracker.stop();
    await this.store.audit.append('scanStopped', { numbers: { devices: devices.length, hidden } });
  }

  private deviceRow(deviceId: string): DeviceRow {
    const row = this.tracker.row(deviceId);
    if (!row) throw new OneBoxError('DEVICE_UNKNOWN');
    return row;
  }

  private async checkRadios(): Promise<void> {
    const found = await Promise.all(this.options.providers.map((provider) => provider.preflight().catch(() => [])));
    this.preflight = found.flat();
    this.emitStatus();
  }

  private status(): Status {
    const { stage, person } = this.access;
    const { entries, intact, error } = this.store.audit.status;
    const openAccess = [...this.open.keys()].at(-1);
    return {
      version: this.options.version,
      practice: this.options.practice,
      stage,
      people: this.access.list(),
      ...(person ? { person } : {}),
      drivers: this.options.drivers.all.length,
      preflight: this.preflight.map(preflightRow),
      audit: { entries, intact, ...(error ? { error: error.toJSON() } : {}) },
      ...(this.magnetUntil > Date.now() ? { magnetUntil: this.magnetUntil } : {}),
      ...(openAccess ? { openAccess } : {}),
    };
  }

  private emitStatus(): void {
    this.emit({ type: 'status', status: this.status() });
  }

  /** Only while the access is open: afterwards the data are covered. */
  private emitCard(accessId: string): void {
    const open = this.open.get(accessId);
    if (!open) return;
    try {
      this.access.assertOpen(accessId);
    } catch (error) {
      if (isOneBoxError(error)) return;
      throw error;
    }
    this.emit({ type: 'card', card: open.reading.card() });
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

/** Time to connect and discover. */
const CONNECT_DEADLINE_MS = 15_000;
