import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import type { HciTransport } from './h4.js';

/** The part of `ble-host` (pure JavaScript host stack, without types) that the simulated peripherals use. */
export interface BleHost {
  readonly BleManager: {
    create(transport: HciTransport, options: object, done: (error: unknown, manager: Manager) => void): void;
  };
  readonly HciErrors: { readonly SUCCESS: number };
}

export interface Manager {
  readonly gattDb: { setDeviceName(name: string | Buffer): void; addServices(services: readonly object[]): void };
  setAdvertisingData(data: Buffer): void;
  setScanResponseData(data: Buffer): void;
  startAdvertising(parameters: object, connected: (status: number, connection: Connection) => void): void;
  stopAdvertising(done: () => void): void;
}

export interface Connection {
  readonly gatt: { readonly currentMtu: number };
  readonly smp: {
    on(event: 'pairingRequest', listener: (request: object, answer: (features: object) => void) => void): void;
    sendPairingFailed(reason: number): void;
  };
  on(event: 'disconnect', listener: () => void): void;
  disconnect(): void;
}

/** What `ble-host` adds to a characteristic description once it is in the table. */
export interface ServerCharacteristic {
  notify(connection: Connection, value: Buffer, sent: () => void): boolean;
  indicate(connection: Connection, value: Buffer, confirmed: () => void): boolean;
}

interface LoadHook {
  _load(request: string, ...rest: unknown[]): unknown;
}

let loaded: BleHost | undefined;

/**
 * Loads `ble-host` so that it keeps its bonds in memory: by itself it writes them to the working directory. Its
 * storage module gets a file system that has nothing and takes nothing.
 */
export function loadBleHost(): BleHost {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const none = (): never => {
    throw Object.assign(new Error('no files here'), { code: 'ENOENT' });
  };
  const noFiles = Object.fromEntries(Object.keys(fs).map((name) => [name, none]));
  const hook = Module as unknown as LoadHook;
  const load = hook._load;
  hook._load = (request, ...rest) => (request === 'fs' ? noFiles : load.call(Module, request, ...rest));
  try {
    require('ble-host/lib/internal/storage.js');
  } finally {
    hook._load = load;
  }
  loaded = require('ble-host') as BleHost;
  return loaded;
}
