import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentSecurityPolicy, SECURITY_HEADERS } from '@onebox/gateway/carriers/content-security.js';
import type { App, Session, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { FUSES } from './fuses.js';
import { APP_ORIGIN, hardenApp, hardenContents, hardenSession, isOwnFrame } from './hardening.js';
import { windowOptions } from './window-options.js';

// The list of the security design, section 6, as data: no Electron runs here.

/** Records what is set on it: `setX(handler)` and `on(event, handler)`. */
class Listening {
  readonly handlers = new Map<string, (...args: never[]) => unknown>();
  readonly webRequest = {
    onBeforeRequest: (handler: (...args: never[]) => unknown) => void this.handlers.set('request', handler),
  };

  on(event: string, handler: (...args: never[]) => unknown): void {
    this.handlers.set(event, handler);
  }
  setPermissionRequestHandler = (handler: (...args: never[]) => unknown) =>
    void this.handlers.set('permission', handler);
  setPermissionCheckHandler = (handler: (...args: never[]) => unknown) => void this.handlers.set('check', handler);
  setDevicePermissionHandler = (handler: (...args: never[]) => unknown) => void this.handlers.set('device', handler);
  setWindowOpenHandler = (handler: (...args: never[]) => unknown) => void this.handlers.set('window', handler);

  run(name: string, ...args: unknown[]): unknown {
    const handler = this.handlers.get(name) as ((...args: unknown[]) => unknown) | undefined;
    if (!handler) throw new Error(`nothing listens to ${name}`);
    return handler(...args);
  }

  /** True when the handler of an event prevented its default. */
  prevents(name: string): boolean {
    let prevented = false;
    this.run(name, { preventDefault: () => (prevented = true) }, [], () => undefined);
    return prevented;
  }
}

describe('window options', () => {
  it('isolate the page and keep Node and every embedding away from it', () => {
    expect(windowOptions('/app/preload.cjs', true).webPreferences).toEqual({
      preload: '/app/preload.cjs',
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
      devTools: false,
    });
  });

  it('allow developer tools only where the application is not a release', () => {
    expect(windowOptions('p', false).webPreferences?.devTools).toBe(true);
  });

  it('show nothing before it is painted', () => {
    expect(windowOptions('p', true)).toMatchObject({ show: false, width: 960, height: 600, useContentSize: true });
  });
});

describe('fuses', () => {
  it('close every way of running other code in the application', () => {
    expect(FUSES).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
      WasmTrapHandlers: true,
      strictlyRequireAllFuses: true,
    });
  });
});

describe('content security policy', () => {
  it('allows our own files and no network in Electron', () => {
    expect(contentSecurityPolicy('none')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    );
  });

  it('adds only the server itself in the browser', () => {
    expect(contentSecurityPolicy('self')).toBe(
      contentSecurityPolicy('none').replace("connect-src 'none'", "connect-src 'self'"),
    );
  });

  it('has no unsafe source and comes with headers that forbid devices, referrers, guessing and caching', () => {
    expect(contentSecurityPolicy('self')).not.toMatch(/unsafe|\*|https?:|blob:/);
    expect(SECURITY_HEADERS).toMatchObject({
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    });
    for (const feature of ['bluetooth', 'serial', 'usb', 'hid', 'camera', 'microphone', 'geolocation'])
      expect(SECURITY_HEADERS['Permissions-Policy']).toContain(`${feature}=()`);
  });
});

describe('isOwnFrame', () => {
  const top = (url: string) => ({ url, parent: null });

  it('knows the top frame of the application', () => {
    expect(isOwnFrame(top(`${APP_ORIGIN}/index.html`))).toBe(true);
    expect(isOwnFrame(top(`${APP_ORIGIN}/`))).toBe(true);
  });

  it.each([
    'https://onebox.invalid.example.org/index.html',
    'https://example.org/#https://onebox.invalid/',
    'https://onebox.invalid@example.org/',
    'https://onebox.invalid:8443/index.html',
    'http://onebox.invalid/index.html',
    'file:///index.html',
    'data:text/html,onebox.invalid',
    'blob:https://onebox.invalid/1',
    'about:blank',
    'not a url',
    '',
  ])('refuses %j', (url) => {
    expect(isOwnFrame(top(url))).toBe(false);
  });

  it('refuses a frame within a page, and none', () => {
    expect(isOwnFrame({ url: `${APP_ORIGIN}/index.html`, parent: top(`${APP_ORIGIN}/index.html`) })).toBe(false);
    expect(isOwnFrame(null)).toBe(false);
  });
});

