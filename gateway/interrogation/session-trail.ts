import { type OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { type Interrogation, v1 } from '@onebox/protocol/messages.js';
import type { EventName } from '../audit/events.js';
import type { AuditFields } from '../audit/record.js';
import type { PatientMatch } from '../card/model.js';
import type { LoadedDriver } from '../driver-host/driver-index.js';
import type { TransportKind } from '../links/link.js';
import type { InterrogationSession, SessionEvent, SessionState } from './session.js';

/** Resolves when the record is durable. */
export type Audit = <E extends EventName>(event: E, fields?: AuditFields<E>) => Promise<void>;

export interface TrailOptions {
  readonly driver: LoadedDriver;
  readonly transport: TransportKind;
  readonly purpose: v1.PurposeOfUse;
  readonly practice: boolean;
  readonly audit: Audit;
  /** As `audit`, of what has happened: waits in memory while the disk refuses it, and throws all the same. */
  readonly note: Audit;
  /** A record could not be written; reading goes on. */
  readonly fault: (error: OneBoxError) => void;
}

/** What the audit log holds of one session, from before its first byte to its end. */
export class SessionTrail {
  constructor(
    private readonly options: TrailOptions,
    private readonly session: () => InterrogationSession,
  ) {}

  /** Before the first byte: this session reads this device with this driver. Throws AUDIT_WRITE. */
  async begin(): Promise<void> {
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

  note(event: SessionEvent): void {
    switch (event.kind) {
      case 'link-up':
        this.say('linkUp', { numbers: { attempt: event.attempt } });
        break;
      case 'link-refused':
        this.say('linkRefused', { error: event.error.kind, numbers: { attempt: event.attempt } });
        break;
      case 'link-lost':
        this.say('linkLost', { error: event.error.kind, numbers: { attempt: event.attempt } });
        break;
      case 'phase-done':
        this.say('phaseRead', { numbers: { phase: event.phase, items: event.items } });
        break;
      case 'driver': {
        const { event: host } = event;
        if (host.kind === 'refused') this.say('driverForbidden', { error: host.error.kind });
        else if (host.kind === 'finding-refused') this.say('findingRefused', { error: host.error.kind });
        else if (host.kind === 'killed' || host.kind === 'budget') this.say('driverKilled', { error: host.error.kind });
      }
    }
  }

  /** What was written left the sealed store: the log says so. */
  async recordingWritten(numbers: { packets: number; bytes: number; masked: number }): Promise<void> {
    await this.options.note('recordingWritten', { sessionId: this.sessionId, numbers });
  }

  /** What came of comparing the serial number with its end as somebody read it off. */
  async match(state: PatientMatch['state']): Promise<void> {
    const event = MATCH_EVENT[state];
    if (!event) return;
    const { note, fault } = this.options;
    await note(event, { sessionId: this.sessionId }).catch((error: unknown) => fault(toOneBoxError(error)));
  }

  async end(document: Interrogation): Promise<void> {
    const session = this.session();
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
    await this.options.note(event, fields).catch((error: unknown) => this.options.fault(toOneBoxError(error)));
  }

  private get sessionId(): string {
    return this.session().id.toString('hex');
  }

  private say<E extends EventName>(name: E, fields: AuditFields<E>): void {
    const { note, fault } = this.options;
    note(name, { ...fields, sessionId: this.sessionId }).catch((error: unknown) => fault(toOneBoxError(error)));
  }
}

type MatchEvent = 'patientMatchConfirmed' | 'patientMatchMissing' | 'patientMatchContradicted';
const MATCH_EVENT: Readonly<Partial<Record<PatientMatch['state'], MatchEvent>>> = {
  confirmed: 'patientMatchConfirmed',
  'no-serial': 'patientMatchMissing',
  contradicted: 'patientMatchContradicted',
};

const END_EVENT: Readonly<Partial<Record<SessionState, 'readComplete' | 'readPartial' | 'readStopped'>>> = {
  complete: 'readComplete',
  partial: 'readPartial',
  stopped: 'readStopped',
};
