import { randomInt } from 'node:crypto';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { checkName, checkPin, checkRole, PIN_DIGITS } from '../access/enrolment.js';
import { type People, pseudonymOf } from '../access/people.js';
import { personPseudonym } from '../access/site-key.js';
import type { KeyVault } from '../access/vault.js';
import type { PersonSummary } from '../api.js';
import type { AuditLog } from '../audit/log.js';

/** Enrols somebody of a back-up with a PIN that nobody chose, and answers it: it is kept nowhere. Throws LOCKED. */
export async function takeIn(
  { people, vault, audit }: { readonly people: People; readonly vault: KeyVault; readonly audit: AuditLog },
  entry: Omit<PersonSummary, 'id'>,
): Promise<string> {
  const id = people.newId();
  const pin = startingPin();
  const pseudonym = personPseudonym(vault, id);
  const person = { id, displayName: checkName(entry.displayName), role: checkRole(entry.role), pseudonym };
  // The PIN first: a person on the list must be able to unlock.
  await vault.setPin(id, pin);
  await people.add(person);
  await audit.append('enrolled', {
    person: pseudonymOf(person),
    role: person.role,
    factors: ['pin'],
    numbers: { people: people.list().length },
  });
  return pin;
}

/** Never one that enrolment refuses. */
function startingPin(): string {
  for (;;) {
    const pin = String(randomInt(10 ** PIN_DIGITS)).padStart(PIN_DIGITS, '0');
    try {
      return checkPin(pin);
    } catch (error) {
      if (!isOneBoxError(error, 'ENROL_INVALID')) throw error;
    }
  }
}
