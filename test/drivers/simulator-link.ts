import type { BleAir, BleSimulator, SimulatedCharacteristic } from '@onebox/driver-sdk/simulator.js';
import type {
  Channel,
  ChannelId,
  Link,
  LinkEnd,
  OperationOptions,
  Packet,
  ReadOptions,
} from '@onebox/gateway/links/link.js';
import { OneBoxError } from '@onebox/protocol/errors.js';

/** A link to a simulated device without a radio between them: what the driver and the simulator do to each other. */
export class SimulatorLink implements Link, BleAir {
  readonly transport = 'ble';
  readonly maxWrite = 244;
  readonly maxNotification = 244;
  readonly ended: Promise<LinkEnd>;
  /** Bytes that were written, as `2A52 0101`. */
  readonly written: string[] = [];
  private readonly listeners = new Map<ChannelId, (packet: Packet) => void>();
  private readonly subscriptions: ((characteristic: string, on: boolean) => void)[] = [];
  private readonly connections: ((connected: boolean) => void)[] = [];
  private end: (end: LinkEnd) => void = () => undefined;
  private over: OneBoxError | undefined;

  constructor(
    readonly simulator: BleSimulator,
    private readonly clock: () => number = Date.now,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    void simulator.start(this);
    for (const listener of this.connections) listener(true);
  }

  // What the simulator sees

  async notify(characteristic: string, bytes: Uint8Array): Promise<void> {
    await Promise.resolve();
    if (this.over) return;
    this.listeners.get(characteristic)?.({ channel: characteristic, bytes, at: this.now() });
  }

  async indicate(characteristic: string, bytes: Uint8Array): Promise<void> {
    await this.notify(characteristic, bytes);
  }

  onSubscribe(listener: (characteristic: string, on: boolean) => void): void {
    this.subscriptions.push(listener);
  }

  onConnection(listener: (connected: boolean) => void): void {
    this.connections.push(listener);
  }

  disconnect(): void {
    this.finish(new OneBoxError('LINK_LOST'));
  }

  now(): number {
    return this.clock();
  }

  // What the host sees

  async channels(): Promise<readonly Channel[]> {
    return this.simulator.services.flatMap(({ uuid, characteristics }) =>
      characteristics.map(({ uuid: id, properties }) => ({
        id,
        service: uuid,
        canRead: properties.includes('read'),
        canNotify: properties.includes('notify'),
        canIndicate: properties.includes('indicate'),
        canWrite: properties.includes('write'),
        canWriteWithoutResponse: properties.includes('write-without-response'),
      })),
    );
  }

  async read(channel: ChannelId, options: ReadOptions): Promise<Uint8Array> {
    const value = await this.find(channel).read?.();
    if (this.over) throw this.over;
    if (value === undefined || 'attError' in value) throw new OneBoxError('LINK_REFUSED', channel);
    if (value.length === 0 && !options.allowEmpty) throw new OneBoxError('LINK_EMPTY', channel);
    return value;
  }

  async write(channel: ChannelId, bytes: Uint8Array): Promise<void> {
    const characteristic = this.find(channel);
    this.written.push(`${channel} ${Buffer.from(bytes).toString('hex')}`);
    const refusal = await characteristic.write?.(bytes);
    if (refusal) throw new OneBoxError('LINK_REFUSED', channel);
  }

  async subscribe(
    channel: ChannelId,
    listener: (packet: Packet) => void,
    _options: OperationOptions,
  ): Promise<() => Promise<void>> {
    this.find(channel);
    this.listeners.set(channel, listener);
    for (const tell of this.subscriptions) tell(channel, true);
    return async () => {
      this.listeners.delete(channel);
      for (const tell of this.subscriptions) tell(channel, false);
    };
  }

  async rssi(): Promise<number | undefined> {
    return -50;
  }

  async close(): Promise<void> {
    this.finish(undefined);
  }

  private find(channel: ChannelId): SimulatedCharacteristic {
    if (this.over) throw this.over;
    const found = this.simulator.services
      .flatMap(({ characteristics }) => characteristics)
      .find(({ uuid }) => uuid === channel);
    if (!found) throw new OneBoxError('LINK_NO_CHANNEL', channel);
    return found;
  }

  private finish(error: OneBoxError | undefined): void {
    if (this.over) return;
    this.over = error ?? new OneBoxError('LINK_ABORTED');
    for (const listener of this.connections) listener(false);
    void this.simulator.stop();
    this.end(error ? { error } : {});
  }
}
