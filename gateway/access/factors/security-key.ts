import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FactorChallenge, FactorOffer } from '../../api.js';
import type { AuditLog } from '../../audit/log.js';
import type { Clock } from '../../files/clock.js';
import { type People, type Person, pseudonymOf } from '../people.js';
import { RP_ID } from '../webauthn/relying-party.js';
import {
  ALGORITHMS,
  type Assertion,
  type Credential,
  isCopied,
  verifyAssertion,
  verifyRegistration,
} from '../webauthn/verify.js';
import { Challenges } from './challenges.js';
import type { Factor, Proof, Shown } from './factor.js';
import type { FactorStore } from './store.js';

/** Sealed. */
interface Kept {
  readonly keys: readonly Credential[];
}

/** Readable while locked: a key must be asked for by its id. */
interface Hint {
  readonly ids: readonly string[];
}

/** One to carry and some to keep; the oldest gives way. */
const MOST_KEYS = 5;

export interface SecurityKeyParts {
  readonly store: FactorStore;
  readonly people: People;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

/** A FIDO2 security key that the person has and touches (WebAuthn), checked without a network. */
export class SecurityKeyFactor implements Factor<'security-key'> {
  readonly kind = 'security-key';
  private readonly challenges: Challenges;
  /** Counters of what was checked and is to be used. */
  private readonly counters = new WeakMap<Assertion, number>();

  constructor(private readonly parts: SecurityKeyParts) {
    this.challenges = new Challenges(parts.clock);
  }

  isEnrolled(personId: string): boolean {
    return this.parts.store.has(personId, this.kind);
  }

  isShown({ credentialId, clientDataJSON }: Shown<'security-key'> | Proof<'security-key'>): boolean {
    return credentialId !== '' && clientDataJSON !== '';
  }

  /** What a key of this person has to sign; at the lock screen too. Throws PERSON_UNKNOWN, FACTOR_MISSING. */
  challenge(personId: string): FactorChallenge {
    const { people, store } = this.parts;
    const { id } = people.get(personId);
    if (!this.isEnrolled(id)) throw new OneBoxError('FACTOR_MISSING');
    const ids = store.hint<Hint>(id, this.kind)?.ids ?? [];
    return {
      kind: this.kind,
      challenge: this.challenges.make(id),
      rpId: RP_ID,
      credentialIds: ids.filter((one) => typeof one === 'string'),
    };
  }

  /** Takes the challenge, whatever comes of it. Throws SECURITY_KEY_COPIED for a counter that went back. */
  async check(personId: string, shown: Shown<'security-key'>): Promise<boolean> {
    const challenge = this.challenges.take(personId);
    const key = this.keys(personId).find(({ id }) => id === shown.credentialId);
    if (challenge === undefined || key === undefined) return false;
    const signed = await verifyAssertion(challenge, key, shown);
    if (signed === undefined) return false;
    if (isCopied(key.counter, signed.counter)) {
      const person = this.parts.people.get(personId);
      await this.parts.audit.append('securityKeyCopied', { person: pseudonymOf(person), role: person.role });
      throw new OneBoxError('SECURITY_KEY_COPIED');
    }
    this.counters.set(shown, signed.counter);
    return true;
  }

  async use(personId: string, shown: Shown<'security-key'>): Promise<boolean> {
    const counter = this.counters.get(shown);
    if (counter === undefined) return false;
    this.counters.delete(shown);
    const keys = this.keys(personId).map((key) => (key.id === shown.credentialId ? { ...key, counter } : key));
    await this.keep(personId, keys);
    return true;
  }

  async offer({ id }: Person): Promise<FactorOffer> {
    return {
      kind: this.kind,
      challenge: this.challenges.make(id),
      rpId: RP_ID,
      // Keys may show it to others: the id of the tablet's own list, never a name.
      userId: Buffer.from(id, 'hex').toString('base64url'),
      algorithms: ALGORITHMS,
      exclude: this.keys(id).map((key) => key.id),
    };
  }

  async add({ id }: Person, offer: FactorOffer, proof: Proof<'security-key'>): Promise<boolean> {
    const challenge = this.challenges.take(id);
    if (offer.kind !== this.kind || challenge !== offer.challenge) return false;
    const key = await verifyRegistration(challenge, proof);
    if (key === undefined) return false;
    const others = this.keys(id).filter((one) => one.id !== key.id);
    await this.keep(id, [...others, key].slice(-MOST_KEYS));
    return true;
  }

  private keys(personId: string): readonly Credential[] {
    return this.parts.store.sealed<Kept>(personId, this.kind)?.keys ?? [];
  }

  private keep(personId: string, keys: readonly Credential[]): Promise<void> {
    const hint: Hint = { ids: keys.map(({ id }) => id) };
    const sealed: Kept = { keys };
    return this.parts.store.put(personId, this.kind, { hint, sealed });
  }
}
