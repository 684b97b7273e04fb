import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { asRoot, CHROMIUM, lane, noBrowser, ROOT } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { filesWith, newDataFolder, sealedRecords, verifyAudit } from './store-folder.js';
import { complaints, seen, watch } from './watch.js';

const ADDRESS = /^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/;

/** A program of the repository that serves the interface: what it said, and its end. */
class Served {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  out = '';
  err = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = once(this.child, 'exit');
    this.child.stdout?.on('data', (chunk) => {
      this.out += String(chunk);
    });
    this.child.stderr?.on('data', (chunk) => {
      this.err += String(chunk);
    });
  }

  async address(): Promise<string> {
    await expect.poll(() => this.out.trim(), { timeout: 60_000 }).toMatch(ADDRESS);
    return this.out.trim();
  }

  /** Ends it by a signal; gives its exit code and signal. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown[]> {
    if (this.child.exitCode === null) this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    const end = await this.ended;
    clearTimeout(late);
    return end;
  }
}

lane('the interface served to a browser', noBrowser, () => {
  const data = newDataFolder();
  const contexts: { close(): Promise<void> }[] = [];
  let served: Served;
  let browser: Browser;

  beforeAll(async () => {
    served = new Served([join(ROOT, 'cli/dist/onebox.js'), 'serve', '--practice', '--data', data.path]);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: asRoot });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.end();
    data.remove();
  });

  const newPage = async (): Promise<{ page: Page; heard: readonly string[] }> => {
    const context = await browser.newContext({ viewport: { width: 960, height: 600 } });
    contexts.push(context);
    await watch(context);
    const page = await context.newPage();
    return { page, heard: complaints(page) };
  };

  it('takes a new user from first run to the closed card, under its policy, and back after a reload', async () => {
    const address = await served.address();
    const { page, heard } = await newPage();
    await page.goto(address);
    const person = new Responder(page);
    await person.sees(/^Set up this tablet/);
    // The token is spent and leaves the address bar.
    expect(page.url()).toBe(new URL('/', address).href);
    expect(await page.evaluate(() => [window.onebox, document.cookie])).toEqual([undefined, '']);
    await person.setUp();
    await person.breakGlass(/^ICD/);
    await person.readTo(/^All \d+ values read$/);
    expect(await person.lead()).toBe('CRITICAL. 2 shocks delivered today');
    expect(await person.valuesRead()).toHaveLength(7);
    expect(await person.close()).toMatch(/[1-9]\d* items deleted/);
    await person.press('Devices');
    await person.breakGlass(/^Pacemaker/);
    await expect.poll(() => sealedRecords(data.path)).not.toEqual([]);
    // What stays in the browser: how the screen looks, and in this tab a token for one reload.
    expect(
      await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].toSorted()),
    ).toEqual(['onebox.back', 'onebox.theme']);
    expect((await seen(page)).violations).toEqual([]);
    // Loaded again, the tablet is locked; the same person finds what was read.
    await page.reload();
    await person.sees('Who are you?');
    await person.enterPin();
    await page.getByRole('tab', { name: 'Card' }).waitFor({ timeout: 20_000 });
    expect(sealedRecords(data.path)).toHaveLength(1);
    expect(heard).toEqual([]);
  });

  it('lets nobody in with a spent token, nor without one', async () => {
    const address = await served.address();
    for (const at of [address, new URL('/', address).href, `${new URL('/', address).href}#token=${'A'.repeat(43)}`]) {
      const { page } = await newPage();
      await page.goto(at);
      await page.getByRole('heading', { name: 'No contact with OneBox' }).waitFor({ timeout: 20_000 });
      expect(await page.locator('body').innerText()).not.toMatch(/Devices|ICD|Meyer/);
    }
  });

  it('ends by a signal, and leaves a whole log and no word of a patient', async () => {
    expect(await served.end()).toEqual([expect.any(Number), null]);
    const { code, text } = verifyAudit(data.path);
    expect([code, text]).toEqual([0, expect.stringContaining('intact')]);
    expect(sealedRecords(data.path)).toEqual([]);
    expect(filesWith(data.path, ['PRACTICE-4417', 'Practice ICD', 'OneBox Practice', 'Shock delivered', PIN])).toEqual(
      [],
    );
  });
});

lane('npm start without a display', process.platform === 'linux' ? undefined : 'only Linux goes without', () => {
  const data = newDataFolder();
  afterAll(() => data.remove());

  it('says so in one line, and prints the address', async () => {
    const started = new Served([join(ROOT, 'scripts/start.mjs'), '--data', data.path], {
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
    });
    try {
      await started.address();
      expect(started.out.trim().split('\n')).toHaveLength(1);
      expect(started.err).toMatch(
        /^This machine has no display: the same user interface is served on 127\.0\.0\.1 instead\.$/m,
      );
      expect(started.err.match(/no display/g)).toHaveLength(1);
    } finally {
      expect((await started.end('SIGINT'))[1]).toBe(null);
    }
    expect(verifyAudit(data.path).code).toBe(0);
  });
});
