import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Channel, ChannelId, Link, LinkEnd, Packet, ReadOptions, TransportKind } from '../links/link.js';
import type { RecordingHeader, RecordingItem } from './format.js';

type Read = Extract<RecordingItem, { event: 'read' }>;

/** A timer of the recorded run may have been this early. */
const TIMER_SLACK_MS = 5;

/** A packet that came this late in the recorded run may still have been before a timer that was late as well. */
const LATE_MS = 100;

/** One link of a recording. Deadlines do not count: everything is there already. */
export class ReplayLink implements Link {
  readonly transport: TransportKind;
  readonly maxWrite = 512;
  readonly ended: Promise<LinkEnd>;
  readonly #listeners = new Map<ChannelId, (packet: Packet) => void>();
  readonly #read = new Set<Read>();
  #at = 0;
  #end: (end: LinkEnd) => void = () => undefined;
  #error: OneBoxError | undefined;

  constructor(
    readonly header: RecordingHeader,
    readonly items: readonly RecordingItem[],
    /** Moves the clock of the recording to `t`; the tablet clock of then. */
    readonly reach: (t: number) => number,
  ) {
    this.transport = header.transport;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /**
   * Hands over the next packet, or the loss of the link, if it comes by `until` and nothing that the driver has to
   * do comes first. False when there is none.
   */
  deliverNext(until: number): boolean {
    for (let item = this.items[this.#at]; item && !this.#error; item = this.items[this.#at]) {
      if (item.t > until + (item.dir === 'in' ? LATE_MS : 0)) return false;
      if (item.dir === 'out' || (item.dir === 'event' && (item.event === 'read' || item.event === 'subscribe')))
        return false;
      this.#pass();
      if (item.dir === 'in' || item.event === 'lost') return true;
    }
    return false;
  }

  /**
   * Ends the link where the recorded read was stopped: the driver waits until `until`, but then something was
   * sent that no driver asked for, or the recording was over.
   */
  endIfStopped(until: number, truncated: boolean): void {
    const item = this.items[this.#at];
    const stopped = item && (item.dir === 'out' || (item.dir === 'event' && item.event === 'end'));
    if (stopped && item.t < until - TIMER_SLACK_MS) this.#fail(new OneBoxError('READ_STOPPED', 'recorded'));
    else if (!item && truncated) this.#fail(new OneBoxError('NOT_REACHED', 'the recording was cut off'));
  }

  async channels(): Promise<readonly Channel[]> {
    return this.header.channels;
  }

  async read(channel: ChannelId, options: ReadOptions): Promise<Uint8Array> {
    this.#check();
    const recorded = this.items.filter(
      (item): item is Read => item.dir === 'event' && item.event === 'read' && item.ch === channel,
    );
    const next = recorded.find((item) => !this.#read.has(item));
    // A driver of another version may read again, or in another order: what the device said then still holds.
    const answer = next ?? recorded.at(-1);
    if (!answer) throw this.#diverged(`read of ${channel} is not in the recording`);
    this.#read.add(answer);
    const index = this.items.indexOf(answer);
    if (index >= this.#at && !this.items.slice(this.#at, index).some((item) => item.dir === 'out'))
      this.#passUntil(index + 1);
    this.#check();
    if (answer.error) throw new OneBoxError(answer.error, 'recorded');
    const bytes = fromHex(answer.hex ?? '');
    if (bytes.length === 0 && !options.allowEmpty) throw new OneBoxError('LINK_EMPTY', 'recorded');
    return bytes;
  }

  async write(channel: ChannelId, bytes: Uint8Array): Promise<void> {
    this.#check();
    const sent = `${channel} ${Buffer.from(bytes).toString('hex')}`;
    const index = this.items.findIndex((item, place) => place >= this.#at && item.dir === 'out');
    const item = this.items[index];
    if (item?.dir !== 'out') throw this.#diverged(`sent ${sent}, nothing in the recording`);
    if (`${item.ch} ${item.hex}` !== sent)
      throw this.#diverged(`sent ${sent}, in the recording ${item.ch} ${item.hex}`);
    this.#passUntil(index + 1);
    this.#failIfRecorded('write-failed', channel, (other) => other.dir === 'out');
    this.#check();
  }

  async subscribe(channel: ChannelId, listener: (packet: Packet) => void): Promise<() => Promise<void>> {
    this.#check();
    const begins = (item: RecordingItem) => item.dir === 'event' && item.event === 'subscribe';
    const index = this.items.findIndex(
      (item, place) => place >= this.#at && begins(item) && 'ch' in item && item.ch === channel,
    );
    if (index < 0) throw this.#diverged(`subscription to ${channel} is not in the recording`);
    this.#listeners.set(channel, listener);
    if (!this.items.slice(this.#at, index).some((item) => item.dir === 'out')) this.#passUntil(index + 1);
    this.#failIfRecorded('subscribe-failed', channel, begins);
    this.#check();
    return async () => void this.#listeners.delete(channel);
  }

  async rssi(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#error ??= new OneBoxError('LINK_ABORTED', 'closed');
    this.#end({});
  }

  /** Goes past the next item, with what it brings. */
  #pass(): void {
    const item = this.items[this.#at];
    if (!item) return;
    this.#at += 1;
    const at = this.reach(item.t);
    if (item.dir === 'in') this.#listeners.get(item.ch)?.({ channel: item.ch, bytes: fromHex(item.hex), at });
    else if (item.dir === 'event' && item.event === 'lost') {
      this.#fail(new OneBoxError(item.error, 'recorded'));
    }
  }

  #passUntil(index: number): void {
    while (this.#at < index && !this.#error) this.#pass();
  }

  /** Fails as it did then; looks no further than the next operation of the same kind. */
  #failIfRecorded(
    event: 'write-failed' | 'subscribe-failed',
    channel: ChannelId,
    another: (item: RecordingItem) => boolean,
  ): void {
    for (const item of this.items.slice(this.#at)) {
      if (another(item)) return;
      if (item.dir === 'event' && item.event === event && item.ch === channel)
        throw new OneBoxError(item.error, 'recorded');
    }
  }

  #check(): void {
    if (this.#error) throw this.#error;
  }

  /** The driver does something else than then: the link ends with that. */
  #diverged(detail: string): OneBoxError {
    return this.#fail(new OneBoxError('RECORDING_DIVERGED', detail));
  }

  #fail(error: OneBoxError): OneBoxError {
    this.#error ??= error;
    this.#end({ error: this.#error });
    return this.#error;
  }
}

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
