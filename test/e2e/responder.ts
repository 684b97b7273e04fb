import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export const PIN = '135790';
const REASON = 'Unresponsive or cannot consent';
/** Generous: a machine that does three other things at the same time. */
const SOON = { timeout: 20_000 } as const;

export type TabName = 'Card' | 'Values' | 'Episodes' | 'Strips' | 'Audit';

/** What a person does on the screen, and sees there. Every step also sees that the screen says PRACTICE. */
export class Responder {
  constructor(readonly page: Page) {
    page.setDefaultTimeout(SOON.timeout);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  async press(name: string | RegExp): Promise<void> {
    await this.button(name).click();
  }

  async enterPin(pin = PIN): Promise<void> {
    for (const digit of pin) await this.press(digit);
  }

  /** The heading of the screen, when it is there. */
  async sees(title: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: title }).waitFor(SOON);
    await this.seesPractice();
  }

  async seesPractice(): Promise<void> {
    await expect.poll(() => this.page.locator('.practice-word:visible').allInnerTexts(), SOON).toContain('PRACTICE');
    expect(await this.page.locator('.practice-frame').count()).toBe(1);
  }

  /** First run, from the first step to the list of devices. Gives the recovery words. */
  async setUp(name = 'A. Meyer'): Promise<readonly string[]> {
    await this.sees(/^Set up this tablet Step 1/);
    await this.press('Next');
    await this.sees(/Step 2/);
    await this.press(/^Skip/);
    await this.sees(/Step 3/);
    await this.page.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.page.getByText('Responder', { exact: true }).click();
    await this.press('Next');
    await this.sees(/Step 4/);
    await this.enterPin();
    await this.page.getByText('Enter the same PIN again.').first().waitFor();
    await this.enterPin();
    await this.page.getByRole('list', { name: 'Recovery words' }).waitFor();
    await this.sees(/Step 5/);
    const words = await this.page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem').allInnerTexts();
    await this.press('I wrote them down');
    await this.sees(/Step 6/);
    await this.press('Start');
    await this.sees('Devices nearby');
    return words;
  }

  async lock(): Promise<void> {
    await this.press('Lock');
    await this.sees('Who are you?');
  }

  async unlock(pin = PIN): Promise<void> {
    await this.enterPin(pin);
    await this.sees('Devices nearby');
  }

  row(name: string | RegExp): Locator {
    return this.page.getByRole('row', { name });
  }

  /** Touches a device in the list, which may have to be scrolled to. */
  async touch(name: string | RegExp): Promise<void> {
    const row = this.row(name).first();
    await row.waitFor(SOON);
    await row.scrollIntoViewIfNeeded();
    // A person sees the list stand still before the touch.
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await row.click();
  }

  /** Opens the sheet of a device, and gives it. */
  async ask(name: string | RegExp): Promise<Locator> {
    await this.touch(name);
    const sheet = this.page.getByRole('dialog', { name: /^Emergency access to/ });
    // Several pumps are around in practice.
    const unmatched = this.button('Continue, not matched');
    await sheet.or(unmatched).waitFor(SOON);
    if (await unmatched.isVisible()) await unmatched.click();
    await sheet.waitFor(SOON);
    await this.seesPractice();
    return sheet;
  }

  async give(reason = REASON, pin = PIN): Promise<void> {
    await this.page.getByText(reason, { exact: true }).click();
    await this.enterPin(pin);
  }

  /** From the list to the card that is being read. */
  async breakGlass(name: string | RegExp): Promise<void> {
    await this.ask(name);
    await this.give();
    await this.page.getByRole('tab', { name: 'Card' }).waitFor(SOON);
    await this.seesPractice();
  }

  /** Names of the eight tiles as a screen reader says them, by tile. */
  async tiles(): Promise<Readonly<Record<string, string>>> {
    const pairs = await this.page
      .getByRole('tabpanel')
      .locator('[data-tile]')
      .evaluateAll((tiles) =>
        tiles.map((tile) => [tile.getAttribute('data-tile') ?? '', tile.getAttribute('aria-label') ?? '']),
      );
    return Object.fromEntries(pairs) as Record<string, string>;
  }

  /** Names of the tiles that hold a value. */
  async valuesRead(): Promise<readonly string[]> {
    return Object.values(await this.tiles()).filter((name) => !/Reading|Read failed|Not /.test(name));
  }

  async lead(): Promise<string> {
    return (await this.page.locator('[data-region="lead"]').getAttribute('aria-label')) ?? '';
  }

  /** The line that says how far the read is. */
  async progress(): Promise<string> {
    return (await this.page.getByRole('progressbar').innerText()).trim();
  }

  async readTo(text: RegExp): Promise<void> {
    await expect.poll(() => this.progress(), SOON).toMatch(text);
  }

  async tab(name: TabName): Promise<Locator> {
    await this.page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
    await this.seesPractice();
    return this.page.getByRole('tabpanel');
  }

  /** Closes the access; gives the line that says what was deleted. */
  async close(): Promise<string> {
    await this.press('Close');
    await this.page.getByRole('dialog', { name: 'Close and delete?' }).waitFor();
    await this.seesPractice();
    await this.press('Close and delete');
    await this.sees('Closed');
    return this.page.locator('.closed-line').innerText();
  }

  /** The notice above the card or the list. */
  async notice(): Promise<string> {
    const lines = await this.page.locator('.notice-line').allInnerTexts();
    return lines.join(' ').replace(/\s+/g, ' ').trim();
  }
}
