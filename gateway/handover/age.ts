import { randomBytes, scrypt } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { Decrypter, Encrypter, type Recipient, Stanza } from 'age-encryption';

/** Files as `age` writes and reads them (age-encryption.org/v1), for whoever knows a passphrase. */

/** 2^18 rounds in 256 MiB of memory: about a second, the cost of `age` itself. */
const WORK_FACTOR = 18;
const SALT_BYTES = 16;
const LABEL = Buffer.from('age-encryption.org/v1/scrypt');
const HEAD = 'age-encryption.org/v1\n';

/** The passphrase recipient of age. That of the package derives its key at one go, and keeps the whole program waiting. */
class PassphraseRecipient implements Recipient {
  constructor(
    private readonly passphrase: string,
    private readonly workFactor: number,
  ) {}

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(this.passphrase, Buffer.concat([LABEL, salt]), this.workFactor);
    // The key is used once: age wants a nonce of zeros.
    const body = chacha20poly1305(key, new Uint8Array(12)).encrypt(fileKey);
    key.fill(0);
    return [new Stanza(['scrypt', salt.toString('base64').replace(/=+$/, ''), String(this.workFactor)], body)];
  }
}

export async function encrypt(
  content: Uint8Array,
  passphrase: string,
  workFactor: number = WORK_FACTOR,
): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(new PassphraseRecipient(passphrase, workFactor));
  return await encrypter.encrypt(content);
}

/** Throws HANDOVER_WORDS for another passphrase, HANDOVER_INVALID for what is no such file, or was changed or cut. */
export async function decrypt(file: Uint8Array, passphrase: string): Promise<Uint8Array> {
  if (!Buffer.from(file.subarray(0, HEAD.length)).equals(Buffer.from(HEAD)))
    throw new OneBoxError('HANDOVER_INVALID', 'no age file');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(file);
  } catch (cause) {
    // The package tells by its words alone that no identity has opened the file.
    const closed = cause instanceof Error && cause.message.startsWith('no identity matched');
    throw new OneBoxError(closed ? 'HANDOVER_WORDS' : 'HANDOVER_INVALID', '', {}, { cause });
  }
}

/** Off the main thread. scrypt needs 128 r N bytes (RFC 7914), and a little more. */
function derive(passphrase: string, salt: Uint8Array, workFactor: number): Promise<Buffer> {
  const [N, r] = [2 ** workFactor, 8];
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 32, { N, r, p: 1, maxmem: 128 * r * N + (1 << 20) }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
