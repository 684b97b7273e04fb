import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes as nodeRandom,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

/**
 * The cryptography of audit, vault and records in one place. node:crypto where Node and Electron both
 * have the algorithm; @noble where Electron's BoringSSL lacks it (XChaCha20-Poly1305).
 */

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

export function randomBytes(count: number): Uint8Array {
  return nodeRandom(count);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** An Ed25519 key (RFC 8032) from its 32-byte seed. */
export function ed25519FromSeed(seed: Uint8Array): {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
} {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(
    createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length),
  );
  return { publicKey, sign: (message) => sign(null, message, key) };
}

/** A check for signatures of one Ed25519 public key of 32 bytes. */
export function ed25519Verifier(publicKey: Uint8Array): (message: Uint8Array, signature: Uint8Array) => boolean {
  if (publicKey.length !== 32) throw new RangeError('an Ed25519 public key has 32 bytes');
  const key: KeyObject = createPublicKey({
    key: Buffer.concat([SPKI_ED25519, publicKey]),
    format: 'der',
    type: 'spki',
  });
  return (message, signature) => signature.length === 64 && verify(null, message, key, signature);
}

export const SEAL_KEY_BYTES = 32;
export const SEAL_NONCE_BYTES = 24;
export const SEAL_TAG_BYTES = 16;

/** XChaCha20-Poly1305: ciphertext and tag. The nonce of 24 bytes must be fresh for the key. */
export function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, context: Uint8Array): Uint8Array {
  return xchacha20poly1305(key, nonce, context).encrypt(plain);
}

/** Undefined when key, nonce, context or ciphertext do not belong together. */
export function unseal(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  context: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < SEAL_TAG_BYTES) return undefined;
  try {
    return xchacha20poly1305(key, nonce, context).decrypt(sealed);
  } catch {
    return undefined;
  }
}
