import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { lane, noWindow } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { appWindow } from './window.js';

lane("a security key in the real window, with Chromium's virtual authenticator", noWindow, () => {
  const tablet = appWindow();
  let page: Page;
  let cdp: CDPSession;

  async function start(...mode: readonly string[]): Promise<void> {
    page = await tablet.launch(mode);
    cdp = await tablet.app.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable', {});
    await page.getByRole('heading').first().waitFor();
  }
  /** A key that is touched whenever it is asked. */
  const plugIn = async (): Promise<string> => {
    const options = { protocol: 'ctap2', transport: 'usb', automaticPresenceSimulation: true } as const;
    return (await cdp.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
  };
  const type = (pin: string) => tablet.type(pin);
  const devices = () => tablet.sees('Devices nearby');

  /** One person, unlocked; the screen shows the devices. */
  async function enrolled(): Promise<void> {
    await tablet.enrol({ displayName: 'A. Meyer', role: 'responder', pin: PIN });
    await type(PIN);
    await devices();
  }
  async function addKey(): Promise<void> {
    await page.keyboard.press('F1');
    await page.getByRole('button', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Add security key' }).click();
    await type(PIN);
    await page.getByText('The key is yours.').waitFor();
    // The sheet, and the one that it came from.
    for (let sheet = 0; sheet < 2; sheet++) await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  it('is added with a PIN and a touch, and begins the next shift beside the PIN; a copy of it does not', async () => {
    await start();
    await enrolled();
    const key = await plugIn();
    await addKey();
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: key });
    expect(credentials).toHaveLength(1);
    expect(credentials[0]).toMatchObject({ rpId: 'onebox.invalid', isResidentCredential: false });
    await tablet.end();

    await start();
    expect(await tablet.call('status')).toMatchObject({
      value: { stage: 'locked', factors: [{ secondNeeded: true }] },
    });
    const again = await plugIn();
    const plug = async (signCount: number): Promise<void> => {
      await cdp.send('WebAuthn.clearCredentials', { authenticatorId: again });
      for (const credential of credentials)
        await cdp.send('WebAuthn.addCredential', { authenticatorId: again, credential: { ...credential, signCount } });
    };
    await plug(9);
    await type(PIN);
    await page.getByRole('button', { name: 'Security key' }).click();
    await devices();

    // It has counted less than the key itself.
    await tablet.call('endShift');
    await page.reload();
    await plug(5);
    await type(PIN);
    await page.getByRole('button', { name: 'Security key' }).click();
    await page.getByRole('alert').getByText('There may be a copy of this key').waitFor();
    expect(await tablet.call('status')).toMatchObject({ value: { stage: 'locked' } });
  });

  it('opens an access by a touch; where nobody touches one the sheet says so, and the PIN goes on working', async () => {
    await start('--practice', '--practice-devices', 'icd');
    const person = new Responder(page);
    await enrolled();
    const key = await plugIn();
    await addKey();
    let sheet = await person.ask(/^ICD/);
    const touch = () => sheet.getByRole('button', { name: 'Security key' });
    expect(await touch().isDisabled()).toBe(true);
    await sheet.getByText('Cardiac arrest or shock felt').click();
    await touch().click();
    await page.getByRole('tab', { name: 'Card' }).waitFor();
    await person.close();
    await person.press('Devices');

    // Another key, which does not know this tablet.
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: key });
    await plugIn();
    sheet = await person.ask(/^ICD/);
    await sheet.getByText('Cardiac arrest or shock felt').click();
    await touch().click();
    await sheet.getByRole('alert').getByText('No security key was touched').waitFor({ timeout: 90_000 });
    await person.enterPin();
    await page.getByRole('tab', { name: 'Card' }).waitFor();
  });
});
