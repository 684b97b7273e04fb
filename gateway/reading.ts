import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, type Interrogation, Phase, v1 } from '@onebox/protocol/messages.js';
import type { ValueGroup } from './api.js';
import type { EventName } from './audit/events.js';
import type { AuditFields } from './audit/record.js';
import { buildCard, identityOf } from './card/card.js';
import { episodeRows } from './card/episodes.js';
import { Facts } from './card/facts.js';
import { valueGroups } from './card/groups.js';
import type { Card, DeviceClassId, EpisodeRow, ReadState, Strip } from './card/model.js';
import { strip, stripList } from './card/strips.js';
import { magnetFacts } from './discovery/magnet.js';
import type { LoadedDriver } from './driver-host/driver-index.js';
import type { ProcessLauncher } from './driver-host/launcher.js';
import { DEFAULT_PHASES, phaseId } from './interrogation/phases.js';
import { InterrogationSession, type SessionEvent, type SessionState } from './interrogation/session.js';
import type { Link } from './links/link.js';
import { Recorder, type RecordingSink } from './recordings/recorder.js';

/** How much is read, and whether the read goes on with live values. */
export interface ReadingChoices {
  readonly phases?: readonly Phase[];
  readonly live?: boolean;
  /** Writes the traffic of a session down, from its first link on. `mask`: without what identifies a patient. */
  readonly recording?: { readonly sink: () => RecordingSink; readonly mask: boolean };
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
/** For the list of channels, which a recording begins with. */
const CHANNELS_DEADLINE_MS = 15_000;

/** What one access reads: the running session, and everything found so far as the card shows it. */
export class Reading {
  private facts = new Facts();
  private session: InterrogationSession;
  private running: Promise<Interrogation>;
  private timer: NodeJS.Timeout | undefined;
  private recorder: Recorder | undefined;
  private endedAt = 0;
  private keeps = true;

  constructor(private readonly options: ReadingOptions) {
    this.session = this.newSession();
    this.running = this.start(this.session);
  }

  /** The document when the session has ended; in live mode that is when it is stopped. */
  get ended(): Promise<Interrogation> {
    return this.running;
  }

  /** Nothing is sent any more. */
  get isOver(): boolean {
    return this.endedAt !== 0;
  }

  get error(): OneBoxError | undefined {
    return this.session.error;
  }

  /** Findings that are kept. */
  get items(): number {
    return this.facts.all.length + this.facts.episodes.length + this.facts.alerts.length;
  }

  /** As the device says, until then as it was matched. */
  private get deviceClass(): DeviceClassId {
    return identityOf(this.facts, this.options.deviceClass).deviceClass;
  }

  /** When a magnet may have its full effect again, milliseconds since 1970. */
  get magnetUntil(): number | undefined {
    const magnet = magnetFacts(this.options.driver.manifest, this.deviceClass);
    if (!magnet || magnet.afterReadSeconds === 0 || magnet.duringRead === 'honoured' || this.session.attempt === 0)
      return undefined;
    return (this.endedAt || Date.now()) + magnet.afterReadSeconds * 1000;
  }

  stop(): void {
    this.session.stop();
  }

  /** Reads once more; what was read before stays until it is replaced. Throws SESSION_RUNNING. */
  again(): void {
    if (!this.isOver) throw new OneBoxError('SESSION_RUNNING');
    this.facts.renew();
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
    const magnet = magnetFacts(driver.manifest, this.deviceClass);
    return buildCard(this.facts, {
      accessId,
      practice,
      expectedClass: deviceClass,
      finished: this.session.store.finished,
      read: this.readState(),
      now: Date.now(),
      ...(magnet ? { magnet } : {}),
    });
  }

  values(): readonly ValueGroup[] {
    return valueGroups(this.facts);
  }

  episodes(): readonly EpisodeRow[] {
    return episodeRows(this.facts);
  }

  strips(): ReturnType<typeof stripList> {
    return stripList(this.facts).map((one) => this.asOfNow(one));
  }

  strip(id: string): Strip | undefined {
    const found = strip(this.facts, id);
    return found && this.asOfNow(found);
  }

  /** A strip whose link has ended stands still: it is not live any more. */
  private asOfNow<S extends Pick<Strip, 'live'>>(one: S): S {
    return { ...one, live: one.live && this.session.link === 'up' };
  }

  private newSession(): InterrogationSession {
    this.endedAt = 0;
    const { options } = this;
    return new InterrogationSession({
      ...options,
      phases: options.phases ?? DEFAULT_PHASES,
      live: options.live ?? true,
      begin: () => this.begin(),
      openLink: (signal) => this.openLink(signal),
      observer: {
        finding: (finding) => this.take(finding),
        event: (event) => this.note(event),
        changed: () => this.refresh(),
      },
    });
  }

