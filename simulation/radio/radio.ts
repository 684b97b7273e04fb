import { rmSync } from 'node:fs';
import net from 'node:net';
import { Controller } from './controller.js';
import { socketTransport } from './h4.js';
import { parseAddress } from './hci.js';

export interface RadioOptions {
  /** Cap on the advertising interval, to make tests faster than air (ms). */
  readonly maxAdvertisingIntervalMs?: number;
  /** Cap on the supervision timeout, likewise (ms). */
  readonly maxSupervisionTimeoutMs?: number;
  /** Data crosses every so many milliseconds; 0: at once. 30 is what tablets use with most devices. */
  readonly connectionIntervalMs?: number;
  /** ACL packets per direction and connection event. */
  readonly packetsPerEvent?: number;
  /** ACL buffers of every controller, in octets: 27 is the smallest, and exercises fragmentation; 251 with data length extension. */
  readonly aclLength?: number;
  readonly aclCount?: number;
}

const DEFAULTS: Required<RadioOptions> = {
  maxAdvertisingIntervalMs: 20,
  maxSupervisionTimeoutMs: 32_000,
  connectionIntervalMs: 0,
  packetsPerEvent: 6,
  aclLength: 27,
  aclCount: 4,
};

/** Timing of real air: advertising as asked for, a connection interval of 30 ms, packets of 251 octets. */
export const AIR: RadioOptions = {
  maxAdvertisingIntervalMs: 10_240,
  connectionIntervalMs: 30,
  packetsPerEvent: 4,
  aclLength: 251,
  aclCount: 8,
};

/**
 * A virtual radio: Bluetooth LE controllers in this process that hear each other. Each speaks HCI (legacy LE
 * commands, Bluetooth 5.0) to an unmodified host stack. Periodic advertising, signal strength, range,
 * supervision timeouts and pending connects behave as on air; there are no collisions and no bit errors.
 */
export class Radio {
  readonly controllers = new Set<Controller>();
  readonly options: Required<RadioOptions>;
  readonly #far = new Set<string>();
  readonly #levels = new Map<Controller, number>();
  #count = 0;

  constructor(options: RadioOptions = {}) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** A new controller, in reach of all others. */
  attach(address?: string): Controller {
    this.#count += 1;
    const serial = this.#count.toString(16).padStart(4, '0');
    const text = address ?? `00:aa:01:00:${serial.slice(0, 2)}:${serial.slice(2)}`;
    const controller = new Controller(this, parseAddress(text));
    this.controllers.add(controller);
    return controller;
  }

  /** Lets other processes attach over a unix stream socket (H4), one controller per connection. */
  async serve(path: string): Promise<{ close(): void }> {
    rmSync(path, { force: true });
    const server = net.createServer((socket) => {
      const host = socketTransport(socket);
      const controller = this.attach();
      host.on('data', (packet: Buffer) => controller.write(packet));
      controller.on('data', (packet: Buffer) => host.write(packet));
      host.on('close', () => controller.close()); // the process died: its peers see a supervision timeout
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    server.unref();
    return {
      close: () => {
        server.close();
        rmSync(path, { force: true });
      },
    };
  }

  /** Moves two controllers out of, or back into, each other's reach. */
  setInRange(a: Controller, b: Controller, near: boolean): void {
    for (const key of [`${a.id}>${b.id}`, `${b.id}>${a.id}`]) {
      if (near) this.#far.delete(key);
      else this.#far.add(key);
    }
    for (const end of a.ends.values()) if (end.peer.controller === b) end.link.rangeChanged(near);
  }

  inRange(from: Controller, to: Controller): boolean {
    return from !== to && this.controllers.has(to) && !this.#far.has(`${from.id}>${to.id}`);
  }

  /** Signal strength in dBm at which everyone hears this controller; -50 to begin with. */
  setRssi(controller: Controller, dbm: number): void {
    this.#levels.set(controller, dbm);
  }

  rssi(from: Controller): number {
    return this.#levels.get(from) ?? -50;
  }

  detach(controller: Controller): void {
    this.controllers.delete(controller);
    this.#levels.delete(controller);
  }
}
