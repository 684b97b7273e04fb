import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BadgeEvent } from '@onebox/gateway/access/badge/badge-reader.js';
import { SerialBadgeReader } from '@onebox/gateway/access/badge/serial.js';
import { Pty } from '@onebox/simulation/serial/pty.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onebox, PIN, start } from '../cli/run.js';
import { auditOnDisk } from '../interrogation/tablet.js';

const UID = '04504143545943';
const OTHER = '04A1B2C3';
const DEADLINE_MS = 120_000;
const cleanups: (() => unknown)[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onebox-badge-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  rmSync(folder, { recursive: true, force: true });
});

async function plugged(): Promise<Pty> {
  const pty = await Pty.open();
  cleanups.push(() => pty.unplug());
  return pty;
}
const send = (pty: Pty, text: string): void => pty.send(new TextEncoder().encode(text));

/** A badge that lies on a reader of its own while a command runs; the reader repeats it. */
async function held<T>(uid: string, run: (port: string) => Promise<T>): Promise<T> {
  const pty = await plugged();
  const repeating = setInterval(() => send(pty, `${uid}\r\n`), 200);
  try {
    return await run(pty.path);
  } finally {
    clearInterval(repeating);
    pty.unplug();
  }
}

it('a serial reader says each holding once, however its lines come, and when it is pulled out', async () => {
  const pty = await plugged();
  const reader = new SerialBadgeReader(pty.path);
  cleanups.push(() => reader.close());
  const events: BadgeEvent[] = [];
  reader.subscribe((event) => events.push(event));
  await reader.ready();
  await reader.ready();
  for (const part of ['04:50:41', ':43:54:59:43\r', '\n04504143545943\r\n', 'no card\r\n', `\x02${OTHER}\x03`])
    send(pty, part);
  const present = (uid: string) => ({ kind: 'present', uid, reader: pty.path });
  await expect.poll(() => events, { timeout: 10_000 }).toEqual([present(UID), present(OTHER)]);
  await expect.poll(() => events.at(-1), { timeout: 10_000 }).toEqual({ kind: 'gone', reader: pty.path });
  send(pty, `${OTHER}\r\n`);
  await expect.poll(() => events.slice(3), { timeout: 10_000 }).toEqual([present(OTHER)]);
  pty.unplug();
  await expect.poll(() => events.at(-1), { timeout: 10_000 }).toEqual({ kind: 'lost', reader: pty.path });
  await expect(reader.ready()).rejects.toMatchObject({
    kind: 'BADGE_READER',
    detail: expect.stringContaining(pty.path),
  });
}, 60_000);

it('a port that is not there, or is in use, is said so', async () => {
  const pty = await plugged();
  const first = new SerialBadgeReader(pty.path);
  const second = new SerialBadgeReader(pty.path);
  const none = new SerialBadgeReader(join(folder, 'none'));
  cleanups.push(...[first, second, none].map((one) => () => one.close()));
  await first.ready();
  for (const one of [second, none])
    await expect(one.ready()).rejects.toMatchObject({ kind: 'BADGE_READER', code: 543 });
  await first.close();
  await second.ready();
}, 60_000);

it(
  'is enrolled and shown on the command line, on a real port',
  async () => {
    const data = join(folder, 'store');
    const words = join(folder, 'words');
    const input = { input: `${PIN}\n` };
    const officer = ['--name', 'O. Badger', '--role', 'privacy-officer', '--pin-stdin', '--json', '--data', data];
    const enrolled = await onebox(['enrol', ...officer], input);
    writeFileSync(words, enrolled.json<{ recoveryWords: string[] }>().recoveryWords.join(' '));
    const who = ['--person', 'O. Badger', '--pin-stdin', '--json', '--data', data];

    const added = await held(UID, (port) =>
      onebox(['factor', 'badge', ...who, '--words-file', words, '--badge-port', port], input),
    );
    expect(added.json(), added.stderr).toMatchObject({ kinds: ['pin', 'badge', 'recovery-words'] });

    const show = ['audit', 'show', ...who];
    const shown = await held(UID, async (port) => {
      const { result, said } = start([...show, '--badge-port', port], input);
      await said('Hold your badge to the reader.');
      return result;
    });
    expect(shown.code, shown.stderr).toBe(0);
    expect(`${shown.stdout}${shown.stderr}`).not.toMatch(new RegExp(UID, 'i'));
    expect(auditOnDisk(data)).toContain('badgeUsed');

    const other = await held(OTHER, (port) => onebox([...show, '--badge-port', port], input));
    expect(other.json()).toMatchObject({ error: { kind: 'FACTORS_WRONG' } });
    const none = await onebox([...show, '--badge-port', join(folder, 'none')], input);
    expect(none.json()).toMatchObject({ error: { kind: 'BADGE_READER' } });
    const without = await onebox(show, input);
    expect([without.code, without.json()]).toMatchObject([6, { error: { kind: 'FACTOR_SECOND' } }]);
  },
  DEADLINE_MS,
);

it(
  'in practice is one that is simulated, and no other command line has that one',
  async () => {
    const data = join(folder, 'practice');
    const input = { input: `${PIN}\n` };
    const common = ['--pin-stdin', '--practice', '--json', '--data', data];
    const who = ['--person', 'P. Actice', ...common, '--badge-port', 'simulated'];
    expect((await onebox(['enrol', '--name', 'P. Actice', ...common], input)).code).toBe(0);
    const added = await onebox(['factor', 'badge', ...who], input);
    expect(added.json(), added.stderr).toMatchObject({ kinds: expect.arrayContaining(['badge']) });
    const again = await onebox(['factor', 'badge', ...who], input);
    expect(again.code, again.stderr).toBe(0);
    expect(auditOnDisk(data)).toContain('badgeUsed');
    const real = await onebox(['factor', 'badge', ...who.filter((one) => one !== '--practice')], input);
    expect(real.json()).toMatchObject({ error: { kind: 'BADGE_READER' } });
  },
  DEADLINE_MS,
);
