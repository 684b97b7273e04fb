import { expect, it, vi } from 'vitest';
import { lane, noBrowser } from './lanes.js';
import { PIN } from './responder.js';
import { stages } from './stage.js';
import { verifyAudit } from './store-folder.js';

const LONG = { timeout: 45_000 } as const;

// Which device, who may, and for how long: the product in Chromium, the practice world in our hands.
lane('access on the screen', noBrowser, () => {
  const open = stages();

  it('tells two devices apart that look alike', async () => {
    const now = await open({ devices: ['icd', 'icd-2'] });
    await now.person.row(/^ICD, Practice ICD VR \.\.4417/).waitFor();
    await now.person.row(/^ICD, Practice ICD VR \.\.4471/).waitFor();
    await now.person.touch(/\.\.4471/);
    const sheet = now.person.page.getByRole('dialog');
    expect(await sheet.getByRole('heading').innerText()).toBe('ICD: 2 in range. Which is your patient’s?');
    // What is printed on the card of the other one stops it before anything is read.
    await sheet.getByRole('textbox').fill('PR-4417');
    await now.person.press('Next');
    await sheet.getByText('This one ends in 4471.').waitFor();
    await sheet.getByRole('textbox').fill('4471');
    await now.person.press('Next');
    await now.person.page.getByRole('heading', { name: 'Emergency access to ICD ..4471' }).waitFor();
    await now.person.give();
    await now.person.readTo(/^All \d+ values read$/);
    expect(await now.person.page.getByRole('heading', { level: 1 }).innerText()).toMatch(/\.\.4471$/);
    await now.person.page.getByText('Match CONFIRMED').waitFor();
  });

  it('stops at any moment, keeps what was read, and lets the device go', async () => {
    const now = await open({ devices: ['icd'] });
    for (const wait of [0, 400, 1_200]) {
      await now.person.breakGlass(/^ICD/);
      await now.person.page.waitForTimeout(wait);
      await now.person.press('Stop reading');
      await now.person.readTo(/^Stopped\. \d+ values read\. Not read: \S/);
      await expect.poll(() => now.drivers()).toBe(0);
      await now.person.button('Read again').waitFor();
      await now.person.close();
      await now.person.press('Devices');
    }
    await now.person.breakGlass(/^ICD/);
    await now.person.readTo(/^All \d+ values read$/);
  });

  it('makes wrong PINs wait, opens nothing meanwhile, and records each', async () => {
    const now = await open({ devices: ['icd'] });
    const sheet = await now.person.ask(/^ICD/);
    await now.person.give(undefined, '111213');
    for (const left of [4, 3, 2, 1]) {
      await sheet.getByText(new RegExp(`${left} (try|tries) left`)).waitFor();
      await now.person.enterPin('111213');
    }
    await sheet.getByText('Too many wrong tries').waitFor();
    await now.person.enterPin(PIN);
    // The right PIN was taken, and waits like any other.
    await sheet.getByRole('status', { name: '0 of 6 entered' }).waitFor();
    await sheet.getByText(/Wait \d+ s, then try again\. Nothing is erased\./).waitFor();
    expect(now.drivers()).toBe(0);
    expect((await now.gateway.call('status')).openAccess).toBeUndefined();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await now.person.sees('Devices nearby');
    expect(verifyAudit(now.data).text).toMatch(/intact/);
  });

  it('covers the data and lets the device go when the time of the access is over', async () => {
    const now = await open({ devices: ['oximeter'] });
    await now.person.breakGlass(/^Pulse oximeter/);
    await expect.poll(() => now.person.valuesRead(), LONG).not.toEqual([]);
    expect(now.drivers()).toBe(1);
    // The clock of the gateway goes on by 15 minutes; that of the page does not.
    const { now: real } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => real() + 15 * 60_000);
    await now.person.page.getByRole('heading', { name: 'Access ended' }).waitFor(LONG);
    expect(await now.person.page.locator('[data-tile]').count()).toBe(0);
    expect(await now.person.page.locator('main').innerText()).not.toMatch(/SpO2|\d+ ?%/);
    await expect.poll(() => now.drivers(), LONG).toBe(0);
    const accessId = (await now.gateway.call('status')).openAccess ?? '';
    await expect(now.gateway.call('card', { accessId })).rejects.toMatchObject({ kind: 'ACCESS_ENDED' });
    expect(await now.person.close()).toMatch(/[1-9]\d* items? deleted/);
  });

  it('is extended once, by the PIN, from the countdown', async () => {
    const now = await open({ devices: ['icd'] });
    await now.person.breakGlass(/^ICD/);
    const accessId = (await now.gateway.call('status')).openAccess ?? '';
    const before = (await now.gateway.call('access', { accessId })).endsAt;
    await now.person.press(/^Access \d+:\d\d Extend$/);
    const sheet = now.person.page.getByRole('dialog', { name: 'Extend this access by 15 min' });
    await now.person.enterPin('111213');
    await sheet.getByText(/4 tries left/).waitFor();
    await now.person.enterPin(PIN);
    await sheet.waitFor({ state: 'detached' });
    const { endsAt, extendable } = await now.gateway.call('access', { accessId });
    expect(extendable).toBe(false);
    expect(Math.round((endsAt - before) / 1000)).toBe(15 * 60);
    await now.person.page.getByRole('timer').waitFor();
    expect(await now.person.button(/Extend/).count()).toBe(0);
    const { rows } = await now.gateway.call('auditOfAccess', { accessId });
    expect(rows.filter(({ event }) => event === 'audit.accessExtended')).toMatchObject([
      { numbers: { minutes: 15, totalMinutes: 30 } },
    ]);
  });

  it('is an override for somebody whose role reads no devices: amber, held for a second, marked as long as it is open', async () => {
    const now = await open({ devices: ['icd'] });
    await now.gateway.call('enrol', { displayName: 'M. Vogt', role: 'device-manager', pin: PIN });
    await now.person.lock();
    await now.person.page.getByText('M. Vogt').click();
    await now.person.unlock();
    await now.person.touch(/^ICD/);
    const sheet = now.person.page.getByRole('dialog', { name: /^Override: emergency access to ICD/ });
    await sheet.waitFor();
    const hold = sheet.getByRole('button', { name: 'Hold 1 s to override' });
    expect(await hold.isDisabled()).toBe(true);
    await now.person.give();
    await hold.click({ delay: 300 });
    await now.person.page.waitForTimeout(1_200);
    expect((await now.gateway.call('status')).openAccess).toBeUndefined();
    await hold.focus();
    await now.person.page.keyboard.down('Enter');
    await now.person.page.getByRole('tab', { name: 'Card' }).waitFor(LONG);
    await now.person.page.keyboard.up('Enter');
    await now.person.page.getByText('OVERRIDE', { exact: true }).waitFor();
    await now.person.readTo(/^All \d+ values read$/);
    const accessId = (await now.gateway.call('status')).openAccess ?? '';
    const { rows } = await now.gateway.call('auditOfAccess', { accessId });
    expect(rows.find(({ event }) => event === 'audit.breakGlassOpened')?.numbers).toMatchObject({ override: 1 });
    expect(await now.person.close()).toMatch(/[1-9]\d* items deleted/);
  });
});
