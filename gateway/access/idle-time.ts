import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import type { ShownFactor } from './factors/factor.js';
import type { Factors } from './factors/factors.js';
import type { FactorStore } from './factors/store.js';
import { type Person, pseudonymOf } from './people.js';
import { noteRefusal } from './refusals.js';

/** Minutes. Longer than that a tablet is not used but left; shorter than that it locks under the hand. */
export const IDLE_MINUTES = { shortest: 1, longest: 30, preset: 10 } as const;

/** Of the tablet. */
const TABLET = '';
const KIND = 'idle-time';

export interface IdleTimeParts {
  readonly audit: AuditLog;
  readonly kept: FactorStore;
  readonly factors: Factors;
  /** Who unlocked the tablet. */
  readonly person: () => Person | undefined;
}

/** After how many minutes without a command the tablet locks: a setting, sealed by the vault. */
export class IdleTime {
  /** Asked for at each command, so it is unsealed once; forgotten with the person who unlocked. */
  private known: number | undefined;

  constructor(private readonly parts: IdleTimeParts) {}

  /** What was set, or the preset; the preset too while the keys are closed, when nothing can be idle. */
  get minutes(): number {
    if (this.parts.person() === undefined) {
      this.known = undefined;
      return IDLE_MINUTES.preset;
    }
    this.known ??= this.unsealed();
    return this.known;
  }

  private unsealed(): number {
    const set = this.parts.kept.sealed<{ minutes: number }>(TABLET, KIND)?.minutes;
    return set !== undefined && isWithin(set) ? set : IDLE_MINUTES.preset;
  }

  /**
   * Against a fresh factor; the record is durable before the setting is. Throws LOCKED, INPUT_INVALID, AUDIT_WRITE,
   * STORE_DENIED and as `Factors.prove`; each refusal of a factor is a record.
   */
  async set(minutes: number, shown: ShownFactor | undefined): Promise<void> {
    const { audit, factors, person } = this.parts;
    if (!isWithin(minutes)) throw new OneBoxError('INPUT_INVALID', 'minutes');
    const by = person();
    if (by === undefined) throw new OneBoxError('LOCKED');
    const who: Pick<AuditFields, 'person' | 'role'> = { person: pseudonymOf(by), role: by.role };
    try {
      await factors.prove(by.id, shown);
      if (person() !== by) throw new OneBoxError('LOCKED');
    } catch (error) {
      throw await noteRefusal(audit, 'accessDenied', error, who);
    }
    await this.change(minutes, { ...who, factors: factors.kinds(shown) });
  }

  /** That of another tablet, by whoever restores its configuration here. Throws INPUT_INVALID, AUDIT_WRITE, STORE_DENIED. */
  async takeIn(minutes: number, who: AuditFields): Promise<void> {
    if (!isWithin(minutes)) throw new OneBoxError('INPUT_INVALID', 'minutes');
    if (minutes !== this.minutes) await this.change(minutes, who);
  }

  private async change(minutes: number, who: AuditFields): Promise<void> {
    await this.parts.audit.append('idleTimeSet', { ...who, numbers: { minutes } });
    await this.parts.kept.put(TABLET, KIND, { hint: {}, sealed: { minutes } });
    this.known = minutes;
  }
}

const isWithin = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= IDLE_MINUTES.shortest && minutes <= IDLE_MINUTES.longest;
