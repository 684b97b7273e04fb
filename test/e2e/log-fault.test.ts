import { expect, it } from 'vitest';
import { auditOnDisk, BreakableDisk } from '../interrogation/tablet.js';
import { lane, noBrowser } from './lanes.js';
import { stages } from './stage.js';
import { verifyAudit } from './store-folder.js';

const LONG = { timeout: 45_000 } as const;

lane('a log that cannot be written, on the screen', noBrowser, () => {
  const open = stages();

  it('cannot be overlooked, shows what waits as codes, and goes away by itself when the disk takes it', async () => {
    const disk = new BreakableDisk();
    const now = await open({ devices: ['icd'] }, disk);
    const { page } = now.person;
    await now.person.breakGlass(/^ICD/);
    await expect.poll(() => auditOnDisk(now.data), LONG).toContain('linkUp');
    disk.broken = (path) => path.includes('audit');
    const fault = page.getByRole('button', { name: /^Log: \d+ not written$/ });
    await fault.waitFor(LONG);
    await page.locator('.screen.unwritten').waitFor();
    expect(await now.person.notice()).toMatch(/Log cannot be written/);
    // The read goes on to its end.
    await now.person.readTo(/^All \d+ values read$/);
    await fault.click();
    const sheet = page.getByRole('dialog', { name: 'Records that are not written yet' });
    const first = sheet.getByRole('img', { name: 'QR code of record 1' });
    await first.waitFor();
    const drawn = await first.locator('path').getAttribute('d');
    await sheet.getByRole('button', { name: 'Next' }).click();
    expect(await sheet.getByRole('img', { name: 'QR code of record 2' }).locator('path').getAttribute('d')).not.toBe(
      drawn,
    );
    expect((await first.count()) === 0 && drawn!.length > 2_000).toBe(true);
    const waiting = await now.gateway.call('waitingRecords');
    expect(waiting.length).toBeGreaterThan(1);

    disk.broken = () => false;
    await sheet.getByText('All records are written.').waitFor(LONG);
    await sheet.getByRole('button', { name: 'Close' }).click();
    await fault.waitFor({ state: 'detached' });
    expect(auditOnDisk(now.data)).toContain('writtenLate');
    expect(verifyAudit(now.data).text).toMatch(/intact/);
  });
});
