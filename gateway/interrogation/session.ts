import { randomBytes } from 'node:crypto';
import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, type Interrogation, type Phase, v1 } from '@onebox/protocol/messages.js';
import { type Clock, systemClock } from '../driver-host/clock.js';
import type { LoadedDriver } from '../driver-host/driver-index.js';
import { type DriverRun, type HostEvent, runDriver } from '../driver-host/host.js';
import type { ProcessLauncher } from '../driver-host/launcher.js';
import type { Link, TransportKind } from '../links/link.js';
import { type Outcome, outcome } from './completeness.js';
import { FindingStore } from './finding-store.js';
import { phaseId } from './phases.js';
import { isDriverError, isLost, MAX_LINKS, PATIENCE_MS, pause, waitBefore } from './retries.js';

/** What happens in a session, for the audit log and the screen. Codes and numbers only. */
export type SessionEvent =
  | { readonly kind: 'link-up'; readonly attempt: number }
  /** The link could not be opened. */
  | { readonly kind: 'link-refused'; readonly attempt: number; readonly error: OneBoxError }
  | { readonly kind: 'link-lost'; readonly attempt: number; readonly error: OneBoxError }
  | { readonly kind: 'phase-done'; readonly phase: Phase; readonly items: number }
  | { readonly kind: 'driver'; readonly event: HostEvent };

export interface SessionObserver {
  /** The next finding waits until this one is taken. */
  finding(finding: Finding): void | Promise<void>;
  event(event: SessionEvent): void;
  /** Something of `state` changed. */
  changed(): void;
}

export interface SessionOptions {
  readonly driver: LoadedDriver;
  readonly transport: TransportKind;
  /** Resolves when the log holds that the read begins. Nothing is opened before; a failure ends the session. */
  readonly begin?: () => Promise<void>;
  /** Opens the link; called again after a loss. */
  readonly openLink: (signal: AbortSignal) => Promise<Link>;
  readonly phases: readonly Phase[];
  /** Go on with live values after the wanted phases, until stopped. */
  readonly live: boolean;
  readonly purpose: v1.PurposeOfUse;
  readonly practice: boolean;
  /** The device has let us in already: a recording of one that had. Practice devices always have. */
  readonly authorised?: boolean;
  /** Services of the advertisement. */
  readonly services: readonly string[];
  readonly launcher: ProcessLauncher;
  readonly observer: SessionObserver;
  readonly applicationVersion: string;
  /** The tablet's clock, or that of a recording. */
  readonly clock?: Clock;
  /** Zone in which times of devices without one are read, minutes east of UTC; the tablet's when not given. */
  readonly utcOffsetMinutes?: number;
  /** Waits before the second, third ... link. */
  readonly retryAfterMs?: readonly number[];
}

export type SessionState = 'connecting' | 'reading' | 'complete' | 'partial' | 'refused' | 'stopped';

/**
 * One reading of one device: opens the link, runs the driver phase by phase, goes on after a lost link,
 * and always ends complete, partial or refused with what was read.
 */
export class InterrogationSession {
  readonly id = randomBytes(16);
  readonly store = new FindingStore();
  private readonly stopper = new AbortController();
  private readonly clock: Clock;
  private readonly wanted: readonly Phase[];
  private readonly startedAt: number;
  private endedAt = 0;
  /** No phase came to its end for so long that another link is of no use. */
  private mute = false;
  private result: Outcome | undefined;
  private endError: OneBoxError | undefined;
  private stoppedByUser = false;
  private linkState: 'up' | 'lost' | 'down' = 'down';
  private attempts = 0;
  private opened = 0;
  private lost = 0;
  private bytesIn = 0;
  private bytesOut = 0;
  private milliseconds = 0;

  constructor(private readonly options: SessionOptions) {
    this.clock = options.clock ?? systemClock();
    this.startedAt = this.clock.now();
    const served = new Set<string>(options.driver.manifest.phases);
    this.wanted = options.phases.filter((phase) => served.has(phaseId(phase)));
  }

  get state(): SessionState {
    if (this.result) {
      if (this.stoppedByUser && this.result.completeness !== v1.Completeness.COMPLETENESS_COMPLETE) return 'stopped';
      return COMPLETENESS_STATE[this.result.completeness] ?? 'refused';
    }
    if (this.allDone) return 'complete';
    return this.linkState === 'up' ? 'reading' : 'connecting';
  }

  get error(): OneBoxError | undefined {
    return this.endError;
  }

  get link(): 'up' | 'lost' | 'down' {
    return this.linkState;
  }

  /** Links tried so far, those that never came up included. */
  get attempt(): number {
    return this.attempts;
  }

  /** Part of the wanted phases that is finished, 0 to 100. */
  get percent(): number {
    if (this.wanted.length === 0) return 0;
    return Math.round(
      (100 * this.wanted.filter((phase) => this.store.finished.has(phase)).length) / this.wanted.length,
    );
  }

  /** Wanted phases that are not finished. */
  get unfinished(): readonly Phase[] {
    return this.wanted.filter((phase) => !this.store.finished.has(phase));
  }

  /** Ends the read now; what was read is kept, the device's own end of session is still sent. */
  stop(): void {
    if (this.result) return;
    this.stoppedByUser = true;
    this.stopper.abort();
  }

  /** Reads. Never rejects: how it ended is in the result. */
  async run(): Promise<Interrogation> {
    try {
      if (this.wanted.length === 0) throw new OneBoxError('INPUT_INVALID', 'phases: the driver serves none of them');
      await this.options.begin?.();
      if (this.options.driver.manifest.authorisation === 'maker' && !this.authorised)
        throw new OneBoxError('AUTHORISATION_NEEDED');
      await this.readWithRetries();
    } catch (error) {
      this.endError = toOneBoxError(error);
    }
    this.linkState = 'down';
    this.endedAt = this.clock.now();
    const error = this.endError ?? (this.stoppedByUser && !this.allDone ? new OneBoxError('READ_STOPPED') : undefined);
    this.result = outcome(this.store, this.wanted, error);
    this.options.observer.changed();
    return this.interrogation();
  }

