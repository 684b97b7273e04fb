import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import {
  ed25519FromSeed,
  hmacSha256,
  randomBytes,
  SEAL_KEY_BYTES,
  SEAL_NONCE_BYTES,
  seal,
  unseal,
} from '../audit/crypto.js';
import { encodeVkey } from '../audit/note.js';
import { type Clock, systemClock } from '../files/clock.js';
import type { Files } from '../files/files.js';
import { readSealedJson, replaceSealedJson } from './sealed-json.js';
import type { KeyVault, KnownKind, OpenedVault, OuterSeal } from './vault.js';
import { fromWords, RECOVERY_BYTES, toWords } from './words.js';

/** Cost of argon2id (RFC 9106). */
export interface ArgonCost {
  readonly memoryKiB: number;
  readonly iterations: number;
}

export interface PinVaultOptions {
  readonly folder: string;
  readonly files: Files;
  readonly outer?: OuterSeal;
  readonly cost?: ArgonCost;
  readonly clock?: Clock;
  /** Runs whenever the vault opens, and before a new one is saved. What it throws is its own affair. */
  readonly opened?: (vault: OpenedVault) => Promise<void>;
}

/** What opens the vault: the vault key, sealed under a key from a PIN, a passphrase or the recovery words. */
interface Wrap {
  readonly kind: KnownKind | 'recovery';
  readonly personId: string;
  /** PHC string without the hash: `$argon2id$v=19$m=65536,t=2,p=1$salt`. */
  readonly derivation: string;
  readonly sealed: string;
}

interface VaultFile {
  readonly format: 1;
  readonly auditVerifier: string;
  readonly keyEpoch: number;
  /** Milliseconds since 1970. Not there: made before site keys changed. */
  readonly siteKeySince?: number;
  readonly wraps: readonly Wrap[];
  /** Audit seed, root of the site keys and record key, sealed under the vault key. */
  readonly keys: string;
}

interface OpenKeys {
  readonly vaultKey: Uint8Array;
  readonly siteRoot: Uint8Array;
  readonly recordKey: Uint8Array;
  readonly signAudit: (message: Uint8Array) => Uint8Array;
}

const NAME = 'vault.json';
const FIRST_EPOCH = 1;
/** Some 40 ms here, 250 ms without native code: what a person does not notice, and a million times that for a thief. */
const DEFAULT_COST: ArgonCost = { memoryKiB: 65_536, iterations: 2 };
const context = (...parts: readonly string[]) => new TextEncoder().encode(['onebox/vault/1', ...parts].join('\0'));

/**
 * A vault of files, opened by PINs. Six digits alone do not hold against somebody who copied the folder
 * and can try for days: where the system has a secret store, give its seal as `outer`.
 */
export class PinVault implements KeyVault {
  private opened: OpenKeys | undefined;

  private constructor(
    private readonly options: PinVaultOptions,
    private file: VaultFile | undefined,
  ) {}

  /** Throws VAULT_BROKEN when the vault is there but cannot be read. */
  static async load(options: PinVaultOptions): Promise<PinVault> {
    await options.files.makeFolder(options.folder);
    let file: unknown;
    try {
      file = await readSealedJson(options.files, join(options.folder, NAME), options.outer);
    } catch (error) {
      throw error instanceof OneBoxError ? error : new OneBoxError('VAULT_BROKEN', 'file', {}, { cause: error });
    }
    return file === undefined ? new PinVault(options, undefined) : PinVault.of(options, file);
  }

  /** A vault of the content of its file. Throws VAULT_BROKEN. */
  static of(options: PinVaultOptions, file: unknown): PinVault {
    if (!isVaultFile(file)) throw new OneBoxError('VAULT_BROKEN', 'format');
    return new PinVault(options, file);
  }

  get exists(): boolean {
    return this.file !== undefined;
  }

  get isOpen(): boolean {
    return this.opened !== undefined;
  }

  get auditVerifier(): string | undefined {
    return this.file?.auditVerifier;
  }

  get keyEpoch(): number {
    return this.file?.keyEpoch ?? FIRST_EPOCH;
  }

  get siteKeySince(): number {
    return this.file?.siteKeySince ?? 0;
  }

