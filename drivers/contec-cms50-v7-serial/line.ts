import type { Device, PacketStream } from '@onebox/driver-sdk/device.js';
import { LineQuality } from '@onebox/driver-sdk/parts/line-quality.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { lineFindings } from './findings.js';
import { parseLive } from './live.js';
import { type LiveSecond, LiveSeconds } from './live-second.js';
import { isKnown, type Packet, PacketFramer, type PacketReject, type PacketResult } from './packets.js';
import { parseStored, type StoredPoint, sessionEnd } from './storage.js';

/** The device stops the live stream when it hears nothing for about 5 s. */
const KEEP_ALIVE_MS = 4_000;
/** Without a live packet for this long the live data have stopped. */
const SILENCE_MS = 5_000;
/** A pause on the line after which no packet is under way any more. */
const QUIET_MS = 1_000;

/** The line with its framing, the keepalive, and what was damaged on it. */
export class Line {
  private readonly framer = new PacketFramer();
  private readonly seconds = new LiveSeconds();
  private readonly counts = new LineQuality<PacketReject>();
  private readonly ready: LiveSecond[] = [];
  private points: StoredPoint[] = [];
  /** When the last live packet came. */
  private lastLive = 0;
  private lastKeepAlive: number;
  /** Of the packet with which the device ended the session. */
  endReason: number | undefined;

  constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
  ) {
    this.lastKeepAlive = device.now();
  }

  quality(at: number): Finding[] {
    return lineFindings(this.counts.percent(), this.counts.rejected(), at);
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  /** True when a live packet came within `ms`; what came before is forgotten. */
  async answered(ms: number): Promise<boolean> {
    const start = this.device.now();
    // The start that was just sent keeps the device awake as well.
    this.lastKeepAlive = start;
    this.ready.length = 0;
    this.seconds.take();
    this.lastLive = 0;
    this.endReason = undefined;
    while (this.lastLive === 0) {
      const left = start + ms - this.device.now();
      if (left <= 0) return false;
      await this.receive(left);
    }
    return true;
  }

  /** The next second of live values. Throws when the device ends the session or sends no more live packets. */
  async second(): Promise<LiveSecond> {
    const start = this.device.now();
    for (;;) {
      const second = this.ready.shift();
      if (second !== undefined) return second;
      if (this.endReason !== undefined) this.ended(this.endReason);
      const quiet = this.device.now() - Math.max(start, this.lastLive);
      if (quiet >= SILENCE_MS) throw this.silent('the live data stopped');
      if (!(await this.receive(QUIET_MS))) this.hold(this.seconds.take());
    }
  }

  /** The next stored points; undefined when none came for `idleMs`, or the device said that it has ended. */
  async stored(idleMs: number): Promise<readonly StoredPoint[] | undefined> {
    const start = this.device.now();
    while (this.points.length === 0) {
      const left = start + idleMs - this.device.now();
      if (left <= 0 || this.endReason !== undefined) return undefined;
      await this.receive(left);
    }
    return this.points.splice(0);
  }

  /** Waits for bytes and takes them; false when none came. What is in the framer then is a whole packet. */
  private async receive(idleMs: number): Promise<boolean> {
    const now = this.device.now();
    if (now - this.lastKeepAlive >= KEEP_ALIVE_MS) {
      this.lastKeepAlive = now;
      await this.device.request('keepAlive');
    }
    const packet = await this.stream.next(Math.min(idleMs, QUIET_MS));
    if (packet === undefined) this.take(this.framer.flush(), this.device.now());
    else this.take(this.framer.push(packet.bytes), packet.at);
    return packet !== undefined;
  }

  private take(results: readonly PacketResult[], at: number): void {
    for (const result of results) this.takeOne(result, at);
  }

  private takeOne(result: PacketResult, at: number): void {
    if ('packet' in result && this.use(result.packet, at)) {
      this.counts.accept();
      return;
    }
    if ('reject' in result) this.counts.reject(result.reject);
    // Of a known type and not whole: bytes were lost. Other types are left alone.
    else if (isKnown(result.packet.type)) this.counts.reject('length');
    this.seconds.lost('reject' in result ? result.bytes : result.packet.data.length + 2);
  }

  /** False when the packet is of another type, or not whole. */
  private use(packet: Packet, at: number): boolean {
    const sample = parseLive(packet);
    if (sample !== undefined) {
      this.lastLive = at;
      this.hold(this.seconds.push(sample, at));
      return true;
    }
    const stored = parseStored(packet);
    if (stored !== undefined) this.points.push(...stored);
    const reason = sessionEnd(packet);
    if (reason !== undefined) this.endReason = reason;
    return stored !== undefined || reason !== undefined;
  }

  private hold(second: LiveSecond | undefined): void {
    if (second !== undefined) this.ready.push(second);
  }

  /** Why there are no live data: nothing came, or nothing but noise. */
  silent(why: string): OneBoxError {
    const noise = this.counts.rejected() > 0 && this.counts.good === 0;
    return new OneBoxError(noise ? 'LINK_MALFORMED' : 'LINK_TIMEOUT', why);
  }

  private ended(reason: number): never {
    if (reason <= 1) throw new OneBoxError('LINK_LOST', 'the device ended the live data');
    throw new OneBoxError('LINK_REFUSED', 'the device ended the live data', { reason });
  }
}
