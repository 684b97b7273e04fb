import { OneBoxError } from '@onebox/protocol/errors.js';
import { Utf8Decoder } from '@onebox/protocol/text-decoder.js';
import { latin1OrUtf8 } from './text.js';

/**
 * Segments of HL7 v2 in the ER7 encoding ("pipes and hats"; HL7 v2.6, chapter 2.5 to 2.7): fields, repetitions,
 * components, escape sequences. Works on bytes: a field of megabytes is cut out without being read as text.
 */

/** The encoding characters of MSH-1 and MSH-2, as bytes. 0: the sender has none. */
export interface Hl7Delimiters {
  readonly field: number;
  readonly component: number;
  readonly repetition: number;
  readonly escape: number;
  readonly subcomponent: number;
}

export const HL7_DELIMITERS: Hl7Delimiters = {
  field: 0x7c,
  component: 0x5e,
  repetition: 0x7e,
  escape: 0x5c,
  subcomponent: 0x26,
};

/** Bytes to text; every character set of MSH-18 that is taken has ASCII in its lower half. */
export type Hl7Charset = (bytes: Uint8Array) => string;

const utf8: Hl7Charset = (bytes) => new Utf8Decoder('utf-8', { ignoreBOM: true }).decode(bytes);

const latin1: Hl7Charset = (bytes) => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** By MSH-18 (table 0211). A sender that states none, or one that is not known here: UTF-8 where valid, else Latin-1. */
export function hl7Charset(stated: string): Hl7Charset {
  const name = stated.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (name === 'UNICODEUTF8' || name === 'UTF8') return utf8;
  if (name === '88591' || name === 'ISO88591') return latin1;
  return latin1OrUtf8;
}

/**
 * Reads MSH-1 and MSH-2. What MSH-2 leaves out is as usual, unless that character is taken.
 * @throws OneBoxError PROTOCOL_DECODE when this is no MSH, or letters, digits or the same character twice stand there
 */
export function hl7Delimiters(msh: Uint8Array): Hl7Delimiters {
  const field = msh[3];
  if (!isName(msh, 'MSH') || field === undefined || !isPunctuation(field)) throw undecodable('no MSH segment');
  const end = msh.indexOf(field, 4);
  const stated = msh.subarray(4, end < 0 ? msh.length : end);
  if (stated.length > 5) throw undecodable('encoding characters');
  const taken = new Set<number>([field]);
  for (const byte of stated) {
    if (!isPunctuation(byte) || taken.has(byte)) throw undecodable('encoding characters');
    taken.add(byte);
  }
  const usual = (byte: number) => (taken.has(byte) ? 0 : byte);
  return {
    field,
    component: stated[0] ?? usual(HL7_DELIMITERS.component),
    repetition: stated[1] ?? usual(HL7_DELIMITERS.repetition),
    escape: stated[2] ?? usual(HL7_DELIMITERS.escape),
    subcomponent: stated[3] ?? usual(HL7_DELIMITERS.subcomponent),
  };
}

/** Fields beyond this are not looked at; HL7 segments have fewer. */
const MOST_FIELDS = 256;

/** One segment. Fields are numbered as in the standard: OBX-3 is 3; in MSH the separator itself is field 1. */
export class Hl7Segment {
  readonly name: string;
  /** Number of the last field that is there. */
  readonly last: number;
  readonly #starts: number[] = [];
  readonly #shift: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly delimiters: Hl7Delimiters,
    readonly charset: Hl7Charset = latin1OrUtf8,
  ) {
    this.name = latin1(bytes.subarray(0, 3));
    this.#shift = this.name === 'MSH' ? 1 : 0;
    for (let at = 0; at >= 0 && this.#starts.length < MOST_FIELDS; ) {
      this.#starts.push(at);
      const next = bytes.indexOf(delimiters.field, at);
      at = next < 0 ? -1 : next + 1;
    }
    this.last = this.#starts.length - 1 + this.#shift;
  }

  /** The bytes of a field as they were sent; empty when it is not there. */
  raw(field: number): Uint8Array {
    const index = field - this.#shift;
    const start = this.#starts[index];
    if (index < 1 || start === undefined) return this.bytes.subarray(0, 0);
    const next = this.#starts[index + 1];
    return this.bytes.subarray(start, next === undefined ? this.bytes.length : next - 1);
  }

  /** Text of a whole field, delimiters and escapes in it as they were sent. */
  text(field: number): string {
    return this.charset(this.raw(field));
  }

  /** Repetitions of a field, each in its components, without escapes. An empty field has no repetition. */
  repetitions(field: number): readonly (readonly string[])[] {
    const raw = this.raw(field);
    if (raw.length === 0) return [];
    return splitBytes(raw, this.delimiters.repetition).map((one) => this.components(one));
  }

  /** Components of the first repetition, without escapes. */
  first(field: number): readonly string[] {
    const [one] = splitBytes(this.raw(field), this.delimiters.repetition);
    return one === undefined || one.length === 0 ? [] : this.components(one);
  }

  /** Components of one repetition. */
  components(repetition: Uint8Array): readonly string[] {
    return splitBytes(repetition, this.delimiters.component).map((part) =>
      hl7Unescape(this.charset(part), this.delimiters),
    );
  }
}

