import type { CommandName, GatewayApi, GatewayEvent } from '@onebox/gateway/api.js';
import type { Answer } from '@onebox/gateway/router.js';
import type { BrowserWindow, IpcMain } from 'electron';
import { beforeEach, describe, expect, it } from 'vitest';
import { COMMAND_CHANNEL, EVENT_CHANNEL, PRELOADED_CHANNEL } from './channels.js';
import { APP_ORIGIN } from './hardening.js';
import { carryApi, preloaded } from './ipc.js';

type Handler = (event: { sender: unknown; senderFrame: unknown }, name: unknown, input: unknown) => Promise<Answer>;

describe('carryApi', () => {
  const own = { url: `${APP_ORIGIN}/index.html`, parent: null };
  let handlers: Map<string, Handler>;
  let calls: CommandName[];
  let sent: unknown[];
  let emit: (event: GatewayEvent) => void;
  let gone: boolean;
  let release: () => void;
  const contents = { send: (channel: string, message: unknown) => sent.push([channel, message]) };
  const ask = (sender: unknown, senderFrame: unknown): Promise<Answer> => {
    const handler = handlers.get(COMMAND_CHANNEL);
    if (!handler) throw new Error('nothing handles commands');
    return handler({ sender, senderFrame }, 'status', undefined);
  };

  beforeEach(() => {
    handlers = new Map();
    calls = [];
    sent = [];
    gone = false;
    const api = {
      call: async (name: CommandName) => void calls.push(name),
      subscribe: (listener: (event: GatewayEvent) => void) => {
        emit = listener;
        return () => {
          emit = () => undefined;
        };
      },
    } as unknown as GatewayApi;
    const ipcMain = {
      handle: (channel: string, handler: Handler) => handlers.set(channel, handler),
      removeHandler: (channel: string) => handlers.delete(channel),
    } as unknown as IpcMain;
    release = carryApi(ipcMain, api, { webContents: contents, isDestroyed: () => gone } as unknown as BrowserWindow);
  });

  it('takes a command of our own page', async () => {
    expect(await ask(contents, own)).toEqual({ ok: true, value: undefined });
    expect(calls).toEqual(['status']);
    expect([...handlers.keys()]).toEqual([COMMAND_CHANNEL]);
  });

  it.each([
    ['another window', {}, own],
    ['another origin', contents, { url: 'https://example.org/', parent: null }],
    ['a frame within', contents, { ...own, parent: own }],
    ['a frame that is gone', contents, null],
  ])('refuses %s', async (_what, sender, frame) => {
    expect(await ask(sender, frame)).toMatchObject({ ok: false, error: { kind: 'FORBIDDEN' } });
    expect(calls).toEqual([]);
  });

  it('sends events to the window while there is one, and stops when released', () => {
    const event = { type: 'fault' } as unknown as GatewayEvent;
    emit(event);
    expect(sent).toEqual([[EVENT_CHANNEL, event]]);
    gone = true;
    emit(event);
    gone = false;
    release();
    emit(event);
    expect(sent).toHaveLength(1);
    expect(handlers.size).toBe(0);
  });
});

describe('preloaded', () => {
  it('takes the word of our own page in its own window only', async () => {
    const listeners = new Map<string, (event: { sender: unknown; senderFrame: unknown }) => void>();
    const contents = {};
    let ready = false;
    const waiting = preloaded(
      { on: (channel: string, listener: never) => listeners.set(channel, listener) } as unknown as IpcMain,
      { webContents: contents } as unknown as BrowserWindow,
    ).then(() => {
      ready = true;
    });
    const page = { parent: null, url: `${APP_ORIGIN}/index.html` };
    listeners.get(PRELOADED_CHANNEL)?.({ sender: {}, senderFrame: page });
    // The empty page that every window begins with.
    listeners.get(PRELOADED_CHANNEL)?.({ sender: contents, senderFrame: { parent: null, url: 'about:blank' } });
    await Promise.resolve();
    expect(ready).toBe(false);
    listeners.get(PRELOADED_CHANNEL)?.({ sender: contents, senderFrame: page });
    await waiting;
    expect(ready).toBe(true);
  });
});
