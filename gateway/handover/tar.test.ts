import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { packTar, unpackTar } from './tar.js';

const AT = Date.UTC(2026, 10, 22, 14, 32, 7);
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const files = new Map([
  ['manifest.json', Buffer.from('{}\n')],
  ['empty.txt', Buffer.alloc(0)],
  ['block.bin', Buffer.alloc(512, 7)],
  ['message.hl7', Buffer.from('MSH|^~\\&|\r'.repeat(100))],
]);
const folder = mkdtempSync(join(tmpdir(), 'onebox-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a tar of plain files', () => {
  it('is read back, and by the tar of this machine', () => {
    const archive = packTar(files, AT);
    expect(archive.length % 512).toBe(0);
    expect([...unpackTar(archive)].map(([name, bytes]) => [name, text(bytes)])).toEqual(
      [...files].map(([name, bytes]) => [name, text(bytes)]),
    );
    writeFileSync(join(folder, 'a.tar'), archive);
    const out = execFileSync('tar', ['-xvf', join(folder, 'a.tar'), '-C', folder], { encoding: 'utf8' });
    expect(out.trim().split('\n')).toEqual([...files.keys()]);
    for (const [name, bytes] of files) expect(readFileSync(join(folder, name)).equals(bytes), name).toBe(true);
    expect(readdirSync(folder)).toHaveLength(files.size + 1);
  });

  it('any names and contents come back', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,63}$/);
    void fc.assert(
      fc.property(fc.dictionary(name, fc.uint8Array({ maxLength: 1200 }), { maxKeys: 6 }), (given) => {
        const back = unpackTar(packTar(new Map(Object.entries(given)), AT));
        expect([...back].map(([key, bytes]) => [key, [...bytes]])).toEqual(
          Object.entries(given).map(([key, bytes]) => [key, [...bytes]]),
        );
      }),
      { numRuns: 100 },
    );
  });

  it.each(['', '../a', 'a/b', '/etc/passwd', 'a'.repeat(65), 'A', 'ä'])('refuses the name %j', (name) => {
    expect(() => packTar(new Map([[name, Buffer.alloc(1)]]), AT)).toThrow(/OB-652/);
  });

  it('refuses what was cut, and what was changed in a head', () => {
    const archive = packTar(files, AT);
    for (const length of [0, 1, 511, 512, 700, archive.length - 512, archive.length - 1])
      expect(() => unpackTar(archive.subarray(0, length)), String(length)).toThrow(/OB-652/);
    expect(() => unpackTar(Buffer.concat([archive, Buffer.alloc(512)]))).toThrow(/OB-652/);
    for (const at of [0, 3, 124, 130, 140, 150, 156, 160, 257, 300, 500]) {
      const changed = Buffer.from(archive);
      changed[at]! ^= 1;
      expect(() => unpackTar(changed), String(at)).toThrow(/OB-652/);
    }
  });
});
