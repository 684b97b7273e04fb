import { hexByte, sum8 } from './checksums.js';

/**
 * Frames of ASTM E1381 (CLSI LIS01-A2), section 6.3:
 * `STX FN text ETB|ETX C1 C2 CR LF`. FN is one digit, 1 after ENQ, then 2..7, 0, 1 ...; C1 C2 is the sum of
 * all bytes from FN to ETB or ETX, modulo 256, in hex. ETB: more frames of the message follow; ETX: the last.
 */
export const STX = 0x02;
export const ETX = 0x03;
export const EOT = 0x04;
export const ENQ = 0x05;
export const ACK = 0x06;
export const LF = 0x0a;
export const CR = 0x0d;
export const NAK = 0x15;
export const ETB = 0x17;

/** The standard says 240 characters; instruments that send a whole message in one frame exceed it. */
export const MAX_FRAME_TEXT = 65_536;

export interface AstmFrame {
  /** 0 to 7. */
  readonly number: number;
  readonly text: Uint8Array;
  readonly terminator: 'ETB' | 'ETX';
  /** The two digits as sent. */
  readonly checksum: string;
}

/**
 * `format`: no STX where one is due, or no frame number; `incomplete`: the end is not there yet;
 * `checksum`: the digits are wrong.
 */
export type AstmFrameReject = 'checksum' | 'format' | 'incomplete';

export type AstmFrameResult =
  | { readonly frame: AstmFrame; readonly length: number }
  | {
      readonly reject: AstmFrameReject;
      readonly computed?: string;
      readonly printed?: string;
      readonly text?: Uint8Array;
    };

/** What ends a frame beside CR LF and LF. */
interface AstmFrameEnds {
  /** CR alone: nothing more will come. */
  readonly bareCr?: boolean;
  /** The checksum alone, before the next control character or at the end: a capture without its line ends. */
  readonly bareDigits?: boolean;
}

/**
 * Decodes the frame at the start of `bytes`; `length` is what it took. LF alone ends a frame too, as some
 * instruments send it; what else does, `ends` says.
 */
export function decodeAstmFrame(bytes: Uint8Array, ends: AstmFrameEnds = {}): AstmFrameResult {
  if (bytes.length === 0) return { reject: 'incomplete' };
  if (bytes[0] !== STX) return { reject: 'format' };
  if (bytes.length === 1) return { reject: 'incomplete' };
  const number = bytes[1]! - 0x30;
  if (number < 0 || number > 7) return { reject: 'format' };
  const end = terminatorIndex(bytes, 2);
  if (end < 0) return { reject: bytes.length - 2 > MAX_FRAME_TEXT ? 'format' : 'incomplete' };
  const length = frameLength(bytes, end, ends);
  if (length === undefined) return { reject: 'incomplete' };
  const text = bytes.slice(2, end);
  const printed = String.fromCharCode(bytes[end + 1]!, bytes[end + 2]!);
  const computed = hexByte(sum8(bytes.subarray(1, end + 1)));
  if (printed.toUpperCase() !== computed) return { reject: 'checksum', computed, printed, text };
  return { frame: { number, text, terminator: bytes[end] === ETB ? 'ETB' : 'ETX', checksum: printed }, length };
}

/** Builds a frame, for simulated devices. `text` must not hold control characters other than CR. */
export function encodeAstmFrame(number: number, text: Uint8Array, terminator: 'ETB' | 'ETX' = 'ETX'): Uint8Array {
  const body = Uint8Array.of(0x30 + (number & 7), ...text, terminator === 'ETB' ? ETB : ETX);
  const digits = hexByte(sum8(body));
  return Uint8Array.of(STX, ...body, digits.charCodeAt(0), digits.charCodeAt(1), CR, LF);
}

/** Place of the first ETB or ETX from `from` on, or -1. */
export function terminatorIndex(bytes: Uint8Array, from: number): number {
  for (let index = from; index < bytes.length; index += 1) {
    if (bytes[index] === ETX || bytes[index] === ETB) return index;
  }
  return -1;
}

/** Bytes of the frame whose terminator is at `end`: two digits, then CR LF, LF, or what else ends it. */
function frameLength(bytes: Uint8Array, end: number, { bareCr, bareDigits }: AstmFrameEnds): number | undefined {
  const after = end + 3;
  const next = bytes[after];
  if (next === LF) return after + 1;
  if (next === CR) {
    if (bytes[after + 1] === LF) return after + 2;
    return bareCr ? after + 1 : undefined;
  }
  const over = after === bytes.length || next === STX || next === EOT || next === ENQ;
  return bareDigits && over ? after : undefined;
}
