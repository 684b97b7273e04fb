import type { OneBoxError } from '@onebox/protocol/errors.js';

/**
 * A link to one device. Everything that a driver can cause goes through these calls, and every call
 * ends: by answer, deadline, disconnect or abort. All errors are `OneBoxError`s of the 1xx range.
 */

export type TransportKind = 'ble' | 'serial' | 'file';

/**
 * Where bytes go: a GATT characteristic by its UUID (4 or 32 upper-case hex digits without dashes, 4 for
 * Bluetooth SIG UUIDs; `180D/2A37` where one device has the characteristic in several services), or
 * `line` on a serial port and of a file.
 */
export type ChannelId = string;

export interface Channel {
  readonly id: ChannelId;
  /** Service UUID; empty on serial. */
  readonly service: string;
  readonly canRead: boolean;
  readonly canNotify: boolean;
  readonly canIndicate: boolean;
  readonly canWrite: boolean;
  readonly canWriteWithoutResponse: boolean;
}

export interface OperationOptions {
  /** Milliseconds; the host always gives one. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface ReadOptions extends OperationOptions {
  /** An empty value is LINK_EMPTY unless the driver declared it legal. */
  readonly allowEmpty?: boolean;
}

export interface WriteOptions extends OperationOptions {
  readonly withResponse?: boolean;
}

/** How a link ended; `error` is undefined when we closed it. */
export interface LinkEnd {
  readonly error?: OneBoxError;
}

export interface Packet {
  readonly channel: ChannelId;
  readonly bytes: Uint8Array;
  /** Tablet clock, milliseconds since 1970. */
  readonly at: number;
}

/** What it returns is waited for where it is a promise: then the next packet may come. */
export type PacketListener = (packet: Packet) => unknown;

export interface Link {
  readonly transport: TransportKind;
  /** Largest value of one write, in bytes. */
  readonly maxWrite: number;
  /** Resolves once, when the link is gone, whoever ended it. Never rejects. */
  readonly ended: Promise<LinkEnd>;
  /** What the device offers. Discovery happens at most once. */
  channels(options: OperationOptions): Promise<readonly Channel[]>;
  /** GATT only. Long values are read to their end. A refused read is LINK_REFUSED, never an empty value. */
  read(channel: ChannelId, options: ReadOptions): Promise<Uint8Array>;
  write(channel: ChannelId, bytes: Uint8Array, options: WriteOptions): Promise<void>;
  /**
   * Notifications, indications or serial bytes, in order, from now on. The result ends the subscription. A source
   * that can wait, such as a file, waits for what the listener returns.
   */
  subscribe(channel: ChannelId, listener: PacketListener, options: OperationOptions): Promise<() => Promise<void>>;
  /** Signal strength in dBm; undefined where the link has none. */
  rssi(options: OperationOptions): Promise<number | undefined>;
  /** Ends the link within a second, also when the device is gone. Never rejects. */
  close(): Promise<void>;
}

/** A device or port as it was heard, before any connection. */
export interface Sighting {
  /** Stable for this device as long as it is heard: `ble:<address>`, `serial:<path>` or `file:<number>`. */
  readonly id: string;
  readonly transport: TransportKind;
  readonly firstHeard: number;
  readonly lastHeard: number;
  readonly ble?: {
    readonly name?: string;
    /** As ChannelId: 4 or 32 upper-case hex digits. */
    readonly services: readonly string[];
    readonly companyId?: number;
    /** What follows the company identifier. */
    readonly manufacturerData?: Uint8Array;
    readonly serviceData: readonly { readonly service: string; readonly data: Uint8Array }[];
    readonly connectable: boolean;
    /** dBm, median of the last 3 s; absent when the adapter cannot tell. */
    readonly rssi?: number;
  };
  readonly file?: {
    /** As the user's system calls it; may hold the name of a person. */
    readonly name: string;
    readonly bytes: number;
    /** What it starts with, at most 4096 bytes. */
    readonly head: Uint8Array;
  };
  readonly serial?: {
    readonly path: string;
    readonly vendorId?: string;
    readonly productId?: string;
    readonly serialNumber?: string;
    readonly manufacturer?: string;
    /** What the USB device calls itself, e.g. `CP2102 USB to UART Bridge Controller`. */
    readonly product?: string;
  };
}

export interface SerialSettings {
  readonly baudRate: number;
  readonly dataBits?: 5 | 6 | 7 | 8;
  readonly stopBits?: 1 | 1.5 | 2;
  readonly parity?: 'none' | 'even' | 'odd' | 'mark' | 'space';
  readonly xon?: boolean;
  readonly xoff?: boolean;
  readonly rtscts?: boolean;
}

export interface OpenOptions extends OperationOptions {
  /** Serial only. */
  readonly line?: SerialSettings;
}

/** What a check of an adapter or port found, and the one thing that mends it. */
export interface PreflightItem {
  readonly transport: TransportKind;
  /** Adapter or port, e.g. `hci0`, `/dev/ttyUSB0`. */
  readonly name: string;
  readonly usable: boolean;
  readonly error?: OneBoxError;
  /** One command or setting. */
  readonly mend?: string;
}

export interface Scan {
  /** Stops scanning; resolves when the adapter is quiet. */
  stop(): Promise<void>;
}

export interface ScanListener {
  /** A device was heard for the first time or changed. */
  seen(sighting: Sighting): void;
  /** Not heard for 60 s, unplugged, or the adapter went. */
  gone(id: string): void;
  /** The adapter was lost, switched off, came back (`undefined`). Scanning goes on by itself when it can. */
  state(error: OneBoxError | undefined): void;
}

/** One kind of link: finds devices and opens them. One connection at a time per device. */
export interface LinkProvider {
  readonly transport: TransportKind;
  preflight(): Promise<readonly PreflightItem[]>;
  scan(listener: ScanListener): Promise<Scan>;
  open(sightingId: string, options: OpenOptions): Promise<Link>;
  /** Frees the adapter; the provider cannot be used afterwards. */
  dispose(): Promise<void>;
}
