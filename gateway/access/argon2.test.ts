import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Argon2id, argon2id, nativeArgon2id, wasmArgon2id } from './argon2.js';

/** Of the reference implementation (phc-winner-argon2, src/test.c): version 0x13, argon2id, one lane. */
const KNOWN = [
  [65_536, 2, 'password', 'somesalt', '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
  [256, 2, 'password', 'somesalt', '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'],
  [65_536, 1, 'password', 'somesalt', 'f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98'],
  [65_536, 4, 'password', 'somesalt', '9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c'],
  [65_536, 2, 'differentpassword', 'somesalt', '0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde'],
  [65_536, 2, 'password', 'diffsalt', 'bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c'],
] as const;

describe.each<readonly [string, () => Promise<Argon2id>]>([
  ['native', async () => nativeArgon2id()!],
  ['in WebAssembly', wasmArgon2id],
  ['as chosen', async () => argon2id],
])('argon2id %s', (_name, load) => {
  it.each(KNOWN)('gives what the reference gives: %i KiB, %i passes, %s, %s', async (...known) => {
    const [memoryKiB, iterations, password, salt, expected] = known;
    const derive = await load();
    const derived = await derive({ password, salt: Buffer.from(salt), memoryKiB, iterations, bytes: 32 });
    expect(Buffer.from(derived).toString('hex')).toBe(expected);
  });
});

it('is the same with and without the native one', async () => {
  const [native, wasm] = [nativeArgon2id()!, await wasmArgon2id()];
  const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(bytes(1, 80), fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })),
      bytes(8, 32),
      fc.integer({ min: 8, max: 200 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 4, max: 70 }),
      async (password, salt, memoryKiB, iterations, length) => {
        const input = { password, salt, memoryKiB, iterations, bytes: length };
        expect(Buffer.from(await native(input))).toEqual(Buffer.from(await wasm(input)));
      },
    ),
    { numRuns: 200 },
  );
});
