import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { type SoftAlgorithm, SoftKey, type Wrong } from './testing/soft-key.js';
import { type Assertion, type Credential, isCopied, verifyAssertion, verifyRegistration } from './verify.js';

const challenge = randomBytes(32).toString('base64url');

async function registered(algorithm: SoftAlgorithm = -7): Promise<{ key: SoftKey; credential: Credential }> {
  const key = new SoftKey(algorithm);
  const credential = await verifyRegistration(challenge, key.register(challenge));
  if (credential === undefined) throw new Error('not registered');
  return { key, credential };
}

describe('a security key', () => {
  it.each([
    ['ES256', -7],
    ['EdDSA', -8],
    ['RS256', -257],
  ] as const)('with %s is registered and recognised, without any network', async (_, algorithm) => {
    const fetching = vi.spyOn(globalThis, 'fetch');
    const { key, credential } = await registered(algorithm);
    expect(credential).toMatchObject({ id: key.credentialId, counter: 1 });
    expect(await verifyAssertion(challenge, credential, key.assert(challenge))).toEqual({ counter: 2 });
    expect(fetching).not.toHaveBeenCalled();
  });

  const WRONG: readonly (readonly [string, Wrong])[] = [
    ['another origin', { origin: 'https://onebox.invalid.example' }],
    ['the loopback page', { origin: 'http://127.0.0.1:8000' }],
    ['another relying party', { rpId: 'example.com' }],
    ['the wrong ceremony', { type: 'payment.get' }],
    ['nobody who touched it', { flags: 0 }],
  ];
  it.each(WRONG)('is not taken for %s', async (_, wrong) => {
    const key = new SoftKey();
    const flags = wrong.flags === undefined ? {} : { flags: 0x40 };
    expect(await verifyRegistration(challenge, key.register(challenge, { ...wrong, ...flags }))).toBeUndefined();
    const { key: other, credential } = await registered();
    expect(await verifyAssertion(challenge, credential, other.assert(challenge, wrong))).toBeUndefined();
  });

  it('answers one challenge, and its own only', async () => {
    const { key, credential } = await registered();
    const another = randomBytes(32).toString('base64url');
    expect(await verifyAssertion(another, credential, key.assert(challenge))).toBeUndefined();
    expect(await verifyRegistration(another, new SoftKey().register(challenge))).toBeUndefined();
    const stranger = new SoftKey();
    expect(await verifyAssertion(challenge, credential, stranger.assert(challenge))).toBeUndefined();
    const named = { ...stranger.assert(challenge), credentialId: credential.id };
    expect(await verifyAssertion(challenge, credential, named)).toBeUndefined();
  });

  it('with a statement of its maker is not taken: nobody here can check it offline', async () => {
    for (const format of ['packed', 'fido-u2f', 'tpm', 'apple', ''])
      expect(await verifyRegistration(challenge, new SoftKey().register(challenge, { format }))).toBeUndefined();
  });

  it('is not recognised after any bit was changed, and nothing that is shown throws', async () => {
    // The frame around an ECDSA signature (DER) is read leniently; EdDSA has none.
    const { key, credential } = await registered(-8);
    const right = key.assert(challenge);
    for (const part of ['clientDataJSON', 'authenticatorData', 'signature'] as const) {
      const value = Buffer.from(right[part], 'base64url');
      for (let at = 0; at < value.length; at++) {
        const changed = Buffer.from(value);
        changed[at]! ^= 1 << (at % 8);
        const shown: Assertion = { ...right, [part]: changed.toString('base64url') };
        expect([part, at, await verifyAssertion(challenge, credential, shown)]).toEqual([part, at, undefined]);
      }
      for (const odd of ['', '%%%', value.subarray(1).toString('base64url')])
        expect(await verifyAssertion(challenge, credential, { ...right, [part]: odd })).toBeUndefined();
    }
    const made = new SoftKey().register(challenge);
    const object = Buffer.from(made.attestationObject, 'base64url');
    for (let length = 0; length < object.length; length++)
      expect([
        length,
        await verifyRegistration(challenge, {
          ...made,
          attestationObject: object.subarray(0, length).toString('base64url'),
        }),
      ]).toEqual([length, undefined]);
  });
});

it('a counter that does not go up is of a copy, unless the key never counts', () => {
  expect([isCopied(0, 0), isCopied(0, 1), isCopied(4, 5)]).toEqual([false, false, false]);
  expect([isCopied(4, 4), isCopied(4, 3), isCopied(4, 0)]).toEqual([true, true, true]);
});
