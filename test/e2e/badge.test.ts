import { Pty } from '@onebox/simulation/serial/pty.js';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asRoot, ELECTRON, lane, noWindow, ROOT } from './lanes.js';
import { PIN } from './responder.js';
import { newDataFolder } from './store-folder.js';

const UID = '04504143545943';
const OTHER = '04A1B2C3';

interface Bridge {
  readonly onebox: { call(name: string, input?: unknown): Promise<{ readonly ok: boolean; readonly value?: object }> };
}

lane('a badge in the real window, with a reader on a real pseudo terminal', noWindow, () => {
  let data: ReturnType<typeof newDataFolder>;
  let pty: Pty;
  let app: ElectronApplication | undefined;
  let page: Page;
  beforeEach(async () => {
    data = newDataFolder();
    pty = await Pty.open();
  });
  afterEach(async () => {
    await end();
    pty.unplug();
    data.remove();
  });

  async function end(): Promise<void> {
    await app?.close().catch(() => undefined);
    app = undefined;
  }
  async function start(...more: readonly string[]): Promise<void> {
    app = await _electron.launch({
      executablePath: ELECTRON,
      args: [...asRoot, '--password-store=basic', ROOT, '--data', data.path, ...more],
    });
    page = await app.firstWindow();
    await page.getByRole('heading').first().waitFor();
  }
  const call = (name: string, input?: unknown) =>
    page.evaluate(([name, input]) => (window as unknown as Bridge).onebox.call(name as string, input), [name, input]);
  const type = async (pin: string): Promise<void> => {
    for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
  };
  const tap = (uid: string): void => pty.send(new TextEncoder().encode(`${uid}\r\n`));
  const hold = () => page.getByText('Hold your badge to the reader.').first().waitFor();
  const devices = () => page.getByRole('heading', { name: 'Devices nearby' }).waitFor();

  it('is added with a PIN, and begins the next shift beside it; another badge does not', async () => {
    await start('--badge-reader', pty.path);
    await call('enrol', { displayName: 'A. Meyer', role: 'responder', pin: PIN });
    await call('lock');
    await page.reload();
    await type(PIN);
    await devices();
    await page.keyboard.press('F1');
    await page.getByRole('button', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Add badge' }).click();
    await type(PIN);
    await hold();
    tap(UID);
    await page.getByText('The badge is yours.').waitFor();
    await end();

    await start('--badge-reader', pty.path);
    await type(PIN);
    await hold();
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    tap(OTHER);
    await page.getByRole('alert').getByText('Not right').waitFor();
    expect(await call('status')).toMatchObject({ value: { stage: 'locked' } });
    await type(PIN);
    await hold();
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    tap(UID);
    await devices();
    await end();

    // Without a reader the badge is not offered.
    await start();
    await type(PIN);
    await page.getByText('Recovery words, from paper').waitFor();
    expect(await page.getByText('Badge, held to the reader').count()).toBe(0);
  });
});
