import { OneBoxError } from '@onebox/protocol/errors.js';
import { startsSegment } from './hl7-er7.js';

/**
 * HL7 v2 messages out of a stream of bytes: in MLLP blocks (HL7 v2 transport, appendix C: VT, message, FS, CR) or
 * bare, as files hold them. Segments end with CR; LF, CR LF and blank lines between them are taken as well. A line
 * that begins no segment goes on with an encapsulated document before it: some senders break long fields.
 */

export const MLLP_START = 0x0b;
export const MLLP_END = 0x1c;
const CR = 0x0d;
const LF = 0x0a;

export type Hl7StreamEvent =
  /** A message begins. `framed`: in an MLLP block, so that its end will be known. */
  | { readonly kind: 'start'; readonly framed: boolean }
  /** A whole segment; `terminated` false: the stream ended in it. */
  | { readonly kind: 'segment'; readonly bytes: Uint8Array; readonly terminated: boolean }
  /** A line that begins no segment, and goes on with none. */
  | { readonly kind: 'stray' }
  /** `whole` false: the block was not closed. A bare message is as whole as anyone can tell. */
  | { readonly kind: 'end'; readonly whole: boolean };

export interface Hl7StreamLimits {
  /** Bytes of one message. */
  readonly messageBytes: number;
  /** Bytes without a message before it is said that this is no HL7. */
  readonly noiseBytes: number;
}

const LIMITS: Hl7StreamLimits = { messageBytes: 12 * 1024 * 1024, noiseBytes: 64 * 1024 };

/** Takes bytes in pieces of any size. Holds one line at a time. */
export class Hl7Stream {
  readonly #limits: Hl7StreamLimits;
  #line: Uint8Array[] = [];
  #lineBytes = 0;
  /** The segment that further lines may go on with. */
  #segment: Uint8Array[] = [];
  #field = 0;
  #framed = false;
  #inMessage = false;
  #first = true;
  #noise = 0;
  #bytes = 0;

  constructor(limits: Partial<Hl7StreamLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** A message has begun and not ended. */
  get inMessage(): boolean {
    return this.#inMessage;
  }

  get framed(): boolean {
    return this.#framed;
  }

  /**
   * @throws OneBoxError MESSAGE_TOO_LARGE beyond `messageBytes`, after what was whole before; PROTOCOL_DECODE when
   * `noiseBytes` held no message
   */
  *push(bytes: Uint8Array): Generator<Hl7StreamEvent, void, void> {
    const find = (byte: number, from: number): number => {
      const found = bytes.indexOf(byte, from);
      return found < 0 ? bytes.length : found;
    };
    let [cr, lf, vt, fs] = [-1, -1, -1, -1];
    for (let at = 0; at < bytes.length; ) {
      if (cr < at) cr = find(CR, at);
      if (lf < at) lf = find(LF, at);
      if (vt < at) vt = find(MLLP_START, at);
      if (fs < at) fs = find(MLLP_END, at);
      const end = Math.min(cr, lf, vt, this.#framed ? fs : bytes.length);
      yield* this.#take(bytes.subarray(at, end));
      if (end < bytes.length) yield* this.#control(bytes[end]!);
      at = end + 1;
    }
  }

  /** No more bytes come. */
  *finish(): Generator<Hl7StreamEvent, void, void> {
    const terminated = this.#lineBytes === 0;
    yield* this.#endLine();
    if (this.#inMessage) yield* this.#endMessage(terminated, !this.#framed);
  }

  *#take(piece: Uint8Array): Generator<Hl7StreamEvent, void, void> {
    if (piece.length === 0) return;
    if (this.#inMessage) this.#bytes += piece.length;
    else this.#noise += piece.length;
    const { messageBytes, noiseBytes } = this.#limits;
    if (this.#inMessage ? this.#bytes > messageBytes : this.#noise > noiseBytes) yield* this.#tooMuch();
    this.#line.push(piece.slice());
    this.#lineBytes += piece.length;
  }

  /** The line that is under way is dropped; the segment before it may have gone on. What was whole stays. */
  *#tooMuch(): Generator<Hl7StreamEvent, void, void> {
    this.#line = [];
    this.#lineBytes = 0;
    if (!this.#inMessage) throw new OneBoxError('PROTOCOL_DECODE', 'no MSH segment');
    yield* this.#endMessage(false, false);
    throw new OneBoxError('MESSAGE_TOO_LARGE', `more than ${this.#limits.messageBytes} bytes`);
  }

  *#control(byte: number): Generator<Hl7StreamEvent, void, void> {
    const terminated = byte !== MLLP_START || this.#lineBytes === 0;
    yield* this.#endLine();
    if (byte === CR || byte === LF) return;
    // A block that begins before the last one was closed: that one was cut off.
    if (this.#inMessage) yield* this.#endMessage(terminated, byte === MLLP_END || !this.#framed);
    this.#framed = byte === MLLP_START;
  }

  *#endLine(): Generator<Hl7StreamEvent, void, void> {
    if (this.#lineBytes === 0) return;
    const line = withoutMark(join(this.#line), this.#first);
    this.#line = [];
    this.#lineBytes = 0;
    this.#first = false;
    if (isHeader(line)) {
      if (this.#inMessage) yield* this.#endMessage(true, !this.#framed);
      this.#inMessage = true;
      this.#noise = 0;
      this.#bytes = line.length;
      this.#field = line[3]!;
      yield { kind: 'start', framed: this.#framed };
      this.#segment = [line];
    } else if (this.#inMessage) {
      if (startsSegment(line, this.#field)) {
        yield* this.#endSegment(true);
        this.#segment = [line];
      } else if (this.#segment[0] && holdsDocument(this.#segment[0], this.#field)) this.#segment.push(line);
      else yield { kind: 'stray' };
    }
  }

  *#endSegment(terminated: boolean): Generator<Hl7StreamEvent, void, void> {
    if (this.#segment.length === 0) return;
    const bytes = join(this.#segment);
    this.#segment = [];
    yield { kind: 'segment', bytes, terminated };
  }

  *#endMessage(terminated: boolean, whole: boolean): Generator<Hl7StreamEvent, void, void> {
    yield* this.#endSegment(terminated);
    this.#inMessage = false;
    yield { kind: 'end', whole };
  }
}

function isHeader(line: Uint8Array): boolean {
  const separator = line[3] ?? 0;
  return (
    line[0] === 0x4d && line[1] === 0x53 && line[2] === 0x48 && separator > 0x20 && separator < 0x7f && line.length > 8
  );
}

/** An OBX of the type ED: its document may be broken into lines. */
function holdsDocument(line: Uint8Array, field: number): boolean {
  const second = line.indexOf(field, 4);
  return (
    line[0] === 0x4f &&
    line[1] === 0x42 &&
    line[2] === 0x58 &&
    second > 0 &&
    line[second + 1] === 0x45 &&
    line[second + 2] === 0x44
  );
}

/** A text file may begin with a byte order mark of UTF-8. */
function withoutMark(line: Uint8Array, first: boolean): Uint8Array {
  return first && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only) return only;
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
