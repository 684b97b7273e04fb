import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { randomBytes, SEAL_KEY_BYTES } from '../../audit/crypto.js';
import type { Files } from '../../files/files.js';
import { replaceFile } from '../../files/replace.js';
import type { OpenedVault, OuterSeal } from '../vault.js';
import { readMark, type SealMark, writeMark } from './mark.js';
import { isSealed, sealBytes, unsealBytes } from './sealed-bytes.js';
import type { SecretStore } from './secret-store.js';

const VAULT = 'vault.json';
/** Context of the wrapping of the seal's key in the vault. */
export const RESCUE_CONTEXT = 'key-store-seal';

export interface StoreSealOptions {
  readonly folder: string;
  readonly files: Files;
  /** Without one a vault is never sealed, and a sealed one does not open. */
  readonly store?: SecretStore | undefined;
}

/**
 * Seals the files of the vault by a random key that the system's secret store protects. A vault comes under the
 * seal when it is open where there is a store: first the mark, then file by file. Each is replaced whole and says
 * itself whether it is sealed, so that after a power loss at any step everything opens, and the next unlocking goes
 * on. The key is wrapped by the vault too: the recovery words undo the seal without the store.
 */
export class StoreSeal implements OuterSeal {
  /** Files that stand without the seal. */
  private readonly plain = new Set<string>();

  private constructor(
    private readonly options: StoreSealOptions,
    /** On the disk; of no use before there is a vault. */
    private mark: SealMark | undefined,
    private key: Uint8Array | undefined,
    private readonly hasVault: boolean,
  ) {}

  /** Throws KEY_STORE_NEEDED, KEY_STORE_REFUSED, VAULT_BROKEN. */
  static async load(options: StoreSealOptions): Promise<StoreSeal> {
    const { files, folder, store } = options;
    const mark = await readMark(files, folder);
    const hasVault = (await files.list(folder)).includes(VAULT);
    if (mark === undefined || !hasVault) return new StoreSeal(options, undefined, undefined, hasVault);
    if (store === undefined) throw new OneBoxError('KEY_STORE_NEEDED', mark.store);
    return new StoreSeal(options, mark, await reveal(store, mark), hasVault);
  }

  /** Name of the store that seals; undefined while people alone open the vault. */
  get sealedBy(): string | undefined {
    return this.mark?.store;
  }

  async wrap(bytes: Uint8Array, name: string): Promise<Uint8Array> {
    if (this.key !== undefined) return sealBytes(this.key, name, bytes);
    this.plain.add(name);
    return bytes;
  }

  /** Throws VAULT_BROKEN for what does not belong to this seal. */
  async unwrap(bytes: Uint8Array, name: string): Promise<Uint8Array | undefined> {
    if (!isSealed(bytes)) {
      this.plain.add(name);
      return bytes;
    }
    // A first enrolment was cut off before its vault was saved: nobody has the key.
    if (!this.hasVault) return undefined;
    const plain = this.key && unsealBytes(this.key, name, bytes);
    if (plain === undefined) throw new OneBoxError('VAULT_BROKEN', 'seal');
    return plain;
  }

  /**
   * With the vault open: brings under the seal what is not, or does nothing. True when files came under it now.
   * Rejects when the store or the disk refuses; everything then still opens as before.
   */
  async settle(vault: OpenedVault): Promise<boolean> {
    const { store, files, folder } = this.options;
    if (store === undefined) return false;
    const begins = this.mark === undefined;
    if (this.mark === undefined || this.key === undefined || isStale(this.mark, store, vault)) {
      const key = this.key ?? randomBytes(SEAL_KEY_BYTES);
      const mark: SealMark = {
        format: 1,
        store: store.name,
        key: Buffer.from(await store.protect(key)).toString('base64'),
        rescue: { vault: vault.rescue, key: Buffer.from(vault.wrapKey(key, RESCUE_CONTEXT)).toString('base64') },
      };
      await writeMark(files, folder, mark);
      this.mark = mark;
      this.key = key;
    }
    const left = [...this.plain];
    for (const name of left) {
      const bytes = await files.read(join(folder, name));
      if (bytes !== undefined && !isSealed(bytes))
        await replaceFile(files, join(folder, name), await this.wrap(bytes, name));
      this.plain.delete(name);
    }
    return begins || left.length > 0;
  }
}

function isStale(mark: SealMark, store: SecretStore, vault: OpenedVault): boolean {
  return mark.store !== store.name || JSON.stringify(mark.rescue.vault) !== JSON.stringify(vault.rescue);
}

async function reveal(store: SecretStore, mark: SealMark): Promise<Uint8Array> {
  try {
    const key = await store.reveal(Buffer.from(mark.key, 'base64'));
    if (key.length === SEAL_KEY_BYTES) return key;
  } catch (error) {
    throw new OneBoxError('KEY_STORE_REFUSED', mark.store, {}, { cause: error });
  }
  throw new OneBoxError('KEY_STORE_REFUSED', mark.store);
}
