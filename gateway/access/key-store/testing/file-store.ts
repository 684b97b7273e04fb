import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomBytes, SEAL_NONCE_BYTES, seal, unseal } from '../../../audit/crypto.js';
import type { SecretStore } from '../secret-store.js';

const ABOUT = new TextEncoder().encode('file store');

/** For tests: a secret store whose secret is a file. Remove the file and the key ring is lost. */
export class FileStore implements SecretStore {
  /** Answers that it is locked. */
  locked = false;

  constructor(
    private readonly path: string,
    readonly name = 'gnome_libsecret',
  ) {}

  async protect(secret: Uint8Array): Promise<Uint8Array> {
    const nonce = randomBytes(SEAL_NONCE_BYTES);
    return Buffer.concat([nonce, seal(this.secret(), nonce, secret, ABOUT)]);
  }

  async reveal(guarded: Uint8Array): Promise<Uint8Array> {
    const [nonce, rest] = [guarded.subarray(0, SEAL_NONCE_BYTES), guarded.subarray(SEAL_NONCE_BYTES)];
    const secret = unseal(this.secret(), nonce, rest, ABOUT);
    if (secret === undefined) throw new Error('not protected by this store');
    return secret;
  }

  private secret(): Uint8Array {
    if (this.locked) throw new Error('the key ring is locked');
    if (!existsSync(this.path)) {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(this.path, randomBytes(32));
    }
    return readFileSync(this.path);
  }
}
