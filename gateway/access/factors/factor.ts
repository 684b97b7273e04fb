import type { Factor as ShownFactor } from '../../api.js';
import type { FactorKind } from '../../audit/events.js';

export type { ShownFactor };

/**
 * One kind of proof of who somebody is: a PIN, later a security key, a card, a second person. What a person shows
 * is of one kind; the factor of that kind judges it.
 */
export interface Factor {
  readonly kind: FactorKind & ShownFactor['kind'];
  /** Something is there to be judged. False costs no try. */
  isShown(shown: ShownFactor): boolean;
  /** Opens the keys of the tablet. False: not this person's, or nobody of this id. */
  unlock(personId: string, shown: ShownFactor): Promise<boolean>;
  /** The same judgement without a change of state: a fresh proof. */
  check(personId: string, shown: ShownFactor): Promise<boolean>;
}
