import { decimal, type ExactDecimal } from '@onebox/protocol/decimal.js';
import { ValueRejected } from './gatt-values.js';

/**
 * Fixed little-endian layouts as one line of text, for protocols that are a table of messages:
 *
 *   const battery = layout('CurrentBattery', 'actual:u8 indicated:u8 _:2 voltage:u16');
 *   battery.read(bytes).voltage   // a number, and known to the compiler
 *
 * `_:N` skips N bytes, `name:rest` takes what is left. `u1` to `u7` and `flag` are bits of one byte, from its lowest
 * bit on; together they fill it. `spo2:u8?127` is undefined where the device sends 127 for "no value". An f32 becomes
 * the shortest decimal that is that float, so that 0.8 does not turn into 0.800000011920929; one that is no number is
 * `undefined`. `u16be` and `u32be` have their high byte first.
 */
interface Kinds {
  readonly u8: number;
  readonly i8: number;
  readonly u16: number;
  readonly u16be: number;
  readonly u32: number;
  readonly u32be: number;
  readonly u64: bigint;
  readonly bool: boolean;
  readonly flag: boolean;
  readonly f32: ExactDecimal | undefined;
  readonly rest: Uint8Array;
}

type ValueOf<Kind extends string> = Kind extends `${infer Plain}?${number}`
  ? ValueOf<Plain> | undefined
  : Kind extends keyof Kinds
    ? Kinds[Kind]
    : Kind extends `u${1 | 2 | 3 | 4 | 5 | 6 | 7}`
      ? number
      : Kind extends `ascii${number}`
        ? string
        : Kind extends `bytes${number}`
          ? Uint8Array
          : never;

type FieldOf<Text extends string> = Text extends `${infer Name}:${infer Kind}`
  ? Name extends '_'
    ? unknown
    : { readonly [K in Name]: ValueOf<Kind> }
  : never;

export type FieldsOf<Text extends string> = Text extends `${infer Head} ${infer Tail}`
  ? FieldOf<Head> & FieldsOf<Tail>
  : FieldOf<Text>;

export type FieldValue = number | bigint | boolean | string | ExactDecimal | Uint8Array | undefined;

export interface LayoutField {
  readonly name: string;
  readonly kind: string;
  /** Place of its first byte. */
  readonly at: number;
  /** Bytes; 0 for `rest` and for bits. */
  readonly size: number;
  /** Of bits: how many, and how many of its byte are below them. */
  readonly width: number;
  readonly shift: number;
  /** The number that stands for "no value". */
  readonly none: number | undefined;
}

export interface Layout<Text extends string = string> {
  readonly name: string;
  readonly fields: readonly LayoutField[];
  /** Bytes; without those of `rest`. */
  readonly size: number;
  /** Throws ValueRejected: `length` for any other number of bytes, `text` for what is not ASCII. */
  read(bytes: Uint8Array): FieldsOf<Text>;
}

const SIZES: Readonly<Record<string, number>> = {
  u8: 1,
  i8: 1,
  bool: 1,
  u16: 2,
  u16be: 2,
  u32: 4,
  u32be: 4,
  f32: 4,
  u64: 8,
  rest: 0,
};

function sizeOf(name: string, kind: string): number {
  const known = Object.hasOwn(SIZES, kind) ? SIZES[kind] : undefined;
  const size = known ?? Number(name === '_' ? kind : /^(?:ascii|bytes)(\d+)$/.exec(kind)?.[1]);
  if (Number.isNaN(size)) throw new TypeError(`no kind ${kind}`);
  return size;
}

/** Bits of a kind that does not fill a byte; 0 of the others. */
function widthOf(kind: string): number {
  return kind === 'flag' ? 1 : Number(/^u([1-7])$/.exec(kind)?.[1] ?? 0);
}

/** Throws TypeError for a text that is no layout: a mistake of the programmer. */
export function layout<const Text extends string>(name: string, text: Text): Layout<Text> {
  const { fields, size } = placed(text);
  const open = fields.at(-1)?.kind === 'rest';
  const named = fields.filter((field) => field.name !== '_');
  return {
    name,
    fields,
    size,
    read(bytes) {
      if (bytes.length < size || (bytes.length > size && !open))
        throw new ValueRejected('length', `${name}: ${bytes.length} bytes, ${size} are due`);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const values: Record<string, FieldValue> = {};
      for (const field of named) {
        const value = fieldValue(name, field, view, bytes);
        values[field.name] = value === field.none ? undefined : value;
      }
      return values as FieldsOf<Text>;
    },
  };
}

function placed(text: string): { readonly fields: readonly LayoutField[]; readonly size: number } {
  let at = 0;
  let shift = 0;
  const fields = text.split(' ').map((word, index, words): LayoutField => {
    const [, name = '', kind = '', none] = /^(\w+):(\w+)(?:\?(\d+))?$/.exec(word) ?? [];
    const width = widthOf(kind);
    const size = width > 0 ? 0 : sizeOf(name, kind);
    if ((width === 0 && shift > 0) || shift + width > 8) throw new TypeError(`${word}: bits do not fill their byte`);
    if (kind === 'rest' && index < words.length - 1) throw new TypeError(`${word}: something follows the rest`);
    const field = { name, kind, at, size, width, shift, none: none === undefined ? undefined : Number(none) };
    shift = (shift + width) % 8;
    at += width > 0 && shift === 0 ? 1 : size;
    return field;
  });
  if (shift > 0) throw new TypeError(`${text}: bits do not fill their byte`);
  return { fields, size: at };
}

function fieldValue(name: string, { kind, at, size, width, shift }: LayoutField, view: DataView, all: Uint8Array) {
  if (width > 0) {
    const bits = (view.getUint8(at) >> shift) & (2 ** width - 1);
    return kind === 'flag' ? bits !== 0 : bits;
  }
  switch (kind) {
    case 'u8':
      return view.getUint8(at);
    case 'i8':
      return view.getInt8(at);
    case 'bool':
      return view.getUint8(at) !== 0;
    case 'u16':
    case 'u16be':
      return view.getUint16(at, kind === 'u16');
    case 'u32':
    case 'u32be':
      return view.getUint32(at, kind === 'u32');
    case 'u64':
      return view.getBigUint64(at, true);
    case 'f32':
      return float32(view.getFloat32(at, true));
    case 'rest':
      return all.slice(at);
    default:
      return kind.startsWith('ascii') ? ascii(name, all.subarray(at, at + size)) : all.slice(at, at + size);
  }
}

/** The shortest decimal that rounds to this 32-bit float; undefined for what is no number or beyond a decimal. */
export function float32(value: number): ExactDecimal | undefined {
  if (!Number.isFinite(value)) return undefined;
  let text = value.toString();
  for (let digits = 1; digits <= 9; digits += 1) {
    text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) break;
  }
  try {
    return decimal(text);
  } catch {
    return undefined;
  }
}

/** Up to the first NUL. */
function ascii(name: string, bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  if (text.some((byte) => byte > 0x7e || byte < 0x20))
    throw new ValueRejected('text', `${name}: the text is not ASCII`);
  return String.fromCharCode(...text);
}
