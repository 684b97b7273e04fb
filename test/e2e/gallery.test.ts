import { existsSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveGallery } from './gallery-server.js';

// The screens under the real content security policy in a real browser, from fixtures.
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const present = existsSync(CHROMIUM);
if (!present) console.warn(`gallery: no Chromium at ${CHROMIUM}, set CHROMIUM_PATH; these tests are skipped`);

const SCREENS = [
  'first-run',
  'lock',
  'lock-not-ready',
  'devices',
  'devices-empty',
  'devices-fault',
  'devices-practice',
  'glass',
  'glass-practice',
  'glass-drivers',
  'card',
  'card-practice',
  'card-reading',
  'card-lost',
  'card-old',
  'card-two-minutes',
  'card-ended',
  'card-pacemaker',
  'card-pump',
  'card-neurostimulator',
  'card-oximeter',
  'card-glucose',
  'card-generic',
  'unknown',
  'closed',
] as const;
const CARDS = SCREENS.filter((name) => name.startsWith('card') && name !== 'card-ended');
const THEMES = ['day', 'dark', 'red'] as const;
const SIZES = [
  { width: 960, height: 600, mm: 4.41 },
  { width: 1280, height: 800, mm: 5.88 },
] as const;

describe.skipIf(!present)('gallery', { timeout: 300_000 }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serveGallery>>;
  const problems: string[] = [];

  beforeAll(async () => {
    server = await serveGallery();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function show(
    scene: string,
    theme: string = 'day',
    size: (typeof SIZES)[number] = SIZES[0],
    touch = false,
  ): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: size.width, height: size.height }, hasTouch: touch });
    const page = await context.newPage();
    problems.length = 0;
    page.on('pageerror', (error) => problems.push(error.message));
    page.on(
      'console',
      (message) =>
        ['error', 'warning'].includes(message.type()) &&
        !message.location().url.endsWith('favicon.ico') &&
        problems.push(message.text()),
    );
    await page.goto(`${server.url}/?scene=${scene}&theme=${theme}&mm=${size.mm}`);
    await page.waitForSelector('body[data-ready]');
    await page.evaluate(async () => {
      await document.fonts.ready;
    });
    return page;
  }
  const end = (page: Page): Promise<void> => page.context().close();

  it('shows every screen under its policy without an error, and every target is large enough', async () => {
    for (const scene of SCREENS)
      for (const size of SIZES) {
        const page = await show(scene, 'day', size);
        expect(problems, scene).toEqual([]);
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
      const page = await show(scene, theme);
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      expect(violations.map(({ id, nodes }) => `${scene}: ${id} ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
      await end(page);
    }
  });

  it('has no accessibility violation in the tabs and sheets of an access', async () => {
    for (const theme of THEMES) {
      const page = await show('card', theme);
      for (const name of ['Values', 'Episodes 3', 'Strips', 'Audit']) {
        await page.getByRole('tab', { name }).click();
        await page.waitForTimeout(200);
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag2aaa', 'best-practice'])
          .analyze();
        expect(violations.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
      }
      await page.getByRole('tab', { name: 'Card', exact: true }).click();
      await page.getByRole('button', { name: 'Details: RV lead' }).click();
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag2aaa', 'best-practice'])
        .analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await end(page);
    }
  });

  it('fits the card on the screen without scrolling and without cutting a tile', async () => {
    for (const scene of CARDS)
      for (const size of SIZES) {
        const page = await show(scene, 'day', size);
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

  it('moves nothing while values arrive', async () => {
    const page = await show('card-reading');
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
      const page = await show(scene, 'red');
      const shot = (await page.screenshot()).toString('base64');
      const reader = await browser.newPage();
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
      await reader.close();
      await end(page);
    }
  });

  it('opens, breaks glass and cancels by keyboard, and focus returns to the row', async () => {
    const page = await show('devices');
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
    const page = await show('glass-wrong');
    await page.getByText('Patient agrees').click();
    for (const digit of '135791') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('alert').getByText('Wrong PIN').waitFor();
    expect(await page.getByRole('radio', { name: 'Patient agrees' }).isChecked()).toBe(true);
    expect(await page.getByRole('status', { name: '0 of 6 entered' }).count()).toBe(1);
    await end(page);
  });

  it('changes the theme by F4 and keeps the screen', async () => {
    const page = await show('card');
    for (const theme of ['dark', 'red', 'day']) {
      await page.keyboard.press('F4');
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
    }
    expect(await page.getByRole('tab', { name: 'Card', exact: true }).getAttribute('aria-selected')).toBe('true');
    await end(page);
  });

  it('enrols the first person and shows the recovery words once', async () => {
    const page = await show('first-run');
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
    await page.getByText('Cable ttyUSB0: Cable port not allowed').waitFor();
    expect(await page.getByText('lamp').count()).toBe(0);
    await end(page);
  });

  it('refuses a touch that is too short and takes one that is not', async () => {
    const page = await show('devices', 'day', SIZES[0], true);
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
