import type { AddressInfo } from 'node:net';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket as NodeSocket, WebSocketServer } from 'ws';
import { bridgeApi } from './bridge.js';
import { type SocketApi, socketApi } from './socket.js';

describe('socketApi', () => {
  let server: WebSocketServer | undefined;
  afterEach(() => {
    for (const client of server?.clients ?? []) client.terminate();
    server?.close();
  });

  async function joined(
    answer: (message: Record<string, unknown>) => unknown,
  ): Promise<{ api: SocketApi; heard: Record<string, unknown>[]; drop(): void; push(message: unknown): void }> {
    const heard: Record<string, unknown>[] = [];
    const made = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server = made;
    made.on('connection', (client) =>
      client.on('message', (data) => {
        const message = JSON.parse(String(data)) as Record<string, unknown>;
        heard.push(message);
        const reply = answer(message);
        if (reply) client.send(JSON.stringify(reply));
      }),
    );
    await new Promise((resolve) => made.once('listening', resolve));
    const api = socketApi(
      new NodeSocket(`ws://127.0.0.1:${(made.address() as AddressInfo).port}`) as unknown as WebSocket,
      'secret',
    );
    const each = (act: (client: NodeSocket) => void): void => {
      for (const client of made.clients) act(client);
    };
    return {
      api,
      heard,
      drop: () => each((client) => client.terminate()),
      push: (message) => each((client) => client.send(JSON.stringify(message))),
    };
  }

  it('says hello first, then asks, and matches answers to questions', async () => {
    const { api, heard, push } = await joined((message) =>
      'id' in message ? { id: message.id, ok: true, value: message.input ?? 'status' } : { hello: true },
    );
    const events: unknown[] = [];
    api.subscribe((event) => events.push(event));
    const [first, second] = await Promise.all([api.call('status'), api.call('card', { accessId: 'a' })]);
    expect(first).toBe('status');
    expect(second).toEqual({ accessId: 'a' });
    expect(heard[0]).toEqual({ hello: 'secret' });
    push({ event: { type: 'status' } });
    await expect.poll(() => events).toEqual([{ type: 'status' }]);
  });

  it('keeps the token for the next load of the page', async () => {
    const made = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server = made;
    made.on('connection', (client) =>
      client.on('message', () => client.send(JSON.stringify({ hello: true, back: 'next' }))),
    );
    await new Promise((resolve) => made.once('listening', resolve));
    const kept: string[] = [];
    const url = `ws://127.0.0.1:${(made.address() as AddressInfo).port}`;
    socketApi(new NodeSocket(url) as unknown as WebSocket, 'secret', (back) => kept.push(back));
    await expect.poll(() => kept).toEqual(['next']);
  });

  it('rejects with the error of the gateway', async () => {
    const { api } = await joined((message) =>
      'id' in message ? { id: message.id, ok: false, error: new OneBoxError('LOCKED').toJSON() } : undefined,
    );
    await expect(api.call('status')).rejects.toMatchObject({ kind: 'LOCKED' });
  });

  it('rejects what is open and what comes later when the connection is gone', async () => {
    const { api, heard, drop } = await joined(() => undefined);
    let lost = 0;
    api.onLost(() => lost++);
    const open = expect(api.call('status')).rejects.toMatchObject({ kind: 'LINK_LOST' });
    await expect.poll(() => heard.length).toBe(2);
    drop();
    await open;
    expect(lost).toBe(1);
    await expect(api.call('status')).rejects.toMatchObject({ kind: 'LINK_LOST' });
  });
});

describe('bridgeApi', () => {
  it('gives values and throws errors', async () => {
    const api = bridgeApi({
      call: async (name) =>
        name === 'status' ? { ok: true, value: 7 } : { ok: false, error: new OneBoxError('FORBIDDEN').toJSON() },
      subscribe: () => () => undefined,
    });
    expect(await api.call('status')).toBe(7);
    await expect(api.call('lock')).rejects.toMatchObject({ kind: 'FORBIDDEN' });
  });
});
