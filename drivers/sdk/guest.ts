import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Finding, Phase } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import type { Driver } from './define.js';
import type { Device, Packet, PacketStream, RequestParameters, WaitOptions } from './device.js';

/**
 * Runs a driver's program against the calls that the host offers. The same code runs in the sandbox and,
 * for debugging, in plain Node: what a driver can do is decided on the other side of `Host`.
 */

/** What the host tells a driver before it starts. */
export interface Opening {
  readonly transport: 'ble' | 'serial' | 'file';
  readonly channels: readonly string[];
  readonly services: readonly string[];
  /** Phases that are wanted and not finished yet. */
  readonly phases: readonly Phase[];
  /** Findings that the host has already, by phase. */
  readonly received: readonly (readonly [Phase, number])[];
  /** Go on with live values after the last wanted phase. */
  readonly live: boolean;
  /** The device must let the reader in first, by the driver's `authorise`. */
  readonly authorise: boolean;
  /** Minutes that the tablet's local time is ahead of UTC; 0 when not given. */
  readonly utcOffsetMinutes?: number;
}

/** The calls, with their answers. Every call ends: the host sees to it. */
export interface Calls {
  read: { in: { channel: string }; out: Uint8Array };
  request: { in: { name: string; parameters: RequestParameters }; out: undefined };
  subscribe: { in: { channels: readonly string[] }; out: number };
  /** Packets in order, at least one; `idle` after `idleMs` without one. */
  next: { in: { stream: number; idleMs: number }; out: readonly Packet[] | 'idle' };
  unsubscribe: { in: { stream: number }; out: undefined };
  sleep: { in: { ms: number }; out: undefined };
  /** Encoded findings, in order. */
  report: { in: { findings: readonly Uint8Array[] }; out: undefined };
}
export type CallName = keyof Calls;

export interface Host {
  call<N extends CallName>(name: N, input: Calls[N]['in']): Promise<Calls[N]['out']>;
  /** Tablet clock as of the last answer, milliseconds since 1970. */
  now(): number;
}

const DEFAULT_IDLE_MS = 10_000;
/** Findings under way at which the driver waits. The host stops a driver with 64 open calls. */
const MOST = 32;

/** Runs the program to its end; rejects with what it threw. What it found before it failed is handed over. */
export async function runProgram(driver: Driver, opening: Opening, host: Host): Promise<void> {
  const reporter = new Reporter(host);
  const device = new HostDevice(opening, host, reporter);
  if (opening.authorise) {
    if (!driver.authorise) throw new OneBoxError('AUTHORISATION_NEEDED', 'the driver has no authorise hook');
    await driver.authorise(device);
  }
  const findings = driver.program(device);
  try {
    for (;;) {
      const { done, value } = await findings.next();
      if (done) break;
      await reporter.put(value);
    }
  } catch (error) {
    await reporter.flush().catch(() => undefined);
    throw error;
  }
  await reporter.flush();
}

/** Encodes findings and hands each over at once: whatever the driver does next, it is kept. */
class Reporter {
  readonly #underWay = new Set<Promise<void>>();
  #failure: unknown;

  constructor(readonly host: Host) {}

  async put(finding: Finding | Uint8Array): Promise<void> {
    while (this.#underWay.size >= MOST) await Promise.race(this.#underWay);
    if (this.#failure) throw this.#failure;
    const bytes = finding instanceof Uint8Array ? finding : v1.Finding.encode(finding).finish();
    const taken: Promise<void> = this.host.call('report', { findings: [bytes] }).then(
      () => void this.#underWay.delete(taken),
      (error: unknown) => {
        this.#underWay.delete(taken);
        this.#failure = error;
      },
    );
    this.#underWay.add(taken);
  }

  /** Resolves when the host has taken all. */
  async flush(): Promise<void> {
    await Promise.all(this.#underWay);
    if (this.#failure) throw this.#failure;
  }
}

class HostDevice implements Device {
  readonly #wanted: ReadonlySet<Phase>;
  readonly #received: ReadonlyMap<Phase, number>;

  constructor(
    readonly opening: Opening,
    readonly host: Host,
    readonly reporter: Reporter,
  ) {
    this.#wanted = new Set(opening.phases);
    this.#received = new Map(opening.received);
  }

  get transport() {
    return this.opening.transport;
  }

  get channels() {
    return this.opening.channels;
  }

  get services() {
    return this.opening.services;
  }

  get live() {
    return this.opening.live;
  }

  get utcOffsetMinutes() {
    return this.opening.utcOffsetMinutes ?? 0;
  }

  wants(phase: Phase): boolean {
    return this.#wanted.has(phase);
  }

  received(phase: Phase): number {
    return this.#received.get(phase) ?? 0;
  }

  read(channel: string): Promise<Uint8Array> {
    return this.host.call('read', { channel });
  }

  async readText(channel: string): Promise<string> {
    const bytes = await this.read(channel);
    return utf8(bytes).replace(/[\0\s]+$/, '');
  }

  async request(name: string, parameters: RequestParameters = {}): Promise<void> {
    await this.host.call('request', { name, parameters });
  }

  async packets(channels: string | readonly string[], options: WaitOptions = {}): Promise<PacketStream> {
    const stream = await this.host.call('subscribe', {
      channels: typeof channels === 'string' ? [channels] : channels,
    });
    return new HostStream(this.host, stream, options.idleMs ?? DEFAULT_IDLE_MS);
  }

  now(): number {
    return this.host.now();
  }

  async sleep(ms: number): Promise<void> {
    await this.host.call('sleep', { ms });
  }

  async report(finding: Finding | Uint8Array): Promise<void> {
    await this.reporter.put(finding);
    await this.reporter.flush();
  }
}

class HostStream implements PacketStream {
  #kept: Packet[] = [];
  #closed = false;

  constructor(
    readonly host: Host,
    readonly stream: number,
    readonly idleMs: number,
  ) {}

  async next(idleMs = this.idleMs): Promise<Packet | undefined> {
    if (this.#kept.length === 0 && !this.#closed) {
      const answer = await this.host.call('next', { stream: this.stream, idleMs });
      if (answer === 'idle') return undefined;
      this.#kept = answer.slice().reverse();
    }
    return this.#kept.pop();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#kept = [];
    await this.host.call('unsubscribe', { stream: this.stream });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, void> {
    try {
      while (!this.#closed) {
        const packet = await this.next();
        if (!packet) {
          if (this.#closed) return;
          throw new OneBoxError('LINK_TIMEOUT', 'no packet');
        }
        yield packet;
      }
    } finally {
      // What ended the loop counts, not that the link is gone by now.
      await this.close().catch((error: unknown) => {
        if (!isOneBoxError(error)) throw toOneBoxError(error);
      });
    }
  }
}

/** UTF-8 as devices send it; anything else becomes U+FFFD. */
function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
