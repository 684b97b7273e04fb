import type { LinkFault } from './faults.js';

/** Delay of every packet of a slow device, ms. */
export const SLOW_MS = 250;
/** A packet that waits for the next one to overtake it goes alone after this, ms. */
const OVERTAKE_MS = 150;
/** Bytes after which a device hangs up. */
export const DISCONNECT_AT = 40;

/** What a fault makes of the packets that a device sends. */
export class PacketFaults {
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: (() => void) | undefined;
  #sent = 0;

  constructor(
    readonly fault: LinkFault,
    private readonly hangUp: () => void,
  ) {}

  /** Passes a packet on as the fault wants it. */
  pass(bytes: Uint8Array, send: (bytes: Uint8Array) => void): void {
    switch (this.fault) {
      case 'silent':
        return;
      case 'slow':
        this.#later(SLOW_MS, () => send(bytes));
        return;
      case 'truncated':
        send(bytes.subarray(0, -1));
        return;
      case 'duplicated':
        send(bytes);
        send(bytes);
        return;
      case 'reordered':
        this.#overtake(() => send(bytes));
        return;
      case 'disconnect-at':
        this.#untilSpent(bytes, send);
        return;
      default:
        send(bytes);
    }
  }

  /** What a read gives; never settles where the device is silent. */
  async read(value: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve) => {
      if (this.fault === 'duplicated' || this.fault === 'reordered') resolve(value);
      else this.pass(value, resolve);
    });
  }

  /** A new link, or none. */
  reset(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held = undefined;
    this.#sent = 0;
  }

  #overtake(send: () => void): void {
    if (this.#held) {
      const held = this.#held;
      this.#held = undefined;
      send();
      held();
      return;
    }
    this.#held = send;
    this.#later(OVERTAKE_MS, () => {
      if (this.#held !== send) return;
      this.#held = undefined;
      send();
    });
  }

  #untilSpent(bytes: Uint8Array, send: (bytes: Uint8Array) => void): void {
    const left = DISCONNECT_AT - this.#sent;
    if (left <= 0) return;
    this.#sent += bytes.length;
    send(bytes.subarray(0, left));
    if (bytes.length >= left) this.hangUp();
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
