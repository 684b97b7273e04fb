import type { Packet } from '@onebox/driver-sdk/device.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Clock } from './clock.js';
import type { Limits } from './limits.js';

/** Packets of one subscription, kept in order until the driver takes them. Bounded: a driver that does not take them is stopped. */
export class PacketQueue {
  #packets: Packet[] = [];
  #bytes = 0;
  #failure: OneBoxError | undefined;
  #wake: (() => void) | undefined;
  #waiting = false;
  #drained: (() => void)[] = [];

  constructor(readonly limits: Limits) {}

  /** False when the queue is over its bound: the packet was not kept. */
  put(packet: Packet): boolean {
    if (this.#failure) return true;
    if (
      this.#packets.length >= this.limits.streamPackets ||
      this.#bytes + packet.bytes.length > this.limits.streamBytes
    )
      return false;
    this.#packets.push(packet);
    this.#bytes += packet.bytes.length;
    this.#wake?.();
    return true;
  }

  /** For sources that can wait: resolves when half of the bound is free; undefined when it is. */
  room(): Promise<void> | undefined {
    if (this.#failure || this.#bytes <= this.limits.streamBytes / 2) return undefined;
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  /** No more packets come; those that are there can still be taken. */
  end(error: OneBoxError): void {
    this.#failure ??= error;
    this.#wake?.();
    this.#release();
  }

  /** What is there, or what comes within `idleMs`. Rejects when the stream has ended and is empty. */
  async take(idleMs: number, clock: Clock): Promise<readonly Packet[] | 'idle'> {
    if (this.#waiting) throw new OneBoxError('LINK_MISUSE', 'two readers of one stream');
    if (this.#packets.length === 0 && !this.#failure) await this.#wait(idleMs, clock);
    if (this.#packets.length === 0) {
      if (this.#failure) throw this.#failure;
      return 'idle';
    }
    let count = 0;
    let bytes = 0;
    while (
      count < this.#packets.length &&
      count < this.limits.batchPackets &&
      (count === 0 || bytes + this.#packets[count]!.bytes.length <= this.limits.batchBytes)
    )
      bytes += this.#packets[count++]!.bytes.length;
    this.#bytes -= bytes;
    const taken = this.#packets.splice(0, count);
    if (this.#bytes <= this.limits.streamBytes / 2) this.#release();
    return taken;
  }

  #release(): void {
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  async #wait(idleMs: number, clock: Clock): Promise<void> {
    const arrived = new AbortController();
    this.#waiting = true;
    this.#wake = () => arrived.abort();
    await clock.sleep(idleMs, arrived.signal);
    this.#wake = undefined;
    this.#waiting = false;
  }
}
