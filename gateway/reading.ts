import { type OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, type Interrogation, Phase, v1 } from '@onebox/protocol/messages.js';
import type { ValueGroup } from './api.js';
import type { AuditFields } from './audit/record.js';
import type { EventName } from './audit/events.js';
import { buildCard, identityOf } from './card/card.js';
import { episodeRows } from './card/episodes.js';
import { Facts } from './card/facts.js';
import { valueGroups } from './card/groups.js';
import type { Card, DeviceClassId, EpisodeRow, Identity, ReadState, Strip } from './card/model.js';
import { strip, stripList } from './card/strips.js';
import type { LoadedDriver } from './driver-host/driver-index.js';
import type { ProcessLauncher } from './driver-host/launcher.js';
import { InterrogationSession, type SessionEvent } from './interrogation/session.js';
import { DEFAULT_PHASES, phaseId } from './interrogation/phases.js';
import type { Link } from './links/link.js';

/** How much is read, and whether the read goes on with live values. */
export interface ReadingChoices {
  readonly phases?: readonly Phase[];
  readonly live?: boolean;
  /** Wraps each link, e.g. to write down its traffic. */
  readonly wrapLink?: (link: Link, driver: LoadedDriver) => Promise<Link>;
}

export interface ReadingOptions extends ReadingChoices {
  readonly accessId: string;
  readonly driver: LoadedDriver;
  readonly deviceClass: DeviceClassId;
  readonly transport: 'ble' | 'serial';
  readonly services: readonly string[];
  readonly openLink: (signal: AbortSignal) => Promise<Link>;
  readonly purpose: v1.PurposeOfUse;
  readonly practice: boolean;
  readonly launcher: ProcessLauncher;
  readonly applicationVersion: string;
  /** Resolves when the record is durable. */
  readonly audit: <E extends EventName>(event: E, fields?: AuditFields<E>) => Promise<void>;
  /** Keeps a finding sealed on disk. */
  readonly keep: (finding: Uint8Array) => Promise<void>;
  readonly changed: () => void;
  readonly fault: (error: OneBoxError) => void;
  readonly liveStrip: (strip: Strip) => void;
}

const REFRESH_MS = 50;

/** What one access reads: the running session, and everything found so far as the card shows it. */
export class Reading {
  private facts = new Facts();
  private session: InterrogationSession;
  private running: Promise<Interrogation>;
  private timer: NodeJS.Timeout | undefined;
  private endedAt = 0;

  constructor(private readonly options: ReadingOptions) {
    this.session = this.newSession();
    this.running = this.start(this.session);
  }

  /** The document when the session has ended; in live mode that is when it is stopped. */
  get ended(): Promise<Interrogation> {
    return this.running;
  }

  /** The document when all wanted phases are read, or the session ended before. */
  async settled(): Promise<Interrogation> {
    await this.session.settled;
    return this.isOver ? this.running : this.session.interrogation();
  }

  get error(): OneBoxError | undefined {
    return this.session.error;
  }

  get identity(): Identity {
    return identityOf(this.facts, this.options.deviceClass);
  }

  /** Findings that are kept. */
  get items(): number {
    return this.facts.all.length + this.facts.episodes.length + this.facts.alerts.length;
  }

  /** When a magnet may have its full effect again, milliseconds since 1970. */
  get magnetUntil(): number | undefined {
    const magnet = this.options.driver.manifest.safety.magnet;
    if (!magnet || magnet.afterReadSeconds === 0 || magnet.duringRead === 'honoured' || this.session.attempt === 0) return undefined;
    return (this.endedAt || Date.now()) + magnet.afterReadSeconds * 1000;
  }

  stop(): void {
    this.session.stop();
  }

  /** Reads once more; what was read before stays until it is replaced. */
  async again(): Promise<void> {
    this.session.stop();
    await this.running;
    this.session = this.newSession();
    this.running = this.start(this.session);
    this.options.changed();
  }

  /** Ends reading and forgets everything. */
  async dispose(): Promise<void> {
    this.session.stop();
    await this.running;
    clearTimeout(this.timer);
    this.facts = new Facts();
  }

  card(): Card {
    const { accessId, practice, deviceClass, driver } = this.options;
    const magnet = driver.manifest.safety.magnet;
    return buildCard(this.facts, {
      accessId,
      practice,
      expectedClass: deviceClass,
      finished: this.session.store.finished,
      read: this.readState(),
      now: Date.now(),
      ...(magnet ? { magnet: { duringRead: magnet.duringRead, afterReadSeconds: magnet.afterReadSeconds } } : {}),
    });
  }

