import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ed25519FromSeed, hmacSha256, randomBytes } from '../audit/crypto.js';
import { encodeVkey, noteSigner } from '../audit/note.js';
import { checkPassphrase, deriveBackupKey, newBackupWords, openBundle, sealBundle } from './bundle.js';
import { type Configuration, canonicalListing, decodeConfiguration, encodeConfiguration } from './content.js';

/** As the real one, without its cost. */
const quick = async (passphrase: string, salt: Uint8Array) => hmacSha256(salt, Buffer.from(passphrase));
const PASSPHRASE = 'correct battery staple';
const refused = expect.objectContaining({ kind: expect.stringMatching(/^BACKUP_(INVALID|VERSION)$/) as string });

describe('the file of a back-up', () => {
  it('opens with its passphrase, and with no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string(), async (content, other) => {
        const file = await sealBundle(content, PASSPHRASE, quick);
        expect(Uint8Array.from(await openBundle(file, PASSPHRASE, quick))).toEqual(content);
        if (other !== PASSPHRASE) await expect(openBundle(file, other, quick)).rejects.toThrow(refused);
      }),
    );
  });

  it('is refused with any bit changed, cut anywhere, or with anything behind it', async () => {
    const file = await sealBundle(randomBytes(80), PASSPHRASE, quick);
    for (let bit = 0; bit < file.length * 8; bit++) {
      const changed = Uint8Array.from(file);
      changed[bit >> 3]! ^= 1 << (bit % 8);
      await expect(openBundle(changed, PASSPHRASE, quick), `bit ${bit}`).rejects.toThrow(refused);
    }
    for (let end = 0; end < file.length; end++)
      await expect(openBundle(file.subarray(0, end), PASSPHRASE, quick), `cut at ${end}`).rejects.toThrow(refused);
    await expect(openBundle(Buffer.concat([file, Buffer.of(0)]), PASSPHRASE, quick)).rejects.toThrow(refused);
  });

  it('of another version says so', async () => {
    const file = Buffer.from(await sealBundle(randomBytes(8), PASSPHRASE, quick));
    file[file.indexOf('1')] = '2'.charCodeAt(0);
    await expect(openBundle(file, PASSPHRASE, quick)).rejects.toMatchObject({ kind: 'BACKUP_VERSION' });
    for (const text of ['', 'onebox-backup', 'onebox-backup x\n', 'PK', 'onebox-backup 0\n'])
      await expect(openBundle(Buffer.from(text), PASSPHRASE, quick)).rejects.toMatchObject({ kind: 'BACKUP_INVALID' });
  });

  it('costs argon2id', async () => {
    const key = await deriveBackupKey(PASSPHRASE, new Uint8Array(16));
    expect(key).toHaveLength(32);
    expect(await deriveBackupKey(PASSPHRASE, new Uint8Array(16).fill(1))).not.toEqual(key);
    const file = await sealBundle(Buffer.from('whole'), PASSPHRASE);
    expect(Buffer.from(await openBundle(file, PASSPHRASE)).toString()).toBe('whole');
  });

  it('has words that may be written badly; a short passphrase is none', () => {
    const words = newBackupWords();
    expect(words.split(' ')).toHaveLength(16);
    expect(newBackupWords()).not.toBe(words);
    expect(checkPassphrase(`  ${words.toUpperCase().replaceAll(' ', '\n')}\n`)).toBe(words);
    expect(
      checkPassphrase(
        words
          .split(' ')
          .map((word) => (word.length > 4 ? `${word.slice(0, 4)}xx` : word))
          .join('  '),
      ),
    ).toBe(words);
    expect(checkPassphrase(' correct  battery\tstaple\n')).toBe(PASSPHRASE);
    for (const short of ['', 'eleven char', '            '])
      expect(() => checkPassphrase(short)).toThrow(expect.objectContaining({ kind: 'INPUT_INVALID' }));
  });
});

describe('the content of a back-up', () => {
  const keyOf = (name: string, seed: number) => {
    const bytes = new Uint8Array(32).fill(seed);
    return { signer: noteSigner(name, bytes), key: encodeVkey(name, ed25519FromSeed(bytes).publicKey) };
  };
  const own = keyOf('onebox.local/log/0123456789abcdef', 5);
  const other = keyOf('onebox.local/log/0123456789abcdef', 6);
  const trust = { format: 'onebox-driver-trust' as const, version: 1 as const, vendors: [], reviewers: [] };
  const configuration: Configuration = {
    format: 'onebox-configuration',
    version: 1,
    log: '0123456789abcdef',
    sequence: 7,
    madeAt: 1_800_000_000_000,
    people: [{ displayName: 'A. Meyer', role: 'responder' }],
    idleMinutes: 7,
    trust: { ...trust, minimumVersions: { a: '1.0.0' } },
    drivers: [],
  };
  const kindOf = (work: () => unknown): string => {
    try {
      work();
      return '';
    } catch (error) {
      return (error as { kind: string }).kind;
    }
  };
  const changed = (change: (text: string) => string): Uint8Array =>
    Buffer.from(change(Buffer.from(encodeConfiguration(configuration, own.signer)).toString()));

  it('is what was put in, when one of the keys has signed it', () => {
    const content = encodeConfiguration(configuration, own.signer);
    expect(decodeConfiguration(content, [other.key, own.key])).toEqual(configuration);
    expect(canonicalListing(configuration)).toBe('person responder A. Meyer\nidle 7\nminimum a 1.0.0');
  });

  it('is refused when another key, or nobody, has signed it, or not this text', () => {
    const content = encodeConfiguration(configuration, own.signer);
    expect(kindOf(() => decodeConfiguration(content, [other.key]))).toBe('BACKUP_UNTRUSTED');
    expect(kindOf(() => decodeConfiguration(content, []))).toBe('BACKUP_UNTRUSTED');
    const promoted = changed((text) => text.replace('responder', 'device-manager'));
    expect(kindOf(() => decodeConfiguration(promoted, [own.key]))).toBe('BACKUP_INVALID');
    for (const bad of ['', '{}', 'null', '[]', '{"note":1}'])
      expect(kindOf(() => decodeConfiguration(Buffer.from(bad), [own.key]))).toBe('BACKUP_INVALID');
  });

  it('of a later version, or of another shape, is refused though it is signed', () => {
    const sign = (value: object) => encodeConfiguration(value as Configuration, own.signer);
    expect(kindOf(() => decodeConfiguration(sign({ ...configuration, version: 2 }), [own.key]))).toBe('BACKUP_VERSION');
    for (const bad of [{ people: 1 }, { extra: true }, { log: 'x' }, { people: [{ displayName: 'A', role: 'king' }] }])
      expect(kindOf(() => decodeConfiguration(sign({ ...configuration, ...bad }), [own.key]))).toBe('BACKUP_INVALID');
  });
});
