import type { FactorOffer, Known } from '../../api.js';
import { checkPassphrase } from '../enrolment.js';
import type { Person } from '../people.js';
import type { KeyVault } from '../vault.js';
import type { Factor, Shown } from './factor.js';

/** What the person knows, as the vault takes it. */
export function secretOf(known: Known): string {
  return known.kind === 'pin' ? known.pin : known.passphrase.normalize('NFKC');
}

export function isKnownShown(known: Known): boolean {
  const text: unknown = known.kind === 'pin' ? known.pin : known.passphrase;
  return typeof text === 'string' && text !== '';
}

/** Six digits that the person knows. */
export class PinFactor implements Factor<'pin'> {
  readonly kind = 'pin';

  constructor(private readonly vault: KeyVault) {}

  isEnrolled(personId: string): boolean {
    return this.vault.opensWith(personId, 'pin');
  }

  isShown(shown: Shown<'pin'>): boolean {
    return isKnownShown(shown);
  }

  open(personId: string, { pin }: Shown<'pin'>): Promise<boolean> {
    return this.vault.open(personId, pin);
  }

  check(personId: string, { pin }: Shown<'pin'>): Promise<boolean> {
    return this.vault.check(personId, pin);
  }
}

/** Beside the PIN, for those who rather type a sentence. */
export class PassphraseFactor implements Factor<'passphrase'> {
  readonly kind = 'passphrase';

  constructor(private readonly vault: KeyVault) {}

  isEnrolled(personId: string): boolean {
    return this.vault.opensWith(personId, 'passphrase');
  }

  isShown(shown: Shown<'passphrase'>): boolean {
    return isKnownShown(shown);
  }

  open(personId: string, shown: Shown<'passphrase'>): Promise<boolean> {
    return this.vault.open(personId, secretOf(shown), 'passphrase');
  }

  check(personId: string, shown: Shown<'passphrase'>): Promise<boolean> {
    return this.vault.check(personId, secretOf(shown), 'passphrase');
  }

  async offer(): Promise<FactorOffer> {
    return { kind: 'passphrase' };
  }

  async add({ id }: Person, _offer: FactorOffer, { passphrase }: Shown<'passphrase'>): Promise<boolean> {
    await this.vault.setPin(id, checkPassphrase(passphrase), 'passphrase');
    return true;
  }
}
