import type { BleAir, BleSimulator, SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import type { Channel, Link, LinkEnd, OperationOptions, Packet, WriteOptions } from '@onebox/gateway/links/link.js';
import { OneBoxError } from '@onebox/protocol/errors.js';

/** The clock of device and tablet on a direct link stands still: what is read twice is the same to the millisecond. */
export const STANDING_CLOCK = Date.UTC(2026, 10, 22, 14, 32);

/** A link without radio or wire: the simulator is called directly. What it sends arrives in the next turn of the loop. */
export class DirectLink implements Link, BleAir {
  readonly transport: 'ble' | 'serial';
  readonly maxWrite = 244;
  readonly maxNotification = 244;
  readonly ended: Promise<LinkEnd>;
  readonly #channels: readonly Channel[];
  readonly #listeners = new Map<string, (packet: Packet) => void>();
  readonly #connection: ((connected: boolean) => void)[] = [];
  readonly #bytes: ((bytes: Uint8Array) => void)[] = [];
  #writers = new Map<string, (bytes: Uint8Array) => unknown>();
  #end: (how: LinkEnd) => void = () => undefined;
  #over: OneBoxError | undefined;

  private constructor(transport: 'ble' | 'serial', channels: readonly Channel[]) {
    this.transport = transport;
    this.#channels = channels;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  static async ble(simulator: BleSimulator): Promise<DirectLink> {
    const channels = simulator.services.flatMap(({ uuid: service, characteristics }) =>
      characteristics.map(({ uuid, properties }) => ({
        ...{ id: uuid, service, canRead: properties.includes('read'), canNotify: properties.includes('notify') },
        ...{
          canIndicate: properties.includes('indicate'),
          canWrite: properties.includes('write'),
          canWriteWithoutResponse: false,
        },
      })),
    );
    const link = new DirectLink('ble', channels);
    for (const { uuid, write } of simulator.services.flatMap(({ characteristics }) => characteristics))
      if (write) link.#writers.set(uuid, write);
    await simulator.start(link);
    for (const listener of link.#connection) listener(true);
    return link;
  }

  static async serial(simulator: SerialSimulator): Promise<DirectLink> {
    const line = {
      id: 'line',
      service: '',
      canRead: false,
      canNotify: true,
      canIndicate: false,
      canWrite: true,
      canWriteWithoutResponse: true,
    };
    const link = new DirectLink('serial', [line]);
    link.#writers.set('line', (bytes) => link.#bytes.forEach((listener) => void listener(bytes)));
    await simulator.start({
      send: (bytes) => link.#arrive('line', bytes),
      onBytes: (listener) => void link.#bytes.push(listener),
      now: () => STANDING_CLOCK,
    });
    return link;
  }

  async channels(): Promise<readonly Channel[]> {
    return this.#channels;
  }

  async read(): Promise<Uint8Array> {
    throw new OneBoxError('LINK_REFUSED');
  }

  async write(channel: string, bytes: Uint8Array, _options: WriteOptions): Promise<void> {
    if (this.#over) throw this.#over;
    const writer = this.#writers.get(channel);
    if (!writer) throw new OneBoxError('LINK_NO_CHANNEL', channel);
    await writer(bytes);
  }

  async subscribe(
    channel: string,
    listener: (packet: Packet) => void,
    _options: OperationOptions,
  ): Promise<() => Promise<void>> {
    this.#listeners.set(channel, listener);
    return async () => void this.#listeners.delete(channel);
  }

  async rssi(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#hangUp(undefined);
  }

  // The device's side

  async notify(characteristic: string, bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#arrive(characteristic, bytes);
  }

  indicate(characteristic: string, bytes: Uint8Array): Promise<void> {
    return this.notify(characteristic, bytes);
  }

  onSubscribe(): void {}

  onConnection(listener: (connected: boolean) => void): void {
    this.#connection.push(listener);
  }

  disconnect(): void {
    this.#hangUp(new OneBoxError('LINK_LOST'));
  }

  now(): number {
    return STANDING_CLOCK;
  }

  #arrive(channel: string, bytes: Uint8Array): void {
    const packet = { channel, bytes: Uint8Array.from(bytes), at: STANDING_CLOCK };
    setImmediate(() => {
      if (!this.#over) this.#listeners.get(channel)?.(packet);
    });
  }

  #hangUp(error: OneBoxError | undefined): void {
    if (this.#over) return;
    this.#over = error ?? new OneBoxError('LINK_LOST', 'closed');
    for (const listener of this.#connection) listener(false);
    setImmediate(() => this.#end(error ? { error } : {}));
  }
}
