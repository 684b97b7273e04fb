import type { GatewayApi } from '@onebox/gateway/api.js';
import type { Answer } from '@onebox/gateway/router.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { BrowserWindow, IpcMain } from 'electron';
import { COMMAND_CHANNEL, EVENT_CHANNEL, PRELOADED_CHANNEL } from './channels.js';
import { isOwnFrame } from './hardening.js';

/** Carries the gateway API over Electron's IPC: the sender must be our own page, the input is checked by the router. */
export function carryApi(ipcMain: IpcMain, api: GatewayApi, window: BrowserWindow): () => void {
  ipcMain.handle(COMMAND_CHANNEL, async (event, name: unknown, input: unknown): Promise<Answer> => {
    if (event.sender !== window.webContents || !isOwnFrame(event.senderFrame)) {
      return { ok: false, error: new OneBoxError('FORBIDDEN', 'sender').toJSON() };
    }
    // Comes with the gateway, after the window.
    const { route } = await import('@onebox/gateway/router.js');
    return route(api, name, input);
  });
  const unsubscribe = api.subscribe((message) => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, message);
  });
  return () => {
    unsubscribe();
    ipcMain.removeHandler(COMMAND_CHANNEL);
  };
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
