import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { app, BrowserWindow, dialog, ipcMain, Menu, powerMonitor, safeStorage, session } from 'electron';
import { serveApp } from './app-protocol.js';
import { commandLineOption } from './command-line.js';
import { APP_ORIGIN, hardenApp, hardenSession } from './hardening.js';
import { carryApi, preloaded } from './ipc.js';
import { saveHandOvers } from './save-handover.js';
import { secretStore } from './secret-store.js';
import { lookWhenAwake } from './wake.js';
import { windowOptions } from './window-options.js';

const here = dirname(fileURLToPath(import.meta.url));
const rendererFolder = join(here, '../../renderer/dist/app');
const practice = process.argv.includes('--practice');
const developer = process.argv.includes('--developer');
const practiceDevices = commandLineOption(process.argv, 'practice-devices')?.split(',');
const dataFolder = resolve(commandLineOption(process.argv, 'data') ?? defaultDataFolder(practice));

// Every window is sandboxed by its own options; this covers what is not a window of ours.
try {
  app.enableSandbox();
} catch {
  // Loaded after Electron was ready: the options of the windows stand alone.
}
hardenApp(app);
// Chromium keeps its own caches and crash files with the store, never in a place of its own.
app.setPath('userData', join(dataFolder, 'chromium'));
Menu.setApplicationMenu(null);

if (app.requestSingleInstanceLock()) {
  // Not awaited at the top level: a packaged Electron never gets ready then.
  app.whenReady().then(start).catch(fail);
} else {
  app.quit();
}

async function start(): Promise<void> {
  hardenSession(session.defaultSession);
  serveApp(session.defaultSession.protocol, rendererFolder);
  const window = new BrowserWindow(windowOptions(join(here, 'preload.cjs'), app.isPackaged));
  const shown = new Promise<void>((resolve) => {
    window.once('ready-to-show', () => {
      window.show();
      resolve();
    });
    // Nothing waits for a window that does not come any more.
    app.once('before-quit', () => resolve());
  });
  const ready = preloaded(ipcMain, window);
  const loading = window.loadURL(`${APP_ORIGIN}/index.html`);
  // Until its preload script has run the page waits for this process; from then on it has scripts to run of its own.
  // The gateway is loaded and opened meanwhile; commands wait for it, and tell when it cannot be opened.
  const opening = Promise.race([ready, loading.catch(() => undefined)])
    .then(() => Promise.all([import('./open-gateway.js'), import('@onebox/gateway/router.js')]))
    .then(([{ openGateway }]) =>
      openGateway({
        dataFolder,
        practice,
        practiceDevices,
        developer,
        version: app.getVersion(),
        keyStore: secretStore(safeStorage, process.platform, practice),
        smartCardModule: commandLineOption(process.argv, 'smart-card'),
        badgeReaderName: commandLineOption(process.argv, 'badge-reader'),
        shown,
      }),
    );
  opening.then((gateway) => lookWhenAwake(powerMonitor, gateway), report);
  const saver = saveHandOvers(ipcMain, deferred(opening), window, async (name) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: name,
      filters: [{ name: 'OneBox hand-over', extensions: ['obx'] }],
    });
    return canceled || filePath === '' ? undefined : filePath;
  });
  const carried = carryApi(ipcMain, saver.api, window);
  const release = (): void => {
    carried();
    saver.release();
  };
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  showAgainAfterCrash(window);
  app.on('window-all-closed', () => app.quit());
  let closing = false;
  app.on('before-quit', (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    release();
    opening
      .then((gateway) => gateway.dispose())
      .catch(() => undefined)
      .finally(() => app.exit(process.exitCode === undefined ? 0 : Number(process.exitCode)));
  });
  await loading;
}

/** The gateway outlives its page: a crashed one is loaded again, at most once in ten seconds. */
function showAgainAfterCrash(window: BrowserWindow): void {
  let last = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    if (performance.now() - last < 10_000) return fail(new OneBoxError('INTERNAL', `page ${reason}`));
    last = performance.now();
    window.loadURL(`${APP_ORIGIN}/index.html`).catch(fail);
  });
}

/** The gateway's API before it is open: calls and subscriptions wait for it. */
function deferred(opening: Promise<Gateway>): Pick<Gateway, 'call' | 'subscribe'> {
  return {
    call: async (name, ...args) => (await opening).call(name, ...args),
    subscribe: (listener) => {
      let unsubscribe: (() => void) | undefined;
      let over = false;
      opening.then(
        (gateway) => {
          if (!over) unsubscribe = gateway.subscribe(listener);
        },
        () => undefined,
      );
      return () => {
        over = true;
        unsubscribe?.();
      };
    },
  };
}

/** One line for whoever started this from a terminal, and an exit code of 1 when it ends. */
function report(error: unknown): void {
  const { code, summary, remedy, detail } = toOneBoxError(error).toJSON();
  console.error(`${code} ${summary}${detail ? ` (${detail})` : ''} ${remedy}`);
  process.exitCode = 1;
}

function fail(error: unknown): void {
  report(error);
  app.quit();
}
