import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '@onebox/gateway/access/key-store/testing/file-store.js';
import { found } from '@onebox/gateway/files/testing/traces.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { route } from '@onebox/gateway/router.js';
import { openStore } from '@onebox/gateway/store.js';
import { interrogationToJson } from '@onebox/protocol/json.js';
import { beforeAll, describe, expect } from 'vitest';
import { everyCommand, OF_A_READING } from '../every-command.js';
import { everything } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, factor, PATIENT, PIN, readPatient, scratch, secretsOf, wrongFactor } from './victim.js';

const { root, start, stop } = scratch();
const STAFF = 'Ottoline Keysmith';
/** The folder as it was copied while a patient was open. */
const stolen = join(root, 'stolen');
const copyOf = (folder: string, name: string): string => {
  const copy = join(root, name);
  cpSync(folder, copy, { recursive: true });
  return copy;
};

let gateway: Gateway;
let personId: string;
let accessId: string;
let deviceId: string;
let recoveryWords: readonly string[];
let document = '';

beforeAll(async () => {
  gateway = await start('tablet');
  const enrolled = await gateway.call('enrol', { displayName: STAFF, role: 'responder', pin: PIN });
  ({ recoveryWords } = enrolled);
  personId = enrolled.person.id;
  const read = await readPatient(gateway);
  ({ accessId, deviceId } = read);
  document = JSON.stringify(interrogationToJson(read.document));
  cpSync(join(root, 'tablet'), stolen, { recursive: true });
  // Whoever holds the copy need not respect the lock of a running program.
  rmSync(join(stolen, 'lock'));
});