  values(): readonly ValueGroup[] {
    return valueGroups(this.facts);
  }

  episodes(): readonly EpisodeRow[] {
    return episodeRows(this.facts);
  }

  strips(): ReturnType<typeof stripList> {
    return stripList(this.facts);
  }

  strip(id: string): Strip | undefined {
    return strip(this.facts, id);
  }

  private get isOver(): boolean {
    return this.endedAt !== 0;
  }

  private newSession(): InterrogationSession {
    this.endedAt = 0;
    const { options } = this;
    const { openLink, wrapLink, driver } = options;
    return new InterrogationSession({
      ...options,
      phases: options.phases ?? DEFAULT_PHASES,
      live: options.live ?? true,
      openLink: wrapLink ? async (signal) => wrapLink(await openLink(signal), driver) : openLink,
      observer: { finding: (finding) => this.take(finding), event: (event) => this.note(event), changed: () => this.refresh() },
    });
  }

  private async start(session: InterrogationSession): Promise<Interrogation> {
    const { audit, driver, practice, transport, purpose } = this.options;
    const sessionId = session.id.toString('hex');
    // Before the first byte: the log holds that this session reads this device with this driver.
    await audit('readStarted', { sessionId, purpose, transport, driver: { ...driver.manifest, sha256: driver.sha256 }, numbers: { practice: Number(practice) } });
    const document = await session.run();
    this.endedAt = Date.now();
    await this.noteEnd(session, document, sessionId);
    this.options.changed();
    return document;
  }

  private async take(finding: Finding): Promise<void> {
    this.facts.add(finding);
    try {
      await this.options.keep(v1.Finding.encode(finding).finish());
    } catch (error) {
      // Reading goes on in memory; that it is not kept cannot be overlooked.
      this.options.fault(toOneBoxError(error));
    }
    const { samples, source } = finding.observation ?? {};
    if (samples && source?.origin === v1.Source.Origin.ORIGIN_LIVE) {
      const live = strip(this.facts, 'live');
      if (live) this.options.liveStrip(live);
    }
  }

  /** Many findings come at once: the card follows at most 20 times a second. */
  private refresh(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.options.changed();
    }, REFRESH_MS);
  }

  private note(event: SessionEvent): void {
    const sessionId = this.session.id.toString('hex');
    const say = <E extends EventName>(name: E, fields: AuditFields<E>): void => {
      this.options.audit(name, { ...fields, sessionId }).catch((error: unknown) => this.options.fault(toOneBoxError(error)));
    };
    switch (event.kind) {
      case 'link-up':
        return say('linkUp', { numbers: { attempt: event.attempt } });
      case 'link-lost':
        return say('linkLost', { error: event.error.kind, numbers: { attempt: event.attempt } });
      case 'phase-done':
        return say('phaseRead', { numbers: { phase: event.phase, items: event.items } });
      case 'driver': {
        const { event: host } = event;
        if (host.kind === 'refused') return say('driverForbidden', { error: host.error.kind });
        if (host.kind === 'finding-refused') return say('findingRefused', { error: host.error.kind });
        if (host.kind === 'killed' || host.kind === 'budget') return say('driverKilled', { error: host.error.kind });
      }
    }
  }

  private async noteEnd(session: InterrogationSession, document: Interrogation, sessionId: string): Promise<void> {
    const { read, refused, failed } = session.store.tally();
    const fields = {
      sessionId,
      completeness: document.completeness ?? v1.Completeness.COMPLETENESS_UNSPECIFIED,
      ...(session.error ? { error: session.error.kind } : {}),
      numbers: {
        read,
        refused,
        failed,
        bytesReceived: document.bytesReceived ?? 0,
        bytesSent: document.bytesSent ?? 0,
        linksOpened: document.linksOpened ?? 0,
        linksLost: document.linksLost ?? 0,
      },
    };
    const event = ({ complete: 'readComplete', partial: 'readPartial', stopped: 'readStopped' } as const)[session.state as 'complete'] ?? 'readRefused';
    await this.options.audit(event, fields).catch((error: unknown) => this.options.fault(toOneBoxError(error)));
  }

  private readState(): ReadState {
    const { session } = this;
    const { read, refused, failed } = session.store.tally();
    const expected = session.store.expected;
    const error = session.error?.code;
    return {
      state: session.state,
      ...(session.store.phase === Phase.PHASE_UNSPECIFIED ? {} : { phase: phaseId(session.store.phase) }),
      percent: session.percent,
      read,
      expected: Math.max(expected, read + refused + failed),
      refused,
      failed,
      ...(error === undefined ? {} : { error }),
      link: session.link,
      attempt: session.attempt,
    };
  }
}
