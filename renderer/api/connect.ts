import type { GatewayApi } from '@onebox/gateway/api.js';
import { bridgeApi } from './bridge.js';
import { socketApi } from './socket.js';

export interface Connection {
  readonly api: GatewayApi;
  /** Calls back once when the gateway can no longer be reached. */
  onLost(listener: () => void): void;
}

/** Where the token for the next load of this page is, in this tab only. */
const BACK = 'onebox.back';

/**
 * Chooses the carrier: the preload bridge where there is one, else a WebSocket to the host of this page
 * with the one-time token of its address, or with the one that the page got for being loaded again. Undefined when
 * there is none.
 */
export function connect(page: Window): Connection | undefined {
  if (page.onebox) return { api: bridgeApi(page.onebox), onLost: () => undefined };
  const token = new URLSearchParams(page.location.hash.slice(1)).get('token') ?? page.sessionStorage.getItem(BACK);
  if (!token) return undefined;
  // The token is spent by this connection; it need not stay anywhere.
  page.sessionStorage.removeItem(BACK);
  page.history.replaceState(null, '', page.location.pathname);
  const api = socketApi(
    new WebSocket(`${page.location.protocol === 'https:' ? 'wss' : 'ws'}://${page.location.host}/`),
    token,
    (back) => page.sessionStorage.setItem(BACK, back),
  );
  return { api, onLost: (listener) => api.onLost(listener) };
}
