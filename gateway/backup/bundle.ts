import { OneBoxError } from '@onebox/protocol/errors.js';
import { fromWords, RECOVERY_BYTES, toWords } from '../access/words.js';
import { randomBytes, SEAL_KEY_BYTES, SEAL_NONCE_BYTES, seal, unseal } from '../audit/crypto.js';

/**
 * The file of a back-up: the line `onebox-backup 1`, a salt of 16 bytes, a nonce of 24, and the content under
 * XChaCha20-Poly1305 with all of that as its context. The key is made of a passphrase by argon2id (RFC 9106) with the
 * cost of the version: nothing of the file says how it is to be opened.
 */
const VERSION = 1;
const HEADER = Buffer.from(`onebox-backup ${VERSION}\n`);
const SALT_BYTES = 16;
const MAX_BYTES = 256 << 20;
const SHORTEST = 12;

/** 32 bytes of a passphrase and a salt. */
export type Derive = (passphrase: string, salt: Uint8Array) => Promise<Uint8Array>;

/** 64 MiB, three passes: the second choice of RFC 9106, for where memory is short. */
export const deriveBackupKey: Derive = async (passphrase, salt) => {
  // Loaded when it is needed: most runs need none.
  const { argon2id } = await import('../access/argon2.js');
  return await argon2id({ password: passphrase, salt, memoryKiB: 65_536, iterations: 3, bytes: SEAL_KEY_BYTES });
};

/** A passphrase that nobody has to invent: 128 bits as 16 words. */
export function newBackupWords(): string {
  return toWords(randomBytes(RECOVERY_BYTES)).join(' ');
}

/** As it is used: words may be written badly, as recovery words may. Throws INPUT_INVALID when it is too short. */
export function checkPassphrase(passphrase: string): string {
  const text = passphrase.normalize('NFKC').trim().replace(/\s+/gu, ' ');
  const words = fromWords(text.split(' '));
  if (words !== undefined) return toWords(words).join(' ');
  if ([...text].length < SHORTEST)
    throw new OneBoxError('INPUT_INVALID', `a passphrase has ${SHORTEST} characters or more`);
  return text;
}

export async function sealBundle(
  content: Uint8Array,
  passphrase: string,
  derive = deriveBackupKey,
): Promise<Uint8Array> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(SEAL_NONCE_BYTES);
  const key = await derive(passphrase, salt);
  try {
    const open = Buffer.concat([HEADER, salt, nonce]);
    return Buffer.concat([open, seal(key, nonce, content, open)]);
  } finally {
    key.fill(0);
  }
}

/** Throws BACKUP_VERSION, and BACKUP_INVALID for another passphrase, a changed bit, a cut, or what is no back-up. */
export async function openBundle(file: Uint8Array, passphrase: string, derive = deriveBackupKey): Promise<Uint8Array> {
  const start = Buffer.from(file.subarray(0, 32)).toString('latin1');
  const version = /^onebox-backup ([1-9]\d{0,3})\n/.exec(start)?.[1];
  if (version === undefined || file.length > MAX_BYTES) throw new OneBoxError('BACKUP_INVALID');
  if (Number(version) !== VERSION) throw new OneBoxError('BACKUP_VERSION', version);
  const [saltAt, nonceAt] = [HEADER.length, HEADER.length + SALT_BYTES];
  const sealedAt = nonceAt + SEAL_NONCE_BYTES;
  if (file.length < sealedAt) throw new OneBoxError('BACKUP_INVALID');
  // Copies: the cipher wants bytes that are aligned.
  const part = (from: number, to?: number) => Uint8Array.from(file.subarray(from, to));
  const key = await derive(passphrase, part(saltAt, nonceAt));
  try {
    const content = unseal(key, part(nonceAt, sealedAt), part(sealedAt), part(0, sealedAt));
    if (content === undefined) throw new OneBoxError('BACKUP_INVALID');
    return content;
  } finally {
    key.fill(0);
  }
}
