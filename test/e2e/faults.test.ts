import { expect, it } from 'vitest';
import { lane, noBrowser } from './lanes.js';
import { stages } from './stage.js';

const LONG = { timeout: 45_000 } as const;

// What goes wrong around the tablet, as the person sees it: the product in Chromium, the faults in our hands.
lane('faults of links on the screen', noBrowser, () => {
  const open = stages();

  it('goes on by itself when the device hangs up in mid read, and loses nothing', async () => {
    const now = await open({ devices: ['icd'] });
    await now.person.breakGlass(/^ICD/);
    await expect.poll(() => now.person.valuesRead(), LONG).not.toEqual([]);
    const before = await now.person.valuesRead();
    now.faults.disconnect('icd');
    await now.person.readTo(/^Link lost/);
    expect(await now.person.notice()).toMatch(/Link lost Values read so far are kept/);
    expect((await now.person.valuesRead()).map((name) => name.split('.')[0])).toEqual(
      expect.arrayContaining(before.map((name) => name.split('.')[0])),
    );
    await expect.poll(() => now.person.progress(), LONG).toMatch(/^All \d+ values read$/);
    expect(await now.person.lead()).toBe('CRITICAL. 2 shocks delivered today');
    expect(await now.person.valuesRead()).toHaveLength(7);
    const audit = await now.person.tab('Audit');
    await audit.getByRole('rowheader', { name: 'Link lost' }).waitFor();
  });

  it('keeps what was read, and says what is missing, when the device is gone for good', async () => {
    const now = await open({ devices: ['icd'] });
    await now.person.breakGlass(/^ICD/);
    await expect.poll(() => now.person.valuesRead(), LONG).not.toEqual([]);
    now.faults.setInRange('icd', false);
    await expect
      .poll(() => now.person.progress(), { timeout: 90_000 })
      .toMatch(/^\d+ values read\. Not read: .*episodes/);
    expect((await now.person.valuesRead()).length).toBeGreaterThan(0);
    expect(Object.values(await now.person.tiles()).filter((name) => /Reading/.test(name))).toEqual([]);
    expect(await now.person.notice()).toMatch(/Device not in range|Link lost|Device did not answer|No connection/);
    // Much is missing, and the card stands where it stood: all of it is on the screen.
    const last = await now.person.page.locator('[data-tile]').last().boundingBox();
    const keys = await now.person.button('Read again').boundingBox();
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(keys?.y ?? 0);
    const missing = Object.values(await now.person.tiles()).filter((name) => /Read failed|Not read/.test(name));
    expect(missing.length).toBeGreaterThan(0);
    await expect.poll(() => now.drivers()).toBe(0);
    const audit = await now.person.tab('Audit');
    await audit.getByRole('rowheader', { name: 'Reading ended, partial' }).waitFor();
    expect(await now.person.close()).toMatch(/[1-9]\d* items deleted/);
  });

  it('says that Bluetooth is off, still offers the cable, and finds devices when it is on again', async () => {
    const now = await open({ devices: ['icd', 'wand'] });
    await now.person.row(/^ICD, Practice ICD/).waitFor();
    now.faults.setAdapter('off');
    await expect.poll(() => now.person.notice(), LONG).toMatch(/Bluetooth is off/);
    // The bar says the same.
    await now.person.page.getByText(/Bluetooth not usable · Cable ready/).waitFor();
    await now.person.row(/cable/).waitFor();
    now.faults.setAdapter('on');
    await expect
      .poll(async () => {
        await now.person.press('Rescan');
        return now.person.notice();
      }, LONG)
      .toBe('');
    await now.person.row(/^ICD, Practice ICD/).waitFor();
  });

  it('says that there is no adapter, and reads by cable', async () => {
    const now = await open({ devices: ['wand'] });
    now.faults.setAdapter('absent');
    await now.person.press('Rescan');
    await expect.poll(() => now.person.notice(), LONG).toMatch(/No Bluetooth on this tablet/);
    await now.person.breakGlass(/signal by cable/);
    await expect.poll(() => now.person.progress(), LONG).toMatch(/^All \d+ values read$/);
  });

  it('keeps what was read when the cable is pulled in mid read', async () => {
    const now = await open({ devices: ['wand'] });
    await now.person.breakGlass(/signal by cable/);
    await expect.poll(() => now.person.valuesRead(), LONG).not.toEqual([]);
    now.faults.unplug('wand');
    await expect.poll(() => now.person.progress(), LONG).toMatch(/^\d+ values read\. Not read: \S/);
    expect(await now.person.notice()).toMatch(/Cable|Device not in range/);
    expect((await now.person.valuesRead()).length).toBeGreaterThan(0);
  });
});
