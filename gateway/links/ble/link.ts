import type { EventEmitter } from 'node:events';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type {
  Channel,
  ChannelId,
  Link,
  LinkEnd,
  OperationOptions,
  Packet,
  ReadOptions,
  WriteOptions,
} from '../link.js';
import { OperationQueue, within } from '../operations.js';
import { hangUp } from './connect.js';
import type { AttRefusal } from './mend-gatt.js';
import type { NobleCharacteristic, NobleGatt, NoblePeripheral, NobleService } from './noble-types.js';
import { GattTable } from './table.js';

const CLOSE_MS = 900;
const ATT_HEADER = 3;
const SMALLEST_MTU = 23;
/** "Attribute not found" ends a discovery (Bluetooth Core, Vol 3 Part G, 4.4). */
const NOT_FOUND = 0x0a;
/** Generic Attribute: for host stacks that remember tables. We do not, and looking into it takes two round trips. */
const GENERIC_ATTRIBUTE = '1801';

/** What one exchange with the device listens for, and how it begins. */
interface Exchange<T> {
  readonly emitter: EventEmitter;
  readonly event: string;
  /** Takes the event; undefined when it is not the answer. */
  readonly answer: (...args: never[]) => { readonly value: T } | undefined;
  /** Error codes that are an answer here. */
  readonly harmless?: number;
  readonly begin: () => void;
}

interface Subscription {
  readonly listeners: Set<(packet: Packet) => void>;
  readonly onData: (data: Buffer, isNotification: boolean) => void;
}

