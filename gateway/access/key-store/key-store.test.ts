import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Disk } from '../../files/disk.js';
import { everyFile, found } from '../../files/testing/traces.js';
import { openStore, receiptFromStore, type Store, verifyStore } from '../../store.js';
import { FileStore } from './testing/file-store.js';
import { unsealWithWords } from './unseal.js';

const PIN = '402817';
const factor = { kind: 'pin', pin: PIN } as const;
/** The second factor of a shift. */
const paper = (words: readonly string[]) => ({ kind: 'recovery-words', words }) as const;
const NAMES = ['Ottoline Keysmith', 'Barnaby Lockwood'];

let root: string;
let data: string;
let ring: FileStore;
let open: Store | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onebox-key-store-'));
  data = join(root, 'data');
  ring = new FileStore(join(root, 'keyring'));
});
afterEach(async () => {
  await closed();
  rmSync(root, { recursive: true, force: true });
});

async function withStore(store: FileStore | undefined = ring): Promise<Store> {
  open = await openStore(data, new Disk(), false, store ? { keyStore: { store } } : {});
  return open;
}
const withoutStore = async (): Promise<Store> => {
  open = await openStore(data, new Disk(), false, { keyStore: { none: 'none' } });
  return open;
};
async function closed(): Promise<void> {
  const ended = open;
  open = undefined;
  await ended?.close();
}

async function enrolBoth(store: Store): Promise<{ id: string; words: readonly string[] }> {
  const first = await store.access.enrol({ displayName: NAMES[0]!, role: 'responder', pin: PIN });
  await store.access.enrol({ displayName: NAMES[1]!, role: 'clinician', pin: PIN });
  return { id: first.person.id, words: first.recoveryWords };
}

/** Files of the data folder that hold a name of the staff in clear. */
const inClear = (): string[] =>
  everyFile(data)
    .filter((path) => found(NAMES, readFileSync(path)).length > 0)
    .map((path) => basename(path));

const events = async (store: Store): Promise<string[]> => (await store.audit.rows()).map(({ event }) => event);

describe('a tablet with a secret store', () => {
  it('has its keys and the names of its staff sealed from the first person on', async () => {
    const { id, words } = await enrolBoth(await withStore());
    expect(open!.keyStore).toEqual({ sealedBy: 'gnome_libsecret' });
    expect(await events(open!)).toContain('audit.keysSealed');
    await closed();
    expect(inClear()).toEqual([]);
    const vault = readFileSync(join(data, 'vault/vault.json'));
    expect(vault.includes('argon2id')).toBe(false);
    // What stands in clear has no PIN to try.
    expect(readFileSync(join(data, 'vault/seal.json'), 'utf8')).not.toContain('"pin"');

    const again = await withStore();
    expect(again.access.list().map(({ displayName }) => displayName)).toEqual(NAMES);
    await again.access.unlock(id, factor, paper(words));
    await expect(again.access.unlock(id, { kind: 'pin', pin: '913058' })).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
  });

  it('seals a vault that was there before, at the next unlocking', async () => {
    const { id, words } = await enrolBoth(await withoutStore());
    expect(open!.keyStore).toEqual({ none: 'none' });
    await closed();
    expect(inClear()).toEqual(['people.json']);
    const store = await withStore();
    expect(store.keyStore).toEqual({ none: 'not-yet' });
    await store.access.unlock(id, factor, paper(words));
    expect(store.keyStore).toEqual({ sealedBy: 'gnome_libsecret' });
    expect(inClear()).toEqual([]);
    await store.access.lock();
    await store.access.unlock(id, factor);
    expect((await events(store)).filter((event) => event === 'audit.keysSealed')).toHaveLength(1);
  });

  it('unlocks as before when the store refuses, and says so once', async () => {
    ring.locked = true;
    const { id } = await enrolBoth(await withStore());
    expect(open!.keyStore).toEqual({ none: 'refused' });
    await open!.access.lock();
    await open!.access.unlock(id, factor);
    expect((await events(open!)).filter((event) => event === 'audit.keysNotSealed')).toHaveLength(1);
    ring.locked = false;
    await open!.access.lock();
    await open!.access.unlock(id, factor);
    expect(open!.keyStore).toEqual({ sealedBy: 'gnome_libsecret' });
  });

  it('does not open without it, nor with another one, and keeps everything', async () => {
    const { id, words } = await enrolBoth(await withStore());
    await closed();
    await expect(withoutStore()).rejects.toMatchObject({ kind: 'KEY_STORE_NEEDED', code: 540 });
    await expect(withStore(new FileStore(join(root, 'another')))).rejects.toMatchObject({
      kind: 'KEY_STORE_REFUSED',
      code: 541,
    });
    await (await withStore()).access.unlock(id, factor, paper(words));
  });

  it('can be checked without it: log and receipts need no names and no keys', async () => {
    const { id } = await enrolBoth(await withStore());
    const key = open!.auditKey;
    await open!.access.lock();
    await open!.access.unlock(id, factor);
    await closed();
    expect(await verifyStore(data)).toMatchObject({ intact: true });
    expect(await receiptFromStore(data, 1)).toMatchObject({ key });
  });

  it('is opened by the recovery words when the store is lost, and by the PINs from then on', async () => {
    const { id, words } = await enrolBoth(await withStore());
    await closed();
    rmSync(join(root, 'keyring'));
    const disk = new Disk();
    const wrong = [...words.slice(1), words[0]!];
    await expect(unsealWithWords(disk, join(data, 'vault'), wrong)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    await expect(withoutStore()).rejects.toMatchObject({ kind: 'KEY_STORE_NEEDED' });
    await unsealWithWords(disk, join(data, 'vault'), words);
    await expect(unsealWithWords(disk, join(data, 'vault'), words)).rejects.toMatchObject({ kind: 'KEY_STORE_UNUSED' });
    const store = await withoutStore();
    expect(store.access.list().map(({ displayName }) => displayName)).toEqual(NAMES);
    await store.access.unlock(id, factor, paper(words));
    expect(store.audit.status.intact).toBe(true);
  });

  it('tells a sealed file that was changed, or that stands for another one', async () => {
    await enrolBoth(await withStore());
    await closed();
    const path = (name: string): string => join(data, 'vault', name);
    const vault = readFileSync(path('vault.json'));
    const people = readFileSync(path('people.json'));
    for (const at of [16, 40, people.length - 1]) {
      const changed = Buffer.from(people);
      changed[at]! ^= 1;
      writeFileSync(path('people.json'), changed);
      await expect(withStore()).rejects.toMatchObject({ kind: 'VAULT_BROKEN' });
    }
    writeFileSync(path('people.json'), vault);
    await expect(withStore()).rejects.toMatchObject({ kind: 'VAULT_BROKEN' });
    writeFileSync(path('people.json'), people);
    await withStore();
  });
});
