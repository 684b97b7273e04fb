import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Keyring, noKeyring, startKeyring } from './keyring.js';
import { lane, noWindow } from './lanes.js';
import { filesWith } from './store-folder.js';
import { appWindow, inMain } from './window.js';

const linux = process.platform === 'linux' ? undefined : 'not Linux';
const NAME = 'Ottoline Keysmith';
const person = { displayName: NAME, role: 'responder', pin: '402817' };

const tablet = appWindow();

lane('a secret store that keeps nothing secret', noWindow ?? linux, () => {
  it('is not taken, and the sheet says so', async () => {
    const page = await tablet.start();
    expect(await inMain(() => tablet.app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend()))).toBe(
      'basic_text',
    );
    expect(await tablet.call('enrol', person)).toMatchObject({ ok: true });
    expect(readdirSync(join(tablet.folder, 'vault'))).not.toContain('seal.json');
    await page.keyboard.press('F1');
    await page
      .getByText('Keys opened by people alone: the secret store of this system keeps nothing secret.')
      .waitFor();
  });
});

lane('a real secret store', noWindow ?? linux ?? noKeyring, () => {
  let keyring: Keyring;
  beforeEach(async () => {
    keyring = await startKeyring();
  });
  afterEach(async () => {
    await tablet.end();
    await keyring.stop();
  });

  it('seals the keys and the names of the staff, opens them in the next window, and in none without it', async () => {
    let page = await tablet.start([], { store: 'gnome-libsecret', env: keyring.env });
    expect(await tablet.call('enrol', person)).toMatchObject({ ok: true });
    expect(await tablet.call('status')).toMatchObject({ value: { keyStore: { sealedBy: 'gnome_libsecret' } } });
    await tablet.end();
    expect(filesWith(tablet.folder, [NAME])).toEqual([]);
    expect(readFileSync(join(tablet.folder, 'vault/vault.json')).includes('argon2id')).toBe(false);

    page = await tablet.start([], { store: 'gnome-libsecret', env: keyring.env });
    expect(await tablet.call('status')).toMatchObject({ value: { stage: 'locked', people: [{ displayName: NAME }] } });
    await page.keyboard.press('F1');
    await page.getByText('Keys sealed by the system: gnome_libsecret.').waitFor();
    await tablet.end();

    page = await tablet.start();
    await page.getByRole('alert').getByText('OB-540').waitFor();
  });
});
