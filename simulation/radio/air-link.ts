import type { Controller } from './controller.js';
import { EVENT, le16, STATUS } from './hci.js';

/** What the central asked for when it connected; units of HCI: 1.25 ms, events, 10 ms. */
export interface ConnectionParameters {
  readonly interval: number;
  readonly latency: number;
  readonly timeout: number;
}

/** One end of a connection, as its controller sees it. */
export class AirEnd {
  peer!: AirEnd;
  ltk: Buffer | undefined;
  supervisionMs: number;
  #outgoing: Buffer[] = [];
  #lost: NodeJS.Timeout | undefined;

  constructor(
    readonly controller: Controller,
    readonly handle: number,
    readonly link: AirLink,
  ) {
    this.supervisionMs = link.supervisionMs;
  }

  get alive(): boolean {
    return this.controller.ends.get(this.handle) === this;
  }

  /** Takes an ACL packet of the host; it leaves at the next connection event. */
  send(packet: Buffer): void {
    this.#outgoing.push(packet);
    this.link.wake();
  }

  get waiting(): number {
    return this.#outgoing.length;
  }

  /** Moves up to `count` packets over the air. Out of range nothing is acknowledged: the host's buffers stay taken. */
  deliver(count: number): void {
    if (!this.controller.radio.inRange(this.controller, this.peer.controller)) return;
    for (const packet of this.#outgoing.splice(0, count)) {
      const field = packet.readUInt16LE(1);
      const copy = Buffer.from(packet);
      const boundary = ((field >> 12) & 3) === 1 ? 0x1000 : 0x2000; // continuation, or start
      copy.writeUInt16LE(this.peer.handle | boundary, 1);
      this.controller.event(EVENT.completedPackets, [1, ...le16(this.handle), ...le16(1)]);
      if (this.peer.alive) this.peer.controller.toHost(copy);
    }
  }

  /** This end learns that the link is gone. */
  end(reason: number): void {
    this.found();
    this.#outgoing = [];
    if (!this.alive) return;
    this.controller.ends.delete(this.handle);
    this.controller.event(EVENT.disconnectionComplete, [STATUS.ok, ...le16(this.handle), reason]);
  }

  /** Nothing is heard of the peer from now on: the supervision timeout runs. */
  lose(): void {
    if (this.#lost || !this.alive) return;
    this.#lost = setTimeout(() => this.end(STATUS.connectionTimeout), this.supervisionMs);
    this.#lost.unref();
  }

  found(): void {
    clearTimeout(this.#lost);
    this.#lost = undefined;
  }
}

/** A connection: data crosses at connection events, several packets per event (Bluetooth Core, Vol 6 Part B, 4.5.1). */
export class AirLink {
  readonly central: AirEnd;
  readonly peripheral: AirEnd;
  readonly supervisionMs: number;
  readonly #started = performance.now();
  #events = 0;
  #next: NodeJS.Timeout | undefined;

  constructor(central: Controller, peripheral: Controller, parameters: ConnectionParameters) {
    this.supervisionMs = Math.min(parameters.timeout * 10, central.radio.options.maxSupervisionTimeoutMs);
    this.central = new AirEnd(central, central.newHandle(), this);
    this.peripheral = new AirEnd(peripheral, peripheral.newHandle(), this);
    this.central.peer = this.peripheral;
    this.peripheral.peer = this.central;
    for (const end of [this.central, this.peripheral]) end.controller.ends.set(end.handle, end);
  }

  /** Data is waiting: the next connection event takes it. Without data no timer runs. */
  wake(): void {
    const { connectionIntervalMs: interval } = this.central.controller.radio.options;
    if (interval === 0) this.#event(Number.POSITIVE_INFINITY);
    if (interval === 0 || this.#next) return;
    const age = performance.now() - this.#started;
    this.#events = Math.max(Math.floor(age / interval), this.#events) + 1; // a timer may be a little early
    this.#next = setTimeout(
      () => {
        this.#next = undefined;
        this.#event(this.central.controller.radio.options.packetsPerEvent);
        if (this.central.waiting + this.peripheral.waiting > 0 && (this.central.alive || this.peripheral.alive))
          this.wake();
      },
      this.#events * interval - age,
    );
    this.#next.unref();
  }

  #event(packets: number): void {
    this.central.deliver(packets);
    this.peripheral.deliver(packets);
  }

  /** Out of reach for a whole supervision timeout ends the link at both ends. */
  rangeChanged(near: boolean): void {
    for (const end of [this.central, this.peripheral]) {
      if (near) end.found();
      else end.lose();
    }
    if (near) this.wake();
  }
}
