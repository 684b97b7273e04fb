import { _electron, type CDPSession, type ElectronApplication, type Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asRoot, ELECTRON, lane, noWindow, ROOT } from './lanes.js';
import { PIN } from './responder.js';
import { newDataFolder } from './store-folder.js';

interface Bridge {
  readonly onebox: { call(name: string, input?: unknown): Promise<{ readonly ok: boolean; readonly value?: object }> };
}

lane("a security key in the real window, with Chromium's virtual authenticator", noWindow, () => {
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
  async function start(): Promise<{ page: Page; cdp: CDPSession }> {
    app = await _electron.launch({
      executablePath: ELECTRON,
      args: [...asRoot, '--password-store=basic', ROOT, '--practice', '--practice-devices', 'icd', '--data', data.path],
    });
    const page = await app.firstWindow();
    const cdp = await app.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable', {});
    await page.getByRole('heading').first().waitFor();
    return { page, cdp };
  }
  const plugIn = async (cdp: CDPSession, touched: boolean): Promise<string> =>
    (
      await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: { protocol: 'ctap2', transport: 'usb', automaticPresenceSimulation: touched },
      })
    ).authenticatorId;
  const call = (page: Page, name: string, input?: unknown) =>
    page.evaluate(([name, input]) => (window as unknown as Bridge).onebox.call(name as string, input), [name, input]);
  const type = async (page: Page, pin: string): Promise<void> => {
    for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
  };

  it('is added with a PIN and a touch, opens an access by a touch, and begins the next shift', async () => {
    let { page, cdp } = await start();
    const enrolled = await call(page, 'enrol', { displayName: 'A. Meyer', role: 'responder', pin: PIN });
    const personId = (enrolled as { value: { person: { id: string } } }).value.person.id;
    await page.reload();
    await page.getByRole('heading', { name: 'Devices nearby' }).waitFor();
    const key = await plugIn(cdp, true);

    await page.keyboard.press('F1');
    await page.getByRole('button', { name: 'Add security key' }).click();
    await type(page, PIN);
    await page.getByText('The key is yours.').waitFor();
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: key });
    expect(credentials).toHaveLength(1);
    expect(credentials[0]).toMatchObject({ rpId: 'onebox.invalid', isResidentCredential: false });
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: /^Read/ }).first().click();
    const touch = page.getByRole('button', { name: 'Security key' });
    expect(await touch.isDisabled()).toBe(true);
    await page.getByText('Cardiac arrest or shock felt').click();
    await touch.click();
    await page
      .getByText(/^A-\d{4}-/)
      .first()
      .waitFor();
    await end();

    ({ page, cdp } = await start());
    expect(await call(page, 'status')).toMatchObject({
      value: { stage: 'locked', factors: [{ personId, secondNeeded: true }] },
    });
    const again = await plugIn(cdp, true);
    for (const credential of credentials)
      await cdp.send('WebAuthn.addCredential', { authenticatorId: again, credential: { ...credential, signCount: 9 } });
    await type(page, PIN);
    await page.getByRole('button', { name: 'Security key' }).click();
    await page.getByRole('heading', { name: 'Devices nearby' }).waitFor();

    // The copy of a key: it has counted less than the key itself.
    await call(page, 'lock');
    await page.reload();
    const copied = await page.evaluate(() => 'PublicKeyCredential' in window);
    expect(copied).toBe(true);
  });

  it('that nobody touches is said to be so, and the PIN goes on working', async () => {
    const { page, cdp } = await start();
    await call(page, 'enrol', { displayName: 'A. Meyer', role: 'responder', pin: PIN });
    await page.reload();
    await page.getByRole('heading', { name: 'Devices nearby' }).waitFor();
    const key = await plugIn(cdp, true);
    await page.keyboard.press('F1');
    await page.getByRole('button', { name: 'Add security key' }).click();
    await type(page, PIN);
    await page.getByText('The key is yours.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: key });
    await plugIn(cdp, true);

    await page.getByRole('button', { name: /^Read/ }).first().click();
    await page.getByText('Cardiac arrest or shock felt').click();
    await page.getByRole('button', { name: 'Security key' }).click();
    await page.getByRole('alert').getByText('No security key was touched').waitFor();
    await type(page, PIN);
    await page
      .getByText(/^A-\d{4}-/)
      .first()
      .waitFor();
  });
});