export function splitBytes(bytes: Uint8Array, separator: number): readonly Uint8Array[] {
  if (separator === 0) return [bytes];
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, start)) {
    parts.push(bytes.subarray(start, at));
    start = at + 1;
  }
  parts.push(bytes.subarray(start));
  return parts;
}

/**
 * Resolves escape sequences (HL7 v2.6, 2.7): `\F\ \S\ \T\ \R\ \E\` are the delimiters, `\X0D\` bytes in hex,
 * `\.br\` and `\.sp\` a line break. Highlighting and character set switches are left out. What is no sequence stays.
 */
export function hl7Unescape(text: string, delimiters: Hl7Delimiters): string {
  if (delimiters.escape === 0) return text;
  const mark = String.fromCharCode(delimiters.escape);
  if (!text.includes(mark)) return text;
  let result = '';
  let start = 0;
  for (;;) {
    const open = text.indexOf(mark, start);
    const close = open < 0 ? -1 : text.indexOf(mark, open + 1);
    if (close < 0) return result + text.slice(start);
    const meaning = escaped(text.slice(open + 1, close), delimiters);
    result += text.slice(start, open) + (meaning ?? mark);
    start = meaning === undefined ? open + 1 : close + 1;
  }
}

function escaped(sequence: string, delimiters: Hl7Delimiters): string | undefined {
  const byte = (code: number) => (code === 0 ? '' : String.fromCharCode(code));
  switch (sequence) {
    case 'F':
      return byte(delimiters.field);
    case 'S':
      return byte(delimiters.component);
    case 'T':
      return byte(delimiters.subcomponent);
    case 'R':
      return byte(delimiters.repetition);
    case 'E':
      return byte(delimiters.escape);
    case 'P':
      return '#';
    case 'H':
    case 'N':
      return '';
  }
  if (/^\.(?:br|sp\+?\d*|ce|fi|nf|in[+-]?\d+|ti[+-]?\d+|sk\+?\d+)$/.test(sequence)) return '\n';
  if (/^X(?:[0-9A-Fa-f]{2})+$/.test(sequence))
    return latin1OrUtf8(Uint8Array.from(sequence.slice(1).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
  return /^(?:C[0-9A-Fa-f]{4}|M[0-9A-Fa-f]{4,6}|Z[\x21-\x7e]{0,40})$/.test(sequence) ? '' : undefined;
}

/** Three letters or digits and the field separator: the start of a segment. */
export function startsSegment(line: Uint8Array, field: number): boolean {
  const letter = (byte: number | undefined) => byte !== undefined && byte >= 0x41 && byte <= 0x5a;
  const digit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  return (
    letter(line[0]) && (letter(line[1]) || digit(line[1])) && (letter(line[2]) || digit(line[2])) && line[3] === field
  );
}

function isName(line: Uint8Array, name: string): boolean {
  return line.length > 3 && [...name].every((char, index) => line[index] === char.charCodeAt(0));
}

function isPunctuation(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !/[A-Za-z0-9]/.test(String.fromCharCode(byte));
}

function undecodable(detail: string): OneBoxError {
  return new OneBoxError('PROTOCOL_DECODE', detail);
}
