import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ReadStream } from 'node:tty';
import type { SerialSimulator, SerialUsb, SerialWire } from '@onebox/driver-sdk/simulator.js';

const require = createRequire(import.meta.url);

/** Octets that wait for a reader; beyond, they are lost, as on a wire that nobody listens to. */
const MAX_BACKLOG = 1 << 20;
/** What a pseudo terminal takes at once, and how long it is left alone when it is full (ms). */
const CHUNK = 4096;
const FULL_MS = 2;

interface NativePty {
  readonly _master: ReadStream;
  readonly _slave: ReadStream;
  readonly _pty: string;
  /** Descriptor of the master, non-blocking. */
  readonly _fd: number;
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
  readonly #fd: number;
  #plugged = true;
  #outgoing: Uint8Array[] = [];
  #backlog = 0;
  #retry: NodeJS.Timeout | undefined;

  private constructor(native: NativePty, line: number) {
    this.path = native._pty;
    this.#master = native._master;
    this.#fd = native._fd;
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
    if (!this.#plugged || this.#backlog > MAX_BACKLOG) return;
    this.#outgoing.push(Uint8Array.from(bytes));
    this.#backlog += bytes.length;
    if (!this.#retry) this.#flush();
  }

  /** Node would write to a terminal in a busy loop until all is taken. */
  #flush(): void {
    this.#retry = undefined;
    for (let first = this.#outgoing[0]; first !== undefined && this.#plugged; first = this.#outgoing[0]) {
      const taken = this.#write(first.subarray(0, CHUNK));
      this.#backlog -= taken;
      if (taken < first.length) this.#outgoing[0] = first.subarray(taken);
      else this.#outgoing.shift();
      if (taken === 0 && first.length > 0) {
        this.#retry = setTimeout(() => this.#flush(), FULL_MS);
        return;
      }
    }
  }

  #write(bytes: Uint8Array): number {
    try {
      return bytes.length === 0 ? 0 : writeSync(this.#fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.unplug();
      return 0;
    }
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#master.on('data', (bytes: Buffer) => listener(Uint8Array.from(bytes)));
  }

  /** Whether the device takes what is sent to it; when not, the sender waits (hardware flow control). */
  take(on: boolean): void {
    if (on) this.#master.resume();
    else this.#master.pause();
  }

  now(): number {
    return Date.now();
  }

  /** Pulls the cable: readers see a disconnect, and the port is gone. */
  unplug(): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    clearTimeout(this.#retry);
    this.#outgoing = [];
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
