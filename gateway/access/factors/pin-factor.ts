import type { KeyVault } from '../vault.js';
import type { Factor, ShownFactor } from './factor.js';

/** Something that the person knows. */
export class PinFactor implements Factor {
  readonly kind = 'pin';

  constructor(private readonly vault: KeyVault) {}

  isShown({ pin }: ShownFactor): boolean {
    return typeof pin === 'string' && pin !== '';
  }

  unlock(personId: string, { pin }: ShownFactor): Promise<boolean> {
    return this.vault.open(personId, pin);
  }

  check(personId: string, { pin }: ShownFactor): Promise<boolean> {
    return this.vault.check(personId, pin);
  }
}
