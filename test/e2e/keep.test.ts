import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lane, noBrowser, noWindow, ROOT } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { stages } from './stage.js';
import { filesWith, sealedRecords, verifyAudit } from './store-folder.js';
import { appWindow, inMain } from './window.js';

const MANAGER = { displayName: 'Magda Vogtländer', role: 'device-manager', pin: PIN } as const;
const PRACTICE = ['--practice', '--practice-devices', 'icd'];

lane('what the tablet keeps, and its end, in the real window', noWindow, () => {
  const tablet = appWindow();

  /** What the page hands over is saved here instead of asking where to. */
  async function savedTo(folder: string): Promise<void> {
    await inMain(() =>
      tablet.app.evaluate(({ session }, folder) => {
        session.defaultSession.on('will-download', (_event, item) =>
          item.setSavePath(`${folder}/${item.getFilename()}`),
        );
      }, folder),
    );
  }
  async function sheet(person: Responder): Promise<void> {
    await person.page.keyboard.press('F1');
    await person.press('Keep and erase');
    await person.page.getByRole('dialog', { name: 'Keep and erase' }).waitFor();
  }
  async function soon(path: string): Promise<string> {
    await expect.poll(() => existsSync(path) && readFileSync(path, 'utf8') !== '', { timeout: 20_000 }).toBe(true);
    return readFileSync(path, 'utf8');
  }
  /** The verifier that shares no code with us. */
  const proves = (receipt: string, key: string): number | null =>
    spawnSync(process.execPath, [join(ROOT, 'scripts/verify-receipt.mjs'), receipt, key]).status;
  const folder = (): string => mkdtempSync(join(tmpdir(), 'onebox-saved-'));

  it('erases what was read, with a receipt that others can check; nothing else is a download', async () => {
    const page = await tablet.start(PRACTICE);
    const person = new Responder(page);
    const saved = folder();
    await savedTo(saved);
    await tablet.enrol(MANAGER);
    await person.unlock();
    // In practice those who look after the tablet may read.
    await person.touch(/^ICD/);
    await page.getByRole('dialog').waitFor();
    await page.getByText('Device alarm or suspected failure', { exact: true }).click();
    await person.enterPin();
    await page.getByRole('button', { name: /^Hold 1 s/ }).hover();
    await page.mouse.down();
    await page.getByRole('tab', { name: 'Card' }).waitFor();
    await page.mouse.up();
    await person.press('Stop reading');
    await expect.poll(() => sealedRecords(tablet.folder).length, { timeout: 20_000 }).toBe(1);

    await page.keyboard.press('F1');
    await person.press('Lock time');
    await page.getByText('5 min', { exact: true }).click();
    await person.press('Next');
    await person.enterPin();
    await page.getByText('This tablet locks after 5 min without use.').waitFor();
    // The key that had the focus is gone, and Esc still closes.
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
    for (const name of ['Lock time', 'Help and settings']) {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name }).waitFor({ state: 'detached' });
    }
    expect(await tablet.call('status')).toMatchObject({ value: { idle: { minutes: 5 } } });

    await sheet(person);
    await page.getByText('1 sealed record on this tablet.').waitFor();
    await person.press('Erase records');
    await page.getByText('All: 1 record').click();
    await person.press('Next');
    await page.getByText('1 record is erased for good.').waitFor();
    await person.enterPin('999113');
    await page.getByRole('alert').getByText('Wrong PIN').waitFor();
    expect(sealedRecords(tablet.folder)).toHaveLength(1);
    await person.enterPin();
    await page.getByText('1 record is erased.').waitFor();
    expect(sealedRecords(tablet.folder)).toEqual([]);
    const button = page.getByRole('button', { name: /^Save receipt of entry \d+$/ });
    const entry = /\d+/.exec(await button.innerText())?.[0] ?? '';
    await button.click();
    const receipt = join(saved, `erased-${entry}.tlog-proof`);
    expect(await soon(receipt)).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);

    // A page that was taken over cannot write what it likes.
    const wanted = join(saved, 'evil.sh');
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['#!/bin/sh']));
      link.download = 'evil.sh';
      link.click();
    });
    await tablet.end();
    expect(existsSync(wanted)).toBe(false);
    expect(verifyAudit(tablet.folder).code).toBe(0);
    rmSync(saved, { recursive: true });
  });

  it('backs up, ends this tablet with a receipt, and restores onto the next one', async () => {
    let page = await tablet.start();
    let person = new Responder(page);
    const saved = folder();
    await savedTo(saved);
    await tablet.enrol(MANAGER);
    await tablet.type(PIN);
    await tablet.sees('Devices nearby');
    await tablet.call('enrol', { displayName: 'Bo Novák', role: 'responder', pin: PIN });
    await sheet(person);
    await person.press('Back up');
    await tablet.type(PIN);
    const listed = page.getByRole('list', { name: 'Words of the back-up' }).getByRole('listitem');
    await expect.poll(() => listed.count()).toBe(16);
    const words = (await listed.allInnerTexts()).join(' ');
    const key = await page.locator('.code-key code').innerText();
    await person.press('Save the file');
    const files = () => readdirSync(saved).filter((name) => name.endsWith('.onebox-backup'));
    await expect.poll(files, { timeout: 20_000 }).toHaveLength(1);
    const bundle = join(saved, files()[0] ?? '');
    expect(await soon(bundle)).toMatch(/^onebox-backup 1\n/);
    expect(filesWith(saved, [MANAGER.displayName])).toEqual([]);

    await person.press('Back');
    await person.press('Decommission');
    const code = await page.locator('.setup code').innerText();
    const next = page.getByRole('button', { name: 'Next', exact: true });
    await page.getByLabel('Type the code').fill(`${code}0`);
    expect(await next.isDisabled()).toBe(true);
    await page.getByLabel('Type the code').fill(code);
    await next.click();
    await tablet.type(PIN);
    await tablet.sees('This tablet is decommissioned');
    await page.getByText(/Destroyed: 0 records, 2 people/).waitFor();
    // At once, not at the next start.
    expect(filesWith(tablet.folder, [MANAGER.displayName, 'argon2id'])).toEqual([]);
    expect(await tablet.call('status')).toMatchObject({ ok: false, error: { kind: 'TABLET_OVER' } });
    await page.getByRole('button', { name: /^Save receipt/ }).click();
    const receipt = join(saved, 'decommissioned.tlog-proof');
    await soon(receipt);
    expect(proves(receipt, key)).toBe(0);
    await tablet.end();

    // The same folder is a fresh tablet.
    page = await tablet.start();
    person = new Responder(page);
    await tablet.sees(/^Set up this tablet/);
    await savedTo(saved);
    await tablet.enrol(MANAGER);
    await tablet.type(PIN);
    await tablet.sees('Devices nearby');
    await sheet(person);
    await person.press('Restore');
    const fill = async (withWords: string): Promise<void> => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), person.press(/^Choose the file|^File:/)]);
      await chooser.setFiles(bundle);
      await page.getByLabel('The words of the back-up, or its passphrase').fill(withWords);
      await page.getByLabel('Key of the log, if another tablet made it').fill(key);
      await person.press('Next');
      await tablet.type(PIN);
    };
    await fill('lamp river seven coat');
    await page
      .getByRole('alert')
      .getByText(/OB-641/)
      .waitFor();
    await person.press('Back');
    await person.press('Restore');
    await fill(words);
    await page.getByText('Bo Novák').waitFor();
    const [line] = await page.locator('.checks code').allInnerTexts();
    expect(line).toMatch(/^\d{6}$/);
    await tablet.end();
    expect(verifyAudit(tablet.folder).code).toBe(0);
    rmSync(saved, { recursive: true });
  });
});

lane('a back-up in a browser', noBrowser, () => {
  const open = stages();

  it('is a download', async () => {
    const { person, gateway } = await open({ devices: ['icd'] });
    const { page } = person;
    const { id } = (await gateway.call('enrol', MANAGER)).person;
    await gateway.call('unlock', { personId: id, factor: { kind: 'pin', pin: PIN } });
    await page.keyboard.press('F1');
    await person.press('Keep and erase');
    await person.press('Back up');
    await person.enterPin();
    const [download] = await Promise.all([page.waitForEvent('download'), person.press('Save the file')]);
    expect(download.suggestedFilename()).toMatch(/^onebox-[0-9a-f]{8}\.onebox-backup$/);
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^onebox-backup 1\n/);
  });
});
