import { open, rename, rm } from 'node:fs/promises';
import type { GatewayApi, HandedOver } from '@onebox/gateway/api.js';
import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { BrowserWindow, IpcMain } from 'electron';
import { SAVE_CHANNEL } from './channels.js';
import { answer } from './ipc.js';

/** Where the person wants it; undefined when they left the dialog. `name` is offered. */
export type ChooseFile = (name: string) => Promise<string | undefined>;

/**
 * The page cannot write files, and its downloads are receipts and back-ups. It may ask for one thing: that the hand-over
 * which the gateway has just made is saved where the person says. It gives neither bytes nor a path.
 */
export function saveHandOvers(
  ipcMain: IpcMain,
  api: GatewayApi,
  window: BrowserWindow,
  choose: ChooseFile,
): { readonly api: GatewayApi; readonly release: () => void } {
  let last: HandedOver | undefined;
  const release = answer(ipcMain, window, SAVE_CHANNEL, async () => {
    try {
      if (!last) throw new OneBoxError('HANDOVER_EMPTY');
      const path = await choose(last.fileName);
      if (path === undefined) return { ok: true, value: 'cancelled' };
      await write(path, Buffer.from(last.content, 'base64'));
      return { ok: true, value: 'saved' };
    } catch (error) {
      return { ok: false, error: toOneBoxError(error).toJSON() };
    }
  });
  return {
    api: {
      call: async (name, ...args) => {
        const given = await api.call(name, ...args);
        if (name === 'handOver') last = given as HandedOver;
        return given;
      },
      subscribe: (listener) => api.subscribe(listener),
    },
    release,
  };
}

/** Whole and durable under its name, or nothing is left of it. Throws HANDOVER_UNSAVED. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined);
    throw new OneBoxError('HANDOVER_UNSAVED', '', {}, { cause });
  }
}
