import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, type Interrogation, Phase, v1 } from '@onebox/protocol/messages.js';
import type { ValueGroup } from './api.js';
import { buildCard, identityOf } from './card/card.js';
import { episodeRows } from './card/episodes.js';
import { Facts } from './card/facts.js';
import { valueGroups } from './card/groups.js';
import type { Card, DeviceClassId, EpisodeRow, PatientMatch, ReadState, Strip, Trend } from './card/model.js';
import { patientMatch } from './card/patient-match.js';
import { strip, stripList } from './card/strips.js';
import { trends } from './card/trends.js';
import { magnetFacts } from './discovery/magnet.js';
import type { LoadedDriver } from './driver-host/driver-index.js';
import type { ProcessLauncher } from './driver-host/launcher.js';
import type { ReadOut } from './handover/read-out.js';
import { DEFAULT_PHASES, phaseId } from './interrogation/phases.js';
import { InterrogationSession } from './interrogation/session.js';
import { type Audit, SessionTrail } from './interrogation/session-trail.js';
import type { Link, TransportKind } from './links/link.js';
import { type RecordingChoice, SessionRecording } from './recordings/session-recording.js';

/** How much is read, and whether the read goes on with live values. */
export interface ReadingChoices {
  readonly phases?: readonly Phase[];
  readonly live?: boolean;
  readonly recording?: RecordingChoice;
}

export interface ReadingOptions extends ReadingChoices {
  readonly accessId: string;
  readonly driver: LoadedDriver;
  readonly deviceClass: DeviceClassId;
  readonly transport: TransportKind;
  readonly services: readonly string[];
  readonly openLink: (signal: AbortSignal) => Promise<Link>;
  readonly purpose: v1.PurposeOfUse;
  readonly practice: boolean;
  readonly launcher: ProcessLauncher;
  readonly applicationVersion: string;
  readonly audit: Audit;
  readonly note: Audit;
  /** Keeps a finding of the running session sealed on disk. */
  readonly keep: (finding: Uint8Array) => Promise<void>;
  /** The session has ended: nothing more is kept of it. */
  readonly kept: () => Promise<void>;
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
  private readonly recording: SessionRecording;
  private readonly trail: SessionTrail;
  private endedAt = 0;
  private keeps = true;
  /** End of the serial number as somebody read it off, and what came of it so far. */
  private serialEnd: string | undefined;
  private matchSaid: PatientMatch['state'] | undefined;

  constructor(private readonly options: ReadingOptions) {
    const { driver, practice, recording, phases = DEFAULT_PHASES, live = true } = options;
    this.recording = new SessionRecording(recording, { manifest: driver.manifest, practice, phases, live });
    this.trail = new SessionTrail(options, () => this.session);
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

  get patientMatch(): PatientMatch {
    const { transport } = this.options;
    return patientMatch({
      transport,
      serial: this.facts.identity?.serial ?? undefined,
      said: this.serialEnd,
      over: this.isOver,
    });
  }

  /**
   * Compares the serial number with its end as somebody reads it off: now, or as soon as the device gives it. What
   * comes of it is on the record, or waits for the disk there, when this resolves.
   */
  async confirmMatch(serialEnd: string): Promise<PatientMatch> {
    this.serialEnd = serialEnd;
    this.matchSaid = undefined;
    await this.noteMatch();
    this.options.changed();
    return this.patientMatch;
  }

  /** Reads once more; what was read before stays until it is replaced. Throws SESSION_RUNNING. */
  again(): void {
    if (!this.isOver) throw new OneBoxError('SESSION_RUNNING');
    this.facts.renew();
    this.keeps = true;
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
      patientMatch: this.patientMatch,
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

  trends(): readonly Trend[] {
    return trends(this.facts);
  }

  strip(id: string): Strip | undefined {
    const found = strip(this.facts, id);
    return found && this.asOfNow(found);
  }

  /** Everything so far, for handing it over: also while it is still being read. */
  readOut(): ReadOut {
    const document = this.session.interrogation();
    const unfinished = this.isOver ? [] : this.session.unfinished;
    return {
      facts: this.facts,
      card: this.card(),
      session: {
        ...document,
        missing: [
          ...(document.missing ?? []),
          ...unfinished.map((phase) => ({ phase, reason: v1.AbsentReason.ABSENT_REASON_TEMP_UNKNOWN })),
        ],
      },
    };
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
      begin: () => this.trail.begin(),
      openLink: async (signal) => this.recording.around(await options.openLink(signal), signal),
      observer: {
        finding: (finding) => this.take(finding),
        event: (event) => this.trail.note(event),
        changed: () => this.refresh(),
      },
    });
  }

  private async start(session: InterrogationSession): Promise<Interrogation> {
    const document = await session.run();
    await this.finish();
    await this.trail.end(document);
    // A read that the user stopped tells nothing of the driver.
    if (session.state !== 'stopped')
      await this.options.driver
        .sessionEnded?.(session.error)
        .catch((error: unknown) => this.options.fault(toOneBoxError(error)));
    if (document.completeness === v1.Completeness.COMPLETENESS_COMPLETE) this.facts.settle();
    this.endedAt = Date.now();
    await this.noteMatch();
    this.options.changed();
    return document;
  }

  /** Recording and sealed record are whole. A failure is said, and ends nothing. */
  private async finish(): Promise<void> {
    const { fault, kept } = this.options;
    try {
      const written = await this.recording.finish();
      if (written) await this.trail.recordingWritten(written);
    } catch (error) {
      fault(toOneBoxError(error));
    }
    if (this.keeps) await kept().catch((error: unknown) => fault(toOneBoxError(error)));
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
    if (finding.identity) await this.noteMatch();
    const { samples, source } = finding.observation ?? {};
    if (samples && source?.origin === v1.Source.Origin.ORIGIN_LIVE) {
      const live = strip(this.facts, 'live');
      if (live) this.options.liveStrip(live);
    }
  }

  /** Each outcome of a comparison once. That one is waited for is none. */
  private async noteMatch(): Promise<void> {
    const { state } = this.patientMatch;
    if (this.serialEnd === undefined || state === 'waiting' || state === this.matchSaid) return;
    this.matchSaid = state;
    await this.trail.match(state);
  }

  /** Many findings come at once: the card follows at most 20 times a second. */
  private refresh(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.options.changed();
    }, REFRESH_MS);
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
