import type { AttRefusal, SimulatedValue } from '@onebox/driver-sdk/simulator.js';
import type {
  Channel,
  ChannelId,
  Link,
  LinkEnd,
  OperationOptions,
  Packet,
  ReadOptions,
  TransportKind,
  WriteOptions,
} from '@onebox/gateway/links/link.js';
import { OperationQueue } from '@onebox/gateway/links/operations.js';
import { OneBoxError } from '@onebox/protocol/errors.js';

/** What the device at the other end offers. */
export interface DirectTable {
  readonly transport: TransportKind;
  readonly channels: readonly Channel[];
  /** Undefined where nothing can be read. */
  read(channel: ChannelId): Promise<SimulatedValue | undefined>;
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without a refusal returns nothing
  write(channel: ChannelId, bytes: Uint8Array): Promise<void | AttRefusal>;
  subscribed(channel: ChannelId, on: boolean): void;
}

/** A link that keeps the rules of real ones: one operation at a time, each with its deadline. */
export class DirectLink implements Link {
  readonly maxWrite = 244;
  readonly transport: TransportKind;
  readonly ended: Promise<LinkEnd>;
  /** What was written, as `2A52 0101`. */
  readonly written: string[] = [];
  readonly #listeners = new Map<ChannelId, (packet: Packet) => void>();
  readonly #queue = new OperationQueue((error) => this.#finish(error));
  #end: (end: LinkEnd) => void = () => undefined;
  #over = false;

  constructor(
    private readonly table: DirectTable,
    private readonly now: () => number,
  ) {
    this.transport = table.transport;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async channels(): Promise<readonly Channel[]> {
    this.#queue.check();
    return this.table.channels;
  }

  async read(channel: ChannelId, options: ReadOptions): Promise<Uint8Array> {
    this.#find(channel);
    return this.#queue.run(channel, options, async () => {
      const value = await this.table.read(channel);
      if (value === undefined || 'attError' in value) throw new OneBoxError('LINK_REFUSED', channel);
      if (value.length === 0 && !options.allowEmpty) throw new OneBoxError('LINK_EMPTY', channel);
      return value;
    });
  }

  async write(channel: ChannelId, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    this.#find(channel);
    return this.#queue.run(channel, options, async () => {
      this.written.push(`${channel} ${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
      if (await this.table.write(channel, bytes)) throw new OneBoxError('LINK_REFUSED', channel);
    });
  }

  async subscribe(
    channel: ChannelId,
    listener: (packet: Packet) => void,
    options: OperationOptions,
  ): Promise<() => Promise<void>> {
    this.#find(channel);
    await this.#queue.run(channel, options, async () => {
      this.#listeners.set(channel, listener);
      this.table.subscribed(channel, true);
    });
    return async () => {
      if (!this.#listeners.delete(channel) || this.#over) return;
      this.table.subscribed(channel, false);
    };
  }

  async rssi(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#finish(undefined);
  }

  // The device's side

  /** Bytes of the device, which come in the next turn of the loop. */
  arrive(channel: ChannelId, bytes: Uint8Array): void {
    const packet = { channel, bytes: Uint8Array.from(bytes), at: this.now() };
    setImmediate(() => {
      if (!this.#over) this.#listeners.get(channel)?.(packet);
    });
  }

  /** What was sent before still comes. */
  hangUp(): void {
    setImmediate(() => this.#finish(new OneBoxError('LINK_LOST')));
  }

  #find(channel: ChannelId): void {
    this.#queue.check();
    if (!this.table.channels.some(({ id }) => id === channel)) throw new OneBoxError('LINK_NO_CHANNEL', channel);
  }

  #finish(error: OneBoxError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#queue.end(error ?? new OneBoxError('LINK_LOST', 'closed'));
    setImmediate(() => this.#end(error ? { error } : {}));
  }
}
