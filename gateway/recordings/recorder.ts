import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Phase } from '@onebox/protocol/messages.js';
import type {
  Channel,
  ChannelId,
  Link,
  OpenOptions,
  OperationOptions,
  Packet,
  ReadOptions,
  WriteOptions,
} from '../links/link.js';
import { encodeLine, type RecordingHeader, type RecordingItem } from './format.js';

/** Where the lines go. `write` must not block; `close` resolves when all is stored. */
export interface RecordingSink {
  write(line: string): void;
  close(): Promise<void>;
}

/** A new file that only its owner can read. STORE_DENIED on close when it could not be written. */
export function fileSink(path: string): RecordingSink {
  const stream = createWriteStream(path, { flags: 'wx', mode: 0o600, encoding: 'utf8' });
  let failure: unknown;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    write: (line) => void stream.write(line),
    async close() {
      stream.end();
      await finished(stream).catch((error: unknown) => {
        failure ??= error;
      });
      if (failure) throw new OneBoxError('STORE_DENIED', 'recording', {}, { cause: failure });
    },
  };
}

export interface RecorderOptions {
  readonly sink: RecordingSink;
  readonly driver: { readonly id: string; readonly version: string };
  readonly practice: boolean;
  /** Channels whose bytes identify a patient or device. */
  readonly identifying: readonly ChannelId[];
  /** Replace those bytes; on unless the user asked for the full bytes. */
  readonly mask?: boolean;
  readonly line?: OpenOptions['line'];
  /** What the read asks for, so that a replay can ask the same. */
  readonly phases?: readonly Phase[];
  readonly live?: boolean;
  /** Tablet clock, milliseconds since 1970. */
  readonly now?: () => number;
}

const MASK = 0x58;

/** Writes what happens on the links of one session. */
export class Recorder {
  /** Packets and bytes that crossed the link, both ways. */
  packets = 0;
  bytes = 0;
  readonly #identifying: ReadonlySet<ChannelId>;
  readonly #masked: boolean;
  readonly #now: () => number;
  #startedAt: number | undefined;
  #last = 0;
  #finished = false;

  constructor(readonly options: RecorderOptions) {
    this.#masked = options.mask ?? true;
    this.#identifying = new Set(options.identifying);
    this.#now = options.now ?? Date.now;
  }

  /** Wraps a link that was just opened; call it again for a further link of the session. */
  async record(link: Link, options: OperationOptions): Promise<Link> {
    const channels = await link.channels(options);
    if (this.#startedAt === undefined) this.#writeHeader(link, channels);
    else this.add({ dir: 'event', event: 'link' });
    return new RecordingLink(link, this);
  }

  /** Marks the end and closes the file. */
  async finish(): Promise<void> {
    if (this.#startedAt !== undefined) this.add({ dir: 'event', event: 'end' });
    this.#finished = true;
    await this.options.sink.close();
  }

  add(item: ItemWithoutTime): void {
    if (this.#finished) return;
    if (item.dir !== 'event') {
      this.packets += 1;
      this.bytes += item.hex.length / 2;
    }
    this.#last = Math.max(this.#last, this.#now() - this.#startedAt!);
    this.options.sink.write(encodeLine({ t: this.#last, ...item } as RecordingItem));
  }

  /** Bytes as they are stored. */
  hex(channel: ChannelId, bytes: Uint8Array): string {
    const stored = this.#masked && this.#identifying.has(channel) ? new Uint8Array(bytes.length).fill(MASK) : bytes;
    return Buffer.from(stored).toString('hex');
  }

  #writeHeader(link: Link, channels: readonly Channel[]): void {
    const { driver, practice, line, phases, live, sink } = this.options;
    this.#startedAt = this.#now();
    const header: RecordingHeader = {
      format: 'onebox-recording',
      version: 1,
      transport: link.transport,
      driver: { id: driver.id, version: driver.version },
      channels: channels.map(({ id, service, canRead, canNotify, canIndicate, canWrite, canWriteWithoutResponse }) => ({
        id,
        service,
        canRead,
        canNotify,
        canIndicate,
        canWrite,
        canWriteWithoutResponse,
      })),
      ...(line ? { line } : {}),
      startedAt: this.#startedAt,
      practice,
      masked: this.#masked,
      ...(phases ? { phases } : {}),
      ...(live === undefined ? {} : { live }),
      utcOffsetMinutes: -new Date(this.#startedAt).getTimezoneOffset(),
    };
    sink.write(encodeLine(header));
  }
}

type WithoutTime<T> = T extends unknown ? Omit<T, 't'> : never;
type ItemWithoutTime = WithoutTime<RecordingItem>;

/** Passes everything on, and writes it down. */
class RecordingLink implements Link {
  readonly transport;
  readonly ended;
  #over = false;

  constructor(
    readonly link: Link,
    readonly recorder: Recorder,
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
      recorder.add({ dir: 'event', event: 'read', ch: channel, hex: recorder.hex(channel, bytes) });
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
    listener: (packet: Packet) => void,
    options: OperationOptions,
  ): Promise<() => Promise<void>> {
    const { recorder } = this;
    const arrived = (packet: Packet) => {
      // A late packet must not end up among those of the next link.
      if (this.#over) return;
      recorder.add({ dir: 'in', ch: channel, hex: recorder.hex(channel, packet.bytes) });
      listener(packet);
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
