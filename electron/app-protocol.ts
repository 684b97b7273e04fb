import { readAsset } from '@onebox/gateway/carriers/assets.js';
import { contentSecurityPolicy, SECURITY_HEADERS } from '@onebox/gateway/carriers/content-security.js';
import type { Protocol } from 'electron';
import { APP_ORIGIN } from './hardening.js';

/**
 * Serves the built user interface under its own https origin, from the disk and with its real policy: all
 * https of this application is answered here, none of it leaves the machine, and there is no file:// anywhere.
 * The host is reserved and never resolves (RFC 2606). A scheme of our own would have to be registered before
 * Electron is ready, which a launcher can make impossible, and has no origin for WebAuthn.
 * `protocol.handle` would do the same with Fetch, whose loading holds the first page up for 50 ms; a policy for
 * openers would throw the first page's process away and start another.
 */
export function serveApp(protocol: Protocol, folder: string): void {
  protocol.interceptBufferProtocol('https', async (request, answer) => {
    const headers = { ...SECURITY_HEADERS, 'Content-Security-Policy': contentSecurityPolicy('none') };
    const asset = isOwn(request) ? await readAsset(folder, new URL(request.url).pathname) : undefined;
    if (!asset) return answer({ statusCode: 404, headers, data: Buffer.alloc(0) });
    const [mimeType = '', charset = ''] = asset.type.split('; charset=');
    answer({ statusCode: 200, headers, data: Buffer.from(asset.bytes.buffer), mimeType, charset });
  });
}

function isOwn({ method, url }: { readonly method: string; readonly url: string }): boolean {
  return method === 'GET' && new URL(url).origin === APP_ORIGIN;
}
