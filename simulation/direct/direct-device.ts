import type { BleAir, BleSimulator, SerialSimulator, SimulatedCharacteristic } from '@onebox/driver-sdk/simulator.js';
import type { Link } from '@onebox/gateway/links/link.js';
import { DirectLink, type DirectTable } from './direct-link.js';

/** What a GATT link carries in one notification with the MTU that the tablet asks for (247 - 3). */
const MAX_NOTIFICATION = 244;
/** ATT error: insufficient authentication. */
const NOT_AUTHENTICATED = { attError: 0x05 };

export interface DirectOptions {
  /** Clock of device and tablet, milliseconds since 1970; the machine's when not given. */
  readonly now?: () => number;
}

/**
 * A simulated device without radio or wire: its handlers are called directly, what it sends arrives in the
 * next turn of the loop. It is started once and can be opened again and again, one link at a time.
 */
export class DirectDevice {
  #link: DirectLink | undefined;

  private constructor(
    private readonly table: DirectTable,
    private readonly now: () => number,
    private readonly connection: (connected: boolean) => void,
    /** Stops the simulator. */
    readonly stop: () => Promise<void>,
  ) {}

  static async ble(simulator: BleSimulator, { now = Date.now }: DirectOptions = {}): Promise<DirectDevice> {
    const subscriptions: ((characteristic: string, on: boolean) => void)[] = [];
    const connections: ((connected: boolean) => void)[] = [];
    const characteristics = new Map<string, SimulatedCharacteristic>(
      simulator.services.flatMap((service) => service.characteristics.map((one) => [one.uuid, one] as const)),
    );
    const locked = (channel: string) =>
      simulator.pairing === 'refused' && characteristics.get(channel)?.encrypted ? NOT_AUTHENTICATED : undefined;
    const device: DirectDevice = new DirectDevice(
      {
        transport: 'ble',
        channels: simulator.services.flatMap((service) =>
          service.characteristics.map(({ uuid, properties }) => ({
            id: uuid,
            service: service.uuid,
            canRead: properties.includes('read'),
            canNotify: properties.includes('notify'),
            canIndicate: properties.includes('indicate'),
            canWrite: properties.includes('write'),
            canWriteWithoutResponse: properties.includes('write-without-response'),
          })),
        ),
        read: async (channel) => locked(channel) ?? characteristics.get(channel)?.read?.(),
        write: async (channel, bytes) => locked(channel) ?? characteristics.get(channel)?.write?.(bytes),
        subscribed: (channel, on) => {
          if (locked(channel)) return;
          for (const listener of subscriptions) listener(channel, on);
        },
      },
      now,
      (connected) => {
        for (const listener of connections) listener(connected);
      },
      async () => simulator.stop(),
    );
    const notify: BleAir['notify'] = async (channel, bytes) => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      device.#link?.arrive(channel, bytes.subarray(0, MAX_NOTIFICATION));
    };
    await simulator.start({
      notify,
      indicate: notify,
      onSubscribe: (listener) => void subscriptions.push(listener),
      onConnection: (listener) => void connections.push(listener),
      disconnect: () => device.#link?.hangUp(),
      maxNotification: MAX_NOTIFICATION,
      now,
    });
    return device;
  }

  static async serial(simulator: SerialSimulator, { now = Date.now }: DirectOptions = {}): Promise<DirectDevice> {
    const listeners: ((bytes: Uint8Array) => void)[] = [];
    const line = { id: 'line', service: '', canRead: false, canNotify: true, canIndicate: false, canWrite: true };
    const device: DirectDevice = new DirectDevice(
      {
        transport: 'serial',
        channels: [{ ...line, canWriteWithoutResponse: true }],
        read: async () => undefined,
        write: async (_channel, bytes) => {
          for (const listener of listeners) listener(bytes);
        },
        subscribed: () => undefined,
      },
      now,
      () => undefined,
      async () => simulator.stop(),
    );
    await simulator.start({
      send: (bytes) => device.#link?.arrive('line', bytes),
      onBytes: (listener) => void listeners.push(listener),
      unplug: () => device.#link?.hangUp(),
      now,
    });
    return device;
  }

  /** A new link; the one before is lost. */
  async open(): Promise<DirectLink & Link> {
    this.#link?.hangUp();
    const link = new DirectLink(this.table, this.now);
    this.#link = link;
    this.connection(true);
    void link.ended.then(() => {
      if (this.#link === link) this.#link = undefined;
      this.connection(false);
    });
    return link;
  }
}
