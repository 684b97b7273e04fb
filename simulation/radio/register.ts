import Module from 'node:module';
import type { VirtualAdapter } from './virtual-adapter.js';

const NATIVE_SOCKETS = new Set(['@abandonware/bluetooth-hci-socket', '@stoprocent/bluetooth-hci-socket']);

interface LoadHook {
  _load(request: string, ...rest: unknown[]): unknown;
}

/**
 * Gives noble itself, unmodified and unmended, the sockets of a virtual adapter: for scripts that measure or compare.
 * To be called before noble is loaded; not in a process that uses `BleProvider`, which takes its socket as an option.
 * The result takes the hook off again.
 */
export function registerHciSocket(adapter: VirtualAdapter): () => void {
  const hook = Module as unknown as LoadHook;
  const load = hook._load;
  function VirtualSocket(): object {
    return adapter.hciSocket();
  }
  hook._load = (request, ...rest) =>
    NATIVE_SOCKETS.has(request) ? VirtualSocket : load.call(Module, request, ...rest);
  return () => {
    hook._load = load;
  };
}
