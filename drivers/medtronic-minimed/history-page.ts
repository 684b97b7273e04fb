import type { LocalDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';
import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { crc16 } from '@onebox/protocol/framing.js';
import { type EventType, eventType, type PumpModel } from './event-types.js';
import { recordDate, recordTime } from './pump-time.js';

/** History pages of MiniMed pumps: 1022 bytes of records, oldest first, and a CRC. */

export const PAGE_BYTES = 1024;
const CHECK_BYTES = 2;
const DAILY_TOTAL_523 = 0x6e;
/** A daily total that the end of the page cuts is still one when so much of it is there. */
const DAILY_TOTAL_LEAST = 16;
const UNABSORBED_INSULIN = 0x5c;
const BOLUS = 0x01;

export interface Unabsorbed {
  /** Fortieths of a unit. */
  readonly fortieths: number;
  readonly minutes: number;
}

export interface HistoryEvent {
  readonly type: EventType;
  /** In the page. */
  readonly offset: number;
  readonly raw: Uint8Array;
  /** By the pump's clock; undefined where it states none, or an impossible one. */
  readonly time?: LocalDateTime;
  /** `2016-02-21`, of daily totals. */
  readonly date?: string;
  /** Of boluses: insulin of earlier ones that the pump noted in front of it. */
  readonly unabsorbed?: readonly Unabsorbed[];
}

export interface HistoryPage {
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
  /** Why the rest of the page could not be read. */
  readonly problem?: string;
}

/** The data of a page. ValueRejected `length`, or `crc` when the check sum is wrong: nothing of it may be used. */
export function pageData(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== PAGE_BYTES) throw new ValueRejected('length', `a page of ${bytes.length} bytes`);
  const data = bytes.subarray(0, PAGE_BYTES - CHECK_BYTES);
  const stated = bytes[PAGE_BYTES - 2]! * 256 + bytes[PAGE_BYTES - 1]!;
  if (crc16(data) !== stated) throw new ValueRejected('crc', 'the check sum of the page is wrong');
  return data;
}

/** Walks a page from its first byte. An unknown record ends the walk: where the next one starts is not known. */
export function parseHistoryPage(bytes: Uint8Array, model: PumpModel): HistoryPage {
  const data = pageData(bytes);
  const events: HistoryEvent[] = [];
  let held: Unabsorbed[] = [];
  for (let offset = 0; offset < data.length; ) {
    const code = data[offset]!;
    if (code === 0) {
      offset += 1;
      continue;
    }
    const type = eventType(code, model);
    if (type === undefined) return { events, problem: `unknown record 0x${hex(code)} at offset ${offset}` };
    const length = type.length ?? Math.max(data[offset + 1] ?? 0, 2);
    const raw = data.slice(offset, offset + length);
    const cut = raw.length < length && !(code === DAILY_TOTAL_523 && raw.length >= DAILY_TOTAL_LEAST);
    if (cut) return { events, problem: `record 0x${hex(code)} at offset ${offset} is cut` };
    if (code === UNABSORBED_INSULIN) held.push(...unabsorbed(raw));
    else {
      events.push(event(type, offset, raw, code === BOLUS ? held : []));
      if (code === BOLUS) held = [];
    }
    offset += length;
  }
  return { events };
}

function event(type: EventType, offset: number, raw: Uint8Array, held: readonly Unabsorbed[]): HistoryEvent {
  const time = type.time === undefined ? undefined : recordTime(raw.subarray(type.time, type.time + 5));
  const date = type.date === undefined ? undefined : recordDate(raw.subarray(type.date, type.date + 2));
  return {
    type,
    offset,
    raw,
    ...(time ? { time } : {}),
    ...(date ? { date } : {}),
    ...(held.length > 0 ? { unabsorbed: held } : {}),
  };
}

function unabsorbed(raw: Uint8Array): readonly Unabsorbed[] {
  return Array.from({ length: Math.floor((raw.length - 2) / 3) }, (_, index) => {
    const [amount, age, more] = raw.subarray(2 + 3 * index, 5 + 3 * index) as unknown as [number, number, number];
    return { fortieths: amount, minutes: age + ((more & 0x30) << 4) };
  });
}

/** Pairs of places in the page that hold the same bytes. */
export function duplicates(events: readonly HistoryEvent[]): readonly (readonly [number, number])[] {
  const keys = events.map(({ raw }) => rawHex(raw));
  return keys.flatMap((key, first) =>
    keys.flatMap((other, second): (readonly [number, number])[] =>
      second > first && other === key ? [[first, second]] : [],
    ),
  );
}

export function rawHex(bytes: Uint8Array): string {
  return Array.from(bytes, hex).join('');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
