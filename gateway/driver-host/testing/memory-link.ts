import { OneBoxError } from '@onebox/protocol/errors.js';
import type {
  Channel,
  ChannelId,
  Link,
  LinkEnd,
  OperationOptions,
  Packet,
  ReadOptions,
  TransportKind,
} from '../../links/link.js';

/** What the device at the other end does. */
export interface MemoryDevice {
  readonly transport?: TransportKind;
  readonly channels: readonly (Partial<Channel> & { readonly id: ChannelId })[];
  readonly values?: Readonly<Record<ChannelId, Uint8Array>>;
  /** Called for every write; `say` sends a packet to whoever is subscribed. */
  readonly written?: (channel: ChannelId, bytes: Uint8Array, link: MemoryLink) => void;
  readonly subscribed?: (channel: ChannelId, link: MemoryLink) => void;
}

/** A link to a device in memory, for tests of what stands above links. */
export class MemoryLink implements Link {
  readonly maxWrite = 244;
  readonly transport: TransportKind;
  readonly ended: Promise<LinkEnd>;
  /** Everything that was written, as `channel hex`. */
  readonly log: string[] = [];
  readonly #listeners = new Map<ChannelId, (packet: Packet) => void>();
  #end: (end: LinkEnd) => void = () => undefined;
  #error: OneBoxError | undefined;

  constructor(
    readonly device: MemoryDevice,
    readonly now: () => number = Date.now,
  ) {
    this.transport = device.transport ?? 'ble';
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async channels(_options: OperationOptions): Promise<readonly Channel[]> {
    const all = {
      service: '',
      canRead: true,
      canNotify: true,
      canIndicate: false,
      canWrite: true,
      canWriteWithoutResponse: true,
    };
    return this.device.channels.map((channel) => ({ ...all, ...channel }));
  }

  async read(channel: ChannelId, options: ReadOptions): Promise<Uint8Array> {
    this.#check(options);
    const value = this.device.values?.[channel];
    if (!value) throw new OneBoxError('LINK_NO_CHANNEL', channel);
    if (value.length === 0 && !options.allowEmpty) throw new OneBoxError('LINK_EMPTY', channel);
    return value;
  }

  async write(channel: ChannelId, bytes: Uint8Array, options: OperationOptions): Promise<void> {
    this.#check(options);
    this.log.push(`${channel} ${Buffer.from(bytes).toString('hex')}`);
    this.device.written?.(channel, bytes, this);
  }

  async subscribe(
    channel: ChannelId,
    listener: (packet: Packet) => void,
    options: OperationOptions,
  ): Promise<() => Promise<void>> {
    this.#check(options);
    this.#listeners.set(channel, listener);
    this.device.subscribed?.(channel, this);
    return async () => void this.#listeners.delete(channel);
  }

  async rssi(): Promise<number | undefined> {
    return -50;
  }

  async close(): Promise<void> {
    this.#error ??= new OneBoxError('LINK_ABORTED', 'closed');
    this.#end({});
  }

  /** The device sends. */
  say(channel: ChannelId, bytes: Uint8Array): void {
    if (!this.#error) this.#listeners.get(channel)?.({ channel, bytes, at: this.now() });
  }

  /** The device goes out of range. */
  lose(error = new OneBoxError('LINK_LOST')): void {
    this.#error = error;
    this.#end({ error });
  }

  #check({ signal }: OperationOptions): void {
    if (this.#error) throw this.#error;
    if (signal?.aborted) throw new OneBoxError('LINK_ABORTED');
  }
}
