import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readAsset } from '@onebox/gateway/carriers/assets.js';
import { contentSecurityPolicy } from '@onebox/gateway/carriers/content-security.js';
import { buildRenderer } from '../../scripts/build/renderer.mjs';

const folder = join(import.meta.dirname, '../../renderer/dist/gallery');

/** Serves the gallery on 127.0.0.1 under the policy of the product. */
export async function serveGallery(): Promise<{ readonly url: string; close(): Promise<void> }> {
  await buildRenderer({ gallery: true });
  const server = createServer((request, response) => {
    void readAsset(folder, new URL(request.url ?? '/', 'http://localhost').pathname).then((asset) => {
      if (!asset) return void response.writeHead(404).end();
      response
        .writeHead(200, { 'Content-Type': asset.type, 'Content-Security-Policy': contentSecurityPolicy('none') })
        .end(asset.bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
