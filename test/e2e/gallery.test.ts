import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { end, GalleryPages, noViolation, present, SIZES } from './gallery-pages.js';

const SCREENS = [
  'first-run',
  'lock',
  'lock-not-ready',
  'lock-ways',
  'devices',
  'devices-empty',
  'devices-fault',
  'devices-practice',
  'devices-developer',
  'glass',
  'glass-practice',
  'glass-drivers',
  'glass-ways',
  'glass-passphrase',
  'glass-override',
  'card',
  'card-practice',
  'card-developer',
  'card-reading',
  'card-lost',
  'card-old',
  'card-two-minutes',
  'card-ended',
  'card-unwritten',
  'devices-unwritten',
  'card-override-practice',
  'card-extended',
  'card-ways',
  'card-pacemaker',
  'card-pump',
  'card-neurostimulator',
  'card-oximeter',
  'card-glucose',
  'card-generic',
  'unknown',
  'unknown-maker',
  'devices-maker',
  'reviews',
  'reviews-forged',
  'reviews-none',
  'closed',
  'over',
] as const;
const CARDS = SCREENS.filter((name) => name.startsWith('card') && name !== 'card-ended');
const THEMES = ['day', 'dark', 'red'] as const;

describe.skipIf(!present)('the screens of the gallery', { timeout: 300_000 }, () => {
  const gallery = new GalleryPages();

  it('shows every screen under its policy without an error, and every target is large enough', async () => {
    for (const scene of SCREENS)
      for (const size of SIZES) {
        const page = await gallery.show(scene, 'day', size);
        expect(gallery.problems, scene).toEqual([]);
        const targets = await page
          .locator(
            'button:visible, .device-row:visible, label.radio:visible, [role="tab"]:visible, input[type="text"]:visible',
          )
          .evaluateAll((elements) =>
            elements.map((element) => {
              const { width, height } = element.getBoundingClientRect();
              return {
                name: (element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 40),
                width,
                height,
                large: element.matches('[data-primary], .key, .device-row'),
              };
            }),
          );
        const small = targets.filter(
          ({ width, height, large }) =>
            Math.min(width, height) < (large ? Math.max(80, 20 * size.mm) : Math.max(64, 14 * size.mm)) - 1,
        );
        expect(small, `${scene} ${size.width}`).toEqual([]);
        await end(page);
      }
  });

  it.each(THEMES)('has no accessibility violation, AAA contrast included, in theme %s', async (theme) => {
    for (const scene of SCREENS) {
      const page = await gallery.show(scene, theme);
      await noViolation(page, scene);
      await end(page);
    }
  });

  it('has no accessibility violation in the tabs and sheets of an access', async () => {
    for (const theme of THEMES) {
      const page = await gallery.show('card', theme);
      for (const name of ['Values', 'Episodes 3', 'Strips', 'Trends', 'Audit']) {
        await page.getByRole('tab', { name }).click();
        await page.waitForTimeout(200);
        await noViolation(page, `${theme} ${name}`);
      }
      await page.getByRole('tab', { name: 'Strips' }).click();
      await page.getByRole('button', { name: 'Calipers' }).click();
      await noViolation(page, `${theme} calipers`);
      await page.keyboard.press('F1');
      await page.getByRole('dialog', { name: 'Help and settings' }).waitFor();
      await noViolation(page, `${theme} help`);
      await page.getByRole('button', { name: 'Drivers' }).click();
      await page.getByRole('rowheader', { name: 'vendor-a-pump' }).waitFor();
      await noViolation(page, `${theme} drivers`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: 'Help and settings' }).waitFor();
      await page.keyboard.press('F1');
      await page.getByRole('tab', { name: 'Card', exact: true }).click();
      await page.getByRole('button', { name: 'Details: RV lead' }).click();
      await noViolation(page, `${theme} details`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Hand over' }).click();
      await page.getByRole('dialog', { name: 'Hand over to a hospital' }).waitFor();
      await noViolation(page, `${theme} hand over`);
      await page.getByRole('button', { name: 'Save file' }).click();
      await page.getByRole('list', { name: 'Words that open the file' }).waitFor();
      await noViolation(page, `${theme} code words`);
      await end(page);
    }
  });

  it('has no accessibility violation behind the lock screen, and in what is done about people', async () => {
    const page = await gallery.show('lock');
    await page.getByText('B. Novak').click();
    await page.keyboard.type('135791');
    await page.getByRole('heading', { name: 'Second factor of B. Novak' }).waitFor();
    await noViolation(page, 'second factor');
    await page.getByText('Recovery words, from paper').click();
    await noViolation(page, 'recovery words');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'No PIN?' }).click();
    await noViolation(page, 'no PIN');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'Emergency, no PIN' }).click();
    await noViolation(page, 'emergency');
    await page.getByText('Unresponsive').click();
    await page.getByText('B. Novak').click();
    await page.getByRole('button', { name: 'Show what is around' }).click();
    await page.getByRole('list', { name: 'Devices around' }).waitFor();
    await noViolation(page, 'what is around');
    await end(page);
    const unlocked = await gallery.show('devices');
    await unlocked.keyboard.press('F1');
    await unlocked.getByRole('button', { name: 'People' }).click();
    await unlocked.getByText('authenticator app').waitFor();
    await noViolation(unlocked, 'people');
    await unlocked.getByRole('button', { name: 'Enrol my app' }).click();
    await unlocked.keyboard.type('135791');
    await unlocked.getByText('GEZD GNBV').waitFor();
    await noViolation(unlocked, 'app');
    await end(unlocked);
    const many = await gallery.show('card-ways');
    await many.keyboard.press('F1');
    await many.getByRole('button', { name: 'People' }).click();
    await many.getByRole('button', { name: 'Set passphrase' }).click();
    await many.getByRole('button', { name: 'Smart card' }).click();
    await noViolation(many, 'fresh factor by card');
    await many.getByRole('button', { name: 'PIN instead' }).click();
    await many.keyboard.type('135791');
    await many.getByRole('button', { name: 'Take this passphrase' }).waitFor();
    await noViolation(many, 'passphrase');
    await end(many);
  });

  it('has no accessibility violation in what is done with records and with the tablet', async () => {
    const keep = async (task: string): Promise<Page> => {
      const page = await gallery.show('devices-manager');
      await page.keyboard.press('F1');
      await page.getByRole('button', { name: 'Keep and erase' }).click();
      await page.getByRole('rowheader', { name: 'A-2026-17' }).waitFor();
      if (task === '') await noViolation(page, 'records');
      else await page.getByRole('button', { name: task }).click();
      return page;
    };
    const next = (page: Page) => page.getByRole('button', { name: 'Next', exact: true }).click();
    await end(await keep(''));
    const erase = await keep('Erase records');
    await erase.getByText('All: 3 records').click();
    await noViolation(erase, 'which records');
    await next(erase);
    await erase.getByText('3 records are erased for good.').waitFor();
    await noViolation(erase, 'sure to erase');
    await erase.keyboard.type('135791');
    await erase.getByRole('button', { name: 'Save receipt of entry 1290' }).waitFor();
    await noViolation(erase, 'erased');
    await end(erase);
    const backup = await keep('Back up');
    await backup.keyboard.type('135791');
    await backup.getByRole('list', { name: 'Words of the back-up' }).waitFor();
    await noViolation(backup, 'back-up');
    await end(backup);
    const restore = await keep('Restore');
    await noViolation(restore, 'restore');
    const [chooser] = await Promise.all([
      restore.waitForEvent('filechooser'),
      restore.getByRole('button', { name: 'Choose the file' }).click(),
    ]);
    await chooser.setFiles({ name: 'a.onebox-backup', mimeType: '', buffer: Buffer.from('onebox') });
    await restore.getByLabel('The words of the back-up').fill('lamp river');
    await next(restore);
    await restore.keyboard.type('135791');
    await restore.getByText('408315').waitFor();
    await noViolation(restore, 'restored');
    await end(restore);
    const idle = await gallery.show('devices-manager');
    await idle.keyboard.press('F1');
    await idle.getByRole('button', { name: 'Lock time' }).click();
    await idle.getByText('2 min', { exact: true }).click();
    await noViolation(idle, 'lock time');
    await next(idle);
    await idle.keyboard.type('135791');
    await idle.getByText('This tablet locks after 2 min without use.').waitFor();
    await noViolation(idle, 'lock time set');
    await end(idle);
    const last = await keep('Decommission');
    await last.getByLabel('Type the code').fill('99d04417');
    await noViolation(last, 'decommission');
    await next(last);
    await last.keyboard.type('135791');
    await last.getByRole('heading', { name: 'This tablet is decommissioned' }).waitFor();
    await noViolation(last, 'over');
    await end(last);
  });

  it('fits the card on the screen without scrolling and without cutting a tile', async () => {
    for (const scene of CARDS)
      for (const size of SIZES) {
        const page = await gallery.show(scene, 'day', size);
        const cut = await page.evaluate(() => {
          const main = document.querySelector('main') as HTMLElement;
          const bottom = main.getBoundingClientRect().bottom + 0.5;
          const tiles = [...document.querySelectorAll<HTMLElement>('.tile')];
          const wide = (element: Element): boolean => element.scrollWidth > element.clientWidth + 1;
          const high = (element: Element): boolean => element.scrollHeight > element.clientHeight + 2;
          return {
            tiles: tiles.length,
            scrolls:
              document.documentElement.scrollHeight > innerHeight ||
              document.documentElement.scrollWidth > innerWidth ||
              main.scrollHeight > main.clientHeight + 1,
            below: tiles
              .filter((tile) => tile.getBoundingClientRect().bottom > bottom)
              .map((tile) => tile.dataset.tile),
            clipped: [
              ...document.querySelectorAll('.tile-values, .tile .evidence, .lead-title, .lead-details, .tile dt'),
            ]
              .filter(wide)
              .concat([...document.querySelectorAll('.tile .evidence')].filter(high))
              .map((element) => element.textContent),
          };
        });
        expect(cut, `${scene} ${size.width}`).toEqual({ tiles: 8, scrolls: false, below: [], clipped: [] });
        await end(page);
      }
  });

  it('cuts nothing in the list of all values', async () => {
    const page = await gallery.show('card');
    await page.getByRole('tab', { name: 'Values' }).click();
    await page.getByText(/NONSUSTAINED 42 IN 3 D/).waitFor();
    const cut = await page
      .locator('.scroll :is(.tile, .tile-values, .evidence, dt)')
      .evaluateAll((elements) =>
        elements
          .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2)
          .map((one) => one.textContent),
      );
    expect(cut).toEqual([]);
    await end(page);
  });

  it('keeps larger text whole and without sideways scrolling, on every screen', async () => {
    const page = await gallery.show('lock');
    await page.evaluate(() => localStorage.setItem('onebox.preferences', '{"textSize":200,"hand":"left"}'));
    for (const scene of ['lock', 'devices', 'glass', 'card', 'closed', 'unknown'] as const) {
      await gallery.open(page, scene);
      const wrong = await page.evaluate(() => ({
        sideways: document.documentElement.scrollWidth > innerWidth,
        cut: [...document.querySelectorAll('.tile-values, .tile .evidence, .lead-title, .lead-details, .button')]
          .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 4)
          .map((one) => one.textContent),
      }));
      expect(wrong, scene).toEqual({ sideways: false, cut: [] });
    }
    await end(page);
  });

  it('moves nothing while values arrive', async () => {
    const page = await gallery.show('card-reading');
    const shift = await page.evaluate(async () => {
      const { gallery } = window as unknown as {
        gallery: { gateway: { send(event: unknown): void }; cards: Record<string, { tiles: unknown[] }> };
      };
      let total = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) total += (entry as unknown as { value: number }).value;
      }).observe({ type: 'layout-shift', buffered: false });
      const { reading, icd } = gallery.cards as { reading: { tiles: unknown[] }; icd: { tiles: unknown[] } };
      for (let count = 1; count <= 8; count++) {
        gallery.gateway.send({
          type: 'card',
          card: {
            ...(count === 8 ? icd : reading),
            tiles: [...icd.tiles.slice(0, count), ...reading.tiles.slice(count)],
          },
        });
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      return total;
    });
    expect(await page.getByRole('group', { name: /RV lead, check\. 1990 ohm/ }).count()).toBe(1);
    expect(shift).toBe(0);
    await end(page);
  });

  it('shows only red and black in Night red', async () => {
    for (const scene of ['devices', 'card', 'glass', 'closed', 'lock'] as const) {
      const page = await gallery.show(scene, 'red');
      const shot = (await page.screenshot()).toString('base64');
      const reader = await gallery.newPage();
      const wrong = await reader.evaluate(async (data) => {
        const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        context.drawImage(image, 0, 0);
        const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
        let count = 0;
        for (let index = 0; index < pixels.length; index += 4) {
          const [red = 0, green = 0, blue = 0] = pixels.subarray(index, index + 3);
          if (blue > 0.45 * red + 4 || green > 0.5 * red + 4) count++;
        }
        return count;
      }, shot);
      expect(wrong, scene).toBe(0);
      await end(reader);
      await end(page);
    }
  });
});
