import { hasBit, ValueReader as Reader, type ValueReader } from './gatt-values.js';

/**
 * Date and time as a device states it, without a zone (GSS: Date Time 0x2A08, Current Time 0x2A2B).
 * Undefined stands for "not known": a zero or an impossible year, month, day or time of day.
 */
export interface LocalDateTime {
  /** `2020-01-20T08:43:00`. */
  readonly text: string;
  /** Milliseconds since 1970 on the device's own clock, as if it were UTC. For differences only. */
  readonly ms: number;
}

/** 7 bytes: year u16, month, day, hour, minute, second. */
export function dateTime(reader: ValueReader): LocalDateTime | undefined {
  const year = reader.u16();
  const [month, day, hour, minute, second] = reader.take(5) as unknown as [number, number, number, number, number];
  // The calendar of the characteristic starts in 1582 (GSS, Date Time).
  if (year < 1582 || year > 9999) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const local = localDateTime(ms);
  const said = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`;
  // Date.UTC carries what overflows into the next field: an impossible date comes back as another one.
  return local.text === said ? local : undefined;
}

export function localDateTime(ms: number): LocalDateTime {
  return { ms, text: new Date(ms).toISOString().slice(0, 19) };
}

/** Value of 2A08. */
export function parseDateTime(bytes: Uint8Array): LocalDateTime | undefined {
  const reader = new Reader('2A08', bytes);
  const time = dateTime(reader);
  reader.end();
  return time;
}

export interface CurrentTime {
  readonly time: LocalDateTime | undefined;
  /** Why the clock was adjusted last: manual, from a reference, zone, daylight saving. */
  readonly adjusted: {
    readonly manual: boolean;
    readonly reference: boolean;
    readonly zone: boolean;
    readonly dst: boolean;
  };
}

/** Value of 2A2B: date time, day of week u8, 1/256 s u8, adjust reason u8. */
export function parseCurrentTime(bytes: Uint8Array): CurrentTime {
  const reader = new Reader('2A2B', bytes);
  const time = dateTime(reader);
  reader.u8();
  reader.u8();
  const reason = reader.u8();
  reader.end();
  return {
    time,
    adjusted: {
      manual: hasBit(reason, 0),
      reference: hasBit(reason, 1),
      zone: hasBit(reason, 2),
      dst: hasBit(reason, 3),
    },
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
