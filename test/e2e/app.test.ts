import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asRoot, ELECTRON, lane, noWindow, ROOT } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { filesWith, newDataFolder, sealedRecords, verifyAudit } from './store-folder.js';
import { complaints, seen, watch } from './watch.js';
import { inMain } from './window.js';

type Call = (
  name: string,
  input?: unknown,
) => Promise<{ readonly ok: boolean; readonly value?: unknown; readonly error?: { readonly kind: string } }>;
type Bridge = { readonly onebox: { readonly call: Call; readonly subscribe: (listener: () => void) => () => unknown } };

/** Names of the utility processes of drivers that run now. */
const drivers = (app: ElectronApplication): Promise<number> =>
  inMain(() =>
    app.evaluate(
      ({ app: main }) =>
        main.getAppMetrics().filter(({ type, name }) => type === 'Utility' && name === 'OneBox driver').length,
    ),
  );

lane('the application in its window', noWindow, () => {
  const data = newDataFolder();
  const options = [...asRoot, ROOT, '--practice', '--data', data.path];
  let app: ElectronApplication;
  let page: Page;
  let person: Responder;
  let heard: readonly string[];
  let shiftedFrom = 0;
  let placesBefore: unknown;
  /** Where everything is that can be touched or is read at a glance. */
  const places = (): Promise<unknown> =>
    page.locator('[role="tab"], [data-region="lead"], [data-tile], footer button').evaluateAll((elements) =>
      elements.map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x, y, width, height].map(Math.round);
      }),
    );

  beforeAll(async () => {
    app = await _electron.launch({ executablePath: ELECTRON, args: options });
    page = await app.firstWindow();
    heard = complaints(page);
    await page.waitForLoadState();
    // A page that is just being made may miss what is added to its context, and it has begun unwatched: once more.
    await watch(app.context());
    await page.reload();
    person = new Responder(page);
  });
  afterAll(async () => {
    await app?.close().catch(() => undefined);
    data.remove();
  });

  it('is one window of its own origin, and says PRACTICE in its title', async () => {
    await person.sees(/^Set up this tablet/);
    expect(app.windows()).toHaveLength(1);
    expect(page.url()).toBe('https://onebox.invalid/index.html');
    expect(await page.title()).toMatch(/^PRACTICE · /);
  });

  it('gives its page one bridge, and nothing of Node or of Electron', async () => {
    const found = await page.evaluate(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
      frame.remove();
      const { onebox } = window as unknown as Bridge;
      return {
        own: Object.getOwnPropertyNames(window).filter((name) => !plain.has(name) && name !== 'oneboxTest'),
        bridge: Object.entries(onebox).map(([name, value]) => `${name}: ${typeof value}`),
        left: typeof onebox.subscribe(() => undefined)(),
        node: ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
          (name) => name in window,
        ),
      };
    });
    expect(found).toEqual({
      own: ['onebox'],
      bridge: ['call: function', 'saveHandOver: function', 'subscribe: function'],
      left: 'undefined',
      node: [],
    });
  });

  it('refuses commands that are none, and those that nobody may give yet', async () => {
    const kinds = await page.evaluate(async (pin) => {
      const { call } = (window as unknown as Bridge).onebox;
      const asked = [
        call('dispose'),
        call('__proto__'),
        call('unlock', { pin }),
        call('startScan'),
        call('auditOfAccess', { accessId: 'x' }),
      ];
      return (await Promise.all(asked)).map((answer) => answer.error?.kind);
    }, PIN);
    expect(kinds).toEqual(['INPUT_INVALID', 'INPUT_INVALID', 'INPUT_INVALID', 'NOT_ENROLLED', 'NOT_ENROLLED']);
  });

  it('is set up by its first person, who gets recovery words', async () => {
    const words = await person.setUp();
    expect(words).toHaveLength(16);
    for (const word of words) expect(word).toMatch(/^[a-z]+$/);
    expect(new Set(words).size).toBeGreaterThan(8);
  });

  it('finds the devices around it, and says which it cannot read', async () => {
    await person.row(/^ICD, Practice ICD VR \.\.4417/).waitFor();
    for (const name of [
      /^Pacemaker/,
      /^Insulin pump/,
      /^Neurostimulator/,
      /^Glucose meter/,
      /^Pulse oximeter, Practice/,
    ])
      await person.row(name).first().waitFor();
    await person.row(/^Unknown medical device.*Not readable$/).waitFor();
  });

  it('locks, refuses a wrong PIN, and unlocks', async () => {
    await person.lock();
    await person.enterPin('999998');
    await page.getByRole('alert').getByText('Wrong PIN').waitFor();
    await page.getByText('4 tries left').waitFor();
    await person.unlock();
  });

  it('reads nothing when the sheet is cancelled', async () => {
    const sheet = await person.ask(/^ICD/);
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await sheet.waitFor({ state: 'detached' });
    await person.sees('Devices nearby');
    expect(await drivers(app)).toBe(0);
  });

  it('opens the ICD with a reason and a fresh PIN, reads it in a process of its own, and keeps answering', async () => {
    await person.ask(/^ICD/);
    await person.give(undefined, '424242');
    await page.getByRole('alert').getByText('Wrong PIN').waitFor();
    await person.enterPin();
    await page.getByRole('tab', { name: 'Card' }).waitFor();
    shiftedFrom = await page.evaluate(() => performance.now());
    placesBefore = await places();
    await expect.poll(() => drivers(app), { timeout: 20_000 }).toBe(1);
    // Answers of the gateway while the driver runs, ms.
    const slowest = await page.evaluate(async () => {
      const { call } = (window as unknown as Bridge).onebox;
      let worst = 0;
      for (let count = 0; count < 15; count++) {
        const from = performance.now();
        await call('status');
        worst = Math.max(worst, performance.now() - from);
        await new Promise((done) => setTimeout(done, 50));
      }
      return worst;
    });
    expect(slowest).toBeLessThan(2_000);
    await person.readTo(/^All \d+ values read$/);
  });

  it('shows the card: the shocks first, and all eight tiles', async () => {
    expect(await person.lead()).toBe('CRITICAL. 2 shocks delivered today');
    const tiles = await person.tiles();
    expect(Object.values(tiles)).toEqual([
      expect.stringMatching(/^Shock therapy\. ON\./),
      expect.stringMatching(/^Magnet\. Stops shocks\./),
      expect.stringMatching(/^Pacing\. VVI, 40 beats per minute\./),
      expect.stringMatching(/^Battery\. OK, 2\.71 volt\./),
      expect.stringMatching(/^RV lead, check\. 1990 ohm\. limit 1500 ohm/),
      expect.stringMatching(/^Shock lead\. 48 ohm\./),
      expect.stringMatching(/^Rhythm now\. VS, 78 beats per minute\./),
      expect.stringMatching(/^MR label\. Not known\./),
    ]);
  });

  it('moved nothing on the card while it was read', async () => {
    expect(await places()).toEqual(placesBefore);
    const { shifts } = await seen(page);
    expect(
      shifts.filter(({ at, where }) => at >= shiftedFrom && where.some((part) => part.includes('tab-panel'))),
    ).toEqual([]);
  });

  it('ends the process of the driver with the read', async () => {
    await expect.poll(() => drivers(app), { timeout: 20_000 }).toBe(0);
  });

  it('shows the values, what is flagged among them, and the details of one', async () => {
    const panel = await person.tab('Values');
    await panel
      .getByRole('group', { name: /^Battery voltage/ })
      .first()
      .waitFor();
    await panel.getByRole('button', { name: /^Flagged/ }).click();
    await panel
      .getByRole('group', { name: /1990 ohm/ })
      .first()
      .waitFor();
    expect(await panel.getByRole('group', { name: /^Battery voltage/ }).count()).toBe(0);
    await person.tab('Card');
    await person.press('Details: RV lead');
    const sheet = page.getByRole('dialog', { name: 'RV lead' });
    await sheet.getByText('Self-test of the device').waitFor();
    await sheet.getByText(/^high 1500/).waitFor();
    await sheet.getByRole('button', { name: 'Close' }).click();
  });

  it('shows the episodes, and the strip of one', async () => {
    const panel = await person.tab('Episodes');
    await expect.poll(() => panel.getByRole('row').count()).toBe(4);
    await panel
      .getByRole('button', { name: /^Show strip of episode/ })
      .first()
      .click();
    const strip = page.getByRole('img', { name: /^STORED.*V EGM.*Shock EGM/ });
    await strip.waitFor();
    // Pixels that are drawn, on the grid and on the traces.
    const drawn = () =>
      strip.locator('canvas').evaluateAll((canvases) =>
        canvases.map((canvas) => {
          const { width, height } = canvas as HTMLCanvasElement;
          if (width === 0 || height === 0) return 0;
          const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
          copy?.drawImage(canvas as HTMLCanvasElement, 0, 0);
          const pixels = copy?.getImageData(0, 0, width, height).data ?? [];
          let count = 0;
          for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 0) count++;
          return count;
        }),
      );
    await expect.poll(async () => Math.min(...(await drawn()))).toBeGreaterThan(2_000);
    await person.press('Table');
    await panel.getByRole('row', { name: /VS|FD/ }).first().waitFor();
    await person.press('Strip');
    await expect.poll(async () => Math.min(...(await drawn()))).toBeGreaterThan(2_000);
  });

  it('shows what the log holds of this access', async () => {
    const panel = await person.tab('Audit');
    await panel.getByText(/^Chain intact · \d+ entries$/).waitFor();
    const events = await panel.getByRole('rowheader').allInnerTexts();
    expect(events.slice(0, 3)).toEqual([
      'Emergency access asked for',
      'Factor accepted, access open',
      'Reading started',
    ]);
    expect(events).toContain('Link up');
    expect(events).toContain('Part read');
    expect(events.at(-1)).toBe('Reading complete');
    await panel.getByText(/A\. Meyer, responder · ICD .* unresponsive or cannot consent$/).waitFor();
  });

  it('goes to the devices and back, and reads again', async () => {
    await person.press('Other device');
    await person.sees('Devices nearby');
    await person.press(/^Back to the card/);
    await person.press('Read again');
    await expect.poll(() => drivers(app), { timeout: 20_000 }).toBe(1);
    await person.readTo(/^All \d+ values read$/);
  });

  it('closes, says what was deleted, and for how long a magnet may do nothing', async () => {
    expect(sealedRecords(data.path).length).toBeGreaterThan(0);
    expect(await person.close()).toMatch(/^Closed \d\d:\d\d\. [1-9]\d* items deleted from this tablet\. Audit kept\.$/);
    await page.getByText(/^A magnet may not stop shocks until/).waitFor();
    expect(sealedRecords(data.path)).toEqual([]);
    await person.press('Devices');
    await person.sees('Devices nearby');
  });

  it('says of an unknown device what can be done, and records that it was seen', async () => {
    await person.touch(/^Unknown medical device/);
    await person.sees('This device cannot be read');
    await person.press('Record: device seen, not read');
    await person.button('Recorded: device seen, not read').waitFor();
    await person.press('Back to devices');
  });

  it('looks at the accesses when the machine wakes up', async () => {
    const listening = await inMain(() =>
      app.evaluate(({ powerMonitor }) => ['resume', 'unlock-screen'].map((event) => powerMonitor.listenerCount(event))),
    );
    expect(listening).toEqual([1, 1]);
    await inMain(() => app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume')));
    await person.sees('Devices nearby');
  });

  it('refuses a second instance on the same store, and goes on', async () => {
    const second = spawn(ELECTRON, options, { stdio: 'ignore' });
    const ended = once(second, 'exit');
    const late = setTimeout(() => second.kill('SIGKILL'), 30_000);
    expect(await ended).toEqual([0, null]);
    clearTimeout(late);
    await person.sees('Devices nearby');
    expect(app.windows()).toHaveLength(1);
  });

  it('goes nowhere, opens nothing, and asks nobody outside', async () => {
    expect((await seen(page)).violations).toEqual([]);
    expect(heard).toEqual([]);
    const tried = await page.evaluate(async () => {
      const opened = [
        window.open('https://example.org/'),
        window.open('about:blank'),
        window.open('https://onebox.invalid/index.html'),
      ];
      const link = Object.assign(document.createElement('a'), { href: 'https://example.org/', target: '_blank' });
      document.body.append(link);
      link.click();
      link.remove();
      const asked = await fetch('https://example.org/').then(
        () => 'answered',
        () => 'refused',
      );
      location.href = 'https://example.org/';
      await new Promise((done) => setTimeout(done, 300));
      location.assign('file:///etc/passwd');
      await new Promise((done) => setTimeout(done, 300));
      return { opened, asked };
    });
    expect(tried).toEqual({ opened: [null, null, null], asked: 'refused' });
    expect(page.url()).toBe('https://onebox.invalid/index.html');
    expect(app.windows()).toHaveLength(1);
    expect((await seen(page)).violations).toEqual([expect.stringMatching(/^connect-src https:\/\/example\.org/)]);
  });

  it('shows its page again when it crashed, with the person still there', async () => {
    const gone = page.waitForEvent('crash');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    await gone;
    const heading = () =>
      app.evaluate(
        ({ BrowserWindow }) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            "document.querySelector('h1')?.textContent",
          ) as Promise<string>,
      );
    await expect.poll(() => heading().catch(() => ''), { timeout: 20_000 }).toBe('Devices nearby');
  });

  it('ends when it is told to, and leaves a whole log and no word of a patient', async () => {
    const child = app.process();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const { code, text } = verifyAudit(data.path);
    expect([code, text]).toEqual([0, expect.stringContaining('intact')]);
    expect(sealedRecords(data.path)).toEqual([]);
    expect(filesWith(data.path, ['PRACTICE-4417', 'Practice ICD', 'OneBox Practice', 'Shock delivered', PIN])).toEqual(
      [],
    );
  });
});
