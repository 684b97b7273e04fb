import type { DecodedCall } from '@onebox/driver-sdk/call-codec.js';
import type { Packet, RequestParameters } from '@onebox/driver-sdk/device.js';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Link } from '../links/link.js';
import type { Clock } from './clock.js';
import type { HostEvent } from './host-events.js';
import type { Limits } from './limits.js';
import { PacketQueue } from './packet-stream.js';
import { RequestEncoder } from './requests.js';

/** Calls that reach the device or wait for it. */
export type LinkCall = Exclude<DecodedCall, { name: 'report' }>;

export interface LinkGuardOptions {
  readonly link: Link;
  readonly manifest: Manifest;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly onEvent: (event: HostEvent) => void;
  /** The driver must be stopped at once. */
  readonly onFatal: (error: OneBoxError) => void;
  /** Bytes went in or out. */
  readonly onTraffic: () => void;
  /** Used on earlier links of the session. */
  readonly used: { readonly bytesIn: number; readonly bytesOut: number };
}

/**
 * Stands between a driver and a link: lets through what the manifest lists, within the budget, one
 * operation at a time, each with a deadline. Everything else stops the driver.
 */
export class LinkGuard {
  bytesIn = 0;
  bytesOut = 0;
  packetsIn = 0;
  packetsOut = 0;
  readonly #encoder: RequestEncoder;
  readonly #streams = new Map<
    number,
    { readonly queue: PacketQueue; readonly channels: readonly string[]; readonly stops: (() => Promise<void>)[] }
  >();
  readonly #closing = new AbortController();
  #lastStream = 0;
  #line: Promise<unknown> = Promise.resolve();
  #linkError: OneBoxError | undefined;

  constructor(readonly options: LinkGuardOptions) {
    this.#encoder = new RequestEncoder(options.manifest);
    void options.link.ended.then(({ error }) => {
      this.#linkError = error ?? new OneBoxError('LINK_ABORTED', 'the link was closed');
      for (const { queue } of this.#streams.values()) queue.end(this.#linkError);
    });
  }

  /** The link is gone, and why. */
  get linkError(): OneBoxError | undefined {
    return this.#linkError;
  }

  /** Carries out one call of the driver. Rejects with an OneBoxError. */
  async call(call: LinkCall): Promise<unknown> {
    switch (call.name) {
      case 'read':
        return this.#read(call.input.channel);
      case 'request':
        return this.#request(call.input.name, call.input.parameters);
      case 'subscribe':
        return this.#subscribe(call.input.channels);
      case 'next':
        return this.#stream(call.input.stream).queue.take(
          Math.min(call.input.idleMs, this.options.limits.idleMs),
          this.options.clock,
        );
      case 'unsubscribe':
        return this.#unsubscribe(call.input.stream);
      case 'sleep': {
        await this.options.clock.sleep(Math.min(call.input.ms, this.options.limits.sleepMs), this.#closing.signal);
        return undefined;
      }
    }
  }

  /** Stops what is under way, leaves the subscriptions and sends the requests of the end. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { queue } of this.#streams.values())
      queue.end(new OneBoxError('LINK_ABORTED', 'the driver was stopped'));
    const { manifest, link, limits } = this.options;
    await settleWithin(this.#line, limits.endRequestMs);
    for (const { request, parameters } of manifest.endOfSession) {
      if (this.#linkError) break;
      // A driver of both transports has requests for each.
      if ((manifest.requests[request]?.channel === 'line') !== (link.transport !== 'ble')) continue;
      await settleWithin(this.#send(request, parameters, true, limits.endRequestMs), limits.endRequestMs);
    }
    if (!this.#linkError)
      await settleWithin(
        Promise.all([...this.#streams.keys()].map((id) => this.#unsubscribe(id))),
        limits.endRequestMs,
      );
    this.#streams.clear();
  }

  /** One operation on the link at a time. */
  #inLine<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#line.then(() => {
      if (this.#closing.signal.aborted) throw new OneBoxError('LINK_ABORTED', 'the driver was stopped');
      if (this.#linkError) throw this.#linkError;
      return operation();
    });
    this.#line = result.catch(() => undefined);
    return result;
  }

