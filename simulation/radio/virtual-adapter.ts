import { EventEmitter } from 'node:events';
import type { HciSocket } from '@onebox/gateway/links/ble/hci-socket.js';
import type { HciTransport } from './h4.js';

/** `absent`: unplugged; `denied`: the system does not let us open it. */
export type AdapterState = 'on' | 'off' | 'absent' | 'denied';

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/**
 * A Bluetooth adapter of this tablet that can be switched off, unplugged and forbidden. `hciSocket` is what
 * `BleProvider` takes; every socket is a controller of its own on the radio, as after a reset.
 */
export class VirtualAdapter {
  #state: AdapterState = 'on';
  readonly #sockets = new Set<VirtualHciSocket>();

  constructor(readonly attach: () => HciTransport) {}

  get state(): AdapterState {
    return this.#state;
  }

  set state(state: AdapterState) {
    this.#state = state;
    if (state !== 'on') for (const socket of this.#sockets) socket.powerLost();
  }

  /** The controllers in use, newest last: for tests that move them out of range. */
  get transports(): readonly HciTransport[] {
    return [...this.#sockets].flatMap((socket) => socket.transport ?? []);
  }

  readonly hciSocket = (): HciSocket => {
    const socket = new VirtualHciSocket(this);
    this.#sockets.add(socket);
    socket.once('stopped', () => this.#sockets.delete(socket));
    return socket;
  };
}

export class VirtualHciSocket extends EventEmitter implements HciSocket {
  transport: HciTransport | undefined;

  constructor(private readonly adapter: VirtualAdapter) {
    super();
  }

  bindRaw(deviceId = 0): number {
    if (this.adapter.state === 'absent') throw failure('ENODEV', 'No such device');
    if (this.adapter.state === 'denied') throw failure('EPERM', 'Operation not permitted');
    if (!this.transport) {
      this.transport = this.adapter.attach();
      this.transport.on('data', (packet: Buffer) => {
        if (this.isDevUp()) this.emit('data', packet);
      });
      this.transport.on('error', (error: Error) => this.emit('error', error));
    }
    return deviceId;
  }

  bindUser(deviceId = 0): number {
    return this.bindRaw(deviceId);
  }

  isDevUp(): boolean {
    return this.adapter.state === 'on';
  }

  setFilter(): void {
    // every packet is wanted
  }

  start(): void {
    // packets flow from the binding on
  }

  stop(): void {
    this.transport?.close();
    this.transport = undefined;
    this.emit('stopped');
  }

  /** What the kernel does when an adapter goes down: the controller is reset, no event reaches the host. */
  powerLost(): void {
    this.transport?.write(Buffer.from('01030c00', 'hex'));
  }

  getDeviceList(): { devId: number; devUp: boolean }[] {
    return this.adapter.state === 'absent' ? [] : [{ devId: 0, devUp: this.isDevUp() }];
  }

  write(packet: Buffer): void {
    if (this.isDevUp()) this.transport?.write(Buffer.from(packet));
  }
}