  private async start(session: InterrogationSession): Promise<Interrogation> {
    const document = await session.run();
    await this.finishRecording();
    await this.noteEnd(session, document);
    if (document.completeness === v1.Completeness.COMPLETENESS_COMPLETE) this.facts.settle();
    this.endedAt = Date.now();
    this.options.changed();
    return document;
  }

  /** Before the first byte: the log holds that this session reads this device with this driver. Throws AUDIT_WRITE. */
  private async begin(): Promise<void> {
    const { audit, driver, practice, transport, purpose } = this.options;
    const { id, version } = driver.manifest;
    await audit('readStarted', {
      sessionId: this.sessionId,
      purpose,
      transport,
      driver: { id, version, sha256: driver.sha256 },
      numbers: { practice: Number(practice) },
    });
  }

  private async openLink(signal: AbortSignal): Promise<Link> {
    const { openLink, recording, driver, practice, phases, live } = this.options;
    const link = await openLink(signal);
    if (!recording) return link;
    const { id, version, identifying } = driver.manifest;
    try {
      this.recorder ??= new Recorder({
        sink: recording.sink(),
        driver: { id, version },
        practice,
        identifying,
        mask: recording.mask,
        phases: phases ?? DEFAULT_PHASES,
        live: live ?? true,
      });
      return await this.recorder.record(link, { deadlineMs: CHANNELS_DEADLINE_MS, signal });
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  /** What was written left the sealed store: the log says so. */
  private async finishRecording(): Promise<void> {
    const { recorder } = this;
    this.recorder = undefined;
    if (!recorder) return;
    const { packets, bytes } = recorder;
    const { audit, fault, recording } = this.options;
    const numbers = { packets, bytes, masked: Number(recording?.mask ?? true) };
    try {
      await recorder.finish();
      await audit('recordingWritten', { sessionId: this.sessionId, numbers });
    } catch (error) {
      fault(toOneBoxError(error));
    }
  }

  private get sessionId(): string {
    return this.session.id.toString('hex');
  }

  private async take(finding: Finding): Promise<void> {
    this.facts.add(finding);
    try {
      if (this.keeps) await this.options.keep(v1.Finding.encode(finding).finish());
    } catch (error) {
      // Reading goes on in memory; that it is not kept cannot be overlooked, and is said once.
      this.keeps = false;
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
    const { sessionId } = this;
    const say = <E extends EventName>(name: E, fields: AuditFields<E>): void => {
      this.options
        .audit(name, { ...fields, sessionId })
        .catch((error: unknown) => this.options.fault(toOneBoxError(error)));
    };
    switch (event.kind) {
      case 'link-up':
        say('linkUp', { numbers: { attempt: event.attempt } });
        break;
      case 'link-refused':
        say('linkRefused', { error: event.error.kind, numbers: { attempt: event.attempt } });
        break;
      case 'link-lost':
        say('linkLost', { error: event.error.kind, numbers: { attempt: event.attempt } });
        break;
      case 'phase-done':
        say('phaseRead', { numbers: { phase: event.phase, items: event.items } });
        break;
      case 'driver': {
        const { event: host } = event;
        if (host.kind === 'refused') say('driverForbidden', { error: host.error.kind });
        else if (host.kind === 'finding-refused') say('findingRefused', { error: host.error.kind });
        else if (host.kind === 'killed' || host.kind === 'budget') say('driverKilled', { error: host.error.kind });
      }
    }
  }

  private async noteEnd(session: InterrogationSession, document: Interrogation): Promise<void> {
    const { read, refused, failed } = session.store.tally();
    const fields = {
      sessionId: this.sessionId,
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
    const event = END_EVENT[session.state] ?? 'readRefused';
    await this.options.audit(event, fields).catch((error: unknown) => this.options.fault(toOneBoxError(error)));
  }

  private readState(): ReadState {
    const { session } = this;
    const { read, refused, failed } = session.store.tally();
    const error = session.error?.code;
    return {
      state: session.state,
      ...(session.store.phase === Phase.PHASE_UNSPECIFIED ? {} : { phase: phaseId(session.store.phase) }),
      percent: session.percent,
      read,
      // What a driver announces counts more than values; once it is over, what came is what there was.
      expected: this.isOver ? read + refused + failed : Math.max(session.store.expected, read + refused + failed),
      refused,
      failed,
      missing: this.isOver ? session.unfinished.map(phaseId) : [],
      ...(error === undefined ? {} : { error }),
      link: session.link,
      attempt: session.attempt,
    };
  }
}

const END_EVENT: Readonly<Partial<Record<SessionState, 'readComplete' | 'readPartial' | 'readStopped'>>> = {
  complete: 'readComplete',
  partial: 'readPartial',
  stopped: 'readStopped',
};
