import { type FieldsOf, type Layout, layout } from '@onebox/driver-sdk/parts/layout.js';
import type { Names } from './enumerations.js';
import { PacketRejected } from './packets.js';

/**
 * Records of the history log, 26 bytes each: type (low 12 bits), pump time, sequence number, 16 bytes of data. A type
 * that is not in the table stays a record with its bytes. Source of the offsets: pumpX2 (MIT).
 */
export const RECORD_SIZE = 26;
const DATA = 10;
const TYPE_BITS = 0x0fff;

const CGM =
  'glucoseValueStatusRaw:u16 cgmDataTypeRaw:u8 rate:i8 algorithmState:u8 rssi:i8 currentGlucoseDisplayValue:u16 timeStampSeconds:u32 egvInfoBitmaskRaw:u16 interval:u8 _:1';

export const RECORDS = {
  basalRateChange: record(
    3,
    'BasalRateChange',
    'commandBasalRate:f32 baseBasalRate:f32 maxBasalRate:f32 insulinDeliveryProfile:u16 changeTypeId:u8 _:1',
  ),
  alertActivated: record(4, 'AlertActivated', 'alertId:u32 _:12'),
  alarmActivated: record(5, 'AlarmActivated', 'alarmId:u32 _:12'),
  pumpingSuspended: record(11, 'PumpingSuspended', '_:4 insulinAmount:u16 reasonId:u8 _:9'),
  pumpingResumed: record(12, 'PumpingResumed', '_:4 insulinAmount:u16 _:10'),
  dateChange: record(14, 'DateChange', 'datePrior:u32 dateAfter:u32 rawRTCTime:u32 _:4'),
  bg: record(
    16,
    'BG',
    'bg:u16 cgmCalibration:u8 bgSourceId:u8 iob:f32 targetBG:u16 isf:u16 selectedIOB:u8 bgSourceType:u8 spare:u16',
  ),
  bolusCompleted: record(
    20,
    'BolusCompleted',
    'completionStatusId:u16 bolusId:u16 iob:f32 insulinDelivered:f32 insulinRequested:f32',
  ),
  cartridgeFilled: record(33, 'CartridgeFilled', 'insulinDisplay:u32 insulinActual:f32 _:8'),
  usbConnected: record(36, 'UsbConnected', 'negotiatedCurrentmA:f32 _:12'),
  carbEntered: record(48, 'CarbEntered', 'carbs:f32 _:12'),
  bolusActivated: record(55, 'BolusActivated', 'bolusId:u16 _:2 iob:f32 bolusSize:f32 _:4'),
  bolusRequested1: record(
    64,
    'BolusRequestedMsg1',
    'bolusId:u16 bolusTypeId:u8 correctionBolusIncluded:bool carbAmount:u16 bg:u16 iob:f32 carbRatio:u32',
  ),
  bolusRequested2: record(
    65,
    'BolusRequestedMsg2',
    'bolusId:u16 options:u8 standardPercent:u8 duration:u16 spare1:u16 isf:u16 targetBG:u16 userOverride:bool declinedCorrection:bool selectedIOB:u8 spare2:u8',
  ),
  bolusRequested3: record(
    66,
    'BolusRequestedMsg3',
    'bolusId:u16 spare:u16 foodBolusSize:f32 correctionBolusSize:f32 totalBolusSize:f32',
  ),
  dailyBasal: record(
    81,
    'DailyBasal',
    'dailyTotalBasal:f32 lastBasalRate:f32 iob:f32 finalEventForDay:bool batteryChargeRaw:u8 lipoMv:u16',
  ),
  dexcomG6: record(256, 'DexcomG6CGM', CGM),
  bolusDelivery: record(
    280,
    'BolusDelivery',
    'bolusID:u16 bolusDeliveryStatusId:u8 bolusTypeBitmask:u8 bolusSource:u8 reserved:u8 requestedNow:u16 requestedLater:u16 correction:u16 extendedDurationRequested:u16 deliveredTotal:u16',
  ),
  dexcomG7: record(399, 'DexcomG7CGM', CGM),
} as const;

export type RecordName = keyof typeof RECORDS;
export type RecordFields<Name extends RecordName> =
  (typeof RECORDS)[Name] extends RecordType<infer Text> ? FieldsOf<Text> : never;

export interface RecordType<Text extends string = string> {
  readonly type: number;
  /** Name in pumpX2, without `HistoryLog`. */
  readonly name: string;
  readonly layout: Layout<Text>;
}

function record<const Text extends string>(type: number, name: string, text: Text): RecordType<Text> {
  return { type, name, layout: layout(name, text) };
}