  async #read(channel: string): Promise<Uint8Array> {
    const { manifest, link, limits } = this.options;
    if (!manifest.reads.includes(channel)) throw this.#forbid('read', 'read of a channel that is not in the manifest');
    const options = {
      deadlineMs: limits.operationMs,
      allowEmpty: manifest.emptyReads.includes(channel),
      signal: this.#closing.signal,
    };
    const bytes = await this.#inLine(() => link.read(channel, options));
    this.#count(bytes);
    return bytes;
  }

  async #request(name: string, parameters: RequestParameters): Promise<undefined> {
    await this.#inLine(() => this.#send(name, parameters, false, this.options.limits.operationMs));
    return undefined;
  }

  async #send(name: string, parameters: RequestParameters, endOfSession: boolean, deadlineMs: number): Promise<void> {
    const { link, manifest, used, onEvent, onTraffic } = this.options;
    let encoded: ReturnType<RequestEncoder['encode']>;
    try {
      encoded = this.#encoder.encode(name, parameters, link.maxWrite);
    } catch (error) {
      throw isOneBoxError(error, 'DRIVER_FORBIDDEN')
        ? this.#forbid(this.#encoder.has(name) ? 'parameter' : 'request', error.detail)
        : toOneBoxError(error);
    }
    if (!endOfSession && used.bytesOut + this.bytesOut + encoded.bytes > manifest.budget.bytesOut)
      throw this.#exhausted('bytes-out');
    this.bytesOut += encoded.bytes;
    onEvent({ kind: 'request', name, bytes: encoded.bytes, endOfSession });
    for (const bytes of encoded.writes) {
      this.packetsOut += 1;
      const signal = endOfSession ? {} : { signal: this.#closing.signal };
      await link.write(encoded.channel, bytes, { deadlineMs, withResponse: encoded.withResponse, ...signal });
      onTraffic();
    }
  }

  async #subscribe(channels: readonly string[]): Promise<number> {
    const { manifest, link, limits } = this.options;
    if (
      channels.length === 0 ||
      channels.length > limits.streams ||
      !channels.every((channel) => manifest.subscriptions.includes(channel))
    )
      throw this.#forbid('subscription', 'subscription to a channel that is not in the manifest');
    if (
      new Set(channels).size !== channels.length ||
      [...this.#streams.values()].some((stream) => stream.channels.some((channel) => channels.includes(channel)))
    )
      throw new OneBoxError('LINK_MISUSE', 'subscribed already');
    const queue = new PacketQueue(limits);
    const id = ++this.#lastStream;
    const stream = { queue, channels, stops: [] as (() => Promise<void>)[] };
    this.#streams.set(id, stream);
    try {
      for (const channel of channels) {
        const options = { deadlineMs: limits.subscribeMs, signal: this.#closing.signal };
        stream.stops.push(
          await this.#inLine(() => link.subscribe(channel, (packet) => this.#arrived(queue, packet), options)),
        );
      }
    } catch (error) {
      await this.#unsubscribe(id);
      throw error;
    }
    return id;
  }

  #arrived(queue: PacketQueue, packet: Packet): void | Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.packetsIn += 1;
    if (this.#count(packet.bytes) && !queue.put(packet))
      this.options.onFatal(new OneBoxError('DRIVER_TIMEOUT', 'packets were not taken'));
    return queue.room();
  }

  #stream(id: number) {
    const stream = this.#streams.get(id);
    if (!stream) throw new OneBoxError('LINK_MISUSE', 'no such subscription');
    return stream;
  }

  async #unsubscribe(id: number): Promise<undefined> {
    const stream = this.#streams.get(id);
    if (!stream) return undefined;
    this.#streams.delete(id);
    stream.queue.end(new OneBoxError('LINK_ABORTED', 'the subscription ended'));
    // A device that is gone has no subscriptions; nothing to tell the driver about.
    for (const stop of stream.stops) await stop().catch(() => undefined);
    return undefined;
  }

  /** False when the budget ended here. */
  #count(bytes: Uint8Array): boolean {
    const { manifest, used, onTraffic } = this.options;
    this.bytesIn += bytes.length;
    onTraffic();
    if (used.bytesIn + this.bytesIn <= manifest.budget.bytesIn) return true;
    this.#exhausted('bytes-in');
    return false;
  }

  #forbid(what: 'request' | 'parameter' | 'read' | 'subscription', detail: string): OneBoxError {
    const error = new OneBoxError('DRIVER_FORBIDDEN', detail);
    this.options.onEvent({ kind: 'refused', what, error });
    this.options.onFatal(error);
    return error;
  }

  #exhausted(what: 'bytes-in' | 'bytes-out'): OneBoxError {
    const error = new OneBoxError('DRIVER_BUDGET', what);
    this.options.onEvent({ kind: 'budget', what, error });
    this.options.onFatal(error);
    return error;
  }
}

async function settleWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([
    work.then(
      () => undefined,
      () => undefined,
    ),
    late,
  ]);
  clearTimeout(timer);
}
