import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Keyring, noKeyring, startKeyring } from './keyring.js';
import { asRoot, ELECTRON, lane, noWindow, ROOT } from './lanes.js';
import { filesWith, newDataFolder } from './store-folder.js';

const linux = process.platform === 'linux' ? undefined : 'not Linux';
const NAME = 'Ottoline Keysmith';
const person = { displayName: NAME, role: 'responder', pin: '402817' };

let data: ReturnType<typeof newDataFolder>;
let app: ElectronApplication | undefined;
beforeEach(() => {
  data = newDataFolder();
});
afterEach(async () => {
  await end();
  data.remove();
});

async function end(): Promise<void> {
  await app?.close().catch(() => undefined);
  app = undefined;
}

async function start(store: 'basic' | 'gnome-libsecret', env = process.env): Promise<Page> {
  app = await _electron.launch({
    executablePath: ELECTRON,
    args: [...asRoot, `--password-store=${store}`, ROOT, '--data', data.path],
    env: env as Record<string, string>,
  });
  const page = await app.firstWindow();
  await page.getByRole('heading').first().waitFor();
  return page;
}

interface Bridge {
  readonly onebox: { call(name: string, input?: unknown): Promise<{ readonly ok: boolean; readonly value?: object }> };
}
const call = (page: Page, name: string, input?: unknown) =>
  page.evaluate(([name, input]) => (window as unknown as Bridge).onebox.call(name as string, input), [name, input]);

lane('a secret store that keeps nothing secret', noWindow ?? linux, () => {
  it('is not taken, and the sheet says so', async () => {
    const page = await start('basic');
    expect(await app?.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe('basic_text');
    expect(await call(page, 'enrol', person)).toMatchObject({ ok: true });
    expect(readdirSync(join(data.path, 'vault'))).not.toContain('seal.json');
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
    await end();
    await keyring.stop();
  });

  it('seals the keys and the names of the staff, opens them in the next window, and in none without it', async () => {
    let page = await start('gnome-libsecret', keyring.env);
    expect(await call(page, 'enrol', person)).toMatchObject({ ok: true });
    expect(await call(page, 'status')).toMatchObject({ value: { keyStore: { sealedBy: 'gnome_libsecret' } } });
    await end();
    expect(filesWith(data.path, [NAME])).toEqual([]);
    expect(readFileSync(join(data.path, 'vault/vault.json')).includes('argon2id')).toBe(false);

    page = await start('gnome-libsecret', keyring.env);
    expect(await call(page, 'status')).toMatchObject({ value: { stage: 'locked', people: [{ displayName: NAME }] } });
    await page.keyboard.press('F1');
    await page.getByText('Keys sealed by the system: gnome_libsecret.').waitFor();
    await end();

    page = await start('basic');
    await page.getByRole('alert').getByText('OB-540').waitFor();
  });
});
