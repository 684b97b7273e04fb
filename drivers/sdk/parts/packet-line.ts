import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Device, PacketStream, RequestParameters } from '../device.js';
import { ValueRejected } from './gatt-values.js';
import { LineQuality } from './line-quality.js';
import type { Message, PacketKinds, PacketTable } from './packet-table.js';
import type { FrameReject, FrameResult, Framer, Framing } from './serial-framing.js';

/** A protocol of packets: how they are framed, and what they mean. */
export interface PacketProtocol<Kinds extends PacketKinds> {
  readonly framing: Framing;
  readonly packets: PacketTable<Kinds>;
}

export interface PacketLineOptions {
  /** `line` when not given. */
  readonly channels?: readonly string[];
  /** A request for devices that stop when they hear nothing for a while. */
  readonly keepAlive?: { readonly request: string; readonly everyMs: number };
  /** Silence after which the device is taken to be gone; 3 s when not given. */
  readonly silenceMs?: number;
}

/** A message as it came: when, by the tablet's clock, and how many bytes before it were damaged or not known. */
export type Received<Kinds extends PacketKinds, Kind extends keyof Kinds = keyof Kinds> = Message<Kinds, Kind> & {
  readonly at: number;
  readonly lost: number;
};

/** A pause on the line after which no packet is under way any more. */
const QUIET_MS = 1_000;

/**
 * The link to a device that speaks in packets: framing, requests and the messages that answer them, the keepalive, and
 * what was damaged. Packets of types that the table does not have are left alone.
 */
export class PacketLine<Kinds extends PacketKinds> {
  readonly quality = new LineQuality<FrameReject>();
  private readonly framer: Framer;
  private readonly silenceMs: number;
  private ready: Received<Kinds>[] = [];
  private lost = 0;
  private lastSent: number;

  private constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
    private readonly packets: PacketTable<Kinds>,
    framing: Framing,
    private readonly options: PacketLineOptions,
  ) {
    this.framer = framing.framer();
    this.silenceMs = options.silenceMs ?? 3_000;
    this.lastSent = device.now();
  }

  /** Subscribes; ask only then. */
  static async open<Kinds extends PacketKinds>(
    device: Device,
    { framing, packets }: PacketProtocol<Kinds>,
    options: PacketLineOptions = {},
  ): Promise<PacketLine<Kinds>> {
    const stream = await device.packets(options.channels ?? ['line']);
    return new PacketLine(device, stream, packets, framing, options);
  }

  /** The link may be gone by now: what ended the program counts. */
  async close(): Promise<void> {
    await this.stream.close().catch(() => undefined);
  }

  /** Sends a request of the manifest that keeps the device awake as well: no keepalive is due for a while. */
  async request(name: string, parameters?: RequestParameters): Promise<void> {
    await this.device.request(name, parameters);
    this.lastSent = this.device.now();
  }

  /** Sends a request and waits for its answer. Errors as `next`. */
  async ask<Kind extends keyof Kinds>(request: string, kind: Kind): Promise<Received<Kinds, Kind>> {
    await this.request(request);
    return this.next(kind);
  }

  /** The next message of this kind; others are passed over. Throws as `silent` when none comes. */
  async next<Kind extends keyof Kinds>(kind: Kind): Promise<Received<Kinds, Kind>> {
    for await (const message of this.messages([kind], this.silenceMs)) return message;
    throw this.silent(`no ${String(kind)} came`);
  }

  /** Messages of these kinds until none came for `idleMs`; others are passed over. */
  async *messages<Kind extends keyof Kinds>(
    kinds: readonly Kind[],
    idleMs: number,
  ): AsyncGenerator<Received<Kinds, Kind>, void, void> {
    let until = this.device.now() + idleMs;
    for (;;) {
      const message = this.ready.shift();
      if (message === undefined) {
        const left = until - this.device.now();
        if (left <= 0) return;
        await this.receive(left);
      } else if (kinds.some((kind) => kind === message.kind)) {
        yield message as Received<Kinds, Kind>;
        until = this.device.now() + idleMs;
      }
    }
  }

  /** What has come and nobody has taken. */
  take(): Received<Kinds>[] {
    return this.ready.splice(0);
  }

  /** Waits for bytes, not longer than a pause, and decodes them; false when the line was quiet. */
  async receive(idleMs: number): Promise<boolean> {
    const { keepAlive } = this.options;
    const now = this.device.now();
    if (keepAlive && now - this.lastSent >= keepAlive.everyMs) {
      this.lastSent = now;
      await this.device.request(keepAlive.request);
    }
    const packet = await this.stream.next(Math.min(idleMs, QUIET_MS));
    const results = packet === undefined ? this.framer.flush() : this.framer.push(packet.bytes);
    for (const result of results) this.hold(result, packet?.at ?? this.device.now());
    return packet !== undefined;
  }

  /** Why nothing came: silence, or nothing but noise. */
  silent(why: string): OneBoxError {
    const noise = this.quality.rejected() > 0 && this.quality.good === 0;
    return new OneBoxError(noise ? 'LINK_MALFORMED' : 'LINK_TIMEOUT', why);
  }

  private hold(result: FrameResult, at: number): void {
    const message = 'frame' in result ? this.decoded(result.frame) : undefined;
    if ('reject' in result) this.quality.reject(result.reject);
    if (message === undefined) {
      this.lost += result.bytes;
      return;
    }
    this.quality.accept();
    this.ready.push({ ...message, at, lost: this.lost });
    this.lost = 0;
  }

  private decoded(frame: Parameters<PacketTable<Kinds>['decode']>[0]): Message<Kinds> | undefined {
    try {
      return this.packets.decode(frame);
    } catch (error) {
      if (!(error instanceof ValueRejected)) throw error;
      // Of a known type and not as the table states: bytes were lost.
      this.quality.reject('length');
      return undefined;
    }
  }
}
