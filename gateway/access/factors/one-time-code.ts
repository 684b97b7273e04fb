import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FactorOffer } from '../../api.js';
import { randomBytes } from '../../audit/crypto.js';
import type { Clock } from '../../files/clock.js';
import type { Person } from '../people.js';
import type { Factor, Shown } from './factor.js';
import type { FactorStore } from './store.js';
import { base32, fromBase32, keyUri, matchingStep, SECRET_BYTES, stepAt } from './totp.js';

/** Sealed. The last step that was used never counts again, nor does one before it. */
interface Kept {
  readonly secret: string;
  readonly lastStep: number;
}

type ShownHere = Shown<'one-time-code'>;

/** The code of an authenticator app: something that the person has. */
export class OneTimeCodeFactor implements Factor<'one-time-code'> {
  readonly kind = 'one-time-code';
  /** Judged where there is no secret to look at: the work is the same. */
  private readonly nobodys = randomBytes(SECRET_BYTES);

  constructor(
    private readonly store: FactorStore,
    private readonly clock: Clock,
  ) {}

  isEnrolled(personId: string): boolean {
    return this.store.has(personId, this.kind);
  }

  isShown({ code }: ShownHere): boolean {
    return typeof code === 'string' && code !== '';
  }

  /** A clock that is before a code that was used here is wrong: no app shows a code for it. */
  ready(personId: string): void {
    const { lastStep } = this.store.hint<{ readonly lastStep: number }>(personId, this.kind) ?? {};
    if (typeof lastStep === 'number' && stepAt(this.clock.unixMs()) + 1 < lastStep)
      throw new OneBoxError('CLOCK_WRONG');
  }

  async check(personId: string, { code }: ShownHere): Promise<boolean> {
    return this.stepOf(personId, code) !== undefined;
  }

  async use(personId: string, { code }: ShownHere): Promise<boolean> {
    const step = this.stepOf(personId, code);
    const kept = this.kept(personId);
    if (step === undefined || kept === undefined) return false;
    await this.keep(personId, { ...kept, lastStep: step });
    return true;
  }

  async offer({ displayName }: Person): Promise<FactorOffer> {
    const secret = randomBytes(SECRET_BYTES);
    return { kind: this.kind, secret: base32(secret), uri: keyUri(secret, displayName) };
  }

  /** The code that confirms the app is used up by that. */
  async add({ id }: Person, offer: FactorOffer, { code }: ShownHere): Promise<boolean> {
    if (offer.kind !== this.kind) return false;
    const secret = fromBase32(offer.secret);
    const step = matchingStep(secret, code, this.clock.unixMs(), -1);
    if (step === undefined) return false;
    await this.keep(id, { secret: Buffer.from(secret).toString('base64'), lastStep: step });
    return true;
  }

  private stepOf(personId: string, code: string): number | undefined {
    const kept = this.kept(personId);
    const secret = kept === undefined ? this.nobodys : Buffer.from(kept.secret, 'base64');
    const step = matchingStep(secret, code, this.clock.unixMs(), kept?.lastStep ?? -1);
    return kept === undefined ? undefined : step;
  }

  private kept(personId: string): Kept | undefined {
    return this.store.sealed<Kept>(personId, this.kind);
  }

  private keep(personId: string, kept: Kept): Promise<void> {
    return this.store.put(personId, this.kind, { hint: { lastStep: kept.lastStep }, sealed: kept });
  }
}
