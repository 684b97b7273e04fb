import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { IdentifyingChannel } from '@onebox/driver-sdk/manifest.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Phase } from '@onebox/protocol/messages.js';
import type { Channel, ChannelId, Link, OpenOptions, OperationOptions } from '../links/link.js';
import { encodeLine, type RecordingHeader, type RecordingItem } from './format.js';
import { type ContentChannel, maskItems } from './masks/items.js';
import { RecordingLink } from './recording-link.js';

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
  /** Channels whose bytes identify a patient or device, and how they are masked. */
  readonly identifying: readonly IdentifyingChannel[];
  /** Replace what identifies; on unless the user asked for the full bytes. */
  readonly mask?: boolean;
  readonly line?: OpenOptions['line'];
  /** What the read asks for, so that a replay can ask the same. */
  readonly phases?: readonly Phase[];
  readonly live?: boolean;
  /** Zone that the read goes by, minutes east of UTC; the tablet's own when not given. */
  readonly utcOffsetMinutes?: number;
  /** Tablet clock, milliseconds since 1970. */
  readonly now?: () => number;
}

const MASK = 0x58;

/**
 * Writes what happens on the links of one session. Where a mask looks into the content, nothing is written before
 * the session has ended: it needs whole messages, and no byte of a name may reach the disk before.
 */
export class Recorder {
  /** Packets and bytes that crossed the link, both ways. */
  packets = 0;
  bytes = 0;
  readonly #masked: boolean;
  /** Masked whole, byte by byte. */
  readonly #whole: ReadonlySet<ChannelId>;
  readonly #content: readonly ContentChannel[];
  /** What waits for the end of the session. */
  readonly #held: RecordingItem[] = [];
  readonly #now: () => number;
  #startedAt: number | undefined;
  #last = 0;
  #finished = false;

  constructor(readonly options: RecorderOptions) {
    this.#masked = options.mask ?? true;
    const masked = this.#masked ? options.identifying : [];
    this.#whole = new Set(masked.filter(({ mask }) => mask === 'all').map(({ channel }) => channel));
    this.#content = masked.flatMap(({ channel, mask }) => (mask === 'all' ? [] : [{ channel, mask }]));
    this.#now = options.now ?? Date.now;
  }

  /** Wraps a link that was just opened; call it again for a further link of the session. */
  async record(link: Link, options: OperationOptions): Promise<Link> {
    const channels = await link.channels(options);
    if (this.#startedAt === undefined) this.#writeHeader(link, channels);
    else this.add({ dir: 'event', event: 'link' });
    return new RecordingLink(link, this);
  }

  /** Writes what was held back, marks the end and closes the file. */
  async finish(): Promise<void> {
    if (this.#startedAt !== undefined) this.add({ dir: 'event', event: 'end' });
    for (const item of maskItems(this.#held.splice(0), this.#content)) this.options.sink.write(encodeLine(item));
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
    const timed = { t: this.#last, ...item } as RecordingItem;
    if (this.#content.length > 0) this.#held.push(timed);
    else this.options.sink.write(encodeLine(timed));
  }

  /** Bytes as they are stored, or held until the end. A value that is read is no part of a stream: all of it goes. */
  hex(channel: ChannelId, bytes: Uint8Array, from: 'stream' | 'read'): string {
    const whole = this.#whole.has(channel) || (from === 'read' && this.#content.some((one) => one.channel === channel));
    return Buffer.from(whole ? new Uint8Array(bytes.length).fill(MASK) : bytes).toString('hex');
  }

  #writeHeader(link: Link, channels: readonly Channel[]): void {
    const { driver, practice, line, phases, live, utcOffsetMinutes, sink } = this.options;
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
      utcOffsetMinutes: utcOffsetMinutes ?? -new Date(this.#startedAt).getTimezoneOffset(),
    };
    sink.write(encodeLine(header));
  }
}

type WithoutTime<T> = T extends unknown ? Omit<T, 't'> : never;
export type ItemWithoutTime = WithoutTime<RecordingItem>;
