import type { Device, PacketStream } from '@onebox/driver-sdk/device.js';
import { Deframer, Reassembler } from '@onebox/protocol/framing.js';
import { RESPONSE } from './profile.js';
import { type NativeResponse, readResponse } from './response.js';

/** One thing that came: an answer, or the trace of one that was damaged on its way. */
export type Arrival = NativeResponse | 'damaged';

/** Asks the device and takes its answers, over GATT fragments or serial frames. */
export class Exchange {
  /** Messages that were damaged so far. */
  damaged = 0;
  /** Tablet clock when the last packet came, milliseconds since 1970. */
  arrivedAt = 0;
  readonly #arrivals: Arrival[] = [];
  readonly #receiver: Deframer | Reassembler;
  readonly #request: string;
  #lastId = 0;
  #lastMessage: Uint8Array | undefined;

  private constructor(
    readonly device: Device,
    readonly stream: PacketStream,
  ) {
    const line = device.transport === 'serial';
    this.#receiver = line ? new Deframer() : new Reassembler();
    this.#request = line ? 'askLine' : 'ask';
  }

  static async open(device: Device): Promise<Exchange> {
    return new Exchange(device, await device.packets(device.transport === 'serial' ? 'line' : RESPONSE));
  }

  /** Sends a request; it ends what the device was answering before. Returns its id. */
  async ask(ask: 'hello'): Promise<number>;
  async ask(ask: 'read', phase: number, skip: number): Promise<number>;
  async ask(ask: 'hello' | 'read', phase?: number, skip?: number): Promise<number> {
    this.#lastId += 1;
    this.#lastMessage = undefined;
    await this.device.request(this.#request, {
      ask,
      id: this.#lastId,
      ...(phase === undefined ? {} : { phase, skip: skip ?? 0 }),
    });
    return this.#lastId;
  }

  /** The next answer to request `id`, or `damaged`; undefined when nothing came for `idleMs`. */
  async next(id: number, idleMs: number): Promise<Arrival | undefined> {
    for (;;) {
      const arrival = this.#arrivals.shift();
      if (arrival === 'damaged' || arrival?.id === id) return arrival;
      if (arrival) continue;
      const packet = await this.stream.next(idleMs);
      if (!packet) return undefined;
      this.arrivedAt = packet.at;
      this.#take(packet.bytes);
    }
  }

  /** Forgets what came of damaged answers before a request is repeated. */
  clear(): void {
    this.#arrivals.length = 0;
  }

  #take(bytes: Uint8Array): void {
    const { messages, rejected } = this.#receiver.push(bytes);
    this.damaged += rejected;
    for (let count = 0; count < rejected; count++) this.#arrivals.push('damaged');
    for (const message of messages) {
      if (this.#lastMessage && same(this.#lastMessage, message)) continue;
      this.#lastMessage = message;
      const response = readResponse(message);
      if (!response) this.damaged += 1;
      this.#arrivals.push(response ?? 'damaged');
    }
  }
}

/** A message that comes twice in a row was doubled on its way: no device says the same thing twice. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
