import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, afterEach } from 'vitest';
import { asRoot, ELECTRON, ROOT } from './lanes.js';
import { newDataFolder } from './store-folder.js';

interface Bridge {
  readonly onebox: { call(name: string, input?: unknown): Promise<{ readonly ok: boolean; readonly value?: object }> };
}

export interface Launch {
  /** Chromium's choice of a secret store: `basic` keeps nothing secret, and is not taken. */
  readonly store?: 'basic' | 'gnome-libsecret';
  readonly env?: NodeJS.ProcessEnv;
}

/** Asks the main process; once more when the inspector has dropped what it waited for, which it does now and then. */
export async function inMain<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!/garbage collected/.test(String(error))) throw error;
    return ask();
  }
}

/** The program in its real window, started and ended as often as a test wants over one data folder. */
export class AppWindow {
  private data = newDataFolder();
  private running: ElectronApplication | undefined;
  private shown: Page | undefined;

  /** Its data folder. */
  get folder(): string {
    return this.data.path;
  }

  get app(): ElectronApplication {
    if (!this.running) throw new Error('no window');
    return this.running;
  }

  get page(): Page {
    if (!this.shown) throw new Error('no window');
    return this.shown;
  }

  /** What the program is started with, e.g. to start it without a test's hand on it. */
  args(more: readonly string[], store: Launch['store'] = 'basic'): string[] {
    return [...asRoot, `--password-store=${store}`, ROOT, '--data', this.folder, ...more];
  }

  /** Its first page, whatever that shows. */
  async launch(more: readonly string[] = [], { store, env = process.env }: Launch = {}): Promise<Page> {
    this.running = await _electron.launch({
      executablePath: ELECTRON,
      args: this.args(more, store),
      env: env as Record<string, string>,
    });
    this.shown = await this.running.firstWindow();
    return this.shown;
  }

  /** As `launch`, until a screen is there. */
  async start(more: readonly string[] = [], launch: Launch = {}): Promise<Page> {
    const page = await this.launch(more, launch);
    await page.getByRole('heading').first().waitFor();
    return page;
  }

  /** A command of the gateway, as the page sends it. */
  call(name: string, input?: unknown): Promise<{ readonly ok: boolean; readonly value?: object }> {
    return this.page.evaluate(
      ([name, input]) => (window as unknown as Bridge).onebox.call(name as string, input),
      [name, input],
    );
  }

  /** Touches the digits of a PIN. */
  async type(pin: string): Promise<void> {
    for (const digit of pin) await this.press(digit);
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async sees(title: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  /** The one person of a fresh tablet, locked. */
  async enrol(person: { readonly displayName: string; readonly role: string; readonly pin: string }): Promise<void> {
    await this.call('enrol', person);
    await this.call('lock');
    await this.page.reload();
  }

  async end(): Promise<void> {
    await this.running?.close().catch(() => undefined);
    this.running = undefined;
    this.shown = undefined;
  }

  /** Ends it, and begins with an empty folder the next time. */
  async renew(): Promise<void> {
    await this.end();
    this.data.remove();
    this.data = newDataFolder();
  }

  async remove(): Promise<void> {
    await this.end();
    this.data.remove();
  }
}

/** For a suite: a window with a fresh folder for each of its tests, or one for all of them. */
export function appWindow(each: 'test' | 'suite' = 'test'): AppWindow {
  const own = new AppWindow();
  if (each === 'test') afterEach(() => own.renew());
  afterAll(() => own.remove());
  return own;
}
