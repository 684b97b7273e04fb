import { v1 } from '@onebox/protocol/audit-messages.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { REASONS, type Reason } from '../api.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import type { Clock } from '../files/clock.js';
import { type People, pseudonymOf } from './people.js';
import { noteRefusal } from './refusals.js';
import { TimeWindow } from './window.js';

const TIER_ZERO_MS = 10 * 60_000;

export interface TierZeroRequest {
  readonly reason: Reason;
  /** An enrolled person who stands by, by name and not by proof. */
  readonly witnessId: string;
}

export interface TierZeroParts {
  readonly audit: AuditLog;
  readonly people: People;
  readonly clock: Clock;
  readonly practice: boolean;
  readonly isLocked: () => boolean;
}

/**
 * The way that no lost factor and no wait closes: what devices say of themselves to anybody, their class and maker,
 * shown without a factor on a locked tablet. Nothing is sent to a device and no key is opened; the log says why, and
 * who stood by, before the first device is listened for.
 */
export class TierZero {
  private window: TimeWindow | undefined;
  private fields: AuditFields<'tierZeroClosed'> = {};

  constructor(private readonly parts: TierZeroParts) {}

  get isOpen(): boolean {
    return this.window !== undefined && !this.window.isOver;
  }

  /** Its time is over, and nobody has ended it. */
  get isOver(): boolean {
    return this.window?.isOver ?? false;
  }

  /** Milliseconds since 1970, as the clock stands now. */
  get endsAt(): number {
    return this.window?.endsAt() ?? 0;
  }

  /** For ten minutes. Throws FORBIDDEN unless the tablet is locked, REASON_MISSING, PERSON_UNKNOWN, AUDIT_WRITE. */
  async open({ reason, witnessId }: TierZeroRequest): Promise<void> {
    const { audit, people, clock, practice, isLocked } = this.parts;
    const numbers = { practice: Number(practice) };
    try {
      if (!isLocked()) throw new OneBoxError('FORBIDDEN');
      if (!REASONS.includes(reason)) throw new OneBoxError('REASON_MISSING');
      const witness = people.get(witnessId);
      const { PURPOSE_OF_USE_BTG, PURPOSE_OF_USE_HTEST } = v1.PurposeOfUse;
      const purpose = practice ? PURPOSE_OF_USE_HTEST : PURPOSE_OF_USE_BTG;
      const fields = { purpose, reason, secondPerson: pseudonymOf(witness) };
      await audit.append('tierZeroOpened', { ...fields, numbers });
      this.fields = fields;
      this.window = new TimeWindow(clock, TIER_ZERO_MS);
    } catch (error) {
      throw await noteRefusal(audit, 'tierZeroRefused', error, { numbers });
    }
  }

  /** Nothing happens where none is open. */
  async close(devices: number): Promise<void> {
    if (this.window === undefined) return;
    this.window = undefined;
    await this.parts.audit.note('tierZeroClosed', { ...this.fields, numbers: { devices } });
  }
}
