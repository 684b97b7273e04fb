import { expect, it } from 'vitest';
import { lane, noBrowser } from './lanes.js';
import { PIN } from './responder.js';
import { stages } from './stage.js';
import { verifyAudit } from './store-folder.js';

const factor = { kind: 'pin', pin: PIN } as const;

// What a privacy officer decides, in Chromium, with the keyboard alone.
lane('the review of accesses on the screen', noBrowser, () => {
  const open = stages();

  it('comes to the officer by itself, overrides first, and is done by a few keys an item', async () => {
    const now = await open({ devices: ['icd'] });
    const { page } = now.person;
    await now.person.breakGlass(/^ICD/);
    await now.person.press('Stop reading');
    await now.person.readTo(/^Stopped\./);
    await now.person.close();
    await now.person.press('Devices');

    const enrol = async (displayName: string, role: 'device-manager' | 'privacy-officer') =>
      (await now.gateway.call('enrol', { displayName, role, pin: PIN })).person.id;
    const manager = await enrol('M. Vogt', 'device-manager');
    await now.gateway.call('unlock', { personId: manager, factor });
    const officer = await enrol('O. Lind', 'privacy-officer');
    const icd = (await now.gateway.call('startScan')).devices.find(({ deviceClass }) => deviceClass === 'icd');
    const { accessId } = await now.gateway.call('breakGlass', {
      deviceId: icd?.id ?? '',
      reason: 'device-alarm',
      factor,
      override: true,
    });
    await now.gateway.readingOf(accessId).ended;
    await now.gateway.call('close', { accessId });
    await now.person.lock();

    // From here on no finger and no mouse.
    const { keyboard } = page;
    const chosen = () => page.getByRole('radio', { name: /O\. Lind/ }).isChecked();
    for (let step = 0; step < 3 && !(await chosen()); step++) await keyboard.press('ArrowDown');
    await keyboard.type(PIN);
    await now.person.sees('Reviews');
    const selected = page.getByRole('option', { selected: true });
    await expect.poll(() => page.getByRole('listbox').evaluate((list) => list === document.activeElement)).toBe(true);
    expect(await page.getByRole('option').count()).toBe(2);
    expect(await selected.innerText()).toMatch(/M\. Vogt[\s\S]*due in[\s\S]*override of the role/);
    const details = page.getByRole('region', { name: /^A-\d{4}-\d+$/ });
    await details.getByText('Device alarm or suspected failure').waitFor();
    await details.getByRole('row', { name: /access open/ }).waitFor();

    // A step that does not follow does nothing.
    await keyboard.press('e');
    await keyboard.press('q');
    await expect.poll(() => selected.innerText()).toMatch(/A\. Meyer[\s\S]*stopped before the end/);
    await keyboard.press('p');
    await details.getByText('Questioned', { exact: true }).waitFor();
    await keyboard.press('e');
    await expect.poll(() => selected.innerText()).toMatch(/A\. Meyer/);
    await keyboard.press('j');
    await page.getByText('1 to decide · 0 overdue').waitFor();
    await keyboard.press('Home');
    await details.getByText('Escalated', { exact: true }).waitFor();
    await expect.poll(() => selected.innerText()).toMatch(/M\. Vogt/);
    await keyboard.press('c');
    await page.getByText('0 to decide · 0 overdue').waitFor();

    const { items } = await now.gateway.call('reviews');
    expect(items.map(({ state }) => state).sort()).toEqual(['closed', 'justified']);
    expect((await now.gateway.call('status')).person?.id).toBe(officer);
    expect(verifyAudit(now.data).text).toMatch(/intact/);
  });
});
