import type { EventEmitter } from 'node:events';
import type { HciSocket } from './hci-socket.js';

/** What we use of @abandonware/noble 1.9.2-26: the public objects, and below them the parts of its HCI binding that are mended. */

export type NobleState = 'unknown' | 'resetting' | 'unsupported' | 'unauthorized' | 'poweredOff' | 'poweredOn';

export interface NobleAdvertisement {
  readonly localName?: string;
  readonly manufacturerData?: Buffer;
  readonly serviceData?: readonly { readonly uuid: string; readonly data: Buffer }[];
  readonly serviceUuids?: readonly string[];
}

/** Intervals in 1.25 ms, timeout in 10 ms (HCI units). Other systems than Linux choose by themselves. */
export interface NobleConnectParameters {
  readonly minInterval: number;
  readonly maxInterval: number;
  readonly latency: number;
  readonly timeout: number;
}

export interface NobleCharacteristic extends EventEmitter {
  readonly uuid: string;
  readonly properties: readonly string[];
  read(): void;
  write(data: Buffer, withoutResponse: boolean): void;
  notify(on: boolean): void;
}

export interface NobleService extends EventEmitter {
  readonly uuid: string;
  discoverCharacteristics(uuids: readonly string[]): void;
}

export interface NoblePeripheral extends EventEmitter {
  readonly id: string;
  readonly address: string;
  readonly connectable: boolean;
  readonly advertisement: NobleAdvertisement;
  readonly rssi: number;
  readonly mtu: number | null;
  readonly state: 'error' | 'connecting' | 'connected' | 'disconnecting' | 'disconnected';
  connect(parameters: NobleConnectParameters): void;
  cancelConnect(): void;
  disconnect(): void;
  discoverServices(uuids: readonly string[]): void;
  updateRssi(): void;
}

export interface NobleHci extends EventEmitter {
  _socket: HciSocket;
  _state: string | null;
  _isDevUp: boolean | null;
  _aclQueue: { handle: number; packet: Buffer }[];
  _aclConnections: Map<number, { pending: number }>;
  stopped?: boolean;
  pollTimer?: NodeJS.Timeout;
  init(): void;
  pollIsDevUp(): void;
  setSocketFilter(): void;
  setEventMask(): void;
  setLeEventMask(): void;
  readLocalVersion(): void;
  writeLeHostSupported(): void;
  readLeHostSupported(): void;
  readBdAddr(): void;
  onSocketData(packet: Buffer): void;
  processCmdCompleteEvent(command: number, ...rest: unknown[]): void;
  readLeBufferSize(): void;
  writeAclDataPkt(handle: number, channel: number, data: Buffer): Promise<void>;
  flushAcl(): Promise<void>;
  getAclBuffers(): Promise<{ length: number; num: number }>;
}

export interface NobleGatt extends EventEmitter {
  _address: string;
  _mtu: number;
  _desired_mtu: number;
  _security: string;
  _currentCommand: GattCommand | null;
  _commandQueue: GattCommand[];
  _services: Record<string, Record<string, { valueHandle: number }>>;
  _characteristics: Record<string, Record<string, { valueHandle: number }>>;
  _aclStream: { encrypt(): void };
  refusal?: Buffer;
  writeAtt(data: Buffer): void;
  exchangeMtu(): void;
  onAclStreamData(channel: number, data: Buffer): void;
  onAclStreamEncrypt(encrypted: unknown): void;
  onAclStreamEncryptFail(): void;
  _queueCommand(buffer: Buffer, callback: ((data: Buffer) => void) | null, written?: () => void): void;
}

export interface GattCommand {
  readonly buffer: Buffer;
  readonly callback: ((data: Buffer) => void) | null;
  readonly writeCallback?: () => void;
}

export interface NobleBindings extends EventEmitter {
  readonly _hci?: NobleHci;
  readonly _gap?: { _discoveries: Record<string, unknown> };
  readonly _gatts?: Record<string, NobleGatt>;
  readonly _addresses?: Record<string, unknown>;
  onSigIntBinded?: () => void;
  init(): void;
}

export interface Noble extends EventEmitter {
  initialized: boolean;
  readonly _bindings: NobleBindings;
  readonly _peripherals: Record<string, unknown>;
  readonly _services: Record<string, unknown>;
  readonly _characteristics: Record<string, unknown>;
  readonly _descriptors: Record<string, unknown>;
  startScanning(services: readonly string[], duplicates: boolean): void;
  stopScanning(): void;
}
