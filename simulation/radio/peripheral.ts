import type { BleAir, BleSimulator, SimulatedAdvertisement, SimulatedService } from '@onebox/driver-sdk/simulator.js';
import { advertisingData } from './advertising-data.js';
import { type Connection, loadBleHost, type Manager } from './ble-host.js';
import { CID, FaultyTransport, type Misbehaviour } from './faulty-transport.js';
import { channelId, gattTable, type TableCharacteristic } from './gatt-table.js';
import type { HciTransport } from './h4.js';

/** ble-host does not say when advertising runs, and stopping it earlier than this has no effect (ms). */
const ADVERTISING_SETTLES_MS = 20;
const PAIRING_NOT_SUPPORTED = 0x05;

export interface PeripheralOptions {
  /** `none`: refuses pairing. */
  readonly pairing?: 'just-works' | 'none';
}

/** A description without behaviour of its own: what tests and small devices start. */
export interface GattServiceSpec {
  readonly advertisement: SimulatedAdvertisement;
  readonly services: readonly SimulatedService[];
}

/** A simulated GATT device on a controller: the pure JavaScript stack `ble-host` under a description. */
export class Peripheral implements BleAir {
  readonly #transport: FaultyTransport;
  readonly #table: ReturnType<typeof gattTable>;
  readonly #subscriptions: ((characteristic: string, on: boolean) => void)[] = [];
  readonly #connections: ((connected: boolean) => void)[] = [];
  /** Notifications on their way; a lost connection settles them. */
  readonly #pending = new Set<() => void>();
  #manager!: Manager;
  #connection: Connection | undefined;
  #advertising = false;
  #settled: Promise<void> = Promise.resolve();

  constructor(
    readonly controller: HciTransport,
    readonly spec: GattServiceSpec,
    private readonly options: PeripheralOptions = {},
  ) {
    this.#transport = new FaultyTransport(controller);
    this.#table = gattTable(spec.services, (characteristic, on) => this.#subscribed(characteristic, on));
  }

  /** Brings the stack up and starts to advertise. */
  async open(): Promise<void> {
    const { BleManager } = loadBleHost();
    this.#manager = await new Promise<Manager>((resolve, reject) => {
      BleManager.create(this.#transport, {}, (error, manager) => (error ? reject(error) : resolve(manager)));
    });
    const { data, scanResponse } = advertisingData(this.spec.advertisement);
    this.#manager.gattDb.setDeviceName(Buffer.from(this.spec.advertisement.name ?? '').subarray(0, 248));
    this.#manager.gattDb.addServices(this.#table.table);
    this.#manager.setAdvertisingData(data);
    this.#manager.setScanResponseData(scanResponse);
    await this.advertise(true);
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  get maxNotification(): number {
    return (this.#connection?.gatt.currentMtu ?? 23) - 3;
  }

  now(): number {
    return Date.now();
  }

  async advertise(on: boolean): Promise<void> {
    this.#advertising = on;
    if (this.#connection) return; // a connected device does not advertise; afterwards it looks at the wish
    await this.#settled;
    if (!on) await new Promise<void>((resolve) => this.#manager.stopAdvertising(resolve));
    else {
      const interval = Math.round((this.spec.advertisement.intervalMs ?? 100) / 0.625);
      this.#manager.startAdvertising({ intervalMin: interval, intervalMax: interval }, (status, connection) => {
        if (status === loadBleHost().HciErrors.SUCCESS) this.#accept(connection);
      });
      this.#settled = new Promise((resolve) => setTimeout(resolve, ADVERTISING_SETTLES_MS));
      await this.#settled;
    }
  }

  notify(channel: string, bytes: Uint8Array): Promise<void> {
    return this.#push(channel, (characteristic, connection, done) =>
      characteristic.notify?.(connection, Buffer.from(bytes), done),
    );
  }

  indicate(channel: string, bytes: Uint8Array): Promise<void> {
    return this.#push(channel, (characteristic, connection, done) =>
      characteristic.indicate?.(connection, Buffer.from(bytes), done),
    );
  }

  onSubscribe(listener: (characteristic: string, on: boolean) => void): void {
    this.#subscriptions.push(listener);
  }

  onConnection(listener: (connected: boolean) => void): void {
    this.#connections.push(listener);
  }

  disconnect(): void {
    this.#connection?.disconnect();
  }

  /** The device loses power: nothing is said on air. */
  close(): void {
    this.#advertising = false;
    this.#ended();
    this.#transport.close();
  }

  // Faults on order

  /** Swallows all that the device would send on a connection. */
  set silent(on: boolean) {
    this.#transport.silent = on;
  }

  /** Answers some ATT requests in another way than the stack would. */
  set misbehave(how: Misbehaviour | undefined) {
    this.#transport.misbehave = how;
  }

  /** Sends a raw L2CAP packet, whatever it breaks. */
  sendRaw(channel: keyof typeof CID, bytes: Uint8Array): void {
    this.#transport.sendRaw(CID[channel], bytes);
  }

  /** Hangs up once it has sent so many octets of data on its connection. */
  dropAfter(octets: number): void {
    this.#transport.onSpent = () => {
      this.#transport.allowance = Number.POSITIVE_INFINITY;
      this.disconnect();
    };
    this.#transport.allowance = octets;
  }

  #push(
    channel: string,
    send: (characteristic: TableCharacteristic, connection: Connection, done: () => void) => boolean | undefined,
  ): Promise<void> {
    const characteristic = this.#table.find(channel);
    return new Promise((resolve) => {
      const done = (): void => {
        this.#pending.delete(done);
        resolve();
      };
      this.#pending.add(done);
      if (!this.#connection || !send(characteristic, this.#connection, done)) done();
    });
  }

  #accept(connection: Connection): void {
    this.#connection = connection;
    connection.on('disconnect', () => {
      this.#ended();
      if (this.#advertising) void this.advertise(true);
    });
    connection.smp.on('pairingRequest', (_request, answer) => {
      if (this.options.pairing === 'none') connection.smp.sendPairingFailed(PAIRING_NOT_SUPPORTED);
      else answer({ sc: true });
    });
    for (const listener of this.#connections) listener(true);
  }

  #ended(): void {
    if (!this.#connection) return;
    this.#connection = undefined;
    for (const done of [...this.#pending]) done();
    for (const listener of this.#connections) listener(false);
  }

  #subscribed(characteristic: TableCharacteristic, on: boolean): void {
    for (const listener of this.#subscriptions) listener(channelId(this.spec.services, characteristic), on);
  }
}

/** Starts a device that is only a description. */
export async function startPeripheral(
  controller: HciTransport,
  spec: GattServiceSpec,
  options?: PeripheralOptions,
): Promise<Peripheral> {
  const peripheral = new Peripheral(controller, spec, options);
  await peripheral.open();
  return peripheral;
}

export interface RunningSimulator {
  readonly peripheral: Peripheral;
  /** Takes the device off the air and stops the simulator. */
  close(): Promise<void>;
}

/** Puts a driver's simulator on the air. */
export async function startSimulator(
  controller: HciTransport,
  simulator: BleSimulator,
  options?: PeripheralOptions,
): Promise<RunningSimulator> {
  const pairing = simulator.pairing === 'refused' ? ({ pairing: 'none' } as const) : undefined;
  const peripheral = new Peripheral(controller, simulator, options ?? pairing);
  await simulator.start(peripheral);
  await peripheral.open();
  return {
    peripheral,
    async close() {
      peripheral.close();
      await simulator.stop();
    },
  };
}
