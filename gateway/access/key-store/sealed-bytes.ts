import { randomBytes, SEAL_NONCE_BYTES, seal, unseal } from '../../audit/crypto.js';

/** A sealed file: this line, a nonce, ciphertext and tag (XChaCha20-Poly1305). JSON never begins with it. */
const MAGIC = Buffer.from('onebox-sealed-1\n', 'latin1');

const context = (name: string) => new TextEncoder().encode(`onebox/sealed-file/1\0${name}`);

export function isSealed(bytes: Uint8Array): boolean {
  return MAGIC.equals(bytes.subarray(0, MAGIC.length));
}

/** Bound to the file's name: one sealed file cannot stand for another. */
export function sealBytes(key: Uint8Array, name: string, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(SEAL_NONCE_BYTES);
  return Buffer.concat([MAGIC, nonce, seal(key, nonce, plain, context(name))]);
}

/** Undefined when key, name and bytes do not belong together. */
export function unsealBytes(key: Uint8Array, name: string, bytes: Uint8Array): Uint8Array | undefined {
  const rest = bytes.subarray(MAGIC.length);
  if (!isSealed(bytes) || rest.length < SEAL_NONCE_BYTES) return undefined;
  return unseal(key, rest.subarray(0, SEAL_NONCE_BYTES), rest.subarray(SEAL_NONCE_BYTES), context(name));
}
