import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { SerialPort } from 'serialport';
import type {
  Link,
  LinkProvider,
  OpenOptions,
  PreflightItem,
  Scan,
  ScanListener,
  SerialSettings,
  Sighting,
} from '../link.js';
import { within } from '../operations.js';
import { serialMend } from '../preflight.js';
import { withHangUp } from './binding.js';
import { serialError } from './errors.js';
import { SerialLink } from './link.js';
import { fromListed, linuxPorts, type SerialPortInfo } from './ports.js';

const POLL_MS = 2_000;
const PREFIX = 'serial:';
const require = createRequire(import.meta.url);

/** `binding` is taken too, though the types of serialport leave it out. */
type SerialPortOptions = ConstructorParameters<typeof SerialPort>[0];

export interface SerialProviderOptions {
  /** Ports beside those that the system lists: pseudo terminals of practice mode, or one named by the user. */
  readonly additionalPorts?: () => readonly SerialPortInfo[];
  /** Lists the ports of this machine; the system's own list by default. */
  readonly list?: () => Promise<readonly SerialPortInfo[]>;
  /** A port that is no device's, e.g. of a badge reader: it is not listed. */
  readonly taken?: string | undefined;
  readonly now?: () => number;
  /** Milliseconds between looks at the list; 2 000. */
  readonly pollMs?: number;
}

/** Finds and opens serial ports: any tty. */
export class SerialProvider implements LinkProvider {
  readonly transport = 'serial';
  readonly #now: () => number;
  readonly #known = new Map<string, Sighting>();
  readonly #scans = new Set<ScanListener>();
  readonly #links = new Map<string, SerialLink | 'opening'>();
  #poll: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(private readonly options: SerialProviderOptions = {}) {
    this.#now = options.now ?? Date.now;
  }

  async preflight(): Promise<readonly PreflightItem[]> {
    const ports = await this.#list();
    return Promise.all(ports.map(({ path }) => this.#check(path)));
  }

  async scan(listener: ScanListener): Promise<Scan> {
    this.#scans.add(listener);
    for (const sighting of this.#known.values()) listener.seen(sighting);
    await this.#look();
    if (!this.#poll && this.#scans.size > 0 && !this.#disposed) {
      this.#poll = setInterval(() => void this.#look(), this.options.pollMs ?? POLL_MS);
      this.#poll.unref();
    }
    return {
      stop: async () => {
        this.#scans.delete(listener);
        if (this.#scans.size === 0) this.#stopPolling();
      },
    };
  }

  async open(id: string, options: OpenOptions): Promise<Link> {
    const path = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : '';
    if (path === '') throw new OneBoxError('LINK_NOT_FOUND', id);
    if (this.#disposed) throw new OneBoxError('LINK_ABORTED', 'the provider was disposed');
    if (this.#links.has(id)) throw new OneBoxError('SERIAL_BUSY', path);
    this.#links.set(id, 'opening');
    try {
      const link = new SerialLink(await this.#open(path, options), this.#now);
      this.#links.set(id, link);
      void link.ended.then(() => link.released).then(() => this.#links.delete(id));
      return link;
    } finally {
      if (this.#links.get(id) === 'opening') this.#links.delete(id);
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#scans.clear();
    this.#stopPolling();
    await Promise.all([...this.#links.values()].map((link) => (link === 'opening' ? undefined : link.close())));
  }

  async #open(path: string, options: OpenOptions): Promise<SerialPort> {
    if (!options.line) throw new OneBoxError('LINK_MISUSE', 'a serial port needs line settings');
    const { baudRate } = options.line;
    if (!Number.isInteger(baudRate) || baudRate <= 0) throw new OneBoxError('LINK_MISUSE', `baud rate ${baudRate}`);
    const port = this.#port(path, options.line);
    const opened = new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(serialError(error, path)) : resolve()));
    });
    try {
      await within('open', options, opened);
      return port;
    } catch (error) {
      void opened.then(
        () => port.close(() => {}),
        () => {},
      );
      throw error;
    }
  }

  #port(path: string, line: SerialSettings): SerialPort {
    try {
      const { SerialPort: Port } = require('serialport') as typeof import('serialport');
      const binding = withHangUp(Port.binding);
      return new Port({ path, ...line, autoOpen: false, lock: true, binding } as SerialPortOptions);
    } catch (error) {
      throw new OneBoxError('LINK_MISUSE', 'line settings', {}, { cause: error });
    }
  }

  async #check(path: string): Promise<PreflightItem> {
    const item = { transport: 'serial' as const, name: path };
    if (this.#links.has(PREFIX + path)) return { ...item, usable: true };
    try {
      if (process.platform !== 'win32') await access(path, constants.R_OK | constants.W_OK);
      return { ...item, usable: true };
    } catch (reason) {
      const error = serialError({ message: reason instanceof Error ? reason.message : '' }, path);
      return { ...item, usable: false, error, mend: serialMend(error, path) };
    }
  }

  async #list(): Promise<readonly SerialPortInfo[]> {
    const found = await (this.options.list ?? systemPorts)().catch(() => []);
    const additional = this.options.additionalPorts?.() ?? [];
    const names = new Set(additional.map(({ path }) => path));
    return [...additional, ...found.filter(({ path }) => !names.has(path) && path !== this.options.taken)];
  }

  async #look(): Promise<void> {
    const ports = await this.#list();
    if (this.#disposed) return;
    const at = this.#now();
    const gone = new Set(this.#known.keys());
    for (const serial of ports) {
      const id = PREFIX + serial.path;
      gone.delete(id);
      const before = this.#known.get(id);
      const sighting: Sighting = {
        id,
        transport: 'serial',
        firstHeard: before?.firstHeard ?? at,
        lastHeard: at,
        serial,
      };
      this.#known.set(id, sighting);
      for (const listener of this.#scans) listener.seen(sighting);
    }
    for (const id of gone) {
      this.#known.delete(id);
      for (const listener of this.#scans) listener.gone(id);
    }
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }
}

async function systemPorts(): Promise<readonly SerialPortInfo[]> {
  if (process.platform === 'linux') return linuxPorts();
  const { SerialPort: Port } = require('serialport') as typeof import('serialport');
  return (await Port.list()).map(fromListed);
}
