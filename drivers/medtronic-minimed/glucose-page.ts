import { type LocalDateTime, localDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';
import { pageData } from './history-page.js';
import { glucoseTime } from './pump-time.js';

/**
 * Glucose pages of MiniMed pumps. The opcode stands at the end of each record in memory: reversed, a page reads from
 * the newest record to the oldest. Source: MinimedKit (ps2/rileylink_ios at 871ebd7, MIT licence).
 */

const FIVE_MINUTES = 300_000;
/** From here on the opcode is half a glucose value. */
const FIRST_VALUE = 20;

export type GlucoseRecordName = (typeof RECORDS)[keyof typeof RECORDS][0] | 'GlucoseSensorData' | 'Unknown';

/** Name, length, and how it stands in time: 5 minutes from its neighbours, at a time of its own, or not at all. */
const RECORDS = {
  1: ['DataEnd', 1, 'none'],
  2: ['WeakSignal', 1, 'relative'],
  3: ['SensorCal', 2, 'relative'],
  4: ['SensorPacket', 2, 'relative'],
  5: ['SensorError', 2, 'relative'],
  6: ['SensorDataLow', 1, 'relative'],
  7: ['SensorDataHigh', 2, 'relative'],
  8: ['SensorTimestamp', 5, 'timed'],
  10: ['BatteryChange', 5, 'timed'],
  11: ['SensorStatus', 5, 'timed'],
  12: ['DateTimeChange', 5, 'timed'],
  13: ['SensorSync', 5, 'timed'],
  14: ['CalBGForGH', 6, 'timed'],
  15: ['SensorCalFactor', 7, 'timed'],
  16: ['10-Something', 8, 'none'],
  19: ['19-Something', 1, 'none'],
} as const;

export interface GlucoseRecord {
  readonly name: GlucoseRecordName;
  readonly placed: 'relative' | 'timed' | 'none';
  readonly raw: Uint8Array;
  /** By the pump's clock: stated in the record, or worked out from its neighbours. */
  readonly time?: LocalDateTime;
  /** mg/dL: a reading, 40 for below and 400 for above what the sensor measures, or of a calibration. */
  readonly mgPerDl?: number;
  /** Thousandths, of a calibration. */
  readonly factor?: number;
  /** What kind of the record it is, e.g. `pageEnd` of a time stamp. */
  readonly kind?: string;
}

export interface GlucosePage {
  /** Newest first. Empty when nothing says when the readings were made. */
  readonly records: readonly GlucoseRecord[];
  readonly needsTimestamp: boolean;
  /** The oldest record is cut by the end of the page and left out. */
  readonly cut: boolean;
}

/** ValueRejected `length` or `crc`: nothing of the page may be used. */
export function parseGlucosePage(bytes: Uint8Array): GlucosePage {
  const data = pageData(bytes).slice().reverse();
  const records: GlucoseRecord[] = [];
  let cut = false;
  for (let offset = 0; offset < data.length && !cut; ) {
    if (data[offset] === 0) {
      offset += 1;
      continue;
    }
    const record = parseGlucoseRecord(data.subarray(offset));
    cut = record === undefined;
    if (record === undefined) break;
    records.push(record);
    offset += record.raw.length;
  }
  const dated = datedRecords(records);
  return dated ? { records: dated, needsTimestamp: false, cut } : { records: [], needsTimestamp: true, cut };
}

/** One record, opcode first; undefined when it is cut. */
export function parseGlucoseRecord(bytes: Uint8Array): GlucoseRecord | undefined {
  const opcode = bytes[0] ?? 0;
  const row = Object.hasOwn(RECORDS, opcode) ? RECORDS[opcode as keyof typeof RECORDS] : undefined;
  if (row === undefined) {
    const raw = bytes.slice(0, 1);
    if (opcode < FIRST_VALUE) return { name: 'Unknown', placed: 'none', raw };
    return { name: 'GlucoseSensorData', placed: 'relative', raw, mgPerDl: opcode * 2 };
  }
  const [name, length, placed] = row;
  if (bytes.length < length) return undefined;
  const raw = bytes.slice(0, length);
  const time = placed === 'timed' ? glucoseTime(raw.subarray(1, 5)) : undefined;
  return { name, placed, raw, ...(time ? { time } : {}), ...content(name, raw) };
}

function content(name: GlucoseRecordName, raw: Uint8Array): Pick<GlucoseRecord, 'mgPerDl' | 'factor' | 'kind'> {
  const [, b1 = 0, , b3 = 0] = raw;
  const bits = (b3 >> 5) & 3;
  switch (name) {
    case 'SensorCal':
      return { kind: ['meter_bg_now', 'waiting', 'cal_error'][b1] ?? 'unknown' };
    case 'SensorPacket':
      return { kind: b1 === 2 ? 'init' : 'unknown' };
    case 'SensorError':
      return { kind: b1 === 1 ? 'end' : 'unknown' };
    case 'SensorDataLow':
      return { mgPerDl: 40 };
    case 'SensorDataHigh':
      return { mgPerDl: 400 };
    case 'SensorTimestamp':
      return { kind: ['lastRf', 'pageEnd', 'gap'][bits] ?? 'unknown' };
    case 'SensorStatus':
      return { kind: ['off', 'on', 'lost'][bits] ?? 'unknown' };
    case 'SensorSync':
      return { kind: bits === 1 ? 'new' : bits === 2 ? 'old' : 'find' };
    case 'CalBGForGH':
      return { kind: bits === 0 ? 'rf' : 'unknown', mgPerDl: ((b3 & 0x20) << 3) | (raw[5] ?? 0) };
    case 'SensorCalFactor':
      return { factor: (raw[5] ?? 0) * 256 + (raw[6] ?? 0) };
    default:
      return {};
  }
}

/** Places relative records by the time stamps between them; undefined when the first time cannot place them. */
function datedRecords(records: readonly GlucoseRecord[]): readonly GlucoseRecord[] | undefined {
  const firstTimed = records.findIndex(({ placed }) => placed === 'timed');
  const passed = records.slice(0, Math.max(firstTimed, 0)).filter(({ placed }) => placed === 'relative').length;
  const first = records[firstTimed];
  if (first === undefined) return records.some(({ placed }) => placed === 'relative') ? undefined : records;
  const usable =
    first.name === 'SensorTimestamp' && (passed === 0 || first.kind === 'lastRf' || first.kind === 'pageEnd');
  if (!usable || first.time === undefined) return undefined;
  let cursor: number | undefined = first.time.ms + passed * FIVE_MINUTES;
  return records.map((record) => {
    // A time stamp with an impossible date places nothing after it.
    if (record.name === 'SensorTimestamp') cursor = record.time?.ms;
    if (record.placed !== 'relative' || cursor === undefined) return record;
    const time = localDateTime(cursor);
    cursor -= FIVE_MINUTES;
    return { ...record, time };
  });
}