  async create(
    personId: string,
    secret: string,
    auditKeyName: string,
    beforeSaved: () => Promise<void>,
    kind: KnownKind = 'pin',
  ): Promise<{ readonly recoveryWords: readonly string[] }> {
    if (this.file !== undefined) throw new OneBoxError('ALREADY_ENROLLED');
    const vaultKey = randomBytes(SEAL_KEY_BYTES);
    const keys = randomBytes(3 * SEAL_KEY_BYTES);
    const recovery = randomBytes(RECOVERY_BYTES);
    const recoveryWords = toWords(recovery);
    const wraps = [
      await this.wrapFor(kind, personId, new TextEncoder().encode(secret), vaultKey),
      await this.wrapFor('recovery', '', recovery, vaultKey),
    ];
    const auditVerifier = encodeVkey(auditKeyName, ed25519FromSeed(keys.subarray(0, SEAL_KEY_BYTES)).publicKey);
    const file: VaultFile = {
      format: 1,
      auditVerifier,
      keyEpoch: FIRST_EPOCH,
      siteKeySince: this.now(),
      wraps,
      keys: sealText(vaultKey, keys, context('keys')),
    };
    recovery.fill(0);
    this.opened = openKeys(vaultKey, keys);
    try {
      await this.tellOpened(file);
      await beforeSaved();
      await this.save(file);
    } catch (error) {
      this.close();
      throw error;
    }
    return { recoveryWords };
  }

  async setPin(personId: string, secret: string, kind: KnownKind = 'pin'): Promise<void> {
    await this.rewrap(kind, personId, new TextEncoder().encode(secret), this.keys().vaultKey);
  }

  opensWith(personId: string, kind: KnownKind): boolean {
    return this.wrapOf(kind, personId) !== undefined;
  }

  async open(personId: string, secret: string, kind: KnownKind = 'pin'): Promise<boolean> {
    const bytes = new TextEncoder().encode(secret);
    const vaultKey = await this.unwrapFor(kind, personId, bytes);
    if (vaultKey === undefined) return false;
    await this.openWith(vaultKey);
    // Made when less was asked for. The old wrap stays good where the new one cannot be written.
    if (this.isCheap(this.wrapOf(kind, personId)!))
      await this.rewrap(kind, personId, bytes, vaultKey).catch(() => undefined);
    return true;
  }

  async check(personId: string, secret: string, kind: KnownKind = 'pin'): Promise<boolean> {
    return isThere(await this.unwrapFor(kind, personId, new TextEncoder().encode(secret)));
  }

  async openWithWords(words: readonly string[]): Promise<boolean> {
    const secret = fromWords(words);
    const vaultKey = secret && (await this.unwrapFor('recovery', '', secret));
    if (vaultKey === undefined) return false;
    await this.openWith(vaultKey);
    return true;
  }

  async checkWords(words: readonly string[]): Promise<boolean> {
    const secret = fromWords(words);
    return isThere(secret && (await this.unwrapFor('recovery', '', secret)));
  }

  close(): void {
    for (const key of [this.opened?.vaultKey, this.opened?.siteRoot, this.opened?.recordKey]) key?.fill(0);
    this.opened = undefined;
  }

  signAudit(message: Uint8Array): Uint8Array {
    return this.keys().signAudit(message);
  }

  async nextSiteKey(): Promise<void> {
    this.keys();
    await this.save({ ...this.file!, keyEpoch: this.keyEpoch + 1, siteKeySince: this.now() });
  }

  pseudonym(kind: 'person' | 'device', value: string): Uint8Array {
    const siteKey = hmacSha256(this.keys().siteRoot, context('site-key', String(this.keyEpoch)));
    return hmacSha256(siteKey, context('pseudonym', kind), Buffer.from(value)).subarray(0, 16);
  }

  wrapKey(key: Uint8Array, purpose: string): Uint8Array {
    return Buffer.from(sealText(this.keys().recordKey, key, context('record', purpose)), 'base64');
  }

  unwrapKey(wrapped: Uint8Array, purpose: string): Uint8Array {
    const key = unsealText(this.keys().recordKey, Buffer.from(wrapped).toString('base64'), context('record', purpose));
    if (key === undefined) throw new OneBoxError('RECORD_BROKEN', 'key');
    return key;
  }

  private now(): number {
    return (this.options.clock ?? systemClock).unixMs();
  }

  private keys(): OpenKeys {
    if (this.opened === undefined) throw new OneBoxError('LOCKED');
    return this.opened;
  }

  private async openWith(vaultKey: Uint8Array): Promise<void> {
    const keys = unsealText(vaultKey, this.file!.keys, context('keys'));
    if (keys?.length !== 3 * SEAL_KEY_BYTES) throw new OneBoxError('VAULT_BROKEN', 'keys');
    this.close();
    this.opened = openKeys(vaultKey, keys);
    await this.tellOpened(this.file!);
  }

  private wrapOf(kind: Wrap['kind'], personId: string): Wrap | undefined {
    return this.file?.wraps.find((one) => one.kind === kind && one.personId === personId);
  }

  private isCheap({ derivation }: Wrap): boolean {
    const { memoryKiB, iterations } = this.options.cost ?? DEFAULT_COST;
    const used = costOf(derivation);
    return used.memoryKiB * used.iterations < memoryKiB * iterations;
  }

