import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashImages, randomFrom } from '../../files/testing/crash-images.js';
import { PowerDisk } from '../../files/testing/power-disk.js';
import { People } from '../people.js';
import { PinVault } from '../pin-vault.js';
import type { SecretStore } from './secret-store.js';
import { StoreSeal } from './store-seal.js';
import { FileStore } from './testing/file-store.js';
import { unsealWithWords } from './unseal.js';

const FOLDER = join('/', 'store', 'vault');
const PIN = '402817';
const NAME = 'Ottoline Keysmith';
const cost = { memoryKiB: 8, iterations: 1 };
const root = mkdtempSync(join(tmpdir(), 'onebox-key-store-'));
const store = new FileStore(join(root, 'keyring'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The vault as openStore opens it. */
async function open(disk: PowerDisk, secretStore?: SecretStore) {
  const outer = await StoreSeal.load({ folder: FOLDER, files: disk, store: secretStore });
  const vault = await PinVault.load({
    folder: FOLDER,
    files: disk,
    cost,
    outer,
    opened: async (opened) => void (await outer.settle(opened)),
  });
  return { outer, vault, people: await People.load(disk, FOLDER, outer) };
}

async function enrol({ vault, people }: Awaited<ReturnType<typeof open>>): Promise<readonly string[]> {
  const { recoveryWords } = await vault.create('p1', PIN, 'log', () =>
    people.replaceAll([{ id: 'p1', displayName: NAME, role: 'responder', pseudonym: 'aa' }]),
  );
  return recoveryWords;
}

const names = (disk: PowerDisk) => [...disk.now.values()].filter((bytes) => Buffer.from(bytes).includes(NAME)).length;
const ORDINARY = (disk: PowerDisk) => [...disk.now].filter(([path]) => !path.endsWith('.new'));

/** It opens with the store, and what stood open is sealed then. */
async function opensWithStore(disk: PowerDisk, what: string): Promise<void> {
  const opened = await open(disk, store);
  expect(opened.people.list(), what).toMatchObject([{ displayName: NAME }]);
  expect(await opened.vault.open('p1', PIN), what).toBe(true);
  expect(opened.outer.sealedBy, what).toBe('gnome_libsecret');
  const clear = ORDINARY(disk).filter(([, bytes]) => Buffer.from(bytes).includes(NAME));
  expect(clear, what).toEqual([]);
}

/** It opens without the store: as it is, or after the recovery words have undone the seal. */
async function opensWithWords(disk: PowerDisk, words: readonly string[], what: string): Promise<void> {
  const found = await open(disk).catch((error: unknown) => error);
  if (found instanceof Error) {
    expect(found, what).toMatchObject({ kind: 'KEY_STORE_NEEDED' });
    await unsealWithWords(disk, FOLDER, words);
  }
  const opened = await open(disk);
  expect(opened.people.list(), what).toMatchObject([{ displayName: NAME }]);
  expect(await opened.vault.open('p1', PIN), what).toBe(true);
  expect(opened.outer.sealedBy, what).toBeUndefined();
}

describe('a loss of power', () => {
  let plain: PowerDisk;
  let sealed: PowerDisk;
  let words: readonly string[];
  beforeAll(async () => {
    const first = new PowerDisk();
    words = await enrol(await open(first));
    plain = new PowerDisk(first.now);
    expect(names(plain)).toBe(1);
    const moved = new PowerDisk(plain.now);
    await opensWithStore(moved, 'moved');
    sealed = new PowerDisk(moved.now);
    expect(names(sealed)).toBe(0);
  });

  it('while a vault comes under the seal leaves one that opens, with the store and without', async () => {
    const disk = new PowerDisk(plain.now);
    await opensWithStore(disk, 'whole');
    let count = 0;
    for (let at = 0; at <= disk.steps.length; at++)
      for (const { how, image } of crashImages(disk, at, randomFrom(at))) {
        await opensWithStore(new PowerDisk(image), `after step ${at}, ${how}`);
        await opensWithWords(new PowerDisk(image), words, `after step ${at}, ${how}`);
        count += 1;
      }
    expect(count).toBeGreaterThan(20);
  });

  it('while the words undo the seal leaves one that opens, with the store and without', async () => {
    const disk = new PowerDisk(sealed.now);
    await opensWithWords(disk, words, 'whole');
    for (let at = 0; at <= disk.steps.length; at++)
      for (const { how, image } of crashImages(disk, at, randomFrom(at))) {
        await opensWithStore(new PowerDisk(image), `after step ${at}, ${how}`);
        await opensWithWords(new PowerDisk(image), words, `after step ${at}, ${how}`);
      }
  });

  it('during the first enrolment leaves nobody, or a person; never a vault that does not open', async () => {
    const disk = new PowerDisk();
    const own = await enrol(await open(disk, store));
    expect(names(disk)).toBe(0);
    let both = [0, 0];
    for (let at = 0; at <= disk.steps.length; at++)
      for (const { how, image } of crashImages(disk, at, randomFrom(at))) {
        const what = `after step ${at}, ${how}`;
        const again = new PowerDisk(image);
        const opened = await open(again, store);
        both = [both[0]! + Number(!opened.vault.exists), both[1]! + Number(opened.vault.exists)];
        if (opened.vault.exists) {
          await opensWithStore(again, what);
          await opensWithWords(new PowerDisk(image), own, what);
        } else {
          await enrol(opened);
          await opensWithStore(new PowerDisk(again.now), what);
        }
      }
    expect(Math.min(...both)).toBeGreaterThan(0);
  });

  it('has the same end as a call that fails: the tablet unlocks, and the next time is sealed', async () => {
    const healthy = new PowerDisk(plain.now);
    await opensWithStore(healthy, 'whole');
    for (let first = 0; first < healthy.calls; first++) {
      const disk = new PowerDisk(plain.now);
      const opened = await open(disk, store);
      const from = disk.calls;
      disk.failure = (call) => (call >= from + first ? { code: 'ENOSPC', effect: 'half' } : undefined);
      expect(await opened.vault.open('p1', PIN), `call ${first}`).toBe(true);
      await opensWithStore(new PowerDisk(disk.now), `call ${first}`);
      await opensWithWords(new PowerDisk(disk.now), words, `call ${first}`);
    }
  });
});
