import { type LocalDateTime, localDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';

/** Times of MiniMed pumps, by the pump's local clock. Undefined for a date that does not exist. */

/** 5 bytes of a history record: second, minute, hour, day, year; the month is spread over the first two. */
export function recordTime(bytes: Uint8Array): LocalDateTime | undefined {
  const [second, minute, hour, day, year] = bytes as unknown as [number, number, number, number, number];
  const month = ((second & 0xc0) >> 4) + ((minute & 0xc0) >> 6);
  return civil(2000 + (year & 0x7f), month, day & 0x1f, hour & 0x1f, minute & 0x3f, second & 0x3f);
}

/** 2 bytes of a daily total: day and year, the month spread over both. */
export function recordDate(bytes: Uint8Array): string | undefined {
  const [day, year] = bytes as unknown as [number, number];
  const month = ((day & 0xe0) >> 4) + ((year & 0x80) >> 7);
  return civil(2000 + (year & 0x7f), month, day & 0x1f, 0, 0, 0)?.text.slice(0, 10);
}

/** 4 bytes of a glucose record: hour, minute, day, year; the month is spread over the first two. */
export function glucoseTime(bytes: Uint8Array): LocalDateTime | undefined {
  const [hour, minute, day, year] = bytes as unknown as [number, number, number, number];
  const month = ((hour & 0xc0) >> 4) + ((minute & 0xc0) >> 6);
  return civil(2000 + (year & 0x7f), month, day & 0x1f, hour & 0x1f, minute & 0x3f, 0);
}

function civil(year: number, month: number, ...rest: [number, number, number, number]): LocalDateTime | undefined {
  const [day, hour, minute, second] = rest;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const local = localDateTime(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const said = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
  // Date.UTC carries what overflows into the next field: an impossible date comes back as another one.
  return local.text === said ? local : undefined;
}
