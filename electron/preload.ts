import { contextBridge, ipcRenderer } from 'electron';
import { COMMAND_CHANNEL, EVENT_CHANNEL, PRELOADED_CHANNEL, SAVE_CHANNEL } from './channels.js';

// Verbs only: the page never holds ipcRenderer, and events arrive without their sender.
contextBridge.exposeInMainWorld('onebox', {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(COMMAND_CHANNEL, name, input),
  saveHandOver: (): Promise<unknown> => ipcRenderer.invoke(SAVE_CHANNEL),
  subscribe: (listener: (event: unknown) => void): (() => void) => {
    const forward = (_event: unknown, message: unknown): void => listener(message);
    ipcRenderer.on(EVENT_CHANNEL, forward);
    return () => {
      ipcRenderer.removeListener(EVENT_CHANNEL, forward);
    };
  },
});

ipcRenderer.send(PRELOADED_CHANNEL);
