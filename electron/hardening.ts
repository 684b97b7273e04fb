import { APP_ORIGIN } from '@onebox/gateway/access/webauthn/relying-party.js';
import type { App, Session, WebContents } from 'electron';
import { isOwnFile } from './downloads.js';

/** The only origin of the user interface; security keys answer to it. */
export { APP_ORIGIN };

/** True for a frame that is the application's own page, in its top frame. */
export function isOwnFrame(frame: { readonly url: string; readonly parent: unknown } | null): boolean {
  // Electron gives the serialised URL: nothing but the origin can stand before its first single slash.
  return frame !== null && frame.parent === null && frame.url.startsWith(`${APP_ORIGIN}/`);
}

/** Refuses every permission, device and network request of pages: the interface needs none. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !details.url.startsWith(`${APP_ORIGIN}/`) && !details.url.startsWith('devtools://') }),
  );
  session.on('will-download', (event, item, contents) => {
    if (!isOwnFile(item, contents)) event.preventDefault();
  });
}

/** No window opens another, none leaves its page, none embeds anything. */
export function hardenContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('select-bluetooth-device', (event, _devices, answer) => {
    event.preventDefault();
    answer('');
  });
}

export function hardenApp(app: App): void {
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
}
