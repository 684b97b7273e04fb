import type { GatewayApi } from '@onebox/gateway/api.js';
import type { Answer } from '@onebox/gateway/router.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { BrowserWindow, IpcMain } from 'electron';
import { COMMAND_CHANNEL, EVENT_CHANNEL, PRELOADED_CHANNEL } from './channels.js';
import { isOwnFrame } from './hardening.js';

/** Carries the gateway API over Electron's IPC: the sender must be our own page, the input is checked by the router. */
export function carryApi(ipcMain: IpcMain, api: GatewayApi, window: BrowserWindow): () => void {
  const release = answer(ipcMain, window, COMMAND_CHANNEL, async (name, input) => {
    // Comes with the gateway, after the window.
    const { route } = await import('@onebox/gateway/router.js');
    return route(api, name, input);
  });
  const unsubscribe = api.subscribe((message) => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, message);
  });
  return () => {
    unsubscribe();
    release();
  };
}

/** Answers our own page, and nobody else. */
export function answer(
  ipcMain: IpcMain,
  window: BrowserWindow,
  channel: string,
  work: (...given: readonly unknown[]) => Promise<Answer>,
): () => void {
  ipcMain.handle(channel, async (event, ...given: unknown[]): Promise<Answer> => {
    if (event.sender !== window.webContents || !isOwnFrame(event.senderFrame)) {
      return { ok: false, error: new OneBoxError('FORBIDDEN', 'sender').toJSON() };
    }
    return work(...given);
  });
  return () => ipcMain.removeHandler(channel);
}

/** When the preload script of the window has run for the first time. */
export function preloaded(ipcMain: IpcMain, window: BrowserWindow): Promise<void> {
  return new Promise((resolve) => {
    ipcMain.on(PRELOADED_CHANNEL, (event) => {
      const own = event.sender === window.webContents && isOwnFrame(event.senderFrame);
      if (own) resolve();
    });
  });
}
