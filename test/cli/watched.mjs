/** A serial simulator that says how much it has sent; `then` runs once, when it is so much since the last call. */
export class Watched {
  #sent = 0;
  #goal = Number.POSITIVE_INFINITY;
  #then = () => {};

  constructor(simulator) {
    this.simulator = simulator;
    this.usb = simulator.usb;
    this.line = simulator.line;
  }

  start(wire) {
    const send = (bytes) => {
      wire.send(bytes);
      this.#sent += bytes.length;
      if (this.#sent < this.#goal) return;
      this.#goal = Number.POSITIVE_INFINITY;
      this.#then();
    };
    return this.simulator.start({ send, onBytes: (listener) => wire.onBytes(listener), now: () => wire.now() });
  }

  stop() {
    return this.simulator.stop();
  }

  whenSent(bytes, then) {
    this.#goal = this.#sent + bytes;
    this.#then = then;
  }
}
