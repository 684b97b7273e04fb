import { OneBoxError } from '@onebox/protocol/errors.js';
import type { PersonSummary } from '../api.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import type { ShownFactor } from './factors/factor.js';
import type { Factors } from './factors/factors.js';
import { type People, type Person, pseudonymOf, summaryOf } from './people.js';
import { type Background, noteRefusal } from './refusals.js';
import type { Enrolment, Registry } from './registry.js';
import type { Stage } from './types.js';
import type { KeyVault } from './vault.js';

export interface SignInParts {
  readonly audit: AuditLog;
  readonly vault: KeyVault;
  readonly people: People;
  readonly factors: Factors;
  readonly registry: Registry;
  readonly background: Background;
  /** Somebody else takes the tablet over. */
  readonly leaving: () => Promise<void>;
  /** Unlocked by this person, with a fresh factor. */
  readonly entered: (person: Person) => Promise<void>;
}

/** Who stands before the tablet: first run, enrolment, unlocking, locking. */
export class SignIn {
  /** Who unlocked the tablet. */
  current: Person | undefined;

  constructor(private readonly parts: SignInParts) {}

  get stage(): Stage {
    if (!this.parts.vault.exists) return 'first-run';
    return this.current === undefined ? 'locked' : 'unlocked';
  }

  list(): PersonSummary[] {
    return this.parts.vault.exists ? this.parts.people.list() : [];
  }

  /** The first person makes the vault, gets the recovery words and unlocks; others are added while unlocked. */
  async enrol(entry: Enrolment): Promise<{ person: PersonSummary; recoveryWords: readonly string[] }> {
    const { audit, people, registry } = this.parts;
    try {
      const first = this.stage === 'first-run';
      const { person, recoveryWords } = first
        ? await registry.enrolFirst(entry)
        : await registry.enrol(entry, this.current);
      await audit.append('enrolled', {
        person: pseudonymOf(person),
        role: person.role,
        factors: ['pin'],
        numbers: { people: people.list().length },
      });
      if (first) await this.enter(person);
      return { person: summaryOf(person), recoveryWords };
    } catch (error) {
      throw await noteRefusal(audit, 'enrolRefused', error, {});
    }
  }

  /** Throws NOT_ENROLLED, PERSON_UNKNOWN, FACTOR_MISSING, FACTOR_WRONG (triesLeft), FACTOR_WAIT (seconds). */
  async unlock(personId: string, shown: ShownFactor | undefined): Promise<PersonSummary> {
    const { audit, people, factors, leaving } = this.parts;
    let who: AuditFields = {};
    try {
      if (this.stage === 'first-run') throw new OneBoxError('NOT_ENROLLED');
      const person = people.get(personId);
      who = { person: pseudonymOf(person), role: person.role };
      await factors.unlock(personId, shown);
      if (this.current !== undefined && this.current.id !== person.id) await leaving();
      await this.enter(person);
      return summaryOf(person);
    } catch (error) {
      throw await noteRefusal(audit, isWait(error) ? 'unlockWait' : 'unlockFailed', error, who);
    }
  }

  /** A new PIN for a person, by the recovery words of the tablet. Unlocks. */
  async recover(words: readonly string[], personId: string, pin: string): Promise<PersonSummary> {
    const { audit, registry } = this.parts;
    try {
      const person = await registry.recover(words, personId, pin);
      await audit.append('recoveryUsed', {
        person: pseudonymOf(person),
        role: person.role,
        factors: ['recovery-words'],
      });
      await this.enter(person);
      return summaryOf(person);
    } catch (error) {
      throw await noteRefusal(audit, isWait(error) ? 'unlockWait' : 'unlockFailed', error, {});
    }
  }

  /** Forgets the keys, whether or not the log can be written. `between` runs when nobody is there any more. */
  async leave(between: () => Promise<void>, last: () => Promise<void>): Promise<void> {
    const { audit, vault } = this.parts;
    const person = this.current;
    this.current = undefined;
    try {
      await between();
      if (person !== undefined) await audit.append('locked', { person: pseudonymOf(person), role: person.role });
      await last();
      await audit.checkpoint();
    } finally {
      audit.useSigner(undefined);
      vault.close();
    }
  }

  private async enter(person: Person): Promise<void> {
    const { audit, vault, registry, background, entered } = this.parts;
    await audit.append('unlocked', { person: pseudonymOf(person), role: person.role });
    // A chain that cannot begin now begins with the next unlock: nobody is kept waiting for it.
    await audit.useRatchet(vault).catch(() => undefined);
    // Locked again while that was written.
    if (!vault.isOpen) throw new OneBoxError('LOCKED');
    this.current = person;
    audit.useSigner(registry.signer());
    background.run(audit.checkpoint());
    await entered(person);
  }
}

function isWait(error: unknown): boolean {
  return error instanceof OneBoxError && error.kind === 'FACTOR_WAIT';
}
