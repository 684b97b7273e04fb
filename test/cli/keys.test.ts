import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '@onebox/gateway/access/key-store/testing/file-store.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { openStore } from '@onebox/gateway/store.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { expect, it } from 'vitest';
import { enrol, onebox, PIN, scratch } from './run.js';

const folder = scratch();

it('a store that the window has sealed: said in words, refused, and opened again by the recovery words', async () => {
  const data = join(folder, 'sealed');
  const ring = join(folder, 'keyring');
  const window = await openStore(data, new Disk(), false, { keyStore: { store: new FileStore(ring) } });
  const { recoveryWords } = await window.access.enrol({ displayName: 'Robin Vale', role: 'responder', pin: PIN });
  await window.close();

  const status = await onebox(['keys', 'status', '--data', data, '--json']);
  expect(status.json()).toEqual({ sealed: true, sealedBy: 'gnome_libsecret' });
  const refused = await enrol(data);
  expect(refused.code).toBe(6);
  const { error } = refused.json<{ error: ErrorReport }>();
  expect(error).toMatchObject({ code: 'OB-540', kind: 'KEY_STORE_NEEDED' });
  expect(error.remedy).toContain('onebox keys unseal');
  expect((await onebox(['audit', 'verify', '--data', data, '--json'])).json()).toMatchObject({ intact: true });

  rmSync(ring);
  const file = join(folder, 'words');
  const unseal = (words: readonly string[]) => {
    writeFileSync(file, words.join(' '));
    return onebox(['keys', 'unseal', '--words-file', file, '--data', data, '--json']);
  };
  expect((await unseal([...recoveryWords].reverse())).json<{ error: ErrorReport }>().error.kind).toBe('FACTOR_WRONG');
  expect((await unseal(recoveryWords)).json()).toEqual({ sealed: false });
  expect((await unseal(recoveryWords)).json<{ error: ErrorReport }>().error.kind).toBe('KEY_STORE_UNUSED');
  expect(existsSync(join(data, 'vault/seal.json'))).toBe(false);
  const open = await onebox(['keys', 'status', '--data', data]);
  expect(open.stdout).toContain('The people of this tablet open its keys');
  expect((await enrol(data)).json<{ error: ErrorReport }>().error.kind).toBe('ALREADY_ENROLLED');
  const store = await openStore(data, new Disk());
  expect((await store.audit.rows()).map((row) => row.event)).toContain('audit.keysUnsealed');
  await store.close();
}, 180_000);

it('the words are asked for, never given on the command line', async () => {
  const data = join(folder, 'asked');
  expect((await onebox(['keys', 'unseal', 'acid', '--data', data])).code).toBe(64);
  expect((await onebox(['keys', 'unseal', '--data', data])).code).toBe(64);
  expect((await onebox(['keys', 'status', '--data', data, '--json'])).json()).toEqual({ sealed: false });
  expect(existsSync(data)).toBe(false);
}, 60_000);
