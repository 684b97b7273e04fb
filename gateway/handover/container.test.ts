import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { afterAll, describe, expect, it } from 'vitest';
import { decrypt, encrypt } from './age.js';
import { CODE_WORDS, newCodeWords, passphraseOf, readCodeWords } from './code-words.js';
import { open, pack } from './container.js';
import { packTar } from './tar.js';

const AT = Date.UTC(2026, 10, 22, 14, 32, 7);
/** Tests cannot wait a second for each file; one below does. */
const QUICK = 4;
const words = newCodeWords();
const passphrase = passphraseOf(words);
const files = new Map([
  ['card.txt', Buffer.from('ICD  4417\n')],
  ['message.hl7', Buffer.from('MSH|\r')],
]);
const facts = { reference: 'A-2026-17', practice: false, values: 3, notRead: ['episodes'] };
const packed = () => pack(files, facts, passphrase, AT, QUICK);
const folder = mkdtempSync(join(tmpdir(), 'onebox-container-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a hand-over file', () => {
  it('is read back with its words, every file with its hash', async () => {
    const opened = await open(await packed(), passphrase);
    expect(opened.facts).toEqual(facts);
    expect([...opened.files.keys()]).toEqual(['manifest.json', 'card.txt', 'message.hl7']);
    for (const [name, bytes] of files) expect(Buffer.from(opened.files.get(name)!).equals(bytes)).toBe(true);
  });

  it('as it leaves the tablet: the cost of age itself, opened by the package alone with the words as they are said', async () => {
    const file = await pack(files, facts, passphrase, AT);
    // Guessing must cost something: 2^18 rounds.
    expect(Buffer.from(file).toString('latin1').split('\n')[1]).toMatch(/^-> scrypt [A-Za-z0-9+/]{22} 18$/);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(words.join(' '));
    expect(Buffer.from(await decrypter.decrypt(file)).toString('latin1')).toContain('ICD  4417');
  }, 60_000);

  it('opens with age and tar of this machine', async (context) => {
    const tool = ['age', 'rage'].find((name) => spawnSync(name, ['--version']).status === 0);
    if (tool === undefined || process.platform !== 'linux')
      return context.skip('neither age nor rage is installed here, or this is not Linux');
    const at = join(folder, 'a.obx');
    writeFileSync(at, await packed());
    // Both ask on the terminal for a passphrase: script gives them one.
    const command = `${tool} -d -o ${join(folder, 'a.tar')} ${at}`;
    execFileSync('script', ['-qec', command, '/dev/null'], { input: `${passphrase}\n` });
    expect(execFileSync('tar', ['-tf', join(folder, 'a.tar')], { encoding: 'utf8' })).toContain('card.txt');
  });

  it('two of the same content have nothing in common that tells so', async () => {
    const [a, b] = [await packed(), await packed()];
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(false);
  });

  it('refuses other words, and tells them from a file that was changed', async () => {
    const file = await packed();
    await expect(open(file, passphraseOf(newCodeWords()))).rejects.toMatchObject({ kind: 'HANDOVER_WORDS' });
    await expect(open(file, '')).rejects.toMatchObject({ kind: 'HANDOVER_WORDS' });
    for (const bad of ['', 'ICD 4417', 'age-encryption.org/v1\n', 'age-encryption.org/v1\n-> scrypt\n--- \n'])
      await expect(open(Buffer.from(bad), passphrase), bad).rejects.toMatchObject({ kind: 'HANDOVER_INVALID' });
  });

  it('any bit that is flipped, and any cut, is noticed', async () => {
    const file = await packed();
    for (let at = 0; at < file.length; at += 37) {
      const changed = Uint8Array.from(file);
      changed[at]! ^= 1 << (at % 8);
      await expect(open(changed, passphrase), String(at)).rejects.toThrow(/OB-65[23]/);
      await expect(open(file.subarray(0, at), passphrase), String(at)).rejects.toThrow(/OB-652/);
    }
  }, 60_000);

  it('refuses a manifest that does not fit its files, and one of a later version', async () => {
    const seal = (manifest: unknown, more: readonly (readonly [string, Uint8Array])[] = []) =>
      encrypt(
        packTar(new Map([['manifest.json', Buffer.from(JSON.stringify(manifest))], ...more]), AT),
        passphrase,
        QUICK,
      );
    const good = { format: 'onebox-handover', version: 1, facts: {}, files: [] };
    expect((await open(await seal(good), passphrase)).files.size).toBe(1);
    const file = [['card.txt', Buffer.from('x')]] as const;
    const listed = (bytes: number, sha256: string) => ({ ...good, files: [{ name: 'card.txt', bytes, sha256 }] });
    const hash = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
    expect((await open(await seal(listed(1, hash), file), passphrase)).files.size).toBe(2);
    for (const [manifest, more] of [
      [good, file],
      [listed(1, hash), []],
      [listed(2, hash), file],
      [listed(1, hash.replace('2', '3')), file],
      [{ ...good, version: 0 }, []],
      [{ ...good, format: 'other' }, []],
      [{ ...good, more: 1 }, []],
      ['text', []],
    ] as const)
      await expect(open(await seal(manifest, more), passphrase)).rejects.toMatchObject({ kind: 'HANDOVER_INVALID' });
    await expect(open(await seal({ ...good, version: 2, files: 'other' }), passphrase)).rejects.toMatchObject({
      kind: 'HANDOVER_VERSION',
    });
    await expect(open(await encrypt(Buffer.from('no tar'), passphrase, QUICK), passphrase)).rejects.toMatchObject({
      kind: 'HANDOVER_INVALID',
    });
  });

  it('what is larger than a hospital opens by hand is refused', async () => {
    const large = new Map([['card.txt', Buffer.alloc((64 << 20) + 1)]]);
    await expect(pack(large, facts, passphrase, AT, QUICK)).rejects.toMatchObject({ kind: 'HANDOVER_TOO_LARGE' });
  });

  it('a key is derived beside the program, which goes on meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await encrypt(Buffer.alloc(10), passphrase);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    await expect(decrypt(Buffer.from('x'), passphrase)).rejects.toMatchObject({ kind: 'HANDOVER_INVALID' });
  });
});

describe('code words', () => {
  it('eight words of 256 are 64 bits, and differ each time', () => {
    expect(CODE_WORDS * Math.log2(256)).toBe(64);
    const many = Array.from({ length: 200 }, () => newCodeWords());
    expect(new Set(many.map(passphraseOf)).size).toBe(200);
    expect(new Set(many.flat()).size).toBeGreaterThan(200);
    for (const one of many) expect(one).toHaveLength(8);
  });

  it('are read in any case, with any separators, and badly written after four letters', () => {
    const [first = '', ...rest] = words;
    for (const text of [
      words.join(' '),
      ` ${words.join('\n')}\n`,
      words.join('-').toUpperCase(),
      words.map((word, index) => `${index + 1}. ${word},`).join(' '),
      [first.length > 4 ? `${first.slice(0, 4)}xx` : first, ...rest].join(' '),
    ])
      expect(readCodeWords(text), text).toEqual(words);
  });

  it.each(['', 'lamp', 'acid '.repeat(7), 'acid '.repeat(9), 'acid '.repeat(7) + 'nosuchword'])(
    '%j are none',
    (text) => {
      expect(readCodeWords(text)).toBeUndefined();
    },
  );
});
