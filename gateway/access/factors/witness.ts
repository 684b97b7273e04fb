import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AuditLog } from '../../audit/log.js';
import { type People, pseudonymOf } from '../people.js';
import type { KeyVault } from '../vault.js';
import type { Factor, Shown } from './factor.js';
import { isKnownShown, secretOf } from './known-factor.js';

type ShownHere = Shown<'witness'>;

/** Another enrolled person, who shows what that person knows. Tries count for both. */
export class WitnessFactor implements Factor<'witness'> {
  readonly kind = 'witness';

  constructor(
    private readonly parts: { readonly vault: KeyVault; readonly people: People; readonly audit: AuditLog },
  ) {}

  isEnrolled(personId: string): boolean {
    return this.parts.people.list().some(({ id }) => id !== personId);
  }

  isShown({ factor }: ShownHere): boolean {
    return isKnownShown(factor);
  }

  /** Throws PERSON_UNKNOWN, WITNESS_SAME. */
  ready(personId: string, shown: ShownHere): void {
    this.parts.people.get(shown.personId);
    if (shown.personId === personId) throw new OneBoxError('WITNESS_SAME');
  }

  counted({ personId }: ShownHere): readonly string[] {
    return [personId];
  }

  check(_personId: string, { personId, factor }: ShownHere): Promise<boolean> {
    return this.parts.vault.check(personId, secretOf(factor), factor.kind);
  }

  async accepted(personId: string, shown: ShownHere): Promise<void> {
    const { people, audit } = this.parts;
    const person = people.get(personId);
    const witness = people.get(shown.personId);
    await audit.append('witnessed', {
      person: pseudonymOf(person),
      role: person.role,
      secondPerson: pseudonymOf(witness),
      factors: [shown.factor.kind],
    });
  }
}
