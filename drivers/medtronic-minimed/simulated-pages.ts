import { crc16 } from '@onebox/protocol/framing.js';

/** Writing pages of a pump: the reverse of the parsers, for the simulator and tests. Times are the pump's clock as if it were UTC. */

const DATA_BYTES = 1022;

/** 5 bytes of a history record. */
export function recordTimeBytes(ms: number): readonly number[] {
  const at = new Date(ms);
  const month = at.getUTCMonth() + 1;
  return [
    at.getUTCSeconds() | ((month >> 2) << 6),
    at.getUTCMinutes() | ((month & 3) << 6),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCFullYear() - 2000,
  ];
}

/** 2 bytes of a daily total. */
export function recordDateBytes(ms: number): readonly number[] {
  const at = new Date(ms);
  const month = at.getUTCMonth() + 1;
  return [at.getUTCDate() | ((month >> 1) << 5), (at.getUTCFullYear() - 2000) | ((month & 1) << 7)];
}

/** 4 bytes of a glucose record; `kind` stands in two bits of the day. */
export function glucoseTimeBytes(ms: number, kind = 0): readonly number[] {
  const at = new Date(ms);
  const month = at.getUTCMonth() + 1;
  return [
    at.getUTCHours() | ((month >> 2) << 6),
    at.getUTCMinutes() | ((month & 3) << 6),
    at.getUTCDate() | (kind << 5),
    at.getUTCFullYear() - 2000,
  ];
}

/** Records, oldest first, with zeros behind them and the check sum. */
export function historyPageBytes(records: readonly (readonly number[])[]): Uint8Array {
  return page(records.flat());
}

/** Records with the opcode in front, newest first: in memory they stand the other way round. */
export function glucosePageBytes(records: readonly (readonly number[])[]): Uint8Array {
  return page(records.flat().reverse());
}

function page(content: readonly number[]): Uint8Array {
  if (content.length > DATA_BYTES) throw new RangeError('more than a page');
  const bytes = new Uint8Array(DATA_BYTES + 2);
  bytes.set(content);
  const crc = crc16(bytes.subarray(0, DATA_BYTES));
  bytes.set([crc >> 8, crc & 0xff], DATA_BYTES);
  return bytes;
}
