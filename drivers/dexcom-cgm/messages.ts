import { ValueReader, ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { crc16 } from '@onebox/protocol/framing.js';

/**
 * Messages of Dexcom G5 and G6 (with a CRC) and of G7 and ONE+ (without), little endian. Times are seconds since the
 * transmitter was activated, or the sensor was started. Sources as in states.ts.
 */

const G5 = { time: 0x25, glucose: 0x31, version: 0x4b, backfill: 0x51 } as const;
const G7 = { glucose: 0x4e, version: 0x52 } as const;
const CRC_BYTES = 2;
const NO_TREND = 127;
const NO_SESSION = 0xffff_ffff;
const NO_VALUE = 0xffff;
const DISPLAY_ONLY = 0x10;

export interface G5Glucose {
  readonly kind: 'g5-glucose';
  /** 0 ok, 81 hex battery low; others keep their number. */
  readonly status: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** mg/dL. */
  readonly glucose: number;
  readonly displayOnly: boolean;
  readonly state: number;
  /** Tenths of mg/dL/min; undefined where there is none. */
  readonly trend: number | undefined;
}
export interface G5Time {
  readonly kind: 'g5-time';
  readonly status: number;
  readonly currentTime: number;
  /** Undefined when no session runs. */
  readonly sessionStart: number | undefined;
}
export interface G5Version {
  readonly kind: 'g5-version';
  readonly status: number;
  readonly firmware: readonly number[];
}
export interface G5BackfillResponse {
  readonly kind: 'g5-backfill';
  readonly status: number;
  readonly backfillStatus: number;
  readonly identifier: number;
  readonly startTime: number;
  readonly endTime: number;
  readonly bufferLength: number;
  readonly bufferCrc: number;
}
export interface G7Glucose {
  readonly kind: 'g7-glucose';
  readonly timestamp: number;
  readonly sequence: number;
  /** Seconds since the value was measured. */
  readonly age: number;
  /** mg/dL; undefined where there is none. */
  readonly glucose: number | undefined;
  readonly state: number;
  readonly trend: number | undefined;
  readonly predicted: number | undefined;
  readonly displayOnly: boolean;
}
export interface G7Version {
  readonly kind: 'g7-version';
  /** Seconds. */
  readonly sessionLength: number;
  readonly warmup: number;
  readonly algorithm: number;
  readonly hardware: number;
  readonly longestDays: number;
}
/** A stored value, of either generation. */
export interface StoredValue {
  readonly timestamp: number;
  readonly glucose: number | undefined;
  readonly state: number;
  readonly trend: number | undefined;
  readonly displayOnly: boolean;
}

export type ControlMessage = G5Glucose | G5Time | G5Version | G5BackfillResponse | G7Glucose | G7Version;

/** Reads what came on the control characteristic. ValueRejected (`length`, `crc`, `range`, `unknown`): nothing may be used. */
export function parseControl(bytes: Uint8Array): ControlMessage {
  const opcode = bytes[0];
  const reader = new ValueReader('3534', bytes.subarray(1));
  switch (opcode) {
    case G5.glucose:
      checked(bytes, 16);
      return g5Glucose(reader);
    case G5.time:
      checked(bytes, 16);
      return g5Time(reader);
    case G5.version:
      checked(bytes, 19);
      return { kind: 'g5-version', status: reader.u8(), firmware: [...reader.take(4)] };
    case G5.backfill:
      checked(bytes, 20);
      return g5Backfill(reader);
    case G7.glucose:
      return g7Glucose(reader);
    case G7.version:
      return g7Version(reader);
    default:
      throw new ValueRejected('unknown', `message ${opcode?.toString(16) ?? 'without a byte'} is not known`);
  }
}

/** CRC-16/XMODEM over all bytes but the last two. */
function checked(bytes: Uint8Array, length: number): void {
  if (bytes.length < length) throw new ValueRejected('length', `${bytes.length} bytes, ${length} are due`);
  const stated = bytes[bytes.length - 2]! + bytes[bytes.length - 1]! * 256;
  if (crc16(bytes.subarray(0, bytes.length - CRC_BYTES), 0) !== stated) {
    throw new ValueRejected('crc', 'the check sum of the message is wrong');
  }
}

function g5Glucose(reader: ValueReader): G5Glucose {
  const [status, sequence, timestamp, raw] = [reader.u8(), reader.u32(), reader.u32(), reader.u16()];
  return {
    kind: 'g5-glucose',
    status,
    sequence,
    timestamp,
    glucose: raw & 0xfff,
    displayOnly: raw > 0xfff,
    state: reader.u8(),
    trend: trend(reader.u8()),
  };
}

function g5Time(reader: ValueReader): G5Time {
  const [status, currentTime, start] = [reader.u8(), reader.u32(), reader.u32()];
  return { kind: 'g5-time', status, currentTime, sessionStart: start === NO_SESSION ? undefined : start };
}

function g5Backfill(reader: ValueReader): G5BackfillResponse {
  return {
    kind: 'g5-backfill',
    status: reader.u8(),
    backfillStatus: reader.u8(),
    identifier: reader.u8(),
    startTime: reader.u32(),
    endTime: reader.u32(),
    bufferLength: reader.u32(),
    bufferCrc: reader.u16(),
  };
}

function g7Glucose(reader: ValueReader): G7Glucose {
  if (reader.left < 18) throw new ValueRejected('length', `${reader.left + 1} bytes, 19 are due`);
  const status = reader.u8();
  if (status !== 0) throw new ValueRejected('range', `glucose with status ${status}`);
  const [timestamp, sequence] = [reader.u32(), reader.u16()];
  reader.take(2);
  return {
    kind: 'g7-glucose',
    timestamp,
    sequence,
    age: reader.u16(),
    glucose: g7Value(reader.u16()),
    state: reader.u8(),
    trend: trend(reader.u8()),
    predicted: g7Value(reader.u16()),
    displayOnly: (reader.u8() & DISPLAY_ONLY) !== 0,
  };
}

function g7Version(reader: ValueReader): G7Version {
  if (reader.left < 14) throw new ValueRejected('length', `${reader.left + 1} bytes, 15 are due`);
  reader.u8();
  return {
    kind: 'g7-version',
    sessionLength: reader.u32(),
    warmup: reader.u16(),
    algorithm: reader.u32(),
    hardware: reader.u8(),
    longestDays: reader.u16(),
  };
}

/** One stored value of G7 and ONE+: 9 bytes of the backfill characteristic. */
export function parseG7Backfill(bytes: Uint8Array): StoredValue {
  const reader = new ValueReader('3536', bytes);
  const timestamp = reader.u24();
  const zero = reader.u8();
  const [glucose, state, flags] = [g7Value(reader.u16()), reader.u8(), reader.u8()];
  const rate = trend(reader.u8());
  reader.end();
  if (zero !== 0) throw new ValueRejected('range', 'byte 3 of a stored value is not 0');
  return { timestamp, glucose, state, trend: rate, displayOnly: (flags & DISPLAY_ONLY) !== 0 };
}

/** One record of a G5 backfill: timestamp u32, glucose u16, state u8, trend i8. */
export function parseG5Record(bytes: Uint8Array): StoredValue {
  const reader = new ValueReader('3536', bytes);
  const [timestamp, raw] = [reader.u32(), reader.u16()];
  const [state, rate] = [reader.u8(), trend(reader.u8())];
  return { timestamp, glucose: raw & 0xfff, displayOnly: raw > 0xfff, state, trend: rate };
}

function g7Value(raw: number): number | undefined {
  return raw === NO_VALUE ? undefined : raw & 0xfff;
}

function trend(byte: number): number | undefined {
  if (byte === NO_TREND) return undefined;
  return byte > 127 ? byte - 256 : byte;
}
