import { ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { lane, noWindow } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { filesWith, sealedRecords, verifyAudit } from './store-folder.js';
import { complaints } from './watch.js';
import { appWindow } from './window.js';

const PATIENT = 'Rosalind';

lane('a file of a programmer, in the window of a tablet that is not for practice', noWindow, () => {
  const tablet = appWindow('suite');
  let page: Page;
  let person: Responder;
  let heard: readonly string[];

  beforeAll(async () => {
    const gateway = await Gateway.open({
      dataFolder: tablet.folder,
      providers: [],
      drivers: DriverIndex.open(),
      launcher: nodeLauncher(),
      practice: false,
      version: '0.0.0',
    });
    await gateway.call('enrol', { displayName: 'Robin Vale', role: 'responder', pin: PIN });
    await gateway.call('enrol', { displayName: 'Kim Witness', role: 'clinician', pin: PIN });
    await gateway.dispose();
    page = await tablet.launch();
    heard = complaints(page);
    person = new Responder(page);
  });

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();

  async function choose(name: string, content: Buffer): Promise<void> {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), person.press('Open file')]);
    await chooser.setFiles({ name, mimeType: 'application/octet-stream', buffer: content });
  }

  it('does not say PRACTICE of itself, and offers to open a file', async () => {
    await heading('Who are you?');
    expect(await page.title()).not.toMatch(/PRACTICE/);
    expect(await page.locator('.practice-frame').count()).toBe(0);
    await page.getByText('Robin Vale').click();
    await person.enterPin();
    await page.getByText(/PIN of Kim Witness/).waitFor();
    await person.enterPin();
    await heading('Devices nearby');
    await person.button('Open file').waitFor();
  });

  it('says of a file that nothing reads what it is not, and goes on', async () => {
    await choose('notes.txt', Buffer.from('not a message'));
    await page.getByText('File not readable').waitFor();
    await heading('Devices nearby');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('asks for a reason and a PIN before it shows what is in a message, and forgets it on Close', async () => {
    const message = Buffer.from(new ProgrammerSimulator().message(Date.now()))
      .toString('latin1')
      .replace('||Practice^Patient^', `||Example^${PATIENT}^`);
    await choose(`${PATIENT}.hl7`, Buffer.from(message, 'latin1'));
    await page.getByRole('dialog', { name: /^Emergency access to/ }).waitFor();
    expect(sealedRecords(tablet.folder)).toEqual([]);
    await person.give();
    await page.getByRole('tab', { name: 'Card' }).waitFor();
    await page.locator('[data-tile="battery"]').waitFor();
    await expect.poll(() => person.valuesRead(), { timeout: 20_000 }).toHaveLength(6);
    expect(filesWith(tablet.folder, [PATIENT])).toEqual([]);

    // The device in this file is a simulated one, wherever it is opened.
    await person.seesPractice();
    expect(await page.title()).toMatch(/^PRACTICE/);
    await person.press('Close');
    await person.press(/^Close and delete|^Close access/);
    await page.getByRole('heading', { level: 1, name: /closed/i }).waitFor();
    expect(sealedRecords(tablet.folder)).toEqual([]);
    expect(filesWith(tablet.folder, [PATIENT])).toEqual([]);
  });

  it('complains of nothing in the page, and leaves a whole log', async () => {
    expect(heard).toEqual([]);
    await tablet.end();
    expect(verifyAudit(tablet.folder).code).toBe(0);
  });
});
