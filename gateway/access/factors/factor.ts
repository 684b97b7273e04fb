import type { FactorKind, FactorOffer, FactorProof, Factor as ShownFactor } from '../../api.js';
import type { Person } from '../people.js';

export type { ShownFactor };

/** What is shown of one kind. */
export type Shown<K extends FactorKind> = Extract<ShownFactor, { readonly kind: K }>;
/** What answers the offer of one kind. */
export type Proof<K extends FactorKind> = Extract<FactorProof, { readonly kind: K }>;

/**
 * One kind of proof of who somebody is. What a person shows is of one kind; the factor of that kind judges it.
 * Only what holds a secret can open the keys of the tablet; everything else is checked when they are open, so that
 * what it is checked against lies sealed.
 */
export interface Factor<K extends FactorKind = FactorKind> {
  readonly kind: K;
  /** This person can show it here; the lock screen offers it. */
  isEnrolled(personId: string): boolean;
  /** Something is there to be judged. False costs no try. */
  isShown(shown: Shown<K> | Proof<K>): boolean;
  /** Waits for what the person holds to this machine, before anything is judged. Throws what is missing; costs no try. */
  gather?(shown: Shown<K> | Proof<K>): Promise<void>;
  /** Throws what is wrong with the tablet or the choice, not with the proof. Costs no try and tells nothing of it. */
  ready?(personId: string, shown: Shown<K>): void;
  /** Counters of tries beside that of the person, e.g. that of the witness. */
  counted?(shown: Shown<K>): readonly string[];
  /** Opens the keys. False: not this person's, or nobody of this id. */
  open?(personId: string, shown: Shown<K>): Promise<boolean>;
  /** Judges without a change of state. False while keys that it needs are closed, after the same work. */
  check(personId: string, shown: Shown<K>): Promise<boolean>;
  /** Uses up what counts once, durably before it resolves; after everything that was shown proved right. False: used already. */
  use?(personId: string, shown: Shown<K>): Promise<boolean>;
  /** Writes the record that this kind has of its own, before anything changes. */
  accepted?(personId: string, shown: Shown<K>): Promise<void>;
  /** Begins an enrolment: what the person needs for it. */
  offer?(person: Person): Promise<FactorOffer>;
  /** Ends it, durably. False: the proof does not fit the offer. Throws ENROL_INVALID. */
  add?(person: Person, offer: FactorOffer, proof: Proof<K>): Promise<boolean>;
}
