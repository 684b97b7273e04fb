import { OneBoxError } from './errors.js';

/**
 * How messages of onebox.v1 travel. Serial: COBS with CRC-16, delimited by 0x00, because a line has noise and no
 * packets. GATT: fragments with a header of 2 bytes, because a link has packets and no noise. Neither authenticates
 * anything; the messages are checked by their own rules.
 */

/** Largest message, in bytes. */
export const MAX_MESSAGE = 65_535;

/** What came of some bytes: whole messages in order, and how many pieces had to be thrown away. */
export interface Received {
  readonly messages: readonly Uint8Array[];
  readonly rejected: number;
}

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/**
 * CRC-16/CCITT-FALSE (CRC-16/IBM-3740): polynomial 0x1021, start 0xFFFF, nothing reflected, no final XOR. With a start
 * of 0 it is CRC-16/XMODEM.
 */
export function crc16(bytes: Uint8Array, start = 0xffff): number {
  let crc = start;
  for (const byte of bytes) crc = ((crc << 8) ^ TABLE[(crc >> 8) ^ byte]!) & 0xffff;
  return crc;
}

function tooLarge(length: number, most: number): void {
  if (length > most) throw new OneBoxError('MESSAGE_TOO_LARGE', '', { bytes: length, most });
}

/** Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): the same content without any 0x00. */
function stuff(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.ceil(bytes.length / 254) + 1);
  let code = 0;
  let at = 1;
  for (const [i, byte] of bytes.entries()) {
    if (byte !== 0) {
      out[at] = byte;
      at += 1;
    }
    if (byte !== 0 && (at - code < 255 || i === bytes.length - 1)) continue;
    out[code] = at - code;
    code = at;
    at += 1;
  }
  out[code] = at - code;
  return out.subarray(0, at);
}

/** The reverse; undefined when a block is longer than what is there. */
function unstuff(bytes: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at]!;
    if (at + code > bytes.length) return undefined;
    out.set(bytes.subarray(at + 1, at + code), length);
    length += code - 1;
    at += code;
    if (code < 255 && at < bytes.length) length += 1;
  }
  return out.subarray(0, length);
}

/**
 * A message for a serial line: 00 | COBS(message | CRC-16, high byte first) | 00. The delimiter in front parts it
 * from noise. Throws MESSAGE_TOO_LARGE.
 */
export function frame(message: Uint8Array): Uint8Array {
  tooLarge(message.length, MAX_MESSAGE);
  const checked = new Uint8Array(message.length + 2);
  checked.set(message);
  new DataView(checked.buffer).setUint16(message.length, crc16(message));
  const stuffed = stuff(checked);
  const out = new Uint8Array(stuffed.length + 2);
  out.set(stuffed, 1);
  return out;
}

/** Finds the messages in the bytes of a serial line, in whatever pieces they come. After damage it goes on at the next 0x00. */
export class Deframer {
  private readonly buffer: Uint8Array;
  private length = 0;
  private overflow = false;

  constructor(options: { readonly maxMessage?: number } = {}) {
    const most = (options.maxMessage ?? MAX_MESSAGE) + 2;
    this.buffer = new Uint8Array(most + Math.ceil(most / 254) + 1);
  }

  push(bytes: Uint8Array): Received {
    const messages: Uint8Array[] = [];
    let rejected = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0, at);
      this.keep(bytes.subarray(at, end < 0 ? bytes.length : end));
      if (end < 0) break;
      at = end + 1;
      if (this.length === 0 && !this.overflow) continue;
      const message = this.take();
      if (message) messages.push(message);
      else rejected += 1;
    }
    return { messages, rejected };
  }

  private keep(bytes: Uint8Array): void {
    this.overflow ||= this.length + bytes.length > this.buffer.length;
    if (this.overflow) return;
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  private take(): Uint8Array | undefined {
    const checked = this.overflow ? undefined : unstuff(this.buffer.subarray(0, this.length));
    this.length = 0;
    this.overflow = false;
    if (!checked || checked.length < 2) return undefined;
    const message = checked.subarray(0, -2);
    const crc = (checked.at(-2)! << 8) | checked.at(-1)!;
    return crc === crc16(message) ? message : undefined;
  }
}

/** Header of a fragment: bit 15 last of its message, bit 14 first, bits 13 to 0 a counter of all fragments of one direction. Little endian. */
const LAST = 0x8000;
const FIRST = 0x4000;
const COUNTER = 0x3fff;
const HEADER = 2;

/** Cuts messages into fragments for a GATT characteristic. One for each direction of one link. */
export class Fragmenter {
  private counter = 0;

  /** `size` is the largest value of one write or notification, at least 3 bytes. Throws MESSAGE_TOO_LARGE. */
  split(message: Uint8Array, size: number): Uint8Array[] {
    tooLarge(message.length, MAX_MESSAGE);
    if (!Number.isInteger(size) || size <= HEADER) throw new OneBoxError('INTERNAL', 'fragment size');
    const room = size - HEADER;
    const count = Math.max(1, Math.ceil(message.length / room));
    return Array.from({ length: count }, (_, i) => {
      const content = message.subarray(i * room, (i + 1) * room);
      const fragment = new Uint8Array(HEADER + content.length);
      const flags = (i === 0 ? FIRST : 0) | (i === count - 1 ? LAST : 0);
      new DataView(fragment.buffer).setUint16(0, flags | this.counter, true);
      this.counter = (this.counter + 1) & COUNTER;
      fragment.set(content, HEADER);
      return fragment;
    });
  }
}

/** Joins fragments to messages. A lost, doubled or foreign fragment costs its message; the next one is whole again. */
export class Reassembler {
  private readonly most: number;
  private parts: Uint8Array[] | undefined;
  private length = 0;
  private expected = 0;

  constructor(options: { readonly maxMessage?: number } = {}) {
    this.most = options.maxMessage ?? MAX_MESSAGE;
  }

  push(fragment: Uint8Array): Received {
    if (fragment.length < HEADER) return { messages: [], rejected: 1 + this.drop() };
    const header = fragment[0]! | (fragment[1]! << 8);
    let rejected = 0;
    if (header & FIRST) {
      rejected += this.drop();
      this.parts = [];
    } else if (!this.parts || (header & COUNTER) !== this.expected) {
      return { messages: [], rejected: 1 + this.drop() };
    }
    const parts = this.parts ?? [];
    this.expected = (header + 1) & COUNTER;
    this.length += fragment.length - HEADER;
    if (this.length > this.most) return { messages: [], rejected: rejected + this.drop() };
    parts.push(fragment.slice(HEADER));
    if (!(header & LAST)) return { messages: [], rejected };
    const message = new Uint8Array(this.length);
    let at = 0;
    for (const part of parts) {
      message.set(part, at);
      at += part.length;
    }
    this.parts = undefined;
    this.length = 0;
    return { messages: [message], rejected };
  }

  /** Throws away what was begun. Returns how many messages that were. */
  private drop(): number {
    const begun = this.parts ? 1 : 0;
    this.parts = undefined;
    this.length = 0;
    return begun;
  }
}
