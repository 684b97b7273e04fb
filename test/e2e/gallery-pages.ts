import { existsSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { serveGallery } from './gallery-server.js';

// The screens under the real content security policy in a real browser, from fixtures.
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const present = existsSync(CHROMIUM);
if (!present) console.warn(`gallery: no Chromium at ${CHROMIUM}, set CHROMIUM_PATH; these tests are skipped`);

/** Screens with their pixels per millimetre: 10.1 inch at 200 % and at 150 %. */
export const SIZES = [
  { width: 960, height: 600, mm: 4.41 },
  { width: 1280, height: 800, mm: 5.88 },
] as const;

const RULES = ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** One browser for the tests of a suite, and a page for each scene. */
export class GalleryPages {
  /** What the last page complained of. */
  readonly problems: string[] = [];
  private browser: Browser | undefined;
  private server: Awaited<ReturnType<typeof serveGallery>> | undefined;

  constructor() {
    beforeAll(async () => {
      this.server = await serveGallery();
      this.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await this.browser?.close();
      await this.server?.close();
    });
  }

  /** A page that shows one scene, fonts and all. */
  async show(
    scene: string,
    theme: string = 'day',
    size: (typeof SIZES)[number] = SIZES[0],
    touch = false,
  ): Promise<Page> {
    const page = await this.newPage(size, touch);
    this.problems.length = 0;
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on(
      'console',
      (message) =>
        ['error', 'warning'].includes(message.type()) &&
        !message.location().url.endsWith('favicon.ico') &&
        this.problems.push(message.text()),
    );
    await this.open(page, scene, theme, size.mm);
    return page;
  }

  /** Goes to a scene, which comes a moment after its page. */
  async open(page: Page, scene: string, theme = 'day', mm: number = SIZES[0].mm): Promise<void> {
    await page.goto(`${this.server?.url}/?scene=${scene}&theme=${theme}&mm=${mm}`);
    await page.waitForSelector('body[data-ready]');
    await page.waitForSelector(scene.startsWith('glass') ? '[role="dialog"]' : '.screen, .offline h1');
    await page.evaluate(async () => {
      await document.fonts.ready;
    });
  }

  /** An empty page of its own context. */
  async newPage(size: { readonly width: number; readonly height: number } = SIZES[0], touch = false): Promise<Page> {
    if (!this.browser) throw new Error('no browser');
    const { width, height } = size;
    const context = await this.browser.newContext({ viewport: { width, height }, hasTouch: touch });
    return context.newPage();
  }
}

export const end = (page: Page): Promise<void> => page.context().close();

/** No violation of WCAG 2.2, AAA contrast included. */
export async function noViolation(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  expect(violations.map(({ id, nodes }) => `${where}: ${id} ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
}
