import type { FrameReject, FrameResult, Framing, Rejected } from './serial-framing.js';

/**
 * Frames that begin with a mark and say how long they are: mark, a header with type and number of data bytes, the data,
 * and mostly a check over them.
 */
export interface MarkedFrames {
  /** Bytes with which every frame begins. */
  readonly mark: readonly number[];
  /** Bytes before the data, the mark included. */
  readonly header: number;
  /** Place of the type in the header. */
  readonly typeAt: number;
  /** Place and size of the number of data bytes in the header. */
  readonly length: { readonly at: number; readonly bytes: 1 | 2 };
  /** A frame that states more is damaged: nobody waits for so many bytes. */
  readonly mostData: number;
  /** Behind the data: `of` all bytes before it, from place `from` on. */
  readonly check?: { readonly bytes: 1 | 2; readonly from?: number; of(bytes: Uint8Array): number };
  /** Of length and check; high byte first when not given. */
  readonly order?: 'big' | 'little';
}

/** Whole frames as they stand on the line, the mark first. */
export type Scanned = { readonly whole: Uint8Array } | Rejected;

/** Finds the frames. One that is damaged is searched from its second byte on: it costs one frame, not two. */
export class MarkedScanner {
  private held = new Uint8Array();

  constructor(private readonly frames: MarkedFrames) {}

  push(bytes: Uint8Array): Scanned[] {
    const all = new Uint8Array(this.held.length + bytes.length);
    all.set(this.held);
    all.set(bytes, this.held.length);
    const found: Scanned[] = [];
    let rejected: { reject: FrameReject; bytes: number } | undefined;
    let at = 0;
    while (at < all.length) {
      const next = this.frameAt(all.subarray(at));
      if (next === 'incomplete') break;
      if (typeof next === 'object') {
        found.push({ whole: next.slice() });
        at += next.length;
        rejected = undefined;
        continue;
      }
      // What follows a damaged frame is part of it until the next one begins.
      if (rejected === undefined || next !== 'sync') {
        rejected = { reject: next, bytes: 0 };
        found.push(rejected);
      }
      rejected.bytes += 1;
      at += 1;
    }
    this.held = all.slice(at);
    return found;
  }

  /** What is held is no frame, but may hold one behind a false mark. */
  flush(): Scanned[] {
    const found: Scanned[] = [];
    while (this.held.length > 0) {
      const { held } = this;
      this.held = new Uint8Array();
      found.push({ reject: held.length < this.frames.mark.length ? 'sync' : 'length', bytes: 1 });
      found.push(...this.push(held.subarray(1)));
    }
    return found;
  }

  /** The frame with which the bytes begin, or why there is none. */
  private frameAt(bytes: Uint8Array): Uint8Array | 'incomplete' | FrameReject {
    const { mark, header, mostData, check } = this.frames;
    for (const [place, byte] of mark.entries()) {
      if (place >= bytes.length) return 'incomplete';
      if (bytes[place] !== byte) return 'sync';
    }
    if (bytes.length < header) return 'incomplete';
    const length = this.number(bytes, this.frames.length.at, this.frames.length.bytes);
    if (length > mostData) return 'length';
    const end = header + length;
    const size = end + (check?.bytes ?? 0);
    if (bytes.length < size) return 'incomplete';
    if (check && check.of(bytes.subarray(check.from ?? 0, end)) !== this.number(bytes, end, check.bytes)) return 'crc';
    return bytes.subarray(0, size);
  }

  private number(bytes: Uint8Array, at: number, size: 1 | 2): number {
    const first = bytes[at]!;
    if (size === 1) return first;
    const second = bytes[at + 1]!;
    return this.frames.order === 'little' ? first + second * 256 : first * 256 + second;
  }
}

/** The frames with their type and data; further bytes of the header are left out, and written as zero. */
export function markedFraming(frames: MarkedFrames): Framing {
  const { mark, header, typeAt, length, check, order } = frames;
  const typed = (scanned: Scanned): FrameResult => {
    if ('reject' in scanned) return scanned;
    const { whole } = scanned;
    const data = whole.slice(header, whole.length - (check?.bytes ?? 0));
    return { frame: { type: whole[typeAt]!, data }, bytes: whole.length };
  };
  const number = (value: number, size: 1 | 2) => {
    const bytes = size === 1 ? [value] : [value >> 8, value & 0xff];
    return order === 'little' ? bytes.reverse() : bytes;
  };
  return {
    framer() {
      const scanner = new MarkedScanner(frames);
      return { push: (bytes) => scanner.push(bytes).map(typed), flush: () => scanner.flush().map(typed) };
    },
    encode({ type, data }) {
      const bytes = new Uint8Array(header + data.length);
      bytes.set(mark);
      bytes[typeAt] = type;
      bytes.set(number(data.length, length.bytes), length.at);
      bytes.set(data, header);
      return check ? Uint8Array.of(...bytes, ...number(check.of(bytes.subarray(check.from ?? 0)), check.bytes)) : bytes;
    },
  };
}
