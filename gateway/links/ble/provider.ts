import { OneBoxError } from '@onebox/protocol/errors.js';
import type {
  Link,
  LinkProvider,
  OpenOptions,
  OperationOptions,
  PreflightItem,
  Scan,
  ScanListener,
  Sighting,
} from '../link.js';
import { within } from '../operations.js';
import { blePreflight } from '../preflight.js';
import { BleAdapter } from './adapter.js';
import { connectPeripheral } from './connect.js';
import type { HciSocketFactory } from './hci-socket.js';
import { BleLink } from './link.js';
import type { Noble, NobleGatt, NoblePeripheral } from './noble-types.js';
import { BleSightings, sightingId } from './sightings.js';

const SWEEP_MS = 1_000;
const RESTART_SCAN_MS = 500;
const PREFLIGHT_MS = 6_000;

export interface BleProviderOptions {
  /** The adapter's socket; without it the adapter of this machine. A virtual radio gives one. */
  readonly hciSocket?: HciSocketFactory;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Milliseconds after which a device that is not heard is gone; 60 000. */
  readonly goneMs?: number;
  /** Milliseconds between tries to get at an adapter that does not work; 2 000. */
  readonly retryMs?: number;
}

/** Finds and opens Bluetooth LE devices through noble. Loads it at the first use. */
export class BleProvider implements LinkProvider {
  readonly transport = 'ble';
  readonly #now: () => number;
  readonly #adapter: BleAdapter;
  readonly #sightings: BleSightings;
  readonly #scans = new Set<ScanListener>();
  readonly #links = new Map<string, BleLink | 'opening'>();
  /** A controller connects to one device at a time: resolves when the attempts before are over. */
  #turn: Promise<void> = Promise.resolve();
  /** Aborted when the adapter goes. */
  #lifetime = new AbortController();
  #error: OneBoxError | undefined;
  #scanning = false;
  #sweeper: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #paused = false;
  #listeningSince = 0;

  constructor(private readonly options: BleProviderOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#sightings = new BleSightings(options.goneMs);
    this.#adapter = new BleAdapter(
      {
        changed: (error) => this.#adapterChanged(error),
        discovered: (peripheral: NoblePeripheral) => this.#discovered(peripheral),
        scanStopped: () => this.#scanStopped(),
      },
      options.hciSocket,
      options.retryMs,
    );
  }

  async preflight(): Promise<readonly PreflightItem[]> {
    const error = await this.#adapter.ready({ deadlineMs: PREFLIGHT_MS }).then(
      () => undefined,
      (reason: OneBoxError) => reason,
    );
    return blePreflight(error, this.options.hciSocket === undefined);
  }

  async scan(listener: ScanListener): Promise<Scan> {
    this.#scans.add(listener);
    for (const sighting of this.#sightings.all()) listener.seen(sighting);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
    const knownBefore = this.#error !== undefined;
    await this.#adapter.ready({ deadlineMs: PREFLIGHT_MS }).then(
      () => this.#listen(),
      (error: OneBoxError) => {
        if (knownBefore) listener.state(error);
      },
    );
    return {
      stop: async () => {
        this.#scans.delete(listener);
        if (this.#scans.size > 0) return;
        clearInterval(this.#sweeper);
        this.#sweeper = undefined;
        this.#quiet();
      },
    };
  }

  async open(id: string, options: OpenOptions): Promise<Link> {
    const noble = await this.#adapter.ready(options);
    const peripheral = this.#sightings.peripheral(id);
    if (!peripheral) throw new OneBoxError('LINK_NOT_FOUND', id);
    if (!peripheral.connectable) throw new OneBoxError('LINK_FAILED', 'the device takes no connection');
    if (this.#links.has(id)) throw new OneBoxError('LINK_BUSY', 'open here');
    this.#links.set(id, 'opening');
    const lifetime = this.#lifetime.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, lifetime]) : lifetime;
    try {
      return await this.#inTurn({ ...options, signal }, (left) => this.#connect(noble, id, peripheral, left));
    } catch (error) {
      throw (lifetime.aborted && this.#error) || error;
    } finally {
      if (this.#links.get(id) === 'opening') this.#links.delete(id);
    }
  }

  async dispose(): Promise<void> {
    this.#lifetime.abort();
    this.#scans.clear();
    clearInterval(this.#sweeper);
    clearTimeout(this.#restart);
    this.#quiet();
    await Promise.all([...this.#links.values()].map((link) => (link === 'opening' ? undefined : link.close())));
    this.#adapter.dispose();
  }

  async #inTurn<T>(options: OperationOptions, work: (left: OperationOptions) => Promise<T>): Promise<T> {
    const started = performance.now();
    const before = this.#turn;
    let release = (): void => {};
    const mine = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#turn = before.then(() => mine);
    try {
      await within('connect', options, before);
      return await work({ ...options, deadlineMs: Math.max(1, options.deadlineMs - (performance.now() - started)) });
    } finally {
      release();
    }
  }

  async #connect(noble: Noble, id: string, peripheral: NoblePeripheral, options: OperationOptions): Promise<Link> {
    this.#quiet(); // many controllers do not listen and connect at once
    this.#paused = true;
    const gatt = (): NobleGatt | undefined => noble._bindings._gatts?.[peripheral.id];
    try {
      await connectPeripheral(peripheral, options, gatt);
    } finally {
      this.#paused = false;
      this.#listen();
    }
    const link = new BleLink(peripheral, gatt(), this.#now);
    this.#links.set(id, link);
    void link.ended.then(() => link.released).then(() => this.#links.delete(id));
    return link;
  }

  #adapterChanged(error: OneBoxError | undefined): void {
    this.#error = error;
    if (error) {
      this.#scanning = false;
      this.#lifetime.abort();
      this.#lifetime = new AbortController();
      for (const link of this.#links.values()) if (link !== 'opening') link.abandon(error);
      const gone = this.#sightings.clear();
      for (const listener of this.#scans) for (const id of gone) listener.gone(id);
    }
    for (const listener of this.#scans) listener.state(error);
    if (!error) this.#listen();
  }

  #listen(): void {
    const { noble } = this.#adapter;
    if (!noble || this.#scanning || this.#scans.size === 0 || this.#paused) return;
    this.#scanning = true;
    this.#listeningSince = this.#now();
    noble.startScanning([], true);
  }

  #quiet(): void {
    if (!this.#scanning) return;
    this.#scanning = false;
    this.#adapter.noble?.stopScanning();
  }

  /** Another program, or the system, stopped the scan of the adapter. */
  #scanStopped(): void {
    if (!this.#scanning) return;
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => {
      this.#scanning = false;
      this.#listen();
    }, RESTART_SCAN_MS);
    this.#restart.unref();
  }

  #discovered(peripheral: NoblePeripheral): void {
    const sighting: Sighting | undefined = this.#sightings.hear(peripheral, this.#now());
    if (sighting) for (const listener of this.#scans) listener.seen(sighting);
  }

  #sweep(): void {
    if (!this.#scanning) return;
    for (const peripheral of this.#sightings.sweep(this.#now(), this.#listeningSince)) {
      const id = sightingId(peripheral);
      this.#adapter.forget(peripheral);
      for (const listener of this.#scans) listener.gone(id);
    }
  }
}
