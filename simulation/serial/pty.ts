import { closeSync, constants, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ReadStream } from 'node:tty';
import type { SerialSimulator, SerialUsb, SerialWire } from '@onebox/driver-sdk/simulator.js';

const require = createRequire(import.meta.url);

/** Octets that wait for a reader; beyond, they are lost, as on a wire that nobody listens to. */
const MAX_BACKLOG = 1 << 20;

interface NativePty {
  readonly _master: ReadStream;
  readonly _slave: ReadStream;
  readonly _pty: string;
}

/** What the serial provider lists for a simulated port (`additionalPorts`). */
export interface SimulatedPort extends Partial<SerialUsb> {
  readonly path: string;
}

/**
 * A real pseudo terminal: what a simulated device sends on the master, a program reads at `path`, and back. The
 * line is raw (8 bits, no echo, no flow control) from the beginning, and readers may come and go. Linux and macOS.
 */
export class Pty implements SerialWire {
  readonly path: string;
  readonly #master: ReadStream;
  /** Keeps the line, with its settings, when no reader has it open. */
  readonly #line: number;
  #plugged = true;

  private constructor(native: NativePty, line: number) {
    this.path = native._pty;
    this.#master = native._master;
    this.#line = line;
    this.#master.on('error', () => this.unplug());
  }

  static async open(): Promise<Pty> {
    const { open } = require('@lydell/node-pty') as { open(options: object): NativePty };
    const native = open({ cols: 80, rows: 24, encoding: null }); // the default, UTF-8, spoils octets
    const line = openSync(native._pty, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    native._slave.destroy(); // it would read what is meant for others
    const pty = new Pty(native, line);
    await makeRaw(pty.path);
    return pty;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  send(bytes: Uint8Array): void {
    if (this.#plugged && this.#master.writableLength < MAX_BACKLOG) this.#master.write(Uint8Array.from(bytes));
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#master.on('data', (bytes: Buffer) => listener(Uint8Array.from(bytes)));
  }

  now(): number {
    return Date.now();
  }

  /** Pulls the cable: readers see a disconnect, and the port is gone. */
  unplug(): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    closeSync(this.#line);
    this.#master.destroy();
  }
}

/** serialport sets the line raw when it opens it; the settings stay as long as the line exists. */
async function makeRaw(path: string): Promise<void> {
  const { SerialPort } = require('serialport') as typeof import('serialport');
  const port = await SerialPort.binding.open({ path, baudRate: 9600, lock: false });
  await port.close();
}

export interface RunningSerialSimulator {
  readonly port: SimulatedPort;
  readonly pty: Pty;
  /** Pulls the cable and stops the simulator. */
  close(): Promise<void>;
}

/** Runs a driver's serial simulator on a pseudo terminal. */
export async function startSerialSimulator(simulator: SerialSimulator): Promise<RunningSerialSimulator> {
  const pty = await Pty.open();
  await simulator.start(pty);
  return {
    port: { path: pty.path, ...simulator.usb },
    pty,
    async close() {
      pty.unplug();
      await simulator.stop();
    },
  };
}
