import type { DecodedCall } from '@onebox/driver-sdk/call-codec.js';
import type { Opening } from '@onebox/driver-sdk/guest.js';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { PHASES } from '@onebox/driver-sdk/phases.js';
import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Finding, Phase } from '@onebox/protocol/messages.js';
import type { Link } from '../links/link.js';
import { type Clock, systemClock } from './clock.js';
import { FindingGate } from './finding-gate.js';
import type { HostEvent, RunStatistics } from './host-events.js';
import { LIMITS, type Limits } from './limits.js';
import { LinkGuard } from './link-guard.js';

/** What a run needs, in the sandbox or in this process. */
export interface RunOptions {
  readonly link: Link;
  /** Wanted phases. */
  readonly phases: readonly Phase[];
  /** Phases that were finished on an earlier link of the session. */
  readonly finished?: ReadonlySet<Phase>;
  /** Findings of each phase from earlier links of the session. */
  readonly received?: ReadonlyMap<Phase, number>;
  /** Go on with live values after the wanted phases, until stopped. */
  readonly live?: boolean;
  /** The device has let us in already: a practice device, or a recording of one that had. */
  readonly authorised?: boolean;
  /** Minutes that local time is ahead of UTC; the tablet's own when not given. A replay gives that of its recording. */
  readonly utcOffsetMinutes?: number;
  /** A simulated device: identities are marked. */
  readonly practice?: boolean;
  /** Services of the advertisement; those of the GATT table are added. */
  readonly services?: readonly string[];
  /** Used on earlier links of the session; counts against the budget. */
  readonly used?: {
    readonly bytesIn: number;
    readonly bytesOut: number;
    readonly findings: number;
    readonly milliseconds: number;
  };
  /** Findings in order; the next one waits for the answer. */
  readonly onFinding: (finding: Finding) => void | Promise<void>;
  readonly onEvent?: (event: HostEvent) => void;
  /** What a driver that failed said, for its author. Never to be stored. */
  readonly onTrace?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Tablet clock, milliseconds since 1970. */
  readonly now?: () => number;
  /** Instead of `now`: that of a recording. */
  readonly clock?: Clock;
  /** Tighter bounds, for tests. */
  readonly limits?: Partial<Limits>;
}

/** How a run ended. What was found went to `onFinding` before. */
export interface DriverRun {
  readonly end: 'done' | 'error';
  readonly error?: OneBoxError;
  readonly statistics: RunStatistics;
}

const NOTHING_USED = { bytesIn: 0, bytesOut: 0, findings: 0, milliseconds: 0 } as const;

/**
 * The host's side of one run: link guard, finding gate, the clocks that stop a driver, and the one reason
 * why it ended.
 */
export class Run {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly guard: LinkGuard;
  readonly gate: FindingGate;
  /** Resolves with why the run must end before the driver does. */
  readonly fatal: Promise<OneBoxError>;
  #fail: (error: OneBoxError) => void = () => undefined;
  #failed: OneBoxError | undefined;
  #pending = 0;
  #lastActivity = performance.now();
  #started = performance.now();
  #loaded = 0;
  #watch: NodeJS.Timeout | undefined;
  #reports: Promise<void> = Promise.resolve();

