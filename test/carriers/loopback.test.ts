import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayApi, GatewayEvent } from '@onebox/gateway/api.js';
import { contentSecurityPolicy } from '@onebox/gateway/carriers/content-security.js';
import { type LoopbackServer, serveLoopback } from '@onebox/gateway/carriers/loopback.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

type Message = Record<string, unknown>;

/** A client that notes what it hears and how it ended. */
class Client {
  readonly heard: Message[] = [];
  readonly socket: WebSocket;
  readonly ended: Promise<number>;

  constructor(address: string, origin: string | undefined, host?: string) {
    this.socket = new WebSocket(address, {
      ...(origin === undefined ? {} : { origin }),
      ...(host === undefined ? {} : { headers: { host } }),
    });
    this.socket.on('message', (data) => this.heard.push(JSON.parse(String(data)) as Message));
    this.ended = new Promise((resolve) => {
      this.socket.on('close', (code) => resolve(code));
      this.socket.on('error', () => undefined);
    });
  }

  async say(message: unknown): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING)
      await new Promise((resolve) => this.socket.once('open', resolve));
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
}

describe('loopback server', () => {
  let folder: string;
  let server: LoopbackServer;
  let origin: string;
  let token: string;
  let port: number;
  let calls: unknown[];
  let listeners: Set<(event: GatewayEvent) => void>;
  const clients: Client[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onebox-loopback-'));
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/index.html'), '<p>page</p>');
    writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
    calls = [];
    listeners = new Set();
    const api = {
      call: async (...call: unknown[]) => {
        calls.push(call);
        return 'answer';
      },
      subscribe: (listener: (event: GatewayEvent) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } as unknown as GatewayApi;
    server = await serveLoopback(api, join(folder, 'app'));
    const url = new URL(server.url);
    origin = url.origin;
    port = Number(url.port);
    token = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const enter = (from: string | undefined = origin, host?: string): Client => {
    const client = new Client(origin.replace('http', 'ws'), from, host);
    clients.push(client);
    return client;
  };
  const welcomed = async (): Promise<Client> => {
    const client = enter();
    await client.say({ hello: token });
    await expect.poll(() => client.heard).toEqual([{ hello: true, back: expect.stringMatching(/^[\w-]{43}$/) }]);
    return client;
  };
  const get = (
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += String(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
      });
      asked.on('error', reject).end();
    });

  it('listens on 127.0.0.1 only, and its token is 256 random bits in the fragment', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('serves the page under its policy', async () => {
    const { status, body, headers } = await get('/');
    expect([status, body]).toEqual([200, '<p>page</p>']);
    expect(headers['content-security-policy']).toBe(contentSecurityPolicy('self'));
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(body).not.toContain(token);
  });

  it.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/app/..%5c..%5csecret.json',
    '/%00',
    '/%',
    '/etc/passwd',
    '/missing.js',
  ])('gives no file for %s', async (path) => {
    const { status, body } = await get(path);
    expect([status, body]).toEqual([404, '']);
  });

  it('answers only to its own name, so that no other name can be pointed at it', async () => {
    for (const host of [
      `localhost:${port}`,
      'example.org',
      `example.org:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
    ]) {
      const { status, body, headers } = await get('/', { host });
      expect([host, status, body]).toEqual([host, 403, '']);
      expect(headers['content-security-policy']).toBe(contentSecurityPolicy('self'));
    }
    expect((await get('/', {}, 'POST')).status).toBe(404);
  });

  it('lets one page in and answers it', async () => {
    const client = await welcomed();
    await client.say({ id: 7, name: 'card', input: { accessId: 'a' } });
    await expect.poll(() => client.heard.at(-1)).toEqual({ id: 7, ok: true, value: 'answer' });
    expect(calls).toEqual([['card', { accessId: 'a' }]]);
    for (const listener of listeners) listener({ type: 'status' } as GatewayEvent);
    await expect.poll(() => client.heard.at(-1)).toEqual({ event: { type: 'status' } });
  });

  it('takes its token once', async () => {
    const first = await welcomed();
    const second = enter();
    await second.say({ hello: token });
    expect(await second.ended).toBe(4401);
    first.socket.close();
    await first.ended;
    const third = enter();
    await third.say({ hello: token });
    expect(await third.ended).toBe(4401);
    expect(listeners.size).toBe(0);
  });

  it('lets the same page in again, behind the lock, and again only with what it got then', async () => {
    const page = await welcomed();
    const { back } = page.heard[0] as { back: string };
    const again = enter();
    await again.say({ hello: back });
    await expect.poll(() => again.heard[0]).toMatchObject({ hello: true });
    await page.ended;
    await expect.poll(() => calls).toEqual([['lock']]);
    await again.say({ id: 1, name: 'status' });
    await expect.poll(() => again.heard.at(-1)).toEqual({ id: 1, ok: true, value: 'answer' });
    expect(calls.map((call) => (call as unknown[])[0])).toEqual(['lock', 'status']);
    for (const old of [back, token]) {
      const stranger = enter();
      await stranger.say({ hello: old });
      expect(await stranger.ended).toBe(4401);
    }
    expect((again.heard[0] as { back: string }).back).not.toBe(back);
  });

  it('locks when its page leaves', async () => {
    const client = await welcomed();
    expect(calls).toEqual([]);
    client.socket.terminate();
    await expect.poll(() => calls).toEqual([['lock']]);
  });

  it.each([
    ['a wrong token', { hello: Buffer.alloc(32, 1).toString('base64url') }],
    ['a short token', { hello: 'AAAA' }],
    ['a token that is no text', { hello: { token: true } }],
    ['no token', {}],
    ['a command first', { id: 1, name: 'status' }],
    ['no JSON', 'hello'],
    ['null', 'null'],
  ])('refuses %s, which does not spend the token', async (_what, hello) => {
    const stranger = enter();
    await stranger.say(hello);
    expect(await stranger.ended).toBe(4401);
    expect([stranger.heard, calls, listeners.size]).toEqual([[], [], 0]);
    await welcomed();
  });

  it('refuses pages of another origin before they can say anything', async () => {
    for (const from of [
      'https://example.org',
      'null',
      origin.replace('127.0.0.1', 'localhost'),
      `${origin}0`,
      undefined,
    ]) {
      const client = new Client(origin.replace('http', 'ws'), from);
      expect([from, await client.ended]).toEqual([from, 1006]);
    }
    const renamed = enter('http://example.org', 'example.org');
    expect(await renamed.ended).toBe(1006);
    await welcomed();
  });

  it('ends a client that sends too much', async () => {
    const client = await welcomed();
    await client.say({ id: 1, name: 'status', input: 'x'.repeat(11 * 1024 * 1024) });
    expect(await client.ended).toBe(1009);
    await expect.poll(() => calls).toEqual([['lock']]);
    await expect.poll(() => listeners.size).toBe(0);
  });

  it('ends a client that does not say hello in time', async () => {
    const silent = enter();
    expect(await silent.ended).toBe(1006);
    await welcomed();
  });

  it('lives on after what is not HTTP, and after commands that are none', async () => {
    const raw = connect(port, '127.0.0.1');
    raw.on('error', () => undefined).resume();
    raw.write('\x16\x03\x01 not http\r\n\r\n');
    await new Promise((resolve) => raw.once('close', resolve));
    const client = await welcomed();
    for (const message of ['', '[]', '7', '{', { id: '1', name: 'status' }, { name: 'status' }, { hello: token }])
      await client.say(message);
    await client.say({ id: 9, name: 'dispose' });
    await expect.poll(() => client.heard.at(-1)).toMatchObject({ id: 9, ok: false, error: { kind: 'INPUT_INVALID' } });
    expect(client.heard).toHaveLength(2);
  });

  it('lets go of its client and its port when closed', async () => {
    const client = await welcomed();
    await server.close();
    expect(await client.ended).toBe(1006);
    // Whoever closes the server closes the gateway too.
    expect(calls).toEqual([]);
    await expect(get('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
