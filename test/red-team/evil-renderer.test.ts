import { join } from 'node:path';
import { COMMAND_CHANNEL } from '@onebox/electron/channels.js';
import { APP_ORIGIN } from '@onebox/electron/hardening.js';
import { carryApi } from '@onebox/electron/ipc.js';
import type { CommandName } from '@onebox/gateway/api.js';
import { found } from '@onebox/gateway/files/testing/traces.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import type { Answer } from '@onebox/gateway/router.js';
import type { BrowserWindow, IpcMain } from 'electron';
import { beforeAll, describe, expect } from 'vitest';
import { everyCommand, type Inputs } from '../every-command.js';
import { auditOnDisk } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, PATIENT, PIN, readPatient, scratch, secretsOf } from './victim.js';

type Handler = (event: object, name: unknown, input: unknown) => Promise<Answer>;

const { root, start } = scratch();
const folder = join(root, 'tablet');

describe('an evil page, on the one channel, with a patient open', () => {
  const handlers = new Map<string, Handler>();
  const contents = { send: () => undefined };
  const own = { url: `${APP_ORIGIN}/index.html`, parent: null };
  let gateway: Gateway;
  let inputs: Inputs;
  let commands: CommandName[];

  /** What a page sends, as Electron hands it over. */
  const send = (name: unknown, input: unknown, sender: unknown = contents, senderFrame: unknown = own) =>
    handlers.get(COMMAND_CHANNEL)!({ sender, senderFrame }, name, input);
  /** What nothing of this page may change. */
  const state = async () => {
    const { stage, person, people, openAccess } = await gateway.call('status');
    return { stage, person, people, openAccess, log: auditOnDisk(folder).length };
  };

  beforeAll(async () => {
    gateway = await start('tablet');
    await enrol(gateway, 'Robin Vale', 'responder');
    const { deviceId, accessId } = await readPatient(gateway);
    inputs = everyCommand(deviceId, accessId, PIN);
    commands = Object.keys(inputs) as CommandName[];
    const ipcMain = {
      handle: (channel: string, handler: Handler) => handlers.set(channel, handler),
      removeHandler: (channel: string) => handlers.delete(channel),
    } as unknown as IpcMain;
    carryApi(ipcMain, gateway, { webContents: contents, isDestroyed: () => false } as unknown as BrowserWindow);
    expect([...handlers.keys()]).toEqual([COMMAND_CHANNEL]);
    // The channel works for our own page.
    expect(JSON.stringify(await send('values', inputs.values))).toContain(PATIENT.serial);
  });

  attack('T20a', async () => {
    const before = await state();
    const foreign: readonly (readonly [unknown, unknown])[] = [
      [{ send: () => undefined }, own],
      [null, own],
      [contents, null],
      [contents, { ...own, parent: own }],
      [contents, { url: 'https://example.org/index.html', parent: null }],
      [contents, { url: `${APP_ORIGIN}.example.org/`, parent: null }],
      [contents, { url: `${APP_ORIGIN}:8443/`, parent: null }],
      [contents, { url: 'about:blank', parent: null }],
      [contents, { url: `data:text/html,${APP_ORIGIN}/`, parent: null }],
      [contents, { url: `blob:${APP_ORIGIN}/1`, parent: null }],
      [contents, { url: 'file:///index.html', parent: null }],
    ];
    for (const command of commands)
      for (const [sender, frame] of foreign)
        expect([command, frame, await send(command, inputs[command], sender, frame)]).toEqual([
          command,
          frame,
          { ok: false, error: expect.objectContaining({ kind: 'FORBIDDEN' }) },
        ]);
    expect(await state()).toEqual(before);
  });

  attack('T20b', async () => {
    const before = await state();
    const planted = 'Planted4417Canary';
    const polluting: unknown = JSON.parse(`{"__proto__":{"ok":true},"constructor":"${planted}"}`);
    const hostile: readonly unknown[] = [
      planted,
      4417,
      Number.NaN,
      true,
      [],
      [planted],
      new Date(0),
      new Map([[planted, planted]]),
      new Uint8Array(1000),
      { [planted]: planted },
      polluting,
      { accessId: planted.repeat(1000), deviceId: planted.repeat(1000), personId: planted.repeat(1000) },
      { accessId: { $ne: planted }, deviceId: [planted], personId: { toString: planted } },
    ];
    for (const command of commands) {
      const good = inputs[command];
      const spoiled =
        typeof good !== 'object' || good === null
          ? []
          : [
              { ...good, more: planted },
              ...Object.keys(good).flatMap((key) =>
                [null, 4417, [planted], { [planted]: planted }, `${planted} `.repeat(20_000)]
                  // One number is as good as another.
                  .filter((bad) => typeof bad !== 'number' || typeof good[key as keyof typeof good] !== 'number')
                  .map((bad) => ({ ...good, [key]: bad })),
              ),
            ];
      for (const input of [...hostile, ...spoiled]) {
        const answer = await send(command, input);
        expect([command, answer]).toMatchObject([command, { ok: false, error: { kind: 'INPUT_INVALID' } }]);
        expect(found([planted, PIN, ...secretsOf(PATIENT)], JSON.stringify(answer))).toEqual([]);
      }
    }
    expect(({} as { ok?: boolean }).ok).toBeUndefined();
    expect(await state()).toEqual(before);
  });

  attack('T20c', async () => {
    const { stage, people, openAccess } = await state();
    const names = ['dispose', 'readingOf', 'trail', 'packages', 'look', 'subscribe', 'constructor', '__proto__'];
    for (const name of [...names, 'toString', '', 0, null, undefined, {}, ['status'], 'status\u0000', 'Status'])
      expect([name, await send(name, undefined)]).toMatchObject([
        name,
        { ok: false, error: { kind: 'INPUT_INVALID' } },
      ]);

    const ids = [
      '../../../../etc/passwd',
      '..\\..\\vault\\vault.json',
      'vault/vault.json',
      '__proto__',
      'constructor',
      'a\u0000b',
      '%2e%2e%2f',
      "' OR 1=1 --",
      '0'.repeat(32),
      'f'.repeat(200),
    ];
    // These two are for what is not there too: one leaves a record, the other has nothing to list.
    const harmless: readonly CommandName[] = ['cancelBreakGlass', 'auditOfAccess'];
    // Refused to a responder, whatever it names.
    const officers: readonly CommandName[] = ['decideReview'];
    for (const id of ids)
      for (const command of commands) {
        const good = inputs[command];
        if (typeof good !== 'object' || good === null) continue;
        const named = ['accessId', 'deviceId', 'personId', 'driverId'].filter((key) => key in good);
        if (named.length === 0) continue;
        const input = { ...good, ...Object.fromEntries(named.map((key) => [key, id])) };
        const answer = await send(command, input);
        expect([command, id, answer.ok]).toEqual([command, id, answer.ok && harmless.includes(command)]);
        if (!answer.ok)
          expect(answer.error.kind, `${command} ${id}`).toMatch(
            officers.includes(command) ? /^FORBIDDEN$/ : /^(ACCESS|DEVICE|PERSON|DRIVER)_UNKNOWN$/,
          );
        expect(found(secretsOf(PATIENT), JSON.stringify(answer))).toEqual([]);
        expect(JSON.stringify(answer)).not.toMatch(/argon2id|root:/);
      }
    expect(await state()).toMatchObject({ stage, people, openAccess });
  });

  attack('T20d', async () => {
    await gateway.call('lock');
    const open: readonly CommandName[] = [
      'status',
      'enrol',
      'unlock',
      'lock',
      'recover',
      'openTierZero',
      'closeTierZero',
      'challengeFactor',
      'cancelBreakGlass',
    ];
    for (const command of commands) {
      const answer = await send(command, inputs[command]);
      if (!open.includes(command))
        expect([command, answer]).toMatchObject([command, { ok: false, error: { kind: 'LOCKED' } }]);
      expect(found(secretsOf(PATIENT), JSON.stringify(answer)), command).toEqual([]);
    }
    expect((await gateway.call('status')).stage).toBe('locked');
    expect((await gateway.call('status')).people).toHaveLength(1);
  });
});
