import { join } from 'node:path';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';
import { sha256 } from '../audit/crypto.js';
import { type NoteVerifier, parseVkey } from '../audit/note.js';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';
import type { DriverPackage } from './container.js';

/**
 * Whom a tablet trusts: `drivers/trust.json` of its store. Keys are verifier keys of signed notes,
 * `name+hash+base64`. A vendor signs the drivers that its entry lists (`acme-thermometer`, `acme-*`, `*`).
 */
const versionText = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}(?:-[0-9a-z.]+)?$/);
export const trustFile = z.strictObject({
  format: z.literal('onebox-driver-trust'),
  version: z.literal(1),
  vendors: z
    .array(
      z.strictObject({
        key: z.string().max(300),
        drivers: z
          .array(z.string().regex(/^(?:\*|[a-z][a-z0-9-]*\*?)$/))
          .min(1)
          .max(1000),
      }),
    )
    .max(1000),
  reviewers: z.array(z.strictObject({ key: z.string().max(300) })).max(1000),
  /** Nothing older than this runs, by id of the driver; the built-in one included. */
  minimumVersions: z.record(z.string(), versionText).default({}),
});
export type TrustFile = z.output<typeof trustFile>;

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

  /** TRUST_INVALID for anything but a whole list in which nobody is both vendor and reviewer. */
  static from(value: unknown): Trust {
    const result = trustFile.safeParse(value);
    if (!result.success) throw new OneBoxError('TRUST_INVALID', result.error.issues[0]?.path.join('.') ?? '');
    try {
      const trust = new Trust(result.data);
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
    return value === undefined ? Trust.nobody : Trust.from(value);
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
