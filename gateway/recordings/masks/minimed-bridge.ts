import { crc16 } from '@onebox/protocol/framing.js';
import { type ContentMask, overStream } from './pieces.js';
import { PADS, StandIns } from './stand-in.js';

/**
 * MiniMed pumps behind a bridge (drivers/sdk/parts/bridge.ts): frames of 4F 42, kind, item, length, payload and a CRC,
 * all numbers with their high byte first. In history pages the numbers of meters, remotes, sensors and other devices
 * go; what happened, when and how much stays.
 */
const MARK = [0x4f, 0x42] as const;
const HEADER = 6;
const CRC = 2;
const MOST_PAYLOAD = 4096;
const HELLO = 0x81;
const HISTORY = 0x91;
const GLUCOSE = 0x92;
const CLOCK = 0x93;
const REFUSED = 0xff;
const PAGE = 1024;
/** Lines of the bridge about itself that stay. */
const HELLO_KEYS: ReadonlySet<string> = new Set(['family', 'model', 'firmware', 'history', 'glucose']);

/** Lengths of the records of a history, for pumps of generation 23 and later and for older ones; most have 7 bytes. */
const SEVEN: ReadonlySet<number> = new Set([
  ...[10, 12, 20, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33, 34, 35, 36, 44, 45, 49, 50, 52, 53, 59, 67, 68, 81, 82, 87],
  ...[93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 106, 111, 124, 131],
]);
const LENGTHS: Readonly<Record<number, number | readonly [larger: number, smaller: number]>> = {
  ...{ 1: [13, 9], 3: 10, 6: 9, 7: [10, 7], 8: 152, 9: 152, 11: 8, 38: 21, 51: 8, 54: 21, 57: 10, 60: 21, 63: 10 },
  ...{ 64: 9, 65: 8, 66: 8, 79: 39, 83: 8, 84: 64, 85: 55, 86: 12, 90: [144, 124], 91: [22, 20], 103: 9, 104: 9 },
  ...{ 105: [9, 7], 108: 38, 109: 44, 110: 52, 123: 10, 125: 37, 129: 12, 130: 12 },
};
const UNABSORBED_INSULIN = 92;
const SENSOR_SETUP = 80;
/** A daily total is whole for the driver when the page cuts it behind so many bytes. */
const DAILY_TOTAL = 110;
const DAILY_TOTAL_LEAST = 16;
/** Records that name another device, or of which nobody knows what they hold, behind their time. */
const GO: ReadonlySet<number> = new Set([38, 54, 57, 60, 63, SENSOR_SETUP, 84, 85, 125, 129, 130]);
const GO_FROM = 7;

export function minimedMask(): ContentMask {
  const standIns = new StandIns();
  return overStream((stream) => {
    let generation: number | undefined;
    for (let at = 0; at < stream.length; ) {
      const frame = frameAt(stream.subarray(at));
      if (frame === undefined) {
        stream[at] = PADS[0]!;
        at += 1;
      } else if (!frame.sound) {
        // It stays a damaged frame; another one may begin within it.
        stream.fill(PADS[0]!, at + MARK.length, at + HEADER);
        at += HEADER;
      } else {
        const { whole } = frame;
        const payload = whole.subarray(HEADER, -CRC);
        if (whole[2] === HELLO) generation = maskHello(payload) ?? generation;
        else maskPayload(whole[2]!, payload, generation, standIns);
        whole.set(high(crc16(whole.subarray(MARK.length, -CRC))), whole.length - CRC);
        at += whole.length;
      }
    }
  });
}

/** What begins with a mark and is there to its end. */
function frameAt(bytes: Uint8Array): { readonly whole: Uint8Array; readonly sound: boolean } | undefined {
  if (bytes[0] !== MARK[0] || bytes[1] !== MARK[1] || bytes.length < HEADER + CRC) return undefined;
  const length = number(bytes, 4);
  const size = HEADER + length + CRC;
  if (length > MOST_PAYLOAD || bytes.length < size) return undefined;
  const whole = bytes.subarray(0, size);
  return { whole, sound: crc16(whole.subarray(MARK.length, -CRC)) === number(whole, size - CRC) };
}

/** The generation of the pump, which its records depend on. */
function maskHello(payload: Uint8Array): number | undefined {
  let generation: number | undefined;
  for (let from = 0; from < payload.length; ) {
    const end = payload.indexOf(0x0a, from);
    const line = payload.subarray(from, end < 0 ? payload.length : end);
    const [key = '', value = ''] = String.fromCharCode(...line).split(' ');
    if (!HELLO_KEYS.has(key)) line.fill(PADS[0]!);
    else if (key === 'model') generation = Number(/^[57](\d\d)$/.exec(value)?.[1] ?? Number.NaN);
    from += line.length + 1;
  }
  return generation === undefined || Number.isNaN(generation) ? undefined : generation;
}

function maskPayload(kind: number, payload: Uint8Array, generation: number | undefined, standIns: StandIns): void {
  const page = payload.length === PAGE && crc16(payload.subarray(0, -CRC)) === number(payload, PAGE - CRC);
  if (kind === HISTORY && page && generation !== undefined) {
    maskRecords(payload.subarray(0, -CRC), generation, standIns);
    payload.set(high(crc16(payload.subarray(0, -CRC))), PAGE - CRC);
  } else if (
    !(kind === GLUCOSE && page) &&
    !(kind === CLOCK && payload.length <= 5) &&
    !(kind === REFUSED && payload.length === 1)
  )
    payload.fill(PADS[0]!);
}

/** From the first record on. Behind one that is not known nobody knows where the next begins: all of it goes. */
function maskRecords(data: Uint8Array, generation: number, standIns: StandIns): void {
  for (let at = 0; at < data.length; ) {
    const code = data[at]!;
    const length = code === 0 ? 1 : lengthOf(code, data[at + 1] ?? 0, generation);
    const left = data.length - at;
    const cut = length > left && !(code === DAILY_TOTAL && left >= DAILY_TOTAL_LEAST);
    if (length === 0 || cut) {
      data.fill(PADS[0]!, at + 1);
      return;
    }
    const record = data.subarray(at, at + length);
    if (GO.has(code)) record.set(standIns.of(record.subarray(GO_FROM)), GO_FROM);
    at += length;
  }
}

/** 0 for a record that is not known. */
function lengthOf(code: number, second: number, generation: number): number {
  if (code === UNABSORBED_INSULIN) return Math.max(second, 2);
  if (code === SENSOR_SETUP) return generation >= 51 ? 41 : 37;
  if (SEVEN.has(code)) return 7;
  const length = Object.hasOwn(LENGTHS, code) ? LENGTHS[code]! : 0;
  return typeof length === 'number' ? length : length[generation >= 23 ? 0 : 1];
}

function number(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}

function high(value: number): readonly [number, number] {
  return [value >> 8, value & 0xff];
}
