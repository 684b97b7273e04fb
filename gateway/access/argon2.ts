import { createRequire } from 'node:module';

export interface Argon2idInput {
  /** Not empty. A string counts as UTF-8. */
  readonly password: string | Uint8Array;
  /** At least 8 bytes. */
  readonly salt: Uint8Array;
  readonly memoryKiB: number;
  readonly iterations: number;
  /** Of the result. */
  readonly bytes: number;
}

export type Argon2id = (input: Argon2idInput) => Promise<Uint8Array>;

/** On a thread of its own, and ten times as fast; undefined where there is none for this machine. */
export function nativeArgon2id(): Argon2id | undefined {
  let native: typeof import('@node-rs/argon2');
  try {
    native = createRequire(import.meta.url)('@node-rs/argon2');
  } catch {
    return undefined;
  }
  // argon2id, version 0x13 and one lane are what it does when nothing else is said.
  return ({ password, salt, memoryKiB, iterations, bytes }) =>
    native.hashRaw(password, { salt, memoryCost: memoryKiB, timeCost: iterations, outputLen: bytes });
}

/** In WebAssembly: everywhere. */
export async function wasmArgon2id(): Promise<Argon2id> {
  const { argon2id: derive } = await import('hash-wasm');
  return ({ memoryKiB, bytes, ...given }) =>
    derive({ ...given, memorySize: memoryKiB, hashLength: bytes, parallelism: 1, outputType: 'binary' });
}

let chosen: Promise<Argon2id> | undefined;

/** argon2id version 0x13 with one lane (RFC 9106): `bytes` bytes of a secret. */
export const argon2id: Argon2id = async (input) => {
  chosen ??= Promise.resolve(nativeArgon2id() ?? wasmArgon2id());
  return (await chosen)(input);
};

/** Reads and compiles the key derivation ahead of the first PIN. Derives nothing of use. */
export async function prepareArgon2(): Promise<void> {
  await argon2id({ password: 'none', salt: new Uint8Array(16), memoryKiB: 64, iterations: 1, bytes: 32 });
}
