import type { AuditLog } from '../../audit/log.js';
import { type People, pseudonymOf } from '../people.js';
import type { KeyVault } from '../vault.js';
import type { Factor, Shown } from './factor.js';

type ShownHere = Shown<'recovery-words'>;

/** The words of the tablet, from paper, beside the PIN: for somebody who is alone and has lost everything else. */
export class RecoveryWordsFactor implements Factor<'recovery-words'> {
  readonly kind = 'recovery-words';

  constructor(
    private readonly parts: { readonly vault: KeyVault; readonly people: People; readonly audit: AuditLog },
  ) {}

  isEnrolled(): boolean {
    return true;
  }

  isShown({ words }: ShownHere): boolean {
    return Array.isArray(words) && words.length > 0;
  }

  counted(): readonly string[] {
    return [this.kind];
  }

  check(_personId: string, { words }: ShownHere): Promise<boolean> {
    return this.parts.vault.checkWords(words);
  }

  async accepted(personId: string): Promise<void> {
    const person = this.parts.people.get(personId);
    await this.parts.audit.append('recoveryWordsShown', { person: pseudonymOf(person), role: person.role });
  }
}
