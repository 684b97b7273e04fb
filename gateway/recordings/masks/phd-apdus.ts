import { decodeApdu } from '@onebox/driver-sdk/parts/phd-apdu.js';
import { PhdMasker } from './phd-body.js';
import type { ContentMask } from './pieces.js';
import { PADS } from './stand-in.js';

/** Choice u16, length u16. */
const HEADER = 4;
/** E200 to E700 (drivers/sdk/parts/phd-apdu.ts). */
const CHOICES: ReadonlySet<number> = new Set([0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7]);

/**
 * APDUs of IEEE 11073-20601 out of a stream without marks. A reader that has lost its place takes it up after a pause,
 * and a piece that follows one begins with an APDU: that is where this looks for the next one too.
 */
export function phdMask(): ContentMask {
  const masker = new PhdMasker();
  return (pieces) => {
    const stream = Uint8Array.from(Buffer.concat(pieces));
    const starts = startsOf(pieces);
    for (let at = 0; at < stream.length; ) {
      const whole = wholeApdu(stream, at);
      if (whole) {
        masker.mask(whole);
        at += whole.length;
        continue;
      }
      const to = nextStart(stream, at, starts);
      // The choice and the length stay: what was refused is refused again, after as many bytes.
      stream.fill(PADS[0]!, Math.min(isHeader(stream, at) ? at + HEADER : at, to), to);
      at = to;
    }
    return pieces.map(({ length }, index) => stream.subarray(starts[index]!, starts[index]! + length));
  };
}

/** Where each piece begins. */
function startsOf(pieces: readonly Uint8Array[]): readonly number[] {
  let at = 0;
  return pieces.map(({ length }) => {
    at += length;
    return at - length;
  });
}

const isHeader = (stream: Uint8Array, at: number): boolean =>
  stream.length >= at + HEADER && CHOICES.has(stream[at]!) && stream[at + 1] === 0;

const endOf = (stream: Uint8Array, at: number): number => at + HEADER + stream[at + 2]! * 256 + stream[at + 3]!;

/** The APDU that begins here, if all of it is there and nothing of it is wrong. */
function wholeApdu(stream: Uint8Array, at: number): Uint8Array | undefined {
  if (!isHeader(stream, at) || endOf(stream, at) > stream.length) return undefined;
  const bytes = stream.subarray(at, endOf(stream, at));
  try {
    decodeApdu(bytes);
    return bytes;
  } catch {
    return undefined;
  }
}

/** Where it may go on: at a later piece that begins with an APDU, or behind the one that is refused. */
function nextStart(stream: Uint8Array, at: number, starts: readonly number[]): number {
  const end = isHeader(stream, at) ? endOf(stream, at) : stream.length;
  const found = starts.find((start) => start > at && start < end && wholeApdu(stream, start));
  return Math.min(found ?? end, stream.length);
}