describe('a thief with the disk', () => {
  attack('T14a', () => {
    const { name, serial, record } = PATIENT;
    // The search finds them where they are: in what was read.
    expect(found([name, serial, record], document)).toEqual([name, serial, record]);
    const disk = everything(stolen);
    expect(readdirSync(join(stolen, 'records')).filter((file) => file.endsWith('.sealed'))).toHaveLength(1);
    expect(found([...secretsOf(PATIENT), PIN, recoveryWords.join(' ')], disk)).toEqual([]);
    // Staff are found in the one file of the lock screen.
    rmSync(join(copyOf(stolen, 'without-people'), 'vault/people.json'));
    expect(found([STAFF], everything(join(root, 'without-people')))).toEqual([]);
  });

  attack('T14b', async () => {
    copyOf(stolen, 'copy');
    let thief = await start('copy');
    expect(await thief.call('status')).toMatchObject({ stage: 'locked' });
    const inputs = everyCommand(deviceId, accessId, PIN);
    for (const command of [...OF_A_READING, 'access', 'auditOfAccess', 'breakGlass'] as const)
      expect([command, await route(thief, command, inputs[command])]).toMatchObject([
        command,
        { ok: false, error: { kind: 'LOCKED' } },
      ]);
    // One factor is not even looked at; guessing goes by two.
    await expect(thief.call('unlock', { personId, factor })).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    const second = { kind: 'dispatcher-code', code: '00000000' } as const;
    const guess = () => thief.call('unlock', { personId, factor: wrongFactor, second });
    for (const triesLeft of [4, 3, 2, 1])
      await expect(guess()).rejects.toMatchObject({ kind: 'FACTORS_WRONG', params: { triesLeft } });
    await expect(guess()).rejects.toMatchObject({ kind: 'FACTOR_WAIT', params: { seconds: 60 } });
    await stop(thief);
    thief = await start('copy');
    await expect(guess()).rejects.toMatchObject({ kind: 'FACTOR_WAIT' });
    // Not even the right one is tried.
    const words = { kind: 'recovery-words', words: recoveryWords } as const;
    await expect(thief.call('unlock', { personId, factor, second: words })).rejects.toMatchObject({
      kind: 'FACTOR_WAIT',
    });
    expect(await thief.call('status')).toMatchObject({ stage: 'locked' });
    await stop(thief);
  });

  attack('T14c', async () => {
    const own = await start('own');
    const { person, recoveryWords: ownWords } = await own.call('enrol', {
      displayName: 'Thief',
      role: 'responder',
      pin: PIN,
    });
    const { id: thiefId } = person;
    await stop(own);
    const copy = copyOf(stolen, 'foreign-vault');
    rmSync(join(copy, 'vault'), { recursive: true });
    copyOf(join(root, 'own/vault'), 'foreign-vault/vault');
    const store = await openStore(copy);
    try {
      await store.access.unlock(thiefId, factor, { kind: 'recovery-words', words: ownWords });
      const [record] = await store.records.list();
      expect(record).toBeDefined();
      await expect(store.records.read(record!.recordId)).rejects.toMatchObject({ kind: 'RECORD_BROKEN' });
    } finally {
      await store.close();
    }
    // With its own vault and PIN the same record opens: it is the vault that was missing.
    const right = await openStore(copyOf(stolen, 'own-vault'));
    try {
      await right.access.unlock(personId, factor, { kind: 'recovery-words', words: recoveryWords });
      const [record] = await right.records.list();
      expect((await right.records.read(record!.recordId)).chunks.length).toBeGreaterThan(0);
    } finally {
      await right.close();
    }
  });

  attack('T14d', async () => {
    await enrol(gateway, 'Barnabas Firsthand', 'clinician');
    const vault = readFileSync(join(root, 'tablet/vault/vault.json'), 'utf8');
    const { wraps } = JSON.parse(vault) as { wraps: { kind: string; derivation: string }[] };
    const costs = wraps.map(({ derivation }) => /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$(\S+)$/.exec(derivation));
    expect(wraps.filter(({ kind }) => kind === 'pin')).toHaveLength(2);
    for (const cost of costs) {
      expect(Number(cost?.[1])).toBeGreaterThanOrEqual(64 * 1024);
      expect(Number(cost?.[2])).toBeGreaterThanOrEqual(2);
    }
    expect(new Set(costs.map((cost) => cost?.[3])).size).toBe(costs.length);
  });

  attack('T14e', async () => {
    await gateway.call('close', { accessId });
    const records = join(root, 'tablet/records');
    expect(readdirSync(records).filter((file) => file.endsWith('.sealed'))).toEqual([]);
    expect(found([accessId, 'wrappedKey'], everything(records))).toEqual([]);
    expect(found([...secretsOf(PATIENT), PIN], everything(join(root, 'tablet')))).toEqual([]);
  });

  attack('T14f', async () => {
    const store = new FileStore(join(root, 'keyring'));
    const sealed = await start('sealed', { keyStore: { store } });
    await sealed.call('enrol', { displayName: STAFF, role: 'responder', pin: PIN });
    await stop(sealed);
    const folder = join(root, 'sealed/vault');
    expect(found([STAFF], everything(join(root, 'sealed')))).toEqual([]);
    // A derivation stands for a secret to guess: the only one is of the recovery words.
    const { rescue } = JSON.parse(readFileSync(join(folder, 'seal.json'), 'utf8')) as {
      rescue: { vault: { wraps: { kind: string }[] } };
    };
    expect(rescue.vault.wraps.map(({ kind }) => kind)).toEqual(['recovery']);
    for (const file of readdirSync(folder).filter((name) => name !== 'seal.json'))
      expect([file, readFileSync(join(folder, file)).includes('argon2id')]).toEqual([file, false]);
    const copy = copyOf(join(root, 'sealed'), 'sealed-copy');
    await expect(openStore(copy)).rejects.toMatchObject({ kind: 'KEY_STORE_NEEDED' });
    const thiefs = { store: new FileStore(join(root, 'keyring-of-the-thief')) };
    await expect(start('sealed-copy', { keyStore: thiefs })).rejects.toMatchObject({ kind: 'KEY_STORE_REFUSED' });
    rmSync(join(copy, 'vault/seal.json'));
    await expect(openStore(copy)).rejects.toMatchObject({ kind: 'VAULT_BROKEN' });
  });
});