  private async rewrap(kind: KnownKind, personId: string, secret: Uint8Array, vaultKey: Uint8Array): Promise<void> {
    const wrap = await this.wrapFor(kind, personId, secret, vaultKey);
    const file = this.file!;
    const others = file.wraps.filter((other) => other.kind !== kind || other.personId !== personId);
    await this.save({ ...file, wraps: [...others, wrap] });
  }

  private async tellOpened(file: VaultFile): Promise<void> {
    const rescue: VaultFile = { ...file, wraps: file.wraps.filter(({ kind }) => kind === 'recovery') };
    const wrapKey = (key: Uint8Array, purpose: string) => this.wrapKey(key, purpose);
    await this.options.opened?.({ rescue, wrapKey }).catch(() => undefined);
  }

  private async wrapFor(kind: Wrap['kind'], personId: string, secret: Uint8Array, vaultKey: Uint8Array): Promise<Wrap> {
    const { memoryKiB, iterations } = this.options.cost ?? DEFAULT_COST;
    const salt = Buffer.from(randomBytes(16)).toString('base64').replaceAll('=', '');
    const derivation = `$argon2id$v=19$m=${memoryKiB},t=${iterations},p=1$${salt}`;
    const key = await derive(derivation, secret);
    return { kind, personId, derivation, sealed: sealText(key, vaultKey, context(kind, personId, derivation)) };
  }

  private async unwrapFor(kind: Wrap['kind'], personId: string, secret: Uint8Array): Promise<Uint8Array | undefined> {
    const wrap = this.wrapOf(kind, personId);
    if (wrap === undefined) return undefined;
    const key = await derive(wrap.derivation, secret);
    return unsealText(key, wrap.sealed, context(kind, personId, wrap.derivation));
  }

  private async save(file: VaultFile): Promise<void> {
    await replaceSealedJson(this.options.files, join(this.options.folder, NAME), this.options.outer, file);
    this.file = file;
  }
}

function isThere(vaultKey: Uint8Array | undefined): boolean {
  vaultKey?.fill(0);
  return vaultKey !== undefined;
}

/** Of a PHC string. */
function costOf(derivation: string): ArgonCost & { readonly salt: Uint8Array } {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{22})$/.exec(derivation);
  if (match === null) throw new OneBoxError('VAULT_BROKEN', 'derivation');
  const [, memory, iterations, salt] = match;
  return { memoryKiB: Number(memory), iterations: Number(iterations), salt: Buffer.from(salt!, 'base64') };
}

async function derive(derivation: string, secret: Uint8Array): Promise<Uint8Array> {
  const { memoryKiB, iterations, salt } = costOf(derivation);
  // Loaded with the first PIN, not at the start.
  const { argon2id } = await import('./argon2.js');
  return await argon2id({ password: secret, salt, memoryKiB, iterations, bytes: SEAL_KEY_BYTES });
}

/** Copies, so that closing can overwrite them. */
function openKeys(vaultKey: Uint8Array, keys: Uint8Array): OpenKeys {
  const part = (at: number) => Uint8Array.from(keys.subarray(at * SEAL_KEY_BYTES, (at + 1) * SEAL_KEY_BYTES));
  const opened = { vaultKey, siteRoot: part(1), recordKey: part(2), signAudit: ed25519FromSeed(part(0)).sign };
  keys.fill(0);
  return opened;
}

function sealText(key: Uint8Array, plain: Uint8Array, about: Uint8Array): string {
  const nonce = randomBytes(SEAL_NONCE_BYTES);
  return Buffer.concat([nonce, seal(key, nonce, plain, about)]).toString('base64');
}

function unsealText(key: Uint8Array, text: string, about: Uint8Array): Uint8Array | undefined {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.length < SEAL_NONCE_BYTES) return undefined;
  return unseal(key, bytes.subarray(0, SEAL_NONCE_BYTES), bytes.subarray(SEAL_NONCE_BYTES), about);
}

function isVaultFile(value: unknown): value is VaultFile {
  if (typeof value !== 'object' || value === null) return false;
  const file = value as Partial<Record<keyof VaultFile, unknown>>;
  const isWrap = (wrap: Partial<Wrap> | null) =>
    ['kind', 'personId', 'derivation', 'sealed'].every((key) => typeof wrap?.[key as keyof Wrap] === 'string');
  return (
    file.format === 1 &&
    typeof file.auditVerifier === 'string' &&
    typeof file.keyEpoch === 'number' &&
    ['number', 'undefined'].includes(typeof file.siteKeySince) &&
    typeof file.keys === 'string' &&
    Array.isArray(file.wraps) &&
    file.wraps.every(isWrap)
  );
}
