import { join } from 'node:path';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import { sha256 } from '../audit/crypto.js';
import { type NoteVerifier, parseVkey } from '../audit/note.js';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';
import type { DriverPackage } from './container.js';
import type { TrustFile } from './trust-file.js';

const NO_TRUST: TrustFile = {
  format: 'onebox-driver-trust',
  version: 1,
  vendors: [],
  reviewers: [],
  minimumVersions: {},
};

/** Who signed a package, by the names of their keys. */
export interface Signers {
  readonly vendor: string;
  readonly reviewer: string;
}

/** The keys of a trust file, ready to check packages with. */
export class Trust {
  readonly #vendors: readonly { readonly verifier: NoteVerifier; readonly drivers: readonly string[] }[];
  readonly #reviewers: readonly NoteVerifier[];

  private constructor(readonly file: TrustFile) {
    this.#vendors = file.vendors.map(({ key, drivers }) => ({ verifier: parseVkey(key), drivers }));
    this.#reviewers = file.reviewers.map(({ key }) => parseVkey(key));
  }

  /** TRUST_INVALID unless all keys are keys and nobody is both vendor and reviewer. */
  static of(file: TrustFile): Trust {
    try {
      const trust = new Trust(file);
      trust.#assertApart();
      return trust;
    } catch (error) {
      if (isOneBoxError(error, 'NOTE_INVALID')) throw new OneBoxError('TRUST_INVALID', error.detail);
      throw error;
    }
  }

  /** That of a store; nobody is trusted where there is no file. Throws TRUST_INVALID. */
  static async load(files: Files, folder: string): Promise<Trust> {
    let value: unknown;
    try {
      value = await readJson(files, trustPath(folder));
    } catch (error) {
      if (isOneBoxError(error)) throw error;
      throw new OneBoxError('TRUST_INVALID', 'not JSON');
    }
    if (value === undefined) return Trust.nobody;
    // Schemas take their time: loaded where there is something to check.
    const { checkTrustFile } = await import('./trust-file.js');
    return Trust.of(checkTrustFile(value));
  }

  static get nobody(): Trust {
    return new Trust(NO_TRUST);
  }

  /** Writes the file of a store. */
  async save(files: Files, folder: string): Promise<void> {
    await files.makeFolder(folder);
    await replaceJson(files, trustPath(folder), this.file);
  }

  /** Tells two lists apart, in hex. */
  get hash(): string {
    return Buffer.from(sha256(Buffer.from(JSON.stringify(this.file)))).toString('hex');
  }

  /** The vendor and the reviewer who signed. DRIVER_UNTRUSTED unless both did, with keys that may. */
  signers({ id, text, signatures }: DriverPackage): Signers {
    if (signatures.length !== 2) throw untrusted(`${signatures.length} of 2 signatures`);
    const message = Buffer.from(text);
    const holds = (verifier: NoteVerifier) =>
      signatures.some(
        ({ name, id: keyId, signature }) =>
          name === verifier.name && keyId === verifier.keyId && verifier.verify(message, signature),
      );
    const vendor = this.#vendors.find(({ verifier, drivers }) => covers(drivers, id) && holds(verifier));
    if (!vendor) throw untrusted('no vendor of this driver');
    // Nobody is in both lists, so that these are two signatures by two keys.
    const reviewer = this.#reviewers.find(holds);
    if (!reviewer) throw untrusted('no reviewer');
    return { vendor: vendor.verifier.name, reviewer: reviewer.name };
  }

  /** The oldest version of a driver that may run; undefined when the list names none. */
  minimum(id: string): string | undefined {
    return Object.hasOwn(this.file.minimumVersions, id) ? this.file.minimumVersions[id] : undefined;
  }

  #assertApart(): void {
    const reviewers = new Set(this.#reviewers.map(({ name }) => name.toLowerCase()));
    const both = this.#vendors.find(({ verifier }) => reviewers.has(verifier.name.toLowerCase()));
    if (both) throw new OneBoxError('TRUST_INVALID', `${both.verifier.name} is vendor and reviewer`);
    const keys = [...this.file.vendors, ...this.file.reviewers].map(({ key }) => key.replace(/^[^+]+\+[^+]+\+/, ''));
    if (new Set(keys).size !== keys.length) throw new OneBoxError('TRUST_INVALID', 'a key is there twice');
  }
}

const trustPath = (folder: string): string => join(folder, 'trust.json');

function covers(drivers: readonly string[], id: string): boolean {
  return drivers.some((one) => (one.endsWith('*') ? id.startsWith(one.slice(0, -1)) : one === id));
}

function untrusted(why: string): OneBoxError {
  return new OneBoxError('DRIVER_UNTRUSTED', why);
}
