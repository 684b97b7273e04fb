import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandName, GatewayApi } from '@onebox/gateway/api.js';
import type { Answer } from '@onebox/gateway/router.js';
import type { BrowserWindow, IpcMain } from 'electron';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { SAVE_CHANNEL } from './channels.js';
import { APP_ORIGIN } from './hardening.js';
import { saveHandOvers } from './save-handover.js';

type Handler = (event: { sender: unknown; senderFrame: unknown }, ...given: unknown[]) => Promise<Answer>;

const folder = mkdtempSync(join(tmpdir(), 'onebox-save-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('saving a hand-over', () => {
  const own = { url: `${APP_ORIGIN}/index.html`, parent: null };
  const contents = {};
  let handlers: Map<string, Handler>;
  let chosen: string | undefined;
  let offered: string[];
  let saver: ReturnType<typeof saveHandOvers>;
  const save = (sender: unknown = contents, frame: unknown = own, ...given: unknown[]): Promise<Answer> =>
    handlers.get(SAVE_CHANNEL)!({ sender, senderFrame: frame }, ...given);
  const made = () => saver.api.call('handOver', { accessId: 'a' });

  beforeEach(() => {
    handlers = new Map();
    offered = [];
    chosen = join(folder, 'a.obx');
    const api = {
      call: async (name: CommandName) => ({
        fileName: `${name}.obx`,
        content: Buffer.from('sealed').toString('base64'),
      }),
      subscribe: () => () => undefined,
    } as unknown as GatewayApi;
    const ipcMain = {
      handle: (channel: string, handler: Handler) => handlers.set(channel, handler),
      removeHandler: (channel: string) => handlers.delete(channel),
    } as unknown as IpcMain;
    saver = saveHandOvers(ipcMain, api, { webContents: contents } as unknown as BrowserWindow, async (name) => {
      offered.push(name);
      return chosen;
    });
  });

  it('writes what the gateway made where the person says, whatever the page sends along', async () => {
    expect(await made()).toMatchObject({ fileName: 'handOver.obx' });
    expect(await save(contents, own, '/etc/passwd', 'in clear')).toEqual({ ok: true, value: 'saved' });
    expect(offered).toEqual(['handOver.obx']);
    expect(readFileSync(join(folder, 'a.obx'), 'utf8')).toBe('sealed');
    expect(readdirSync(folder)).toEqual(['a.obx']);
    // The dialog asked whether it may be replaced.
    expect(await save()).toEqual({ ok: true, value: 'saved' });
  });

  it('a left dialog writes nothing; a place that refuses says so and keeps nothing', async () => {
    await made();
    chosen = undefined;
    expect(await save()).toEqual({ ok: true, value: 'cancelled' });
    for (const path of [join(folder, 'gone', 'b.obx'), folder]) {
      chosen = path;
      expect(await save()).toMatchObject({ ok: false, error: { kind: 'HANDOVER_UNSAVED' } });
    }
    expect(readdirSync(folder)).toEqual(['a.obx']);
  });

  it('before one was made, and after other commands, there is nothing to save', async () => {
    await saver.api.call('status');
    expect(await save()).toMatchObject({ ok: false, error: { kind: 'HANDOVER_EMPTY' } });
    expect(offered).toEqual([]);
  });

  it.each([
    ['another window', {}, own],
    ['another origin', contents, { url: 'https://example.org/', parent: null }],
    ['a frame within', contents, { ...own, parent: own }],
    ['a frame that is gone', contents, null],
  ])('refuses %s', async (_what, sender, frame) => {
    await made();
    const answer = await handlers.get(SAVE_CHANNEL)!({ sender, senderFrame: frame });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'FORBIDDEN' } });
    expect(offered).toEqual([]);
  });

  it('ends with the window', () => {
    saver.release();
    expect(handlers.size).toBe(0);
  });
});
