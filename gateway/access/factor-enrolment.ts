import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AddedKind, FactorOffer, FactorProof } from '../api.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import type { Clock } from '../files/clock.js';
import type { DispatcherCodeFactor } from './factors/dispatcher-code.js';
import type { ShownFactor } from './factors/factor.js';
import type { Factors } from './factors/factors.js';
import { type Person, pseudonymOf } from './people.js';
import { noteRefusal } from './refusals.js';
import { TimeWindow } from './window.js';

const OFFER_MS = 10 * 60_000;

export interface FactorEnrolmentParts {
  readonly audit: AuditLog;
  readonly factors: Factors;
  readonly codes: DispatcherCodeFactor;
  readonly clock: Clock;
  /** Who unlocked the tablet. */
  readonly person: () => Person | undefined;
}

interface Offered {
  readonly person: Person;
  readonly offer: FactorOffer;
  readonly window: TimeWindow;
}

/** More factors for a person who is there already, each after a fresh proof. */
export class FactorEnrolment {
  private offered: Offered | undefined;

  constructor(private readonly parts: FactorEnrolmentParts) {}

  /** Good for ten minutes, until the next offer, and as long as the person stays. Throws as `Factors.prove`, LOCKED. */
  offer(kind: AddedKind, shown: ShownFactor | undefined): Promise<FactorOffer> {
    return this.recorded(async (person) => {
      await this.parts.factors.prove(person.id, shown);
      this.assertThere(person);
      const offer = await this.parts.factors.addable(kind).offer(person);
      this.offered = { person, offer, window: new TimeWindow(this.parts.clock, OFFER_MS) };
      return offer;
    });
  }

  /** Throws OFFER_GONE, FACTOR_WRONG, ENROL_INVALID, LOCKED. */
  add(proof: FactorProof): Promise<void> {
    return this.recorded(async (person) => {
      this.offeredTo(person, proof);
      const factor = this.parts.factors.addable(proof.kind);
      if (!factor.isShown(proof)) throw new OneBoxError('FACTOR_MISSING');
      await factor.gather?.(proof);
      // Again: that took its time, and the person may have left.
      const offered = this.offeredTo(person, proof);
      if (!(await factor.add(person, offered.offer, proof))) throw new OneBoxError('FACTOR_WRONG');
      this.offered = undefined;
      await this.parts.audit.append('factorAdded', { ...whoIs(person), factors: [proof.kind] });
    });
  }

  /** Throws as `Factors.prove`, LOCKED. */
  makeCodes(shown: ShownFactor | undefined): Promise<readonly string[]> {
    return this.recorded(async (person) => {
      await this.parts.factors.prove(person.id, shown);
      this.assertThere(person);
      const codes = await this.parts.codes.renew();
      await this.parts.audit.append('dispatcherCodesMade', { ...whoIs(person), numbers: { codes: codes.length } });
      return codes;
    });
  }

  private offeredTo(person: Person, { kind }: FactorProof): Offered {
    const { offered } = this;
    if (offered?.person !== person || offered.offer.kind !== kind || offered.window.isOver)
      throw new OneBoxError('OFFER_GONE');
    return offered;
  }

  forget(): void {
    this.offered = undefined;
  }

  private assertThere(person: Person): void {
    if (this.parts.person() !== person) throw new OneBoxError('LOCKED');
  }

  private async recorded<T>(work: (person: Person) => Promise<T>): Promise<T> {
    let who: AuditFields<'factorRefused'> = {};
    try {
      const person = this.parts.person();
      if (person === undefined) throw new OneBoxError('LOCKED');
      who = whoIs(person);
      return await work(person);
    } catch (error) {
      throw await noteRefusal(this.parts.audit, 'factorRefused', error, who);
    }
  }
}

function whoIs(person: Person): Pick<AuditFields, 'person' | 'role'> {
  return { person: pseudonymOf(person), role: person.role };
}