describe('session', () => {
  const session = new Listening();
  hardenSession(session as unknown as Session);

  it('refuses every permission, asked or checked, and every device', () => {
    for (const permission of ['bluetooth', 'serial', 'hid', 'usb', 'media', 'clipboard-read', 'openExternal']) {
      const answers: unknown[] = [];
      session.run('permission', {}, permission, (answer: unknown) => answers.push(answer));
      expect(answers).toEqual([false]);
      expect(session.run('check', {}, permission)).toBe(false);
      expect(session.run('device', { deviceType: permission })).toBe(false);
    }
    const downloads = (url: string, name: string, page = `${APP_ORIGIN}/index.html`): boolean => {
      let prevented = false;
      const event = { preventDefault: () => (prevented = true) };
      session.run('will-download', event, { getURL: () => url, getFilename: () => name }, { getURL: () => page });
      return !prevented;
    };
    const own = `blob:${APP_ORIGIN}/6f1c02ab`;
    expect(downloads(own, 'erased-12.tlog-proof')).toBe(true);
    expect(downloads(own, 'onebox-6f1c02ab.onebox-backup')).toBe(true);
    for (const name of ['a.exe', 'a.html', 'a.tlog-proof.sh', 'tlog-proof', ''])
      expect(downloads(own, name)).toBe(false);
    for (const url of ['https://example.org/a', 'blob:https://example.org/a', `${APP_ORIGIN}/a`, 'data:,a'])
      expect(downloads(url, 'a.tlog-proof')).toBe(false);
    expect(downloads(own, 'a.tlog-proof', 'https://example.org/')).toBe(false);
  });

  it('lets no request out', () => {
    const cancelled = (url: string): unknown => {
      let answer: unknown;
      session.run('request', { url }, (given: { cancel: boolean }) => {
        answer = given.cancel;
      });
      return answer;
    };
    expect(cancelled(`${APP_ORIGIN}/index.html`)).toBe(false);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1:1/',
      'ws://127.0.0.1:1/',
      'file:///etc/passwd',
      `${APP_ORIGIN}.example.org/`,
      'ftp://x/',
    ])
      expect(cancelled(url), url).toBe(true);
  });
});

describe('contents', () => {
  it('open no window, go nowhere, embed nothing and choose no device', () => {
    const contents = new Listening();
    let listener: ((event: unknown, contents: WebContents) => void) | undefined;
    hardenApp({ on: (_event: string, given: typeof listener) => (listener = given) } as unknown as App);
    listener?.({}, contents as unknown as WebContents);
    expect(contents.run('window', { url: 'https://example.org/' })).toEqual({ action: 'deny' });
    for (const event of ['will-navigate', 'will-redirect', 'will-attach-webview', 'select-bluetooth-device'])
      expect(contents.prevents(event), event).toBe(true);
  });

  it('answer a Bluetooth chooser with no device', () => {
    const contents = new Listening();
    hardenContents(contents as unknown as WebContents);
    const chosen: unknown[] = [];
    contents.run('select-bluetooth-device', { preventDefault: () => undefined }, [{ deviceId: 'a' }], (id: unknown) =>
      chosen.push(id),
    );
    expect(chosen).toEqual(['']);
  });
});

describe('sources of the shell', () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), 'utf8') }));

  it('open nothing outside, run no text as code and take no file address', () => {
    for (const { name, text } of sources)
      expect(text, name).not.toMatch(
        /shell\.|openExternal|executeJavaScript|loadFile|file:\/\/\/|eval\(|new Function|nodeIntegration: true|sandbox: false/,
      );
  });

  it('take commands in one place, which checks the sender', () => {
    const taking = sources.filter(({ text }) => /ipcMain\.(handle|on|once|handleOnce)\(/.test(text));
    expect(taking.map(({ name }) => name)).toEqual(['ipc.ts']);
    expect(taking[0]?.text).toContain('isOwnFrame(event.senderFrame)');
  });
});
