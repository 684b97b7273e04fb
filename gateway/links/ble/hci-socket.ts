import type { EventEmitter } from 'node:events';

/**
 * What noble needs of an HCI socket (the class of `@abandonware/bluetooth-hci-socket`): emits `data` with one H4
 * packet each, and `error`. Whoever has a controller of another kind, such as a virtual radio, gives one of these.
 * `bindRaw` throws errors with `code` EPERM (not allowed) or ENODEV (no adapter).
 */
export interface HciSocket extends EventEmitter {
  bindRaw(deviceId?: number): number;
  bindUser(deviceId?: number): number;
  isDevUp(): boolean;
  setFilter(filter: Buffer): void;
  start(): void;
  stop(): void;
  write(packet: Buffer): void;
  getDeviceList(): readonly { readonly devId: number | null; readonly devUp: boolean }[];
}

export type HciSocketFactory = () => HciSocket;
