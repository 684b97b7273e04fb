import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FirstSecret, Role } from '../api.js';
import type { AuditLog } from '../audit/log.js';
import { type NoteSigner, parseVkey } from '../audit/note.js';
import { checkFirst, checkName, checkPin, checkRole, type Secret } from './enrolment.js';
import type { People, Person } from './people.js';
import { personPseudonym } from './site-key.js';
import type { TryCounter } from './tries.js';
import type { KeyVault } from './vault.js';

interface Named {
  readonly displayName: string;
  readonly role: Role;
}
export type Enrolment = Named & FirstSecret;

/** Enrolment and recovery: what ties people, their PINs and the vault together. */
export class Registry {
  constructor(
    private readonly parts: {
      readonly audit: AuditLog;
      readonly vault: KeyVault;
      readonly people: People;
      readonly tries: TryCounter;
    },
  ) {}

  /** There is no default credential: the first person makes all keys. */
  async enrolFirst(entry: Enrolment): Promise<{ person: Person; recoveryWords: readonly string[] }> {
    const { vault, people, audit } = this.parts;
    const checked = check(entry);
    const id = people.newId();
    let person: Person | undefined;
    const { secret, kind } = checked;
    const saved = async (): Promise<void> => {
      person = this.person(id, checked);
      await people.replaceAll([person]);
    };
    const { recoveryWords } = await vault.create(id, secret, audit.origin, saved, kind);
    return { person: person!, recoveryWords };
  }

  /** Throws ALREADY_ENROLLED while locked, ENROL_INVALID. */
  async enrol(entry: Enrolment, by: Person | undefined): Promise<{ person: Person; recoveryWords: readonly string[] }> {
    if (by === undefined) throw new OneBoxError('ALREADY_ENROLLED');
    const checked = check(entry);
    const person = this.person(this.parts.people.newId(), checked);
    // The secret first: a person on the list must be able to unlock.
    await this.parts.vault.setPin(person.id, checked.secret, checked.kind);
    await this.parts.people.add(person);
    return { person, recoveryWords: [] };
  }

  /** Throws PERSON_UNKNOWN, ENROL_INVALID, FACTOR_WRONG, FACTOR_WAIT. */
  async recover(words: readonly string[], personId: string, pin: string): Promise<Person> {
    const person = this.parts.people.get(personId);
    checkPin(pin);
    await this.parts.tries.attempt('recovery-words', () => this.parts.vault.openWithWords(words));
    await this.parts.vault.setPin(personId, pin);
    return person;
  }

  /** The signer of the checkpoints, while the vault is open. */
  signer(): NoteSigner {
    const { name, keyId } = parseVkey(this.parts.vault.auditVerifier!);
    return { name, keyId, sign: (message) => this.parts.vault.signAudit(message) };
  }

  private person(id: string, { displayName, role }: Named): Person {
    return { id, displayName, role, pseudonym: personPseudonym(this.parts.vault, id) };
  }
}

function check(entry: Enrolment): Named & Secret {
  return { displayName: checkName(entry.displayName), role: checkRole(entry.role), ...checkFirst(entry) };
}
