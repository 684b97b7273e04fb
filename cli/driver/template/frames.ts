import { crc16 } from '@onebox/protocol/framing.js';

/**
 * The frames of the device: A5, type, number of data bytes, data, CRC-16/CCITT (high byte first) over all before it.
 * Pure: bytes in, frames out.
 */
export interface Frame {
  readonly type: number;
  readonly data: Uint8Array;
}

export const FRAME = { identity: 0x81, status: 0x82, measurement: 0x83 } as const;

const START = 0xa5;
/** Start, type, length, and the CRC. */
const OVERHEAD = 5;
/** A length above this is damaged: nobody waits for so many bytes. */
const MOST_DATA = 40;

/** Finds the frames in a stream of bytes. Bytes that are no frame are dropped and counted. */
export class Framer {
  private waiting = new Uint8Array();
  /** Bytes that belonged to no frame. */
  dropped = 0;

  push(bytes: Uint8Array): readonly Frame[] {
    let rest = Uint8Array.from([...this.waiting, ...bytes]);
    const frames: Frame[] = [];
    while (rest.length >= OVERHEAD) {
      const size = OVERHEAD + rest[2]!;
      const begins = rest[0] === START && rest[2]! <= MOST_DATA;
      if (begins && rest.length < size) break;
      if (begins && isWhole(rest.subarray(0, size))) {
        frames.push({ type: rest[1]!, data: rest.slice(3, size - 2) });
        rest = rest.subarray(size);
      } else {
        // Look for the next start from the following byte: a lost byte costs one frame, not two.
        this.dropped += 1;
        rest = rest.subarray(1);
      }
    }
    this.waiting = rest;
    return frames;
  }
}

export function encodeFrame({ type, data }: Frame): Uint8Array {
  const body = Uint8Array.of(START, type, data.length, ...data);
  const crc = crc16(body);
  return Uint8Array.of(...body, crc >> 8, crc & 0xff);
}

function isWhole(bytes: Uint8Array): boolean {
  const crc = crc16(bytes.subarray(0, -2));
  return bytes.at(-2) === crc >> 8 && bytes.at(-1) === (crc & 0xff);
}
