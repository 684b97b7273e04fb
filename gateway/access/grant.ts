import type { v1 } from '@onebox/protocol/audit-messages.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FactorKind, PersonSummary } from '../api.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import type { Clock } from '../files/clock.js';
import type { Access, BreakGlassRequest } from './types.js';
import { TimeWindow } from './window.js';

/** A countdown that is wrong by this much is told anew. */
const NOTABLE_MS = 1000;

/** What the state machine holds of an access. */
export class GrantedAccess {
  state: Access['state'] = 'open';
  private stoppedAt = 0;
  /** A read after the end was recorded. */
  denied = false;
  /** Ended by a lock: the same person may have what is left of its time. */
  resumable = false;
  private extending = false;
  /** Wall clock of the end, as it was told last. */
  private toldEnd = 0;
  /** Index of its start in the log. */
  index = 0;

  constructor(
    private readonly accessId: string,
    private readonly request: Omit<BreakGlassRequest, 'factor'>,
    readonly person: PersonSummary,
    private readonly purpose: v1.PurposeOfUse,
    /** What every record of the access says. */
    readonly fields: Omit<AuditFields<never>, 'numbers'>,
    readonly window: TimeWindow,
  ) {}

  get isOverride(): boolean {
    return this.request.override === true;
  }

  stop(state: 'ended' | 'closed'): void {
    if (this.state === 'open') this.stoppedAt = this.window.stopsAt();
    this.state = state;
    if (state === 'closed') this.resumable = false;
  }

  /** For what is left of its time, not longer. */
  resume(): void {
    this.state = 'open';
    this.resumable = false;
    this.denied = false;
  }

  get seconds(): number {
    return Math.round(this.window.elapsedMs() / 1000);
  }

  /** Throws ACCESS_EXTENDED, ACCESS_ENDED when the longest time is used up. The record is durable before the time is given. */
  async extend(audit: AuditLog, factors: readonly FactorKind[], stillAllowed: () => boolean): Promise<void> {
    if (this.window.isExtended || this.extending) throw new OneBoxError('ACCESS_EXTENDED');
    const minutes = this.window.extensionMinutes();
    if (minutes === 0) throw new OneBoxError('ACCESS_ENDED');
    // Two that come together are one extension.
    this.extending = true;
    try {
      await this.giveTime(audit, factors, minutes, stillAllowed);
    } finally {
      this.extending = false;
    }
  }

  private async giveTime(
    audit: AuditLog,
    factors: readonly FactorKind[],
    minutes: number,
    stillAllowed: () => boolean,
  ): Promise<void> {
    await audit.append('accessExtended', {
      ...this.fields,
      factors,
      numbers: { minutes, totalMinutes: this.window.grantedMinutes + minutes },
    });
    if (this.state === 'closed' || !stillAllowed()) {
      await audit.note('accessEnded', { ...this.fields, numbers: { seconds: this.seconds } });
      throw new OneBoxError('ACCESS_ENDED');
    }
    this.window.extend();
    this.resume();
  }

  /** The clock was set, or the tablet slept: the end is at another time of day than was told. */
  get hasMoved(): boolean {
    return this.state === 'open' && Math.abs(this.window.endsAt() - this.toldEnd) >= NOTABLE_MS;
  }

  /** As `view`, for those who watch. */
  told(): Access {
    const view = this.view();
    this.toldEnd = view.endsAt;
    return view;
  }

  view(): Access {
    const { deviceKey, deviceClass, driver, transport, reason, practice, override = false } = this.request;
    const openedAt = this.window.startedAt;
    return {
      accessId: this.accessId,
      reference: `A-${new Date(openedAt).getUTCFullYear()}-${this.index}`,
      deviceKey,
      deviceClass,
      driver,
      transport,
      person: this.person,
      reason,
      purpose: this.purpose,
      practice,
      override,
      openedAt,
      endsAt: this.state === 'open' ? this.window.endsAt() : this.stoppedAt,
      state: this.state,
      resumable: this.resumable,
      extendable: this.state !== 'closed' && this.window.extensionMinutes() > 0,
    };
  }
}

/** The window runs from here, before the record is written: it never lasts longer than it says. */
export function grant(
  accessId: string,
  request: BreakGlassRequest,
  person: PersonSummary,
  known: AuditFields<'breakGlassRequested'>,
  clock: Clock,
): GrantedAccess {
  const { person: who, role, device, keyEpoch, purpose, driver, transport } = known;
  const fields = {
    accessId,
    person: who!,
    role: role!,
    device: device!,
    keyEpoch: keyEpoch!,
    purpose: purpose!,
    driver: driver!,
    transport: transport!,
  };
  const { deviceKey, deviceClass, personId, reason, practice, override = false } = request;
  const kept = {
    deviceKey,
    deviceClass,
    driver: request.driver,
    transport: request.transport,
    personId,
    reason,
    practice,
    override,
  };
  return new GrantedAccess(accessId, kept, person, purpose!, fields, new TimeWindow(clock));
}
