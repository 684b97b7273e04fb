import { OneBoxError } from '@onebox/protocol/errors.js';
import type { SerialPort } from 'serialport';
import type { Channel, ChannelId, Link, LinkEnd, OperationOptions, Packet, WriteOptions } from '../link.js';
import { OperationQueue, within } from '../operations.js';
import { serialError } from './errors.js';

const CLOSE_MS = 900;
const MAX_WRITE = 65_536;
export const LINE: ChannelId = 'line';

const CHANNEL: Channel = {
  id: LINE,
  service: '',
  canRead: false,
  canNotify: true,
  canIndicate: false,
  canWrite: true,
  canWriteWithoutResponse: true,
};

/** An open serial port. Bytes that come while nobody subscribes are dropped. */
export class SerialLink implements Link {
  readonly transport = 'serial';
  readonly maxWrite = MAX_WRITE;
  readonly ended: Promise<LinkEnd>;
  readonly #queue = new OperationQueue((error) => this.#finish({ error }));
  readonly #listeners = new Set<(packet: Packet) => void>();
  #resolveEnded!: (end: LinkEnd) => void;
  #over = false;
  #closed: Promise<void> = Promise.resolve();

  constructor(
    private readonly port: SerialPort,
    private readonly now: () => number,
  ) {
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    port.on('data', (bytes: Buffer) => this.#received(bytes));
    port.on('error', (error) => this.#finish({ error: serialError(error, port.path) }));
    port.on('close', (error?: Error) =>
      this.#finish({ error: serialError(error ?? { disconnected: true }, port.path) }),
    );
  }

  /** Resolves when the port is free again. */
  get released(): Promise<void> {
    return this.#closed;
  }

  channels(options: OperationOptions): Promise<readonly Channel[]> {
    return this.#queue.run('channels', options, async () => [CHANNEL]);
  }

  read(): Promise<Uint8Array> {
    return Promise.reject(new OneBoxError('LINK_MISUSE', 'a serial line is not read, it sends'));
  }

  /** Resolves when the bytes have left this machine. */
  async write(channel: ChannelId, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    this.#check(channel);
    if (bytes.length > MAX_WRITE) throw new OneBoxError('LINK_MISUSE', `write of ${bytes.length} octets`);
    await this.#queue.run('write', options, () => this.#send(Buffer.from(bytes)));
  }

  async subscribe(
    channel: ChannelId,
    listener: (packet: Packet) => void,
    options: OperationOptions,
  ): Promise<() => Promise<void>> {
    this.#check(channel);
    await this.#queue.run('subscribe', options, async () => {
      this.#listeners.add(listener);
    });
    return async () => {
      this.#listeners.delete(listener);
    };
  }

  async rssi(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#finish({});
    await within('close', { deadlineMs: CLOSE_MS }, this.#closed).catch(() => {});
  }

  #check(channel: ChannelId): void {
    if (channel !== LINE) throw new OneBoxError('LINK_NO_CHANNEL', channel);
  }

  #send(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(serialError(error, this.port.path));
      this.port.write(bytes, (error) => {
        if (error) failed(error);
        else this.port.drain((late) => (late ? failed(late) : resolve()));
      });
    });
  }

  #received(bytes: Buffer): void {
    const packet = { channel: LINE, bytes: Uint8Array.from(bytes), at: this.now() };
    for (const listener of [...this.#listeners]) {
      try {
        listener(packet);
      } catch (error) {
        this.#finish({ error: new OneBoxError('INTERNAL', 'a packet listener threw', {}, { cause: error }) });
      }
    }
  }

  #finish(end: LinkEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#listeners.clear();
    if (this.port.isOpen) {
      this.#closed = new Promise((resolve) => {
        const shut = (): void => this.port.close(() => resolve());
        // After a loss, what still waits to be sent would hold the close up. In an orderly end nothing waits, and
        // a flush would take back what the device has not read yet: its end of session.
        if (end.error) this.port.flush(shut);
        else shut();
      });
    }
    this.#queue.end(end.error ?? new OneBoxError('LINK_ABORTED', 'the link was closed'));
    this.#resolveEnded(end);
  }
}
