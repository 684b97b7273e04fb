import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { passphraseOf, readCodeWords } from '@onebox/gateway/handover/code-words.js';
import { open } from '@onebox/gateway/handover/container.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lane, noBrowser, noWindow } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { stages } from './stage.js';
import { filesWith, verifyAudit } from './store-folder.js';
import { complaints } from './watch.js';
import { appWindow, inMain } from './window.js';

const LONG = { timeout: 30_000 } as const;

/** What the words on the screen open. */
async function opened(page: Page, file: string) {
  const shown = await page
    .getByRole('list', { name: 'Words that open the file' })
    .getByRole('listitem')
    .allTextContents();
  const words = readCodeWords(shown.join(' '));
  expect(words).toHaveLength(8);
  return { words: words!, ...(await open(readFileSync(file), passphraseOf(words!))) };
}

lane('handing over, in the window', noWindow, () => {
  const tablet = appWindow('suite');
  const stick = mkdtempSync(join(tmpdir(), 'onebox-stick-'));
  const file = join(stick, 'PRACTICE-OneBox.obx');
  let page: Page;
  let person: Responder;
  let heard: readonly string[];

  beforeAll(async () => {
    const gateway = await Gateway.open({
      dataFolder: tablet.folder,
      providers: [],
      drivers: DriverIndex.open(),
      launcher: nodeLauncher(),
      practice: true,
      version: '0.0.0',
    });
    await gateway.call('enrol', { displayName: 'A. Meyer', role: 'responder', pin: PIN });
    await gateway.dispose();
    page = await tablet.launch(['--practice', '--practice-devices', 'icd']);
    heard = complaints(page);
    person = new Responder(page);
  });
  afterAll(() => rmSync(stick, { recursive: true, force: true }));

  /** The dialog of the system answers so. */
  const choose = (filePath: string, canceled = false): Promise<void> =>
    inMain(() =>
      tablet.app.evaluate(
        ({ dialog }, answer) => {
          dialog.showSaveDialog = async () => answer;
        },
        { filePath, canceled },
      ),
    );

  it('the page can save nothing before a hand-over was made', async () => {
    await choose(file);
    const answer = await page.evaluate(() =>
      (window as unknown as { onebox: { saveHandOver(...given: unknown[]): Promise<unknown> } }).onebox.saveHandOver(
        '/tmp/anything',
        'in clear',
      ),
    );
    expect(answer).toMatchObject({ ok: false, error: { kind: 'HANDOVER_EMPTY' } });
    expect(readdirSync(stick)).toEqual([]);
  });

  it('left dialog, a stick that is gone, then saved: the same file, with the words on the screen', async () => {
    await person.unlock();
    await person.breakGlass(/^ICD/);
    await person.readTo(/^All \d+ values read$/);
    await person.press('Hand over');
    const sheet = page.getByRole('dialog', { name: 'Hand over to a hospital' });
    await sheet.getByText('PRACTICE').first().waitFor();
    await choose('', true);
    await sheet.getByRole('button', { name: 'Save file' }).click();
    await sheet.getByText(/^Not saved yet: PRACTICE-OneBox-A-\d{4}-\d+\.obx$/).waitFor(LONG);
    mkdirSync(join(stick, 'gone'));
    rmSync(join(stick, 'gone'), { recursive: true });
    await choose(join(stick, 'gone', 'x.obx'));
    await sheet.getByRole('button', { name: 'Save again' }).click();
    await sheet.getByText('Stick removed, full or locked. Nothing left on it. Try again.').waitFor(LONG);
    expect(readdirSync(stick)).toEqual([]);
    await choose(file);
    await sheet.getByRole('button', { name: 'Save again' }).click();
    await sheet.getByText(/^Saved: /).waitFor(LONG);
    expect(readdirSync(stick)).toEqual(['PRACTICE-OneBox.obx']);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const { words, facts, files } = await opened(page, file);
    expect(facts).toMatchObject({ practice: true, deviceClass: 'icd', state: 'complete' });
    expect(Buffer.from(files.get('card.txt')!).toString()).toContain('PRACTICE-4417');
    // Three times saved is once handed over; its words are nowhere on the tablet.
    expect(verifyAudit(tablet.folder).text).toMatch(/intact/);
    expect(filesWith(tablet.folder, [words.join(' '), words.slice(0, 3).join(' ')])).toEqual([]);
    await sheet.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('tab', { name: 'Audit' }).click();
    await expect.poll(() => page.getByText('Data exported').count(), LONG).toBe(1);
    await person.press('Hand over');
    expect(await page.getByText(words[0]!, { exact: true }).count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(heard).toEqual([]);
  });
});

lane('handing over, in a browser', noBrowser, () => {
  const stage = stages();

  it('downloads the file; an access that is over gives none', async () => {
    const now = await stage({ devices: ['icd'] });
    const { page } = now.person;
    await now.person.breakGlass(/^ICD/);
    await now.person.readTo(/^All \d+ values read$/);
    await now.person.press('Hand over');
    const [download] = await Promise.all([
      page.waitForEvent('download', LONG),
      page.getByRole('button', { name: 'Save file' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^PRACTICE-OneBox-A-\d{4}-\d+\.obx$/);
    const path = await download.path();
    expect(existsSync(path)).toBe(true);
    const { files } = await opened(page, path);
    expect(files.size).toBe(6);
    const sheet = page.getByRole('dialog', { name: 'Hand over to a hospital' });
    await sheet.getByRole('button', { name: 'Close', exact: true }).click();
    await now.person.press('Hand over');
    const accessId = (await now.gateway.call('status')).openAccess ?? '';
    await now.gateway.call('close', { accessId });
    await page.getByRole('button', { name: 'Save file' }).click();
    await page
      .getByText(/access (is over|ended|has ended)/i)
      .first()
      .waitFor(LONG);
    expect(await page.getByRole('list', { name: 'Words that open the file' }).count()).toBe(0);
  });
});
