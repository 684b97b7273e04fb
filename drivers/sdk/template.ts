import { OneBoxError } from '@onebox/protocol/errors.js';
import type { RequestParameters } from './device.js';

/**
 * Byte patterns of requests: hex bytes and typed holes, e.g. `01 03 01 {sequence:u16le}`,
 * `{channel:u8:1..4}`, `{name:ascii:8}`, `{key:hex:4}`. A driver fills holes, it never supplies bytes.
 * Ranges are inclusive; the number of `ascii` is characters and of `hex` bytes, and `1..8` lets it vary.
 */
export type HoleType = keyof typeof INTEGERS | 'ascii' | 'hex';

export interface Hole {
  readonly name: string;
  readonly type: HoleType;
  /** Values for integers, lengths for ascii and hex. */
  readonly min: number;
  readonly max: number;
}

export type TemplatePart = Uint8Array | Hole;

interface IntegerFormat {
  readonly size: number;
  readonly signed: boolean;
  readonly little: boolean;
}

const integer = (size: number, signed: boolean, little: boolean): IntegerFormat => ({ size, signed, little });

const INTEGERS = {
  u8: integer(1, false, true),
  i8: integer(1, true, true),
  u16le: integer(2, false, true),
  u16be: integer(2, false, false),
  i16le: integer(2, true, true),
  i16be: integer(2, true, false),
  u24le: integer(3, false, true),
  u32le: integer(4, false, true),
  u32be: integer(4, false, false),
  i32le: integer(4, true, true),
} as const;

const MAX_BYTES = 512;
const TOKEN = /\s+|([0-9A-Fa-f]{2})|\{([a-z][A-Za-z0-9]{0,31}):([a-z0-9]+)(?::(-?\d{1,10})(?:\.\.(-?\d{1,10}))?)?\}/y;

/** Reads a pattern; MANIFEST_INVALID with the offset of what is wrong. */
export function parseTemplate(pattern: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal: number[] = [];
  let size = 0;
  const names = new Set<string>();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < pattern.length; ) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(pattern);
    if (!token) throw new OneBoxError('MANIFEST_INVALID', `byte pattern, offset ${at}: neither a hex byte nor a hole`);
    if (token[1]) {
      literal.push(Number.parseInt(token[1], 16));
      size++;
    } else if (token[2]) {
      const hole = parseHole(token[2], token[3] ?? '', token[4], token[5], at);
      if (names.has(hole.name))
        throw new OneBoxError('MANIFEST_INVALID', `byte pattern, offset ${at}: hole ${hole.name} twice`);
      names.add(hole.name);
      if (literal.length > 0) parts.push(Uint8Array.from(literal));
      literal = [];
      parts.push(hole);
      size += hole.type === 'ascii' || hole.type === 'hex' ? hole.max : INTEGERS[hole.type].size;
    }
  }
  if (literal.length > 0) parts.push(Uint8Array.from(literal));
  if (size === 0) throw new OneBoxError('MANIFEST_INVALID', 'byte pattern is empty');
  if (size > MAX_BYTES) throw new OneBoxError('MANIFEST_INVALID', `byte pattern is longer than ${MAX_BYTES} bytes`);
  return parts;
}

function parseHole(name: string, type: string, low: string | undefined, high: string | undefined, at: number): Hole {
  const wrong = (why: string) => new OneBoxError('MANIFEST_INVALID', `byte pattern, offset ${at}: ${why}`);
  if (type === 'ascii' || type === 'hex') {
    if (low === undefined) throw wrong(`${type} needs a length`);
    const min = Number(low);
    const max = Number(high ?? low);
    if (min < 0 || max < 1 || min > max || max > 256) throw wrong('length out of range');
    return { name, type, min, max };
  }
  if (!Object.hasOwn(INTEGERS, type)) throw wrong(`unknown hole type ${type}`);
  const format = INTEGERS[type as keyof typeof INTEGERS];
  const [least, most] = bounds(format);
  if (low !== undefined && high === undefined) throw wrong('a range is written low..high');
  const min = Number(low ?? least);
  const max = Number(high ?? most);
  if (min < least || max > most || min > max) throw wrong('range does not fit the type');
  return { name, type: type as keyof typeof INTEGERS, min, max };
}

function bounds({ size, signed }: IntegerFormat): [number, number] {
  return signed ? [-(2 ** (size * 8 - 1)), 2 ** (size * 8 - 1) - 1] : [0, 2 ** (size * 8) - 1];
}

/** Fills the holes. DRIVER_FORBIDDEN for a value that is missing, too much, of the wrong type or out of range. */
export function fillTemplate(parts: readonly TemplatePart[], parameters: RequestParameters): Uint8Array {
  const out: number[] = [];
  const used = new Set<string>();
  for (const part of parts) {
    if (part instanceof Uint8Array) out.push(...part);
    else {
      used.add(part.name);
      out.push(...fillHole(part, Object.hasOwn(parameters, part.name) ? parameters[part.name] : undefined));
    }
  }
  for (const name of Object.keys(parameters))
    if (!used.has(name)) throw new OneBoxError('DRIVER_FORBIDDEN', 'parameter without a hole');
  return Uint8Array.from(out);
}

function fillHole(hole: Hole, value: unknown): Uint8Array | number[] {
  const wrong = (why: string) => new OneBoxError('DRIVER_FORBIDDEN', `hole ${hole.name}: ${why}`);
  if (hole.type === 'ascii' || hole.type === 'hex') {
    if (typeof value !== 'string') throw wrong('not a text');
    const bytes = hole.type === 'ascii' ? asciiBytes(value) : hexBytes(value);
    if (!bytes) throw wrong(`not ${hole.type}`);
    if (bytes.length < hole.min || bytes.length > hole.max) throw wrong('wrong length');
    return bytes;
  }
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong('not a whole number');
  if (value < hole.min || value > hole.max) throw wrong('out of range');
  const { size, little } = INTEGERS[hole.type];
  const bytes = Array.from({ length: size }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
  return little ? bytes : bytes.reverse();
}

/** Printable ASCII only: a text hole must not smuggle control bytes of a line protocol. */
function asciiBytes(text: string): number[] | undefined {
  return /^[\x20-\x7e]*$/.test(text) ? Array.from(text, (character) => character.charCodeAt(0)) : undefined;
}

function hexBytes(text: string): number[] | undefined {
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(text)) return undefined;
  return Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}
