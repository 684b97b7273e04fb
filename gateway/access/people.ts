import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { PersonSummary } from '../api.js';
import { randomBytes } from '../audit/crypto.js';
import type { Files } from '../files/files.js';
import { checkRole } from './enrolment.js';
import { readSealedJson, replaceSealedJson } from './sealed-json.js';
import type { OuterSeal } from './vault.js';

/** An enrolled person. The pseudonym stands for the person in the audit log, also while the vault is locked. */
export interface Person extends PersonSummary {
  readonly pseudonym: string;
  /** Those of earlier site keys, oldest first. */
  readonly formerPseudonyms?: readonly string[];
}

const NAME = 'people.json';

/** What stands for the person in the log. */
export function pseudonymOf(person: Person): Uint8Array {
  return Buffer.from(person.pseudonym, 'hex');
}

export function summaryOf({ id, displayName, role }: Person): PersonSummary {
  return { id, displayName, role };
}

/** Who is enrolled on this tablet. The lock screen lists them, so the file opens without a PIN. */
export class People {
  private constructor(
    private readonly files: Files,
    private readonly path: string,
    private readonly outer: OuterSeal | undefined,
    private people: readonly Person[],
  ) {}

  /** Throws VAULT_BROKEN when the file is there but damaged. */
  static async load(files: Files, folder: string, outer?: OuterSeal): Promise<People> {
    const path = join(folder, NAME);
    let content: unknown;
    try {
      content = (await readSealedJson(files, path, outer)) ?? [];
    } catch (error) {
      throw error instanceof OneBoxError ? error : new OneBoxError('VAULT_BROKEN', 'people', {}, { cause: error });
    }
    if (!Array.isArray(content) || !content.every(isPerson)) throw new OneBoxError('VAULT_BROKEN', 'people');
    return new People(files, path, outer, content);
  }

  list(): PersonSummary[] {
    return this.people.map(summaryOf);
  }

  /** Throws PERSON_UNKNOWN. */
  get(personId: string): Person {
    const person = this.people.find((one) => one.id === personId);
    if (person === undefined) throw new OneBoxError('PERSON_UNKNOWN');
    return person;
  }

  /** Whom each pseudonym stands for or stood for. */
  byPseudonym(): ReadonlyMap<string, PersonSummary> {
    return new Map(
      this.people.flatMap((person) =>
        [...(person.formerPseudonyms ?? []), person.pseudonym].map(
          (pseudonym) => [pseudonym, summaryOf(person)] as const,
        ),
      ),
    );
  }

  newId(): string {
    return Buffer.from(randomBytes(16)).toString('hex');
  }

  async add(person: Person): Promise<void> {
    await this.save([...this.people.filter((other) => other.id !== person.id), person]);
  }

  /** Only for the first enrolment, before there is a vault. */
  async replaceAll(people: readonly Person[]): Promise<void> {
    await this.save(people);
  }

  /** Gives everybody the pseudonym that `of` says; the old ones are kept. */
  async renewPseudonyms(of: (personId: string) => string): Promise<void> {
    const renamed = this.people.map((person) => {
      const pseudonym = of(person.id);
      if (pseudonym === person.pseudonym) return person;
      return { ...person, pseudonym, formerPseudonyms: [...(person.formerPseudonyms ?? []), person.pseudonym] };
    });
    if (renamed.some((person, index) => person !== this.people[index])) await this.save(renamed);
  }

  private async save(people: readonly Person[]): Promise<void> {
    await replaceSealedJson(this.files, this.path, this.outer, people);
    this.people = people;
  }
}

function isPerson(value: unknown): value is Person {
  if (typeof value !== 'object' || value === null) return false;
  const { id, displayName, role, pseudonym, formerPseudonyms } = value as Partial<Record<keyof Person, unknown>>;
  if (
    typeof id !== 'string' ||
    typeof displayName !== 'string' ||
    typeof role !== 'string' ||
    typeof pseudonym !== 'string' ||
    (formerPseudonyms !== undefined && !isTexts(formerPseudonyms))
  )
    return false;
  return checkRole(role) === role;
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string');
