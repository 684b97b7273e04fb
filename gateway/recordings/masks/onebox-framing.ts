import { Deframer, frame, Reassembler } from '@onebox/protocol/framing.js';
import { maskResponse } from './onebox-message.js';
import { type ContentMask, overStream } from './pieces.js';
import { PADS, StandIns } from './stand-in.js';

/** Header of a fragment. */
const HEADER = 2;

/** Responses of onebox.v1 in GATT fragments. */
export function gattFragmentsMask(): ContentMask {
  const standIns = new StandIns();
  return (pieces) => {
    const out = pieces.map((piece) => Uint8Array.from(piece));
    const reassembler = new Reassembler();
    /** Payloads of a message that has begun. */
    let begun: Uint8Array[] = [];
    for (const piece of out) {
      const { messages, rejected } = reassembler.push(piece);
      if (rejected > 0) begun = cover(begun);
      if (rejected > 0 && !isFirst(piece)) cover([piece.subarray(HEADER)]);
      else begun.push(piece.subarray(HEADER));
      for (const message of messages) begun = spread(maskedMessage(message, standIns), begun);
    }
    cover(begun);
    return out;
  };
}

/** Bit 14 of the header, which is little endian. */
function isFirst(piece: Uint8Array): boolean {
  return piece.length >= HEADER && (piece[1]! & 0x40) !== 0;
}

/** Letters in all payloads: they came to no message. */
function cover(payloads: readonly Uint8Array[]): [] {
  for (const payload of payloads) payload.fill(PADS[0]!);
  return [];
}

/** Puts a message back into the payloads that it came in. */
function spread(message: Uint8Array, payloads: readonly Uint8Array[]): [] {
  let at = 0;
  for (const payload of payloads) {
    payload.set(message.subarray(at, at + payload.length));
    at += payload.length;
  }
  return [];
}

/** Responses of onebox.v1 on a serial line: COBS with CRC-16 between zeros. */
export function cobsMask(): ContentMask {
  const standIns = new StandIns();
  return overStream((stream) => {
    for (let from = 0; from < stream.length; ) {
      const zero = stream.indexOf(0, from);
      const to = zero < 0 ? stream.length : zero;
      const stuffed = stream.subarray(from, to);
      if (stuffed.length > 0) stuffed.set(zero < 0 ? noMessage(stuffed) : maskedFrame(stuffed, standIns));
      from = to + 1;
    }
  });
}

function maskedFrame(stuffed: Uint8Array, standIns: StandIns): Uint8Array {
  const message = messageOf(stuffed);
  if (!message) return noMessage(stuffed);
  // The CRC changes with the letters; with a zero in it the frame may be of another length.
  for (const pad of PADS) {
    const made = frame(maskedMessage(message, standIns, pad)).subarray(1, -1);
    if (made.length === stuffed.length) return made;
  }
  return noMessage(stuffed);
}

/** Letters that are no frame. */
function noMessage({ length }: Uint8Array): Uint8Array {
  const tries = PADS.map((pad) => new Uint8Array(length).fill(pad));
  return tries.find((letters) => !messageOf(letters)) ?? new Uint8Array(length).fill(1);
}

function messageOf(stuffed: Uint8Array): Uint8Array | undefined {
  return new Deframer().push(Uint8Array.of(...stuffed, 0)).messages[0];
}

/** The message without what identifies; letters when it is not one. */
function maskedMessage(message: Uint8Array, standIns: StandIns, pad?: number): Uint8Array {
  const masked = Uint8Array.from(message);
  try {
    maskResponse(masked, standIns, pad);
    return masked;
  } catch {
    return masked.fill(PADS[0]!);
  }
}