const BY_TYPE = new Map((Object.keys(RECORDS) as RecordName[]).map((name) => [RECORDS[name].type, name] as const));

/** A record of a type that is in the table, with its fields. */
export type KnownRecord = {
  readonly [Name in RecordName]: { readonly name: Name; readonly fields: RecordFields<Name> };
}[RecordName];

export interface HistoryRecord {
  readonly type: number;
  /** Seconds since 2008-01-01 on the pump's own clock, without a zone. */
  readonly pumpTime: number;
  readonly sequence: number;
  /** All 26 bytes. */
  readonly bytes: Uint8Array;
  /** Undefined for a type that is not in the table. */
  readonly known: KnownRecord | undefined;
}

const HEADER = layout('history record', 'type:u16 pumpTime:u32 sequence:u32 data:bytes16');

/** Reads one record. Throws a ValueRejected `length` for anything but 26 bytes. */
export function readRecord(bytes: Uint8Array): HistoryRecord {
  const { type: raw, pumpTime, sequence, data } = HEADER.read(bytes);
  const type = raw & TYPE_BITS;
  const name = BY_TYPE.get(type);
  const known = name && ({ name, fields: RECORDS[name].layout.read(data) } as KnownRecord);
  return { type, pumpTime, sequence, bytes: bytes.slice(), known };
}

/** Op code of a message of the stream on FFF8. */
export const HISTORY_STREAM = 129;
const STREAM_HEADER = 2;

export interface HistoryStream {
  readonly count: number;
  readonly streamId: number;
  /** The records as they came, 26 bytes each. */
  readonly records: readonly Uint8Array[];
}

/** Reads the cargo of op code 129: count u8, stream id u8, records. */
export function readStream(cargo: Uint8Array): HistoryStream {
  const [count, streamId] = cargo;
  if (count === undefined || streamId === undefined || cargo.length !== STREAM_HEADER + count * RECORD_SIZE)
    throw new PacketRejected('length', `history stream: ${cargo.length} bytes of cargo for ${count ?? 0} records`);
  const records = Array.from({ length: count }, (_, index) => {
    const at = STREAM_HEADER + index * RECORD_SIZE;
    return cargo.slice(at, at + RECORD_SIZE);
  });
  return { count, streamId, records };
}

/** Offset of the fields of `RECORDS` in the record. */
export const RECORD_DATA = DATA;

export const SUSPEND_REASONS: Names = {
  0: 'USER_ABORTED',
  1: 'ALARM',
  2: 'MALFUNCTION',
  6: 'AUTO_SUSPEND_PREDICTIVE_LOW_GLUCOSE',
};
/** Bits of the kind of a change of the basal rate. */
export const BASAL_CHANGES: Names = {
  0: 'TIMED_SEGMENT',
  1: 'NEW_PROFILE',
  2: 'TEMP_RATE_START',
  3: 'TEMP_RATE_END',
  4: 'PUMP_SUSPENDED',
  5: 'PUMP_RESUMED',
  6: 'PUMP_SHUT_DOWN',
};
export const GLUCOSE_STATES: Names = { 0: 'PRECISE_VALUE', 1: 'SPECIAL_HIGH', 2: 'SPECIAL_LOW', 6: 'DO_NOT_SHOW' };
export const CGM_DATA_TYPES: Names = {
  1: 'FIVE_MINUTE_READING',
  2: 'BACKFILL',
  4: 'IMMEDIATE_MATCH_VALUE',
  8: 'CALIBRATION',
  16: 'NONE',
};
export const EGV_INFO: Names = {
  0: 'FIVE_MINUTE_READING',
  1: 'BACKFILL',
  2: 'IMMEDIATE_MATCH_VALUE',
  3: 'CALIBRATION',
  4: 'NO_EGV',
  5: 'VALID_TIMESTAMP',
  6: 'VALID_EGV_RANGE',
  7: 'VALID_ALG_STATE',
  8: 'EGV_PROCESSED',
};
export const G7_STATES: Names = {
  2: 'WARMUP',
  31: 'DETECTING_DEPLOYMENT',
  32: 'REPORTABLE_PERIOD_VALID_EGV',
  33: 'REPORTABLE_PERIOD_INVALID_EGV',
  34: 'STOPPED_END_OF_SESSION',
  35: 'STOPPED_ALG_DETECTED_FAILURE',
  36: 'STOPPED_MANUAL_STOP',
  37: 'STOPPED_TX_FAILURE',
  38: 'STOPPED_SIV_FAILURE',
  39: 'STOPPED_ENNVIRONMENTAL_CONDITIONS',
};
