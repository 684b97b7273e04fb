import Module, { createRequire } from 'node:module';
import type { HciSocket, HciSocketFactory } from './hci-socket.js';
import { mendGatt } from './mend-gatt.js';
import { mendHci } from './mend-hci.js';
import { mendGap, mendPairing } from './mend-peer.js';
import type { Noble } from './noble-types.js';

const NATIVE_SOCKET = '@abandonware/bluetooth-hci-socket';
const require = createRequire(import.meta.url);

interface LoadHook {
  _load(request: string, ...rest: unknown[]): unknown;
}

/** The socket of the noble instance that is being made; noble has no argument for it. */
let factory: HciSocketFactory | undefined;
let prepared = false;

const nativeSocket: HciSocketFactory = () => {
  const Native = require(NATIVE_SOCKET) as new () => HciSocket;
  return new Native();
};

/** What noble gets when it asks for the class of the HCI socket. The native module is loaded at the first real use. */
function SocketOfTheMoment(): HciSocket {
  return (factory ?? nativeSocket)();
}

/** Loads the HCI binding with our socket in the place of the native one, and mends it. Once per process. */
function prepare(): void {
  if (prepared) return;
  const hook = Module as unknown as LoadHook;
  const load = hook._load;
  hook._load = (request, ...rest) =>
    request === NATIVE_SOCKET ? SocketOfTheMoment : load.call(Module, request, ...rest);
  try {
    mendHci(require('@abandonware/noble/lib/hci-socket/hci').prototype);
  } finally {
    hook._load = load;
  }
  mendGatt(require('@abandonware/noble/lib/hci-socket/gatt').prototype);
  mendGap(require('@abandonware/noble/lib/hci-socket/gap').prototype);
  mendPairing(require('@abandonware/noble/lib/hci-socket/smp').prototype);
  prepared = true;
}

/**
 * Makes a noble of its own, with bindings of its own, not yet started. With `hciSocket` it uses the HCI binding on
 * any system; without, what fits the system. Throws what loading throws: noble itself may be missing or not fit.
 */
export function createNoble(hciSocket?: HciSocketFactory): Noble {
  factory = hciSocket;
  try {
    const noble = load(hciSocket !== undefined || process.platform === 'linux');
    noble.initialized = true; // else it starts itself with the first listener
    return noble;
  } finally {
    factory = undefined;
  }
}

function load(hci: boolean): Noble {
  if (!hci) return require('@abandonware/noble/with-custom-binding')({}) as Noble;
  prepare();
  const Bindings = require('@abandonware/noble/lib/hci-socket/bindings');
  return require('@abandonware/noble/with-bindings')(new Bindings({})) as Noble;
}

/** Starts a noble and returns what ends it. Throws when the adapter cannot be opened. */
export function startNoble(noble: Noble): () => void {
  const before = process.listeners('exit');
  let atExit: NodeJS.ExitListener[] = [];
  const bindings = noble._bindings;
  const end = (): void => {
    for (const listener of atExit) process.removeListener('exit', listener);
    noble.removeAllListeners();
    const hci = bindings._hci;
    if (hci) {
      hci.stopped = true;
      clearTimeout(hci.pollTimer);
      hci._socket.removeAllListeners();
      hci._socket.on('error', () => {}); // late errors of a closed socket
      try {
        hci._socket.stop();
      } catch {
        // it was never started
      }
    }
  };
  try {
    bindings.init();
  } catch (error) {
    end();
    throw error;
  }
  atExit = process.listeners('exit').filter((listener) => !before.includes(listener));
  // noble ends the process on Ctrl+C when nobody else listens; that is for the program to decide
  if (bindings.onSigIntBinded) process.removeListener('SIGINT', bindings.onSigIntBinded);
  return end;
}
