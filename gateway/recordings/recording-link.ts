import { toOneBoxError } from '@onebox/protocol/errors.js';
import type {
  Channel,
  ChannelId,
  Link,
  OperationOptions,
  Packet,
  PacketListener,
  ReadOptions,
  WriteOptions,
} from '../links/link.js';
import type { Recorder } from './recorder.js';

/** Passes everything on, and writes it down. */
export class RecordingLink implements Link {
  readonly transport;
  readonly ended;
  #over = false;

  constructor(
    readonly link: Link,
    readonly recorder: Pick<Recorder, 'add' | 'hex'>,
  ) {
    this.transport = link.transport;
    this.ended = link.ended.then((end) => {
      this.#over = true;
      if (end.error) recorder.add({ dir: 'event', event: 'lost', error: end.error.kind });
      return end;
    });
  }

  get maxWrite(): number {
    return this.link.maxWrite;
  }

  channels(options: OperationOptions): Promise<readonly Channel[]> {
    return this.link.channels(options);
  }

  async read(channel: ChannelId, options: ReadOptions): Promise<Uint8Array> {
    const { recorder } = this;
    try {
      const bytes = await this.link.read(channel, options);
      recorder.add({ dir: 'event', event: 'read', ch: channel, hex: recorder.hex(channel, bytes, 'read') });
      return bytes;
    } catch (error) {
      recorder.add({ dir: 'event', event: 'read', ch: channel, error: toOneBoxError(error).kind });
      throw error;
    }
  }

  async write(channel: ChannelId, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    const { recorder } = this;
    // Before it goes out: the answer of the device may come before the write is confirmed.
    recorder.add({ dir: 'out', ch: channel, hex: Buffer.from(bytes).toString('hex') });
    try {
      await this.link.write(channel, bytes, options);
    } catch (error) {
      recorder.add({ dir: 'event', event: 'write-failed', ch: channel, error: toOneBoxError(error).kind });
      throw error;
    }
  }

  async subscribe(
    channel: ChannelId,
    listener: PacketListener,
    options: OperationOptions,
  ): Promise<() => Promise<void>> {
    const { recorder } = this;
    const arrived = (packet: Packet) => {
      // A late packet must not end up among those of the next link.
      if (this.#over) return undefined;
      recorder.add({ dir: 'in', ch: channel, hex: recorder.hex(channel, packet.bytes, 'stream') });
      return listener(packet);
    };
    recorder.add({ dir: 'event', event: 'subscribe', ch: channel });
    let stop: () => Promise<void>;
    try {
      stop = await this.link.subscribe(channel, arrived, options);
    } catch (error) {
      recorder.add({ dir: 'event', event: 'subscribe-failed', ch: channel, error: toOneBoxError(error).kind });
      throw error;
    }
    return async () => {
      recorder.add({ dir: 'event', event: 'unsubscribe', ch: channel });
      await stop();
    };
  }

  rssi(options: OperationOptions): Promise<number | undefined> {
    return this.link.rssi(options);
  }

  close(): Promise<void> {
    return this.link.close();
  }
}
