import type { GatewayApi, GatewayEvent } from '@onebox/gateway/api.js';
import { type ErrorReport, fromReport } from '@onebox/protocol/errors.js';

/** Answer to one command, as it crosses to the page: errors as data, since classes do not survive the crossing. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorReport };

/**
 * What the preload script exposes as `window.onebox`: `call` answers and never rejects for an error of
 * OneBox; `subscribe` hands every event to the listener until the returned function is called.
 */
export interface Bridge {
  call(name: string, input: unknown): Promise<Answer>;
  subscribe(listener: (event: GatewayEvent) => void): () => void;
  /** Asks the person where, and saves the hand-over that was made last; the value is `saved` or `cancelled`. */
  saveHandOver(): Promise<Answer>;
}

declare global {
  interface Window {
    readonly onebox?: Bridge;
  }
}

/** The gateway behind the preload bridge. `call` rejects with an OneBoxError. */
export function bridgeApi(bridge: Pick<Bridge, 'call' | 'subscribe'>): GatewayApi {
  return {
    call: async (name, ...args) => {
      const answer = await bridge.call(name, args[0]);
      if (!answer.ok) throw fromReport(answer.error);
      return answer.value as never;
    },
    subscribe: (listener) => bridge.subscribe(listener),
  };
}
