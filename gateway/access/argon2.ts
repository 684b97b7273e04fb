// Apart, so that it can be loaded late and without the other functions of the package.
import { argon2id } from 'hash-wasm';

export { argon2id };

/** Compiles the key derivation ahead of the first PIN, which is then checked a third sooner. Derives nothing of use. */
export async function prepareArgon2(): Promise<void> {
  const salt = new Uint8Array(16);
  await argon2id({ password: 'none', salt, memorySize: 64, iterations: 1, parallelism: 1, hashLength: 32 });
}
