import type { SerialSimulator, SerialWire } from '@onebox/driver-sdk/simulator.js';

/** A serial simulator that tells when it has sent so much more. */
export class Watched implements SerialSimulator {
  readonly line;
  #sent = 0;
  #waiting: { readonly goal: number; readonly then: () => void } | undefined;

  constructor(readonly simulator: SerialSimulator) {
    this.line = simulator.line;
  }

  start(wire: SerialWire): void | Promise<void> {
    const send = (bytes: Uint8Array): void => {
      wire.send(bytes);
      this.#sent += bytes.length;
      if (!this.#waiting || this.#sent < this.#waiting.goal) return;
      this.#waiting.then();
      this.#waiting = undefined;
    };
    return this.simulator.start({
      send,
      onBytes: (listener) => wire.onBytes(listener),
      unplug: () => wire.unplug(),
      now: () => wire.now(),
    });
  }

  stop(): void | Promise<void> {
    return this.simulator.stop();
  }

  whenSent(bytes: number): Promise<void> {
    return new Promise((then) => {
      this.#waiting = { goal: this.#sent + bytes, then };
    });
  }
}
