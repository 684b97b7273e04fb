import { MderRejected } from './mder.js';
import { APDU, type Apdu, decodeApdu } from './phd-apdu.js';

/** One APDU cut out of the bytes, or why it was refused. */
export type ApduResult =
  | { readonly apdu: Apdu; readonly bytes: Uint8Array }
  | { readonly refused: MderRejected; readonly bytes: Uint8Array };

const HEADER = 4;
const CHOICES: ReadonlySet<number> = new Set(Object.values(APDU));

/**
 * Cuts a stream of bytes into APDUs, for byte pipes that do not keep them apart (a serial line, TCP). The stream
 * has no marks: after bytes that start no APDU nothing is taken until the line has been quiet.
 */
export class ApduFramer {
  private pending: Uint8Array = new Uint8Array();
  private lost = false;

  /** True when an APDU has begun and has not ended, or when the place in the stream is lost. */
  get open(): boolean {
    return this.lost || this.pending.length > 0;
  }

  push(bytes: Uint8Array): ApduResult[] {
    const results: ApduResult[] = [];
    this.pending = joined(this.pending, bytes);
    while (!this.lost && this.pending.length >= 2) {
      const [first = 0, second = 0, high = 0, low = 0] = this.pending;
      if (!CHOICES.has(first * 256 + second)) {
        results.push(this.refuse(new MderRejected('choice', 'bytes that start no APDU')));
        this.lost = true;
      } else if (this.pending.length < HEADER + high * 256 + low || this.pending.length < HEADER) {
        break;
      } else {
        results.push(decoded(this.cut(HEADER + high * 256 + low)));
      }
    }
    if (this.lost) this.pending = new Uint8Array();
    return results;
  }

  /** The line has been quiet: what has begun will not be whole, and what comes next starts an APDU. */
  quiet(): ApduResult[] {
    this.lost = false;
    if (this.pending.length === 0) return [];
    return [this.refuse(new MderRejected('length', 'an APDU ended early'))];
  }

  private refuse(refused: MderRejected): ApduResult {
    return { refused, bytes: this.cut(this.pending.length) };
  }

  private cut(count: number): Uint8Array {
    const part = this.pending.slice(0, count);
    this.pending = this.pending.slice(count);
    return part;
  }
}

function decoded(bytes: Uint8Array): ApduResult {
  try {
    return { apdu: decodeApdu(bytes), bytes };
  } catch (error) {
    if (error instanceof MderRejected) return { refused: error, bytes };
    throw error;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
