import type { BrowserWindowConstructorOptions } from 'electron';

/**
 * Every window of the application, as data so that a test reads it (security design, section 6).
 * 960 x 600 CSS px is the reference tablet at 200 % (UX specification, section 2.1).
 */
export function windowOptions(preload: string, release: boolean): BrowserWindowConstructorOptions {
  return {
    width: 960,
    height: 600,
    useContentSize: true,
    minWidth: 320,
    minHeight: 420,
    show: false,
    backgroundColor: '#FFFFFF',
    autoHideMenuBar: true,
    title: 'OneBox',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      safeDialogs: true,
      devTools: !release,
    },
  };
}
