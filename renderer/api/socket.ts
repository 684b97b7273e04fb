import type { GatewayApi, GatewayEvent } from '@onebox/gateway/api.js';
import { type ErrorReport, fromReport, OneBoxError } from '@onebox/protocol/errors.js';

type FromServer =
  | { readonly hello: true; readonly back?: string }
  | { readonly id: number; readonly ok: true; readonly value?: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorReport }
  | { readonly event: GatewayEvent };

interface Pending {
  resolve(value: unknown): void;
  reject(error: OneBoxError): void;
}

export interface SocketApi extends GatewayApi {
  /** Called once, when the connection is gone for good: the token is spent; only loading the page again helps. */
  onLost(listener: () => void): void;
}

/**
 * The gateway behind a loopback WebSocket, for a machine without Electron. The page sends
 * `{hello: token}` first and then `{id, name, input}`; the server answers `{id, ok, value | error}` and
 * pushes `{event}`. The token comes in the fragment of the address (`#token=...`), so that it is in no
 * request line and no log; it is good for one connection. The answer holds the one for the next load of this
 * page, which `keep` takes.
 */
export function socketApi(socket: WebSocket, token: string, keep: (back: string) => void = () => undefined): SocketApi {
  const pending = new Map<number, Pending>();
  const listeners = new Set<(event: GatewayEvent) => void>();
  const lost = new Set<() => void>();
  let next = 1;
  let ended = false;

  const open = new Promise<void>((resolve) => {
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ hello: token }));
      resolve();
    });
  });
  const end = (): void => {
    if (ended) return;
    ended = true;
    for (const call of pending.values()) call.reject(new OneBoxError('LINK_LOST', 'gateway'));
    pending.clear();
    for (const listener of lost) listener();
  };
  socket.addEventListener('close', end);
  socket.addEventListener('error', end);
  socket.addEventListener('message', (incoming) => {
    const message = JSON.parse(String(incoming.data)) as FromServer;
    if ('event' in message) for (const listener of listeners) listener(message.event);
    else if ('hello' in message) {
      if (message.back) keep(message.back);
    } else if ('id' in message) {
      const call = pending.get(message.id);
      pending.delete(message.id);
      if (message.ok) call?.resolve(message.value);
      else call?.reject(fromReport(message.error));
    }
  });

  return {
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new OneBoxError('LINK_LOST', 'gateway'));
        const id = next++;
        pending.set(id, { resolve: resolve as Pending['resolve'], reject });
        void open.then(() => ended || socket.send(JSON.stringify({ id, name, input: args[0] })));
      }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onLost: (listener) => void lost.add(listener),
  };
}
