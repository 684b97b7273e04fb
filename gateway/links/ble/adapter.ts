import { OneBoxError } from '@onebox/protocol/errors.js';
import type { OperationOptions } from '../link.js';
import { within } from '../operations.js';
import type { HciSocketFactory } from './hci-socket.js';
import { createNoble, startNoble } from './noble.js';
import type { Noble, NoblePeripheral, NobleState } from './noble-types.js';

/** How often an adapter that cannot be used is tried again (ms). */
const RETRY_MS = 2_000;
/** An adapter that says nothing for so long after it was opened does not work (ms). */
const SILENT_MS = 5_000;

/** Why an adapter could not be opened. The native socket has no codes, only texts of the system. */
export function adapterError(error: unknown): OneBoxError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const denied = code === 'EPERM' || code === 'EACCES' || /not permitted|permission denied/i.test(String(message));
  const detail = typeof code === 'string' ? code : String(message).slice(0, 80);
  return new OneBoxError(denied ? 'BLE_DENIED' : 'BLE_NO_ADAPTER', detail, {}, { cause: error });
}

export interface AdapterListener {
  /** The adapter works (`undefined`), or why not. */
  changed(error: OneBoxError | undefined): void;
  discovered: Parameters<Noble['on']>[1];
  scanStopped(): void;
}

/**
 * The Bluetooth adapter of this machine, through one noble after the other: one that fails or loses its adapter is
 * thrown away with all it knew, and a new one tries again until the adapter works. Nothing needs a restart.
 */
export class BleAdapter {
  #noble: Noble | undefined;
  #end: () => void = () => {};
  #error: OneBoxError | undefined;
  #works = false;
  #disposed = false;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly listener: AdapterListener,
    private readonly hciSocket?: HciSocketFactory,
    private readonly retryMs = RETRY_MS,
  ) {}

  /** The noble of the working adapter. */
  get noble(): Noble | undefined {
    return this.#works ? this.#noble : undefined;
  }

  /** Resolves with a working adapter. Rejects at once with BLE_NO_ADAPTER, BLE_OFF or BLE_DENIED when it is known not to work. */
  async ready(options: OperationOptions): Promise<Noble> {
    if (this.#disposed) throw new OneBoxError('LINK_ABORTED', 'the provider was disposed');
    if (!this.#noble && !this.#timer) this.#open();
    if (!this.#works && !this.#error) {
      await within('adapter', options, new Promise<void>((resolve) => this.#waiting.push(resolve)));
    }
    if (!this.noble) throw this.#error ?? new OneBoxError('LINK_ABORTED', 'the provider was disposed');
    return this.noble;
  }

  /** Drops what noble keeps of a device that is gone: devices with changing addresses would fill the memory. */
  forget(peripheral: NoblePeripheral): void {
    if (!this.#noble || peripheral.state !== 'disconnected') return;
    const { _bindings: bindings, _peripherals, _services, _characteristics, _descriptors } = this.#noble;
    for (const kept of [_peripherals, _services, _characteristics, _descriptors]) delete kept[peripheral.id];
    delete bindings._addresses?.[peripheral.id];
    delete bindings._gap?._discoveries[peripheral.address];
  }

  dispose(): void {
    this.#disposed = true;
    this.#close();
    this.#settle();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      const noble = createNoble(this.hciSocket);
      this.#noble = noble;
      noble.on('stateChange', (state: NobleState) => this.#onState(noble, state));
      noble.on('discover', this.listener.discovered);
      noble.on('scanStop', () => this.listener.scanStopped());
      noble.on('warning', () => {}); // else noble writes to the console
      this.#end = startNoble(noble);
      if (this.#noble === noble && !this.#works)
        this.#later(SILENT_MS, () => this.#fail(new OneBoxError('BLE_NO_ADAPTER', 'no answer')));
    } catch (error) {
      this.#fail(adapterError(error));
    }
  }

  #onState(noble: Noble, state: NobleState): void {
    if (noble !== this.#noble || state === 'unknown' || state === 'resetting') return;
    if (state === 'poweredOn') {
      if (this.#works) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#works = true;
      this.#error = undefined;
      this.#settle();
      this.listener.changed(undefined);
    } else if (state === 'unauthorized') this.#fail(new OneBoxError('BLE_DENIED', state));
    else if (state === 'unsupported') this.#fail(new OneBoxError('BLE_NO_ADAPTER', 'adapter without Bluetooth LE'));
    else this.#fail(this.#present(noble) ? new OneBoxError('BLE_OFF') : new OneBoxError('BLE_NO_ADAPTER'));
  }

  #present(noble: Noble): boolean {
    const socket = noble._bindings._hci?._socket;
    if (!socket) return true;
    try {
      return socket.getDeviceList().length > 0;
    } catch {
      return false;
    }
  }

  #fail(error: OneBoxError): void {
    const news = error.kind !== this.#error?.kind;
    this.#error = error;
    this.#close();
    if (!this.#disposed) this.#later(this.retryMs, () => this.#open());
    this.#settle();
    if (news) this.listener.changed(error);
  }

  /** `startNoble` may report a state before it returns, hence not at once. */
  #close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#works = false;
    this.#noble = undefined;
    const end = this.#end;
    this.#end = () => {};
    end();
  }

  #later(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, ms);
    this.#timer.unref();
  }

  #settle(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