  constructor(
    readonly manifest: Manifest,
    readonly options: RunOptions,
  ) {
    this.limits = { ...LIMITS, ...options.limits };
    this.clock = options.clock ?? systemClock(options.now);
    this.fatal = new Promise((resolve) => {
      this.#fail = resolve;
    });
    const used = options.used ?? NOTHING_USED;
    const common = {
      manifest,
      limits: this.limits,
      onEvent: (event: HostEvent) => this.event(event),
      onFatal: (error: OneBoxError) => this.fail(error),
    };
    this.guard = new LinkGuard({
      ...common,
      link: options.link,
      clock: this.clock,
      used,
      onTraffic: () => this.#active(),
    });
    const take = async (finding: Finding) => {
      this.#active();
      await options.onFinding(finding);
    };
    this.gate = new FindingGate({
      ...common,
      now: () => this.clock.now(),
      practice: options.practice ?? false,
      used: used.findings,
      onFinding: take,
    });
    options.signal?.addEventListener('abort', this.#aborted, { once: true });
    if (options.signal?.aborted) this.#aborted();
  }

  get failure(): OneBoxError | undefined {
    return this.#failed;
  }

  /** Calls of the driver that have no answer yet. */
  get pending(): number {
    return this.#pending;
  }

  event(event: HostEvent): void {
    this.options.onEvent?.(event);
  }

  /** Ends the run; the first reason counts. */
  fail(error: OneBoxError): void {
    this.#failed ??= error;
    this.#fail(this.#failed);
  }

  /** Discovers the device and says what the driver is told. */
  async opening(): Promise<Opening> {
    const { link, phases, finished, received, live, services, signal } = this.options;
    const found = await link.channels({ deadlineMs: this.limits.discoverMs, ...(signal ? { signal } : {}) });
    const served = new Set<string>(this.manifest.phases);
    const all = new Set([
      ...(services ?? []),
      ...found.map((channel) => channel.service).filter((service) => service !== ''),
    ]);
    return {
      transport: link.transport,
      channels: found.map((channel) => channel.id),
      services: [...all],
      phases: phases.filter((phase) => served.has(PHASES[phase - 1] ?? '') && !finished?.has(phase)),
      received: [...(received ?? [])],
      live: live ?? false,
      authorise: this.manifest.authorisation === 'driver' && !this.options.authorised,
      utcOffsetMinutes: this.options.utcOffsetMinutes ?? -new Date(this.clock.now()).getTimezoneOffset(),
    };
  }

  /** The driver was loaded: the clocks run from now. */
  begin(): void {
    this.#loaded = performance.now() - this.#started;
    this.#active();
    this.#watch = setInterval(() => this.#check(), this.limits.watchMs);
  }

  /** Carries out a call. Rejects with an OneBoxError for the driver. */
  async call(call: DecodedCall): Promise<unknown> {
    if (this.#failed) throw this.#failed;
    if (this.#pending >= this.limits.pendingCalls) {
      this.fail(new OneBoxError('DRIVER_FLOOD', 'too many calls at once'));
      throw this.#failed!;
    }
    this.#pending += 1;
    try {
      if (call.name !== 'report') return await this.guard.call(call);
      this.#reports = this.#reports.then(() => this.gate.take(call.input.findings));
      await this.#reports;
      return undefined;
    } catch (error) {
      throw toOneBoxError(error);
    } finally {
      this.#pending -= 1;
    }
  }

  /** Leaves the device as its maker wants it and sums up. `error`: how the driver itself ended. */
  async finish(error: OneBoxError | undefined): Promise<DriverRun> {
    clearInterval(this.#watch);
    this.options.signal?.removeEventListener('abort', this.#aborted);
    await this.#reports.catch((cause: unknown) => this.fail(toOneBoxError(cause)));
    const { linkError } = this.guard;
    await this.guard.close();
    // When the link is gone, that is why, whatever the driver made of it.
    const lost = error && linkError?.kind !== 'LINK_ABORTED' ? linkError : undefined;
    const why = this.#failed ?? lost ?? error;
    if (why && KILLED.has(why.kind)) this.event({ kind: 'killed', error: why });
    const { bytesIn, bytesOut, packetsIn, packetsOut } = this.guard;
    const statistics = {
      bytesIn,
      bytesOut,
      packetsIn,
      packetsOut,
      findings: this.gate.taken,
      findingsRefused: this.gate.refused,
      milliseconds: performance.now() - this.#started,
      startMilliseconds: this.#loaded,
    };
    return why ? { end: 'error', error: why, statistics } : { end: 'done', statistics };
  }

  readonly #aborted = (): void => this.fail(new OneBoxError('LINK_ABORTED', 'stopped'));

  #active(): void {
    this.#lastActivity = performance.now();
  }

  #check(): void {
    const now = performance.now();
    const { budget } = this.manifest;
    const used = this.options.used ?? NOTHING_USED;
    const phase = this.gate.phase && PHASES[this.gate.phase.id - 1];
    const phaseSeconds = phase && budget.seconds[phase];
    if (now - this.#lastActivity > budget.stallSeconds * 1000)
      this.fail(new OneBoxError('DRIVER_TIMEOUT', 'no progress'));
    else if (used.milliseconds + now - this.#started > budget.radioSeconds * 1000) {
      const error = new OneBoxError('DRIVER_BUDGET', 'time');
      this.event({ kind: 'budget', what: 'time', error });
      this.fail(error);
    } else if (phase && now - this.gate.phase!.since > (phaseSeconds ? phaseSeconds * 1000 : this.limits.phaseMs))
      this.fail(new OneBoxError('DRIVER_TIMEOUT', `phase ${phase}`));
  }
}

const KILLED: ReadonlySet<string> = new Set([
  'DRIVER_CRASHED',
  'DRIVER_TIMEOUT',
  'DRIVER_MEMORY',
  'DRIVER_FORBIDDEN',
  'DRIVER_FLOOD',
  'DRIVER_FINDING',
  'DRIVER_BUDGET',
  'DRIVER_LOAD',
]);

/** Errors that a driver may end with as its own account: what links and messages do. */
export function errorOfDriver(error: OneBoxError): OneBoxError {
  const family = Math.floor(error.code / 100);
  // The detail is the driver's words: it is dropped.
  return family === 1 || family === 2
    ? new OneBoxError(error.kind)
    : new OneBoxError('DRIVER_CRASHED', isOneBoxError(error) ? error.kind : '');
}
