import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { GatewayApi } from '../api.js';
import { FILE_BYTES } from '../links/file/limits.js';
import { route } from '../router.js';
import { readAsset } from './assets.js';
import { contentSecurityPolicy, OPENER_HEADER, SECURITY_HEADERS } from './content-security.js';

export interface LoopbackServer {
  /** Open this once: the token in the fragment lets in one page, then it is spent. That page gets the next one. */
  readonly url: string;
  close(): Promise<void>;
}

/** A file in Base64, and what stands around it. */
const MAX_MESSAGE = 4 * Math.ceil(FILE_BYTES / 3) + 64 * 1024;
const HELLO_WITHIN_MS = 5_000;

/**
 * Carries the gateway API to a browser on the same machine, for machines without Electron: files over
 * HTTP and one WebSocket, on 127.0.0.1 only, behind one-time tokens. Client `{id, name, input}`, server
 * `{id, ok, value | error}` and `{event}`; the first message is `{hello: token}`, answered by `{hello: true, back}`.
 *
 * A page that leaves locks the tablet. With `back`, which only that page knows, it can be loaded again, once, and
 * finds the lock screen; what was read is there for the same person (Encounters).
 */
export async function serveLoopback(api: GatewayApi, folder: string, port = 0): Promise<LoopbackServer> {
  const first = randomBytes(32);
  /** Lets in the next page. */
  let token = first;
  let inside: WebSocket | undefined;
  /** The tablet is being locked behind a page that left. */
  let leaving: Promise<unknown> = Promise.resolve();
  let closing = false;
  let origin = '';

  const server = createServer((request, response) => {
    void (async () => {
      const headers = {
        ...SECURITY_HEADERS,
        ...OPENER_HEADER,
        'Content-Security-Policy': contentSecurityPolicy('self'),
      };
      // A name other than ours in Host is a page elsewhere that had its DNS point here.
      const foreign = `http://${request.headers.host}` !== origin;
      const asset =
        foreign || request.method !== 'GET'
          ? undefined
          : await readAsset(folder, new URL(request.url ?? '/', origin).pathname);
      if (!asset) return void response.writeHead(foreign ? 403 : 404, headers).end();
      response.writeHead(200, { ...headers, 'Content-Type': asset.type }).end(asset.bytes);
    })().catch(() => response.destroy());
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE });
  server.on('upgrade', (request, socket, head) => {
    if (request.headers.origin !== origin) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => accept(client));
  });

  /** Whoever opens the page next must say who he is. */
  function leave(): void {
    inside = undefined;
    if (!closing) leaving = api.call('lock').catch(() => undefined);
  }

  function accept(client: WebSocket): void {
    let welcome = false;
    let unsubscribe = (): void => undefined;
    const late = setTimeout(() => welcome || client.terminate(), HELLO_WITHIN_MS);
    const send = (message: unknown): void => {
      if (client.readyState === client.OPEN) client.send(JSON.stringify(message));
    };
    client.on('error', () => client.terminate());
    client.on('close', () => {
      clearTimeout(late);
      unsubscribe();
      if (inside === client) leave();
    });
    client.on('message', (data) => {
      const message = parse(String(data));
      if (!welcome) {
        const shown = Buffer.from(String(message?.hello ?? ''), 'base64url');
        if (shown.length !== token.length || !timingSafeEqual(shown, token)) return client.close(4401, 'token');
        welcome = true;
        token = randomBytes(32);
        // The page before is the same one: its end may be noticed late.
        const before = inside;
        if (before) leave();
        before?.terminate();
        inside = client;
        unsubscribe = api.subscribe((event) => send({ event }));
        return send({ hello: true, back: token.toString('base64url') });
      }
      const { id, name, input } = message ?? {};
      if (typeof id !== 'number') return;
      void leaving.then(() => route(api, name, input)).then((answer) => send({ id, ...answer }));
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/#token=${first.toString('base64url')}`,
    close: () =>
      new Promise((resolve) => {
        closing = true;
        for (const client of sockets.clients) client.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parse(text: string): { hello?: unknown; id?: unknown; name?: unknown; input?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
