import { describe, expect, it } from 'vitest';
import { end, GalleryPages, noViolation, present, SIZES } from './gallery-pages.js';

describe.skipIf(!present)('the screens in use', { timeout: 300_000 }, () => {
  const gallery = new GalleryPages();

  it('measures a strip with calipers by arrow keys, by buttons and by a touch on the paper', async () => {
    const page = await gallery.show('card');
    await page.getByRole('tab', { name: 'Strips' }).click();
    await page.getByRole('button', { name: 'Calipers' }).click();
    const [first, second] = [
      page.getByRole('slider', { name: 'Caliper 1' }),
      page.getByRole('slider', { name: 'Caliper 2' }),
    ];
    const place = async (slider: typeof first): Promise<number> => Number(await slider.getAttribute('aria-valuenow'));
    const before = await place(first);
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await place(first)).toBe(before + 110);
    await page.getByRole('button', { name: 'Caliper 2' }).click();
    const other = await place(second);
    await page.getByRole('button', { name: '-100 ms, earlier' }).click();
    expect(await place(second)).toBe(other - 100);
    const span = (await place(second)) - (await place(first));
    await page.getByText(`${span}\u00a0ms · ${Math.round(60_000 / span)}\u00a0/min`).waitFor();
    await page.getByText(/V EGM -?\d\.\d{3}\u00a0mV/).waitFor();
    const paper = await page.locator('.calipers').boundingBox();
    if (!paper) throw new Error('no paper');
    await page.mouse.click(paper.x + 400, paper.y + 20);
    // 7 mm of gutter, 25 mm/s.
    expect(await place(second)).toBe(Math.round(((400 / 4.41 - 7) / 25) * 1_000));
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.getByRole('slider').count()).toBe(0);
    await end(page);
  });

  // Upright, and low: 960 x 600 enlarged to 150 %.
  it.each([
    { width: 600, height: 960 },
    { width: 640, height: 400 },
  ])('breaks the glass in two steps on $width x $height', async (size) => {
    const page = await gallery.newPage(size);
    await gallery.open(page, 'glass-ways');
    const pad = page.getByRole('group', { name: 'PIN' });
    const next = page.getByRole('button', { name: 'Next' });
    expect(await pad.count()).toBe(0);
    expect(await next.isDisabled()).toBe(true);
    await noViolation(page, 'the reasons');
    await page.getByText(/^Cardiac arrest/).click();
    await next.click();
    await pad.waitFor();
    expect(await page.getByRole('radio').count()).toBe(0);
    await page.getByText(/^Cardiac arrest/).waitFor();
    await noViolation(page, 'the proof');
    // Everything can be reached, if need be by scrolling the sheet, and nothing is wider than it.
    const wide = await page.getByRole('dialog').evaluate((sheet) => sheet.scrollWidth > sheet.clientWidth);
    expect(wide).toBe(false);
    await page.getByRole('button', { name: 'Back' }).click();
    expect(await page.getByRole('radio', { name: /^Cardiac arrest/ }).isChecked()).toBe(true);
    await end(page);
  });

  it('shows trends as plots with a cursor, and as tables', async () => {
    const page = await gallery.show('card');
    await page.getByRole('tab', { name: 'Trends' }).click();
    const plot = page.getByRole('slider', { name: /^RV impedance, 5 values\. Lowest .* 510/ });
    await plot.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await plot.getAttribute('aria-valuetext')).toBe('20 Nov 14:32, 1420 ohm');
    // Two days are missing: two lines, not one.
    expect((await plot.locator('path').getAttribute('d'))?.match(/M/g)).toHaveLength(2);
    await page.getByRole('button', { name: 'Table of RV impedance' }).click();
    const rows = page.getByRole('region', { name: 'RV impedance' }).last().getByRole('row');
    expect(await rows.allTextContents()).toEqual([
      'TimeValue',
      '21 Nov 14:321990\u00a0Ω',
      '20 Nov 14:321420\u00a0Ω',
      '19 Nov 14:32980\u00a0Ω',
      '16 Nov 14:32515\u00a0Ω',
      '15 Nov 14:32510\u00a0Ω',
    ]);
    await page.getByRole('button', { name: 'Last 3 h' }).click();
    expect(await page.getByText('No value in this time.').count()).toBe(2);
    await end(page);
  });

  it('goes from the lead line to what else is flagged', async () => {
    const page = await gallery.show('card');
    await page.getByRole('button', { name: 'Show 1 more finding' }).click();
    await page.getByRole('button', { name: /^Flagged/, pressed: true }).waitFor();
    await page.getByRole('group', { name: /^RV lead, check/ }).waitFor();
    expect(await page.getByRole('group', { name: /^Shock therapy/ }).count()).toBe(0);
    await end(page);
  });

  it('hands over: the file is saved, its words stand there once, and are asked for anew by the next', async () => {
    for (const size of SIZES) {
      const page = await gallery.show('card', 'day', size);
      await page.getByRole('button', { name: 'Hand over' }).click();
      const sheet = page.getByRole('dialog', { name: 'Hand over to a hospital' });
      await sheet.getByText('All that was read so far goes into it.').waitFor();
      expect(await sheet.getByRole('listitem').count()).toBe(0);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        sheet.getByRole('button', { name: 'Save file' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('OneBox-A-2026-1187.obx');
      expect(await sheet.getByRole('listitem').allTextContents()).toEqual(
        'lantern tunnel carpet curtain willow helmet acorn train'.split(' '),
      );
      await sheet.getByText('Saved: OneBox-A-2026-1187.obx').waitFor();
      await sheet.getByText('55 values · 3 episodes · 2 strips · 3 trends').waitFor();
      // Everything of the sheet is on the screen.
      for (const box of await sheet
        .locator('li, button')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().bottom)))
        expect(box).toBeLessThanOrEqual(size.height);
      await sheet.getByRole('button', { name: 'Close', exact: true }).click();
      await page.getByRole('button', { name: 'Hand over' }).click();
      await page.getByRole('button', { name: 'Save file' }).waitFor();
      expect(await page.getByRole('list', { name: 'Words that open the file' }).count()).toBe(0);
      await end(page);
    }
  });

  it('says why nothing was handed over, and offers none of what a role must not', async () => {
    const page = await gallery.show('handover-empty');
    await page.getByRole('button', { name: 'Hand over' }).click();
    await page.getByRole('button', { name: 'Save file' }).click();
    await page.getByText('Nothing to hand over').waitFor();
    await end(page);
    for (const scene of ['card-override', 'card-ended']) {
      const other = await gallery.show(scene);
      await other
        .getByRole('button', { name: 'Close', exact: true })
        .or(other.getByRole('button', { name: /^Close/ }))
        .first()
        .waitFor();
      expect(await other.getByRole('button', { name: 'Hand over' }).count(), scene).toBe(0);
      await end(other);
    }
  });

  it('compares the serial number, and says it as loud as it is when it is another patient’s', async () => {
    const page = await gallery.show('card');
    await page.getByText('Match NOT CONFIRMED').waitFor();
    await page.getByRole('button', { name: /^Notes/ }).click();
    await page.getByRole('button', { name: 'Is it this patient’s device?' }).click();
    const compare = page.getByRole('button', { name: 'Compare' });
    await page.getByRole('textbox').fill('71');
    expect(await compare.isDisabled()).toBe(true);
    await page.getByRole('textbox').fill('PR 44-71');
    await compare.click();
    await page.getByRole('alert').getByText('ANOTHER PATIENT’S DEVICE?').waitFor();
    await noViolation(page, 'the comparison');
    await end(page);
  });

  it('asks which of several it is before anything else, and whoever cannot tell goes on', async () => {
    const page = await gallery.show('glass-alike');
    await noViolation(page, 'which of them');
    await page.getByRole('button', { name: 'Continue, not matched' }).click();
    await page.getByRole('dialog', { name: 'Emergency access to ICD ..4417' }).waitFor();
    await page.getByText(/^Cardiac arrest/).click();
    await page.keyboard.type('135790');
    await page.getByRole('tab', { name: 'Audit' }).waitFor();
    const calls = await page.evaluate(() =>
      (window as unknown as { gallery: { gateway: { calls: { name: string }[] } } }).gallery.gateway.calls.map(
        ({ name }) => name,
      ),
    );
    expect(calls).toContain('breakGlass');
    expect(calls).not.toContain('confirmMatch');
    await end(page);
  });

  it('asks a second touch elsewhere in rain mode, not of a keyboard', async () => {
    const page = await gallery.show('closed', 'day', SIZES[0], true);
    await page.keyboard.press('F1');
    await page.getByRole('button', { name: 'Rain mode: On' }).click();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    const press = async (name: string): Promise<void> => {
      const box = await page.getByRole('button', { name, exact: true }).boundingBox();
      if (!box) throw new Error(`no button ${name}`);
      const client = await page.context().newCDPSession(page);
      const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
      await page.waitForTimeout(450);
      await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
      await page.waitForTimeout(120);
      await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    await press('Devices');
    await page.getByRole('button', { name: 'Touch again: Devices' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Closed' }).count()).toBe(1);
    await press('Touch again: Devices');
    await page.getByRole('heading', { name: 'Devices nearby' }).waitFor();
    await page.getByRole('button', { name: 'Page down' }).waitFor();
    await end(page);
  });

  it('shows the picture of a tone, and is muted by one touch', async () => {
    const page = await gallery.show('card-reading');
    await page.evaluate(() => {
      const { gallery } = window as unknown as {
        gallery: { gateway: { send(event: unknown): void }; cards: { icd: object } };
      };
      gallery.gateway.send({ type: 'card', card: gallery.cards.icd });
    });
    await page.locator('.tone-pulse.look').waitFor({ state: 'attached' });
    await page.locator('.tone-pulse').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Other device' }).click();
    await page.getByRole('button', { name: 'Sound is on: turn it off' }).click();
    await page.getByRole('button', { name: 'Mute is on: turn sound on' }).waitFor();
    await end(page);
  });

  it('opens, breaks glass and cancels by keyboard, and focus returns to the row', async () => {
    const page = await gallery.show('devices');
    await page.getByRole('row', { name: /^ICD/ }).focus();
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Emergency access to ICD ..4417' });
    await sheet.waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-key'))).toBe('d1');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await page.keyboard.type('12');
    expect(await page.getByRole('status', { name: '2 of 6 entered' }).count()).toBe(1);
    await page.keyboard.type('3456');
    await page
      .getByRole('group', { name: /^RV lead/ })
      .or(page.getByText('Connecting'))
      .first()
      .waitFor();
    const calls = await page.evaluate(
      () =>
        (window as unknown as { gallery: { gateway: { calls: { name: string; input: unknown }[] } } }).gallery.gateway
          .calls,
    );
    expect(calls.find(({ name }) => name === 'breakGlass')?.input).toEqual({
      deviceId: 'd1',
      reason: 'unresponsive',
      factor: { kind: 'pin', pin: '123456' },
    });
    expect(calls.some(({ name }) => name === 'cancelBreakGlass')).toBe(true);
    await end(page);
  });

  it('says what is wrong when the PIN is wrong, and keeps the reason', async () => {
    const page = await gallery.show('glass-wrong');
    await page.getByText('Patient agrees').click();
    for (const digit of '135791') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('alert').getByText('Wrong PIN').waitFor();
    expect(await page.getByRole('radio', { name: 'Patient agrees' }).isChecked()).toBe(true);
    expect(await page.getByRole('status', { name: '0 of 6 entered' }).count()).toBe(1);
    await end(page);
  });

  it('changes the theme by F4 and keeps the screen', async () => {
    const page = await gallery.show('card');
    for (const theme of ['dark', 'red', 'day']) {
      await page.keyboard.press('F4');
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
    }
    expect(await page.getByRole('tab', { name: 'Card', exact: true }).getAttribute('aria-selected')).toBe('true');
    await end(page);
  });

  it('enrols the first person and shows the recovery words once', async () => {
    const page = await gallery.show('first-run');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: /^Skip/ }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Enter a name.').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('A. Meyer');
    await page.getByText('Responder', { exact: true }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    const type = async (pin: string): Promise<void> => {
      for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
    };
    await type('135791');
    await type('135792');
    await page.getByText('The PINs differ. Choose a PIN again.').first().waitFor();
    await type('135791');
    await type('135791');
    await page.getByRole('list', { name: 'Recovery words' }).waitFor();
    expect(await page.getByRole('listitem').count()).toBe(12);
    await page.getByRole('button', { name: 'I wrote them down' }).click();
    await page.getByText('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ').waitFor();
    expect(await page.getByRole('button', { name: 'Next' }).count()).toBe(0);
    await type('123456');
    await page.getByText('The app is enrolled.').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Cable ttyUSB0: Cable port not allowed').waitFor();
    expect(await page.getByText('lamp').count()).toBe(0);
    await end(page);
  });

  it('begins a shift with a second factor: code of the own app, witness, or words', async () => {
    const calls = async (name: string): Promise<unknown[]> =>
      page.evaluate(
        (wanted) =>
          (
            window as unknown as { gallery: { gateway: { calls: { name: string; input: unknown }[] } } }
          ).gallery.gateway.calls
            .filter((call) => call.name === wanted)
            .map((call) => call.input),
        name,
      );
    const page = await gallery.show('lock');
    const type = (text: string): Promise<void> => page.keyboard.type(text);
    await page.getByText('B. Novak').click();
    await type('135791');
    await page.getByRole('heading', { name: 'Second factor of B. Novak' }).waitFor();
    expect(await calls('unlock')).toEqual([]);
    await page.getByText('Recovery words, from paper').click();
    await page.getByRole('textbox').fill('lamp river');
    await page.getByRole('button', { name: 'Back' }).click();
    await type('135791');
    await page.getByText('Witness, with PIN or passphrase').click();
    await type('246802');
    await page.getByRole('heading', { name: 'Devices nearby' }).waitFor();
    expect(await calls('unlock')).toEqual([
      {
        personId: 'p2',
        factor: { kind: 'pin', pin: '135791' },
        second: { kind: 'witness', personId: 'p1', factor: { kind: 'pin', pin: '246802' } },
      },
    ]);
    await end(page);
  });

  it('shows class and maker without a PIN, after a reason and a witness', async () => {
    const page = await gallery.show('lock');
    await page.getByRole('button', { name: 'Emergency, no PIN' }).click();
    const show = page.getByRole('button', { name: 'Show what is around' });
    expect(await show.isDisabled()).toBe(true);
    await page.getByText('Unresponsive').click();
    await page.getByText('B. Novak').click();
    await show.click();
    await page.getByRole('list', { name: 'Devices around' }).getByText('Example, Inc.').waitFor();
    expect(await page.getByRole('listitem').count()).toBe(2);
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await end(page);
  });

  it('refuses a touch that is too short and takes one that is not', async () => {
    const page = await gallery.show('devices', 'day', SIZES[0], true);
    const box = await page.getByRole('row', { name: /^ICD/ }).boundingBox();
    const point = { x: (box?.x ?? 0) + 60, y: (box?.y ?? 0) + 40 };
    const session = await page.context().newCDPSession(page);
    const touch = async (ms: number): Promise<void> => {
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
      await page.waitForTimeout(ms);
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await page.waitForTimeout(100);
    };
    await touch(5);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.waitForTimeout(350);
    await touch(150);
    await page.getByRole('dialog').waitFor();
    await end(page);
  });
});
