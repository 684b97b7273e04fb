import type { Frame, FrameResult, Framer, Framing } from './serial-framing.js';

/**
 * Frames that are marked by bit 7 alone, as pulse oximeters and MIDI-like instruments send them. Byte 0: type, bit 7
 * clear. Byte 1: bit i is bit 7 of data byte i. Bytes 2 and on: at most seven data bytes, bit 7 set on the line. The next
 * byte with bit 7 clear begins the next frame; there is no check.
 */
export interface HighBitFraming extends Framing {
  /** One frame that was cut out of the stream. */
  decode(bytes: Uint8Array): FrameResult;
}

const MOST_BYTES = 9;

/** Frames shorter than `least` bytes, type and high bits included, or longer than `most` do not exist. */
export function highBitFraming({ least = 2, most = MOST_BYTES } = {}): HighBitFraming {
  const decode = (bytes: Uint8Array): FrameResult => {
    const length = bytes.length;
    if (length < least || length > most) return { reject: 'length', bytes: length };
    if (bytes[0]! & 0x80) return { reject: 'sync', bytes: length };
    for (const byte of bytes.subarray(1)) {
      if (!(byte & 0x80)) return { reject: 'sync', bytes: length };
    }
    const high = bytes[1]!;
    const data = bytes.slice(2).map((byte, index) => (byte & 0x7f) | (((high >> index) & 1) << 7));
    return { frame: { type: bytes[0]!, data }, bytes: length };
  };
  return { decode, encode, framer: () => new HighBitFramer(decode, most) };
}

function encode({ type, data }: Frame): Uint8Array {
  let high = 0x80;
  for (const [index, byte] of data.entries()) high |= (byte >> 7) << index;
  return Uint8Array.of(type & 0x7f, high, ...data.map((byte) => byte | 0x80));
}

/**
 * A frame is taken only when the next one begins, or at `flush`: a first byte that was lost would otherwise make one
 * wrong frame of two.
 */
class HighBitFramer implements Framer {
  private pending: number[] = [];
  /** Bytes of the present frame, also those that are too many to keep. */
  private length = 0;

  constructor(
    private readonly decode: (bytes: Uint8Array) => FrameResult,
    private readonly most: number,
  ) {}

  push(bytes: Uint8Array): FrameResult[] {
    const results: FrameResult[] = [];
    for (const byte of bytes) {
      if (!(byte & 0x80)) results.push(...this.flush());
      this.length += 1;
      if (this.pending.length <= this.most) this.pending.push(byte);
    }
    return results;
  }

  flush(): FrameResult[] {
    const { pending, length } = this;
    this.pending = [];
    this.length = 0;
    if (pending.length === 0) return [];
    // Bytes without a first byte before them, however many.
    if (pending[0]! & 0x80) return [{ reject: 'sync', bytes: length }];
    if (length > this.most) return [{ reject: 'length', bytes: length }];
    return [this.decode(Uint8Array.from(pending))];
  }
}
