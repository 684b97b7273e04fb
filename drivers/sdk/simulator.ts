/**
 * What a vendor writes a simulated device against. A simulator is a description (advertisement and GATT
 * table, or a serial line) and handlers; the host puts it on a virtual radio or on a real pseudo terminal.
 * It knows neither. UUIDs have 4 or 32 hex digits, as in `ChannelId`.
 */

export type SimulatedProperty = 'read' | 'write' | 'write-without-response' | 'notify' | 'indicate';

/** Refusal of a read or write: an ATT error code (Bluetooth Core, Vol 3 Part F, 3.4.1.1), e.g. 0x02 read not permitted. */
export interface AttRefusal {
  readonly attError: number;
}

export type SimulatedValue = Uint8Array | AttRefusal;

export interface SimulatedCharacteristic {
  readonly uuid: string;
  readonly properties: readonly SimulatedProperty[];
  /** A promise that never settles is a device that never answers. At most 512 bytes. */
  read?(): SimulatedValue | Promise<SimulatedValue>;
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without a refusal returns nothing
  write?(bytes: Uint8Array): void | AttRefusal | Promise<void | AttRefusal>;
  /** The device insists on an encrypted link (pairing) for reads, writes and subscriptions. */
  readonly encrypted?: boolean;
}

export interface SimulatedService {
  readonly uuid: string;
  readonly characteristics: readonly SimulatedCharacteristic[];
}

export interface SimulatedAdvertisement {
  /** Bytes where a hostile or broken device sends no UTF-8. */
  readonly name?: string | Uint8Array;
  readonly services: readonly string[];
  /** Bluetooth SIG company identifier; sent in front of `manufacturerData`. */
  readonly companyId?: number;
  readonly manufacturerData?: Uint8Array;
  readonly serviceData?: readonly { readonly service: string; readonly data: Uint8Array }[];
  /** Milliseconds between advertisements, 20 to 10240; 100 if absent. */
  readonly intervalMs?: number;
}

/** How a simulated GATT device reaches the one connected reader. */
export interface BleAir {
  /**
   * Sends a notification to the reader. Resolves when it was handed to the link, or at once when nobody is
   * subscribed; the bytes are cut at MTU - 3 as on a real device. `characteristic` as in `ChannelId`.
   */
  notify(characteristic: string, bytes: Uint8Array): Promise<void>;
  /** As `notify`; resolves when the reader has confirmed it or has gone. */
  indicate(characteristic: string, bytes: Uint8Array): Promise<void>;
  /** The reader switched notifications or indications of a characteristic on or off. */
  onSubscribe(listener: (characteristic: string, on: boolean) => void): void;
  onConnection(listener: (connected: boolean) => void): void;
  /** The device hangs up. */
  disconnect(): void;
  /** Payload bytes of one notification on the present link (MTU - 3); 20 when none. */
  readonly maxNotification: number;
  /** The simulation's clock, milliseconds since 1970. */
  now(): number;
}

export interface BleSimulator {
  readonly advertisement: SimulatedAdvertisement;
  readonly services: readonly SimulatedService[];
  /** The device asks for pairing where a characteristic is `encrypted`, and refuses it. */
  readonly pairing?: 'refused';
  /** Called once, before the device advertises. Timers started here must end in `stop`. */
  start(air: BleAir): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** As `SerialSettings` of the gateway. */
export interface SerialLine {
  readonly baudRate: number;
  readonly dataBits?: 5 | 6 | 7 | 8;
  readonly stopBits?: 1 | 1.5 | 2;
  readonly parity?: 'none' | 'even' | 'odd' | 'mark' | 'space';
  readonly xon?: boolean;
  readonly xoff?: boolean;
  readonly rtscts?: boolean;
}

/** USB identity of an adapter, as the operating system reports it; ids are 4 lower-case hex digits. */
export interface SerialUsb {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
}

/** The device's end of the wire. */
export interface SerialWire {
  /** Sends bytes; they arrive in order, in pieces of any size. */
  send(bytes: Uint8Array): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** The cable is pulled. */
  unplug(): void;
  /** The simulation's clock, milliseconds since 1970. */
  now(): number;
}

export interface SerialSimulator {
  readonly usb?: SerialUsb;
  readonly line: SerialLine;
  /** Called once. Timers started here must end in `stop`. */
  start(wire: SerialWire): void | Promise<void>;
  stop(): void | Promise<void>;
}
