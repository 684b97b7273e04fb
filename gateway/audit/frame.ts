import { crc32c } from '../files/crc32c.js';

/**
 * Frames of a segment file: `len u32 | crc32c u32 | type u8 | body`, little endian. The CRC covers length,
 * type and body. The first frame of every write to the disk is marked, so that after a loss of power a
 * torn write can be told from damage to something that was durable before.
 */

export const FRAME_HEAD = 9;
export const MAX_BODY = 1 << 16;
const FIRST_OF_WRITE = 0x80;

export enum FrameType {
  header = 1,
  record = 2,
  checkpoint = 3,
}

export interface Frame {
  readonly offset: number;
  readonly end: number;
  readonly type: FrameType;
  readonly firstOfWrite: boolean;
  readonly body: Uint8Array;
}

export function encodeFrame(type: FrameType, body: Uint8Array, firstOfWrite: boolean): Uint8Array {
  if (body.length > MAX_BODY) throw new RangeError('the body of a frame is too long');
  const frame = Buffer.allocUnsafe(FRAME_HEAD + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame[8] = firstOfWrite ? type | FIRST_OF_WRITE : type;
  frame.set(body, FRAME_HEAD);
  frame.writeUInt32LE(crc32c(frame.subarray(8), crc32c(frame.subarray(0, 4))), 4);
  return frame;
}

/** The frame at `offset`; `cut` when the bytes end within it, `damaged` when it is no frame. */
export function readFrame(bytes: Uint8Array, offset: number): Frame | 'cut' | 'damaged' {
  if (offset + FRAME_HEAD > bytes.length) return 'cut';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(offset, true);
  if (length > MAX_BODY) return 'damaged';
  const end = offset + FRAME_HEAD + length;
  if (end > bytes.length) return 'cut';
  const crc = crc32c(bytes.subarray(offset + 8, end), crc32c(bytes.subarray(offset, offset + 4)));
  const type = bytes[offset + 8]! & ~FIRST_OF_WRITE;
  if (crc !== view.getUint32(offset + 4, true) || FrameType[type] === undefined) return 'damaged';
  return {
    offset,
    end,
    type,
    firstOfWrite: (bytes[offset + 8]! & FIRST_OF_WRITE) !== 0,
    body: bytes.subarray(offset + FRAME_HEAD, end),
  };
}

/** Whether a later write begins behind `offset`: then what stands before it had been durable. */
export function laterWriteBehind(bytes: Uint8Array, offset: number): boolean {
  for (let at = offset + 1; at + FRAME_HEAD <= bytes.length; at++) {
    if ((bytes[at + 8]! & FIRST_OF_WRITE) === 0) continue;
    const frame = readFrame(bytes, at);
    if (typeof frame === 'object' && frame.firstOfWrite) return true;
  }
  return false;
}