/** A connection to one BLE device through noble. */
export class BleLink implements Link {
  readonly transport = 'ble';
  readonly ended: Promise<LinkEnd>;
  readonly #queue = new OperationQueue((error) => this.#finish({ error }));
  readonly #subscriptions = new Map<NobleCharacteristic, Subscription>();
  #resolveEnded!: (end: LinkEnd) => void;
  #over = false;
  #table: GattTable | undefined;
  #hungUp: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly peripheral: NoblePeripheral,
    /** The attribute client of the HCI binding; other systems have none, and do not tell a refused read from an empty one. */
    private readonly gatt: NobleGatt | undefined,
    private readonly now: () => number,
  ) {
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    peripheral.once('disconnect', this.#onDisconnect);
    gatt?.on('malformed', this.#onMalformed);
  }

  /** Resolves when the controller has let go of the connection; the next one to this device waits for it. */
  get released(): Promise<unknown> {
    return this.#hungUp;
  }

  get maxWrite(): number {
    return (this.peripheral.mtu ?? SMALLEST_MTU) - ATT_HEADER;
  }

  async channels(options: OperationOptions): Promise<readonly Channel[]> {
    return (await this.#discover(options)).table.channels;
  }

  async read(channel: ChannelId, options: ReadOptions): Promise<Uint8Array> {
    const { table, left } = await this.#discover(options);
    const { characteristic } = table.get(channel);
    const value = await this.#operate(`read ${channel}`, left, {
      emitter: characteristic,
      event: 'read',
      answer: (data: Buffer, isNotification: boolean) =>
        isNotification ? undefined : { value: Uint8Array.from(data) },
      begin: () => characteristic.read(),
    });
    if (value.length === 0 && !options.allowEmpty) throw new OneBoxError('LINK_EMPTY', channel);
    return value;
  }

  async write(channel: ChannelId, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    const { table, left } = await this.#discover(options);
    const { channel: can, characteristic } = table.get(channel);
    const withResponse = options.withResponse ?? can.canWrite;
    if (bytes.length > this.maxWrite) throw new OneBoxError('LINK_MISUSE', `write of ${bytes.length} octets`);
    if (withResponse ? !can.canWrite : !can.canWriteWithoutResponse)
      throw new OneBoxError('LINK_MISUSE', `write ${channel}`);
    await this.#operate(`write ${channel}`, left, {
      emitter: characteristic,
      event: 'write',
      answer: () => ({ value: undefined }),
      begin: () => characteristic.write(Buffer.from(bytes), !withResponse),
    });
  }

  async subscribe(
    channel: ChannelId,
    listener: (packet: Packet) => void,
    options: OperationOptions,
  ): Promise<() => Promise<void>> {
    const { table, left } = await this.#discover(options);
    const { channel: can, characteristic } = table.get(channel);
    if (!can.canNotify && !can.canIndicate) throw new OneBoxError('LINK_MISUSE', `subscribe ${channel}`);
    const present = this.#subscriptions.get(characteristic);
    const subscription = present ?? this.#listen(can.id, characteristic);
    subscription.listeners.add(listener);
    const remove = async (): Promise<void> => {
      if (!subscription.listeners.delete(listener) || subscription.listeners.size > 0) return;
      this.#forget(characteristic);
      if (!this.#over)
        await this.#notify(channel, characteristic, false, { deadlineMs: options.deadlineMs }).catch(() => {});
    };
    try {
      await this.#notify(channel, characteristic, true, left);
    } catch (error) {
      subscription.listeners.delete(listener);
      if (subscription.listeners.size === 0) this.#forget(characteristic);
      throw error;
    }
    return remove;
  }

  async rssi(options: OperationOptions): Promise<number | undefined> {
    this.#queue.check();
    let take: (rssi: number) => void = () => {};
    const answer = new Promise<number | undefined>((resolve) => {
      take = (rssi) => resolve(rssi >= 127 ? undefined : rssi);
    });
    this.peripheral.once('rssiUpdate', take);
    try {
      this.peripheral.updateRssi(); // asks the controller, not the device: an overdue answer says nothing of the link
      const gone = this.ended.then(({ error }) => Promise.reject(error ?? new OneBoxError('LINK_ABORTED', 'closed')));
      return await within('rssi', options, Promise.race([answer, gone]));
    } finally {
      this.peripheral.removeListener('rssiUpdate', take);
    }
  }

  async close(): Promise<void> {
    this.#finish({});
    await within('close', { deadlineMs: CLOSE_MS + 50 }, this.#hungUp).catch(() => {});
  }

  /** The adapter went: there is no controller any more that could disconnect. */
  abandon(error: OneBoxError): void {
    this.#finish({ error }, false);
  }

  readonly #onDisconnect = (reason: number): void => {
    this.#finish({ error: new OneBoxError('LINK_LOST', `HCI reason ${reason}`, { hci: reason }) }, false);
  };

  readonly #onMalformed = (detail: string): void => this.#finish({ error: new OneBoxError('LINK_MALFORMED', detail) });

  #finish(end: LinkEnd, disconnect = true): void {
    if (this.#over) return;
    this.#over = true;
    this.peripheral.removeListener('disconnect', this.#onDisconnect);
    this.gatt?.removeListener('malformed', this.#onMalformed);
    if (disconnect) this.#hungUp = hangUp(this.peripheral, CLOSE_MS);
    for (const characteristic of [...this.#subscriptions.keys()]) this.#forget(characteristic);
    this.#queue.end(end.error ?? new OneBoxError('LINK_ABORTED', 'the link was closed'));
    this.#resolveEnded(end);
  }

  /** The table of the device, read once, and what is left of the deadline. */
  async #discover(options: OperationOptions): Promise<{ table: GattTable; left: OperationOptions }> {
    this.#queue.check();
    const started = performance.now();
    const table = this.#table ?? (await this.#queue.run('discover', options, (over) => this.#readTable(over)));
    return { table, left: { ...options, deadlineMs: Math.max(1, options.deadlineMs - (performance.now() - started)) } };
  }

  async #readTable(over: AbortSignal): Promise<GattTable> {
    if (this.#table) return this.#table; // a discovery that waited for another one
    const services = await this.#exchange<readonly NobleService[]>('discover services', over, {
      emitter: this.peripheral,
      event: 'servicesDiscover',
      answer: (found: NobleService[]) => ({ value: found }),
      harmless: NOT_FOUND,
      begin: () => this.peripheral.discoverServices([]),
    });
    const found: { service: string; characteristic: NobleCharacteristic }[] = [];
    for (const service of services) {
      if (service.uuid === GENERIC_ATTRIBUTE) continue;
      const characteristics = await this.#exchange<readonly NobleCharacteristic[]>(`discover ${service.uuid}`, over, {
        emitter: service,
        event: 'characteristicsDiscover',
        answer: (list: NobleCharacteristic[]) => ({ value: list }),
        harmless: NOT_FOUND,
        begin: () => service.discoverCharacteristics([]),
      });
      for (const characteristic of characteristics) found.push({ service: service.uuid, characteristic });
    }
    this.#table = new GattTable(found);
    return this.#table;
  }

  #operate<T>(what: string, options: OperationOptions, exchange: Exchange<T>): Promise<T> {
    return this.#queue.run(what, options, (over) => this.#exchange(what, over, exchange));
  }

  #exchange<T>(what: string, over: AbortSignal, exchange: Exchange<T>): Promise<T> {
    let off: () => void = () => {};
    const answered = new Promise<T>((resolve, reject) => {
      const onEvent = (...args: unknown[]): void => {
        const answer = exchange.answer(...(args as never[]));
        if (answer) resolve(answer.value);
      };
      const onRefused = ({ request, code }: AttRefusal): void => {
        if (code === exchange.harmless) return;
        reject(new OneBoxError('LINK_REFUSED', `${what}, ATT error ${code}`, { attError: code, attRequest: request }));
      };
      off = () => {
        exchange.emitter.removeListener(exchange.event, onEvent);
        this.gatt?.removeListener('refused', onRefused);
      };
      exchange.emitter.on(exchange.event, onEvent);
      this.gatt?.on('refused', onRefused);
      over.addEventListener('abort', off, { once: true });
      exchange.begin();
    });
    return answered.finally(off);
  }

  #notify(
    channel: ChannelId,
    characteristic: NobleCharacteristic,
    on: boolean,
    options: OperationOptions,
  ): Promise<void> {
    return this.#operate<void>(`${on ? 'subscribe' : 'unsubscribe'} ${channel}`, options, {
      emitter: characteristic,
      event: 'notify',
      answer: () => ({ value: undefined }),
      begin: () => characteristic.notify(on),
    });
  }

  #listen(channel: ChannelId, characteristic: NobleCharacteristic): Subscription {
    const listeners = new Set<(packet: Packet) => void>();
    const onData = (data: Buffer, isNotification: boolean): void => {
      if (!isNotification) return;
      const packet = { channel, bytes: Uint8Array.from(data), at: this.now() };
      for (const listener of [...listeners]) {
        try {
          listener(packet);
        } catch (error) {
          this.#finish({ error: new OneBoxError('INTERNAL', 'a packet listener threw', {}, { cause: error }) });
        }
      }
    };
    characteristic.on('data', onData);
    const subscription = { listeners, onData };
    this.#subscriptions.set(characteristic, subscription);
    return subscription;
  }

  #forget(characteristic: NobleCharacteristic): void {
    const subscription = this.#subscriptions.get(characteristic);
    if (subscription) characteristic.removeListener('data', subscription.onData);
    this.#subscriptions.delete(characteristic);
  }
}
