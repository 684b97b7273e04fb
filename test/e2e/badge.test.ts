import { Pty } from '@onebox/simulation/serial/pty.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lane, noWindow } from './lanes.js';
import { PIN } from './responder.js';
import { appWindow } from './window.js';

const UID = '04504143545943';
const OTHER = '04A1B2C3';

lane('a badge in the real window, with a reader on a real pseudo terminal', noWindow, () => {
  const tablet = appWindow();
  let pty: Pty;
  beforeEach(async () => {
    pty = await Pty.open();
  });
  afterEach(async () => {
    await tablet.end();
    pty.unplug();
  });

  const start = (...more: readonly string[]) => tablet.start(more);
  const type = (pin: string) => tablet.type(pin);
  const tap = (uid: string): void => pty.send(new TextEncoder().encode(`${uid}\r\n`));
  const hold = () => tablet.page.getByText('Hold your badge to the reader.').first().waitFor();
  const devices = () => tablet.sees('Devices nearby');

  it('is added with a PIN, and begins the next shift beside it; another badge does not', async () => {
    let page = await start('--badge-reader', pty.path);
    await tablet.enrol({ displayName: 'A. Meyer', role: 'responder', pin: PIN });
    await type(PIN);
    await devices();
    await page.keyboard.press('F1');
    await page.getByRole('button', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Add badge' }).click();
    await type(PIN);
    await hold();
    tap(UID);
    await page.getByText('The badge is yours.').waitFor();
    await tablet.end();

    page = await start('--badge-reader', pty.path);
    await type(PIN);
    await hold();
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    tap(OTHER);
    await page.getByRole('alert').getByText('Not right').waitFor();
    expect(await tablet.call('status')).toMatchObject({ value: { stage: 'locked' } });
    await type(PIN);
    await hold();
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    tap(UID);
    await devices();
    await tablet.end();

    // Without a reader the badge is not offered.
    page = await start();
    await type(PIN);
    await page.getByText('Recovery words, from paper').waitFor();
    expect(await page.getByText('Badge, held to the reader').count()).toBe(0);
  });
});
