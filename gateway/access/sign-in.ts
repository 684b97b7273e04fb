import { OneBoxError } from '@onebox/protocol/errors.js';
import type { PersonFactors, PersonSummary } from '../api.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import type { Clock } from '../files/clock.js';
import type { ShownFactor } from './factors/factor.js';
import type { Factors } from './factors/factors.js';
import type { FactorStore } from './factors/store.js';
import { type People, type Person, pseudonymOf, summaryOf } from './people.js';
import { type Background, noteRefusal } from './refusals.js';
import type { Enrolment, Registry } from './registry.js';
import { SHIFT_HOURS, type Shifts } from './shifts.js';
import { renewSiteKey } from './site-key.js';
import type { Stage } from './types.js';
import type { KeyVault } from './vault.js';

export interface SignInParts {
  readonly audit: AuditLog;
  readonly vault: KeyVault;
  readonly people: People;
  readonly clock: Clock;
  readonly factors: Factors;
  readonly kept: FactorStore;
  readonly shifts: Shifts;
  /** Simulated devices only. */
  readonly practice: boolean;
  readonly registry: Registry;
  readonly background: Background;
  /** Somebody else takes the tablet over. */
  readonly leaving: () => Promise<void>;
  /** Unlocked by this person, with a fresh factor. */
  readonly entered: (person: Person) => Promise<void>;
}

/** Of the tablet: it was set up for practice. */
const TABLET = '';
const PRACTICE = 'practice';

/**
 * Who stands before the tablet: first run, enrolment, unlocking, locking. A shift begins with two factors of
 * different kinds; within it one of the person's own is enough. Where only simulated devices can be read, on a tablet
 * that was set up for nothing else, one is always enough.
 */
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
        factors: ['passphrase' in entry ? 'passphrase' : 'pin'],
        numbers: { people: people.list().length },
      });
      if (first) await this.settle(person);
      return { person: summaryOf(person), recoveryWords };
    } catch (error) {
      throw await noteRefusal(audit, 'enrolRefused', error, {});
    }
  }

  get isShiftOver(): boolean {
    return this.current !== undefined && !this.parts.shifts.runs(this.current.id);
  }

  /** Two factors again, from here on. Throws LOCKED. */
  async endShift(): Promise<void> {
    const person = this.current;
    if (person === undefined) throw new OneBoxError('LOCKED');
    this.parts.shifts.end(person.id);
    await this.parts.audit.append('shiftEnded', { person: pseudonymOf(person), role: person.role });
  }

  /** What the lock screen has to ask of everybody. */
  factorsOfAll(): PersonFactors[] {
    return this.list().map(({ id }) => ({
      personId: id,
      kinds: this.parts.factors.enrolled(id),
      secondNeeded: this.needsTwo(id),
    }));
  }

  /** Throws NOT_ENROLLED, PERSON_UNKNOWN and as `Factors.unlock`. */
  async unlock(personId: string, ...shown: readonly (ShownFactor | undefined)[]): Promise<PersonSummary> {
    const { audit, people, leaving } = this.parts;
    let who: AuditFields = {};
    try {
      if (this.stage === 'first-run') throw new OneBoxError('NOT_ENROLLED');
      const person = people.get(personId);
      who = { person: pseudonymOf(person), role: person.role };
      const given = shown.filter((one) => one !== undefined);
      await this.parts.factors.gather(given);
      const begins = await this.prove(personId, given);
      if (this.current !== undefined && this.current.id !== person.id) await leaving();
      await this.enter(person, given, begins);
      return summaryOf(person);
    } catch (error) {
      throw await noteRefusal(audit, isWait(error) ? 'unlockWait' : 'unlockFailed', error, who);
    }
  }

  /** A new PIN for a person, by the recovery words of the tablet. Unlocks. */
  async recover(words: readonly string[], personId: string, pin: string): Promise<PersonSummary> {
    const { audit, registry, leaving, vault } = this.parts;
    try {
      const person = await registry.recover(words, personId, pin);
      await audit.append('recoveryUsed', {
        person: pseudonymOf(person),
        role: person.role,
        factors: ['recovery-words'],
      });
      if (this.current !== undefined && this.current.id !== person.id) await leaving();
      // Words on paper, and a PIN that is known from now on.
      await this.enter(person, [{ kind: 'pin', pin }], true);
      return summaryOf(person);
    } catch (error) {
      if (this.current === undefined) vault.close();
      throw await noteRefusal(audit, isWait(error) ? 'unlockWait' : 'unlockFailed', error, {});
    }
  }

  /** Forgets the keys, whether or not the log can be written. `between` runs when nobody is there any more. */
  async leave(between: () => Promise<void>, last: () => Promise<void>): Promise<void> {
    const { audit, vault } = this.parts;
    const person = this.current;
    const shiftOver = this.isShiftOver ? { numbers: { shiftOver: 1 } } : {};
    this.current = undefined;
    try {
      await between();
      if (person !== undefined)
        await audit.append('locked', { person: pseudonymOf(person), role: person.role, ...shiftOver });
      await last();
      await audit.checkpoint();
    } finally {
      audit.useSigner(undefined);
      vault.close();
    }
  }

  private get isForPractice(): boolean {
    return this.parts.practice && this.parts.kept.has(TABLET, PRACTICE);
  }

  private needsTwo(personId: string): boolean {
    return !this.isForPractice && !this.parts.shifts.runs(personId);
  }

  /** True: a shift begins. The keys are closed again when anything of it was wrong. */
  private async prove(personId: string, shown: readonly ShownFactor[]): Promise<boolean> {
    const { factors, vault, kept, shifts } = this.parts;
    const two = this.needsTwo(personId);
    const keysOpen = this.current !== undefined;
    try {
      await factors.unlock(personId, shown, { two, keysOpen });
      // The lock screen believed the file; what is sealed is the truth.
      if (this.isForPractice && kept.sealed(TABLET, PRACTICE) === undefined) throw new OneBoxError('FACTOR_SECOND');
      return !shifts.runs(personId);
    } catch (error) {
      if (this.current === undefined) vault.close();
      throw error;
    }
  }

  /** Who makes the keys of a tablet, on which there is nothing yet, begins a shift with that. */
  private async settle(person: Person): Promise<void> {
    if (this.parts.practice) await this.parts.kept.put(TABLET, PRACTICE, { hint: {}, sealed: {} });
    await this.enter(person, [], true);
  }

  private async enter(entering: Person, shown: readonly ShownFactor[], beginsShift: boolean): Promise<void> {
    const { audit, vault, people, registry, background, entered, factors, shifts } = this.parts;
    await renewSiteKey(this.parts);
    const person = people.get(entering.id);
    const minutes = beginsShift ? SHIFT_HOURS * 60 : Math.ceil(shifts.remainingMs(person.id) / 60_000);
    await audit.append('unlocked', {
      person: pseudonymOf(person),
      role: person.role,
      ...(shown.length === 0 ? {} : { factors: factors.kinds(...shown) }),
      numbers: { firstOfShift: Number(beginsShift), shiftMinutes: minutes },
    });
    // A chain that cannot begin now begins with the next unlock: nobody is kept waiting for it.
    await audit.useRatchet(vault).catch(() => undefined);
    // Locked again while that was written.
    if (!vault.isOpen) throw new OneBoxError('LOCKED');
    if (beginsShift) shifts.begin(person.id);
    this.current = person;
    audit.useSigner(registry.signer());
    background.run(audit.checkpoint());
    await entered(person);
  }
}

function isWait(error: unknown): boolean {
  return error instanceof OneBoxError && error.kind === 'FACTOR_WAIT';
}
