import type { GatewayApi } from '@onebox/gateway/api.js';
import { bridgeApi } from './bridge.js';
import { socketApi } from './socket.js';

export interface Connection {
  readonly api: GatewayApi;
  /** Calls back once when the gateway can no longer be reached. */
  onLost(listener: () => void): void;
}

/**
 * Chooses the carrier: the preload bridge where there is one, else a WebSocket to the host of this page
 * with the one-time token of its address. Undefined when there is neither.
 */
export function connect(page: Window): Connection | undefined {
  if (page.onebox) return { api: bridgeApi(page.onebox), onLost: () => undefined };
  const token = new URLSearchParams(page.location.hash.slice(1)).get('token');
  if (!token) return undefined;
  // The token is spent by this connection; it need not stay in the address bar.
  page.history.replaceState(null, '', page.location.pathname);
  const api = socketApi(
    new WebSocket(`${page.location.protocol === 'https:' ? 'wss' : 'ws'}://${page.location.host}/`),
    token,
  );
  return { api, onLost: (listener) => api.onLost(listener) };
}
