import { readAsset } from '@onebox/gateway/carriers/assets.js';
import { contentSecurityPolicy, SECURITY_HEADERS } from '@onebox/gateway/carriers/content-security.js';
import type { Protocol } from 'electron';
import { APP_ORIGIN } from './hardening.js';

export const APP_SCHEME = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: false, corsEnabled: false, bypassCSP: false, allowServiceWorkers: false },
} as const;

/** Serves the built user interface as app://onebox with its real policy; there is no file:// anywhere. */
export function serveApp(protocol: Protocol, folder: string): void {
  protocol.handle('app', async (request) => {
    const headers = { ...SECURITY_HEADERS, 'Content-Security-Policy': contentSecurityPolicy('none') };
    const url = new URL(request.url);
    const asset = `${url.protocol}//${url.host}` === APP_ORIGIN && request.method === 'GET' ? await readAsset(folder, url.pathname) : undefined;
    if (!asset) return new Response(null, { status: 404, headers });
    return new Response(asset.bytes, { headers: { ...headers, 'Content-Type': asset.type } });
  });
}
