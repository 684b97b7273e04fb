import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '@onebox/gateway/access/key-store/testing/file-store.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { openStore } from '@onebox/gateway/store.js';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ELECTRON, lane, noWindow } from './lanes.js';
import { appWindow } from './window.js';

lane('a store that cannot be opened', noWindow, () => {
  const tablet = appWindow();

  async function open(): Promise<{ page: Page; ended: Promise<unknown[]> }> {
    const page = await tablet.launch(['--practice']);
    return { page, ended: once(tablet.app.process(), 'exit') };
  }

  it('is told in the window while another program holds it, and the program ends with 1', async () => {
    const release = await new Disk().lock(tablet.folder);
    try {
      const { page, ended } = await open();
      await page.getByRole('heading', { name: 'OneBox cannot start' }).waitFor();
      const notice = page.getByRole('alert').filter({ hasText: 'Another OneBox is open' });
      await notice.getByText('Close the other window, then start again.').waitFor();
      await notice.getByText('OB-620').waitFor();
      await page.getByText('No device can be read until this is mended.').waitFor();
      expect(await page.getByRole('button').count()).toBe(0);
      await page.close();
      expect(await ended).toEqual([1, null]);
    } finally {
      await release();
    }
  });

  it('is told in the window when its keys are damaged', async () => {
    mkdirSync(join(tablet.folder, 'vault'), { recursive: true });
    writeFileSync(join(tablet.folder, 'vault/vault.json'), 'not a vault');
    const { page, ended } = await open();
    await page.getByRole('heading', { name: 'OneBox cannot start' }).waitFor();
    await page
      .getByRole('alert')
      .getByText(/^Reference OB-\d{3}$/)
      .waitFor();
    tablet.app.process().kill('SIGTERM');
    expect(await ended).toEqual([1, null]);
  });

  it('is told in the window when the secret store that sealed its keys is not there', async () => {
    const ring = join(tablet.folder, 'keyring');
    const sealed = await openStore(tablet.folder, new Disk(), false, { keyStore: { store: new FileStore(ring) } });
    await sealed.access.enrol({ displayName: 'A. Meyer', role: 'responder', pin: '402817' });
    await sealed.close();
    const { page } = await open();
    const notice = page.getByRole('alert').filter({ hasText: 'Secret store is not there' });
    await notice.getByText('OB-540').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
  });

  it('is told in one line to whoever started it from a terminal', async () => {
    const release = await new Disk().lock(tablet.folder);
    const child = spawn(ELECTRON, tablet.args(['--practice']), { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    try {
      let told = '';
      child.stderr.on('data', (text) => {
        told += String(text);
      });
      await expect
        .poll(() => told, { timeout: 30_000 })
        .toMatch(/^OB-620 Another OneBox uses this data folder\..*Close/m);
      child.kill('SIGTERM');
      expect(await ended).toEqual([1, null]);
    } finally {
      child.kill('SIGKILL');
      await release();
    }
  });
});
