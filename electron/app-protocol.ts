import { readAsset } from '@onebox/gateway/carriers/assets.js';
import { contentSecurityPolicy, SECURITY_HEADERS } from '@onebox/gateway/carriers/content-security.js';
import type { Protocol } from 'electron';
import { APP_ORIGIN } from './hardening.js';

/**
 * Serves the built user interface under its own https origin, from the disk and with its real policy: all
 * https of this application is answered here, none of it leaves the machine, and there is no file:// anywhere.
 * The host is reserved and never resolves (RFC 2606). A scheme of our own would have to be registered before
 * Electron is ready, which a launcher can make impossible, and has no origin for WebAuthn.
 */
export function serveApp(protocol: Protocol, folder: string): void {
  protocol.handle('https', async (request) => {
    const headers = { ...SECURITY_HEADERS, 'Content-Security-Policy': contentSecurityPolicy('none') };
    const url = new URL(request.url);
    const asset =
      url.origin === APP_ORIGIN && request.method === 'GET' ? await readAsset(folder, url.pathname) : undefined;
    if (!asset) return new Response(null, { status: 404, headers });
    return new Response(asset.bytes, { headers: { ...headers, 'Content-Type': asset.type } });
  });
}
