import { join } from 'node:path';
import type { FactorKind } from '../../api.js';
import type { Files } from '../../files/files.js';
import { readSealedJson, replaceSealedJson } from '../sealed-json.js';
import type { KeyVault, OuterSeal } from '../vault.js';

/** What is kept under a person's id; what is of the tablet is under none. */
type Kind = FactorKind | 'practice' | 'idle-time';

interface Entry {
  readonly personId: string;
  readonly kind: Kind;
  readonly hint: object;
  readonly sealed: string;
}

interface Content {
  /** What the lock screen may need, e.g. which key to ask for. Trusted for nothing: whoever has the disk can change it. */
  readonly hint: object;
  /** What the factor is checked against. */
  readonly sealed: object;
}

const NAME = 'factors.json';

/**
 * What factors are checked against, sealed by the vault for one person and kind each: it can neither be read nor
 * exchanged by somebody who has the disk, and neither moved to another person.
 */
export class FactorStore {
  private constructor(
    private readonly files: Files,
    private readonly path: string,
    private readonly vault: KeyVault,
    private readonly outer: OuterSeal | undefined,
    private entries: readonly Entry[],
  ) {}

  /** A damaged file counts as none: other factors remain, and the emergency path must not wait for it. */
  static async load(files: Files, folder: string, vault: KeyVault, outer?: OuterSeal): Promise<FactorStore> {
    const path = join(folder, NAME);
    const content = await readSealedJson(files, path, outer).catch(() => undefined);
    return new FactorStore(files, path, vault, outer, Array.isArray(content) ? content.filter(isEntry) : []);
  }

  has(personId: string, kind: Kind): boolean {
    return this.find(personId, kind) !== undefined;
  }

  hint<T extends object>(personId: string, kind: Kind): Partial<T> | undefined {
    return this.find(personId, kind)?.hint;
  }

  /** Undefined while the vault is closed, where there is none, and for what this vault has not sealed. */
  sealed<T extends object>(personId: string, kind: Kind): T | undefined {
    const entry = this.find(personId, kind);
    if (entry === undefined || !this.vault.isOpen) return undefined;
    try {
      const plain = this.vault.unwrapKey(Buffer.from(entry.sealed, 'base64'), purpose(personId, kind));
      return JSON.parse(Buffer.from(plain).toString()) as T;
    } catch {
      return undefined;
    }
  }

  /** Durable when it resolves. Needs an open vault. */
  async put(personId: string, kind: Kind, { hint, sealed }: Content): Promise<void> {
    const plain = new TextEncoder().encode(JSON.stringify(sealed));
    const wrapped = Buffer.from(this.vault.wrapKey(plain, purpose(personId, kind))).toString('base64');
    const others = this.entries.filter((entry) => entry.personId !== personId || entry.kind !== kind);
    const entries = [...others, { personId, kind, hint, sealed: wrapped }];
    await replaceSealedJson(this.files, this.path, this.outer, entries);
    this.entries = entries;
  }

  private find(personId: string, kind: Kind): Entry | undefined {
    return this.entries.find((entry) => entry.personId === personId && entry.kind === kind);
  }
}

const purpose = (personId: string, kind: Kind): string => ['factor', kind, personId].join('/');

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { personId, kind, hint, sealed } = value as Partial<Record<keyof Entry, unknown>>;
  const isText = [personId, kind, sealed].every((text) => typeof text === 'string');
  return isText && typeof hint === 'object' && hint !== null;
}