  /** The document as it stands; during the read completeness is unspecified. */
  interrogation(): Interrogation {
    const { driver, transport, purpose, practice, applicationVersion } = this.options;
    const { clock } = this.store;
    return {
      sessionId: this.id.toString('hex'),
      schemaVersion: '1.0',
      purpose,
      driver: { id: driver.manifest.id, version: driver.manifest.version, sha256: driver.sha256 },
      transport: TRANSPORT[transport],
      startedUnixMs: this.startedAt,
      endedUnixMs: this.endedAt,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(clock ? { deviceClock: clock } : {}),
      completeness: this.result?.completeness ?? v1.Completeness.COMPLETENESS_UNSPECIFIED,
      missing: [...(this.result?.missing ?? [])],
      finding: this.store.findings,
      linksOpened: this.opened,
      linksLost: this.lost,
      bytesReceived: this.bytesIn,
      bytesSent: this.bytesOut,
      practice,
      applicationVersion,
    };
  }

  private get allDone(): boolean {
    return this.wanted.length > 0 && this.wanted.every((phase) => this.store.finished.has(phase));
  }

  private get authorised(): boolean {
    return this.options.practice || (this.options.authorised ?? false);
  }

  private async readWithRetries(): Promise<void> {
    const { signal } = this.stopper;
    const allowed = Math.min(MAX_LINKS, this.options.driver.manifest.budget.connections);
    while (!signal.aborted) {
      const error = await this.readOnce(signal);
      if (!error || signal.aborted) return;
      const lost = isLost(error, this.opened);
      // All was read: the link is missed only where live values go on.
      if (this.allDone && !isDriverError(error) && !(lost && this.options.live)) return;
      if (!lost || this.mute || this.attempts >= allowed) {
        this.endError = error;
        return;
      }
      this.linkState = 'lost';
      this.options.observer.changed();
      await pause(waitBefore(this.attempts, this.options.retryAfterMs), signal);
    }
  }

  /** One link: resolves with why it ended early, or undefined when the driver came to its end. */
  private async readOnce(signal: AbortSignal): Promise<OneBoxError | undefined> {
    this.attempts += 1;
    const { observer } = this.options;
    const attempt = this.attempts;
    let link: Link;
    try {
      link = await this.options.openLink(signal);
    } catch (cause) {
      if (signal.aborted) return undefined;
      const error = toOneBoxError(cause);
      observer.event({ kind: 'link-refused', attempt, error });
      return error;
    }
    try {
      this.opened += 1;
      this.linkState = 'up';
      observer.event({ kind: 'link-up', attempt });
      observer.changed();
      let gone = false;
      void link.ended.then(({ error: why }) => {
        gone = why !== undefined;
      });
      const before = this.store.finished.size;
      const { error, statistics } = await this.drive(link, signal);
      const stuck = this.store.finished.size === before;
      this.mute = error?.kind === 'LINK_TIMEOUT' && stuck && statistics.milliseconds > PATIENCE_MS;
      this.bytesIn += statistics.bytesIn;
      this.bytesOut += statistics.bytesOut;
      this.milliseconds += statistics.milliseconds;
      if (error?.kind === 'LINK_ABORTED' && signal.aborted) return undefined;
      if (error && isLost(error)) {
        if (gone) this.lost += 1;
        observer.event({ kind: 'link-lost', attempt, error });
      }
      return error;
    } finally {
      await link.close();
    }
  }

  private drive(link: Link, signal: AbortSignal): Promise<DriverRun> {
    const { driver, launcher, live, practice, services, observer, utcOffsetMinutes } = this.options;
    return runDriver({
      driver,
      link,
      phases: this.wanted,
      finished: this.store.finished,
      received: this.store.receivedByPhase,
      live,
      practice,
      authorised: this.authorised,
      services,
      used: {
        bytesIn: this.bytesIn,
        bytesOut: this.bytesOut,
        findings: this.store.findings.length,
        milliseconds: this.milliseconds,
      },
      signal,
      launcher,
      clock: this.clock,
      ...(utcOffsetMinutes === undefined ? {} : { utcOffsetMinutes }),
      onFinding: (finding) => this.take(finding),
      onEvent: (event) => observer.event({ kind: 'driver', event }),
    });
  }

  private async take(finding: Finding): Promise<void> {
    const phase = finding.progress?.phase ?? this.store.phase;
    const done = finding.progress ? finding.progress.state !== v1.Progress.State.STATE_STARTED : false;
    const stamped = this.store.add(finding, this.clock.now());
    if (!stamped) return;
    const { observer } = this.options;
    await observer.finding(stamped);
    if (done) observer.event({ kind: 'phase-done', phase, items: this.store.received(phase) });
    observer.changed();
  }
}

const TRANSPORT: Readonly<Record<TransportKind, v1.Transport>> = {
  ble: v1.Transport.TRANSPORT_BLE,
  serial: v1.Transport.TRANSPORT_SERIAL,
  file: v1.Transport.TRANSPORT_FILE,
};

const COMPLETENESS_STATE: Readonly<Record<number, SessionState>> = {
  [v1.Completeness.COMPLETENESS_COMPLETE]: 'complete',
  [v1.Completeness.COMPLETENESS_PARTIAL]: 'partial',
  [v1.Completeness.COMPLETENESS_REFUSED]: 'refused',
};
