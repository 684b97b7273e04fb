import { CR, ENQ, EOT, ETB, ETX, STX } from '@onebox/driver-sdk/parts/astm-frame.js';
import { DEFAULT_DELIMITERS } from '@onebox/driver-sdk/parts/astm-records.js';
import { hexByte, sum8 } from '@onebox/driver-sdk/parts/checksums.js';
import { maskRecord } from './astm-record.js';
import { type ContentMask, overStream } from './pieces.js';
import { PADS, StandIns } from './stand-in.js';

const BLANK = 0x20;

/** A stretch of text between STX and its end, as places in the stream. */
interface Frame {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** ETX, ETB, or where the text was cut. */
  readonly end: number | undefined;
  /** The checksum is right, and has to be right again. */
  readonly sound: boolean;
}

/** Records of ASTM E1394 in frames of E1381, and whatever is between them. */
export function astmMask(): ContentMask {
  const standIns = new StandIns();
  return overStream((stream) => {
    const sent = Uint8Array.from(stream);
    const frames = [...framesOf(sent)];
    coverOutside(stream, frames);
    const records = new Records(sent, stream, standIns);
    for (const frame of frames) records.take(frame);
    records.end();
    for (const frame of frames) seal(stream, frame);
  });
}

/** Follows records over the frames that carry them, also where a frame is sent again. */
class Records {
  /** Places of the record that has begun, now and before the last frame. */
  #open: number[] = [];
  #before: number[] = [];
  #delimiters = DEFAULT_DELIMITERS;
  #last: number | undefined;

  constructor(
    readonly sent: Uint8Array,
    readonly out: Uint8Array,
    readonly standIns: StandIns,
  ) {}

  take({ number, from, to, end }: Frame): void {
    // Sent again: what the first try had begun is no part of the record.
    if (number === this.#last) {
      this.#mask(this.#open);
      this.#open = [...this.#before];
    } else if (number === 1 && this.#last !== 0) this.end();
    this.#last = number;
    this.#before = [...this.#open];
    for (let at = from; at < to; at += 1) {
      if (this.sent[at] === CR) this.#close();
      else this.#open.push(at);
    }
    if (end === ETX) this.#close();
  }

  /** What has begun is all there is of it. */
  end(): void {
    this.#close();
    this.#before = [];
    this.#last = undefined;
  }

  #close(): void {
    this.#mask(this.#open);
    this.#open = [];
  }

  #mask(places: readonly number[]): void {
    if (places.length === 0) return;
    const record = Uint8Array.from(places, (at) => this.sent[at]!);
    const { masked, delimiters } = maskRecord(record, this.#delimiters, this.standIns);
    this.#delimiters = delimiters;
    for (const [index, at] of places.entries()) this.out[at] = masked[index]!;
  }
}

function* framesOf(stream: Uint8Array): Generator<Frame> {
  for (let at = stream.indexOf(STX); at >= 0; at = stream.indexOf(STX, at + 1)) {
    const from = Math.min(at + 2, stream.length);
    let to = from;
    while (to < stream.length && !ENDS.has(stream[to]!)) to += 1;
    const end = stream[to] === ETX || stream[to] === ETB ? stream[to] : undefined;
    yield { number: (stream[at + 1] ?? 0) - 0x30, from, to, end, sound: end !== undefined && isSound(stream, at, to) };
  }
}

const ENDS: ReadonlySet<number> = new Set([ETX, ETB, STX, ENQ, EOT]);

function isSound(stream: Uint8Array, start: number, end: number): boolean {
  return printed(stream, end).toUpperCase() === sum(stream, start, end);
}

const sum = (stream: Uint8Array, start: number, end: number): string =>
  hexByte(sum8(stream.subarray(start + 1, end + 1)));

const printed = (stream: Uint8Array, end: number): string =>
  Buffer.from(stream.subarray(end + 1, end + 3)).toString('latin1');

/** Bytes between frames are none of the protocol, but for checksums and control characters. */
function coverOutside(stream: Uint8Array, frames: readonly Frame[]): void {
  let at = 0;
  for (const { from, to, end } of frames) {
    coverText(stream, at, from - 1);
    at = end === undefined ? to : Math.min(to + 3, stream.length);
  }
  coverText(stream, at, stream.length);
}

function coverText(stream: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at += 1) if (stream[at]! >= BLANK) stream[at] = PADS[0]!;
}

/** A right checksum is made right again, a wrong one stays wrong. */
function seal(stream: Uint8Array, { from, to, end, sound }: Frame): void {
  if (end === undefined) return;
  const right = sum(stream, from - 2, to);
  if (sound) stream.set(Buffer.from(right, 'latin1'), to + 1);
  else if (printed(stream, to).toUpperCase() === right) stream[to + 1] = stream[to + 1] === 0x30 ? 0x31 : 0x30;
}
