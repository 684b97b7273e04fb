import { decimal, type ExactDecimal } from '@onebox/protocol/decimal.js';
import { ValueReader, ValueRejected } from './gatt-values.js';

/**
 * Fixed little-endian layouts as one line of text, for protocols that are a table of messages:
 *
 *   const battery = layout('CurrentBattery', 'actual:u8 indicated:u8 _:2 voltage:u16');
 *   battery.read(bytes).voltage   // a number, and known to the compiler
 *
 * `_:N` skips N bytes, `name:rest` takes what is left. An f32 becomes the shortest decimal that is that
 * float, so that 0.8 does not turn into 0.800000011920929; one that is no number is `undefined`.
 */
interface Kinds {
  readonly u8: number;
  readonly i8: number;
  readonly u16: number;
  readonly u32: number;
  readonly u64: bigint;
  readonly bool: boolean;
  readonly f32: ExactDecimal | undefined;
  readonly rest: Uint8Array;
}

type ValueOf<Kind extends string> = Kind extends keyof Kinds
  ? Kinds[Kind]
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

export interface Layout<Text extends string = string> {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly kind: string; readonly size: number }[];
  /** Bytes; without those of `rest`. */
  readonly size: number;
  /** Throws ValueRejected: `length` for any other number of bytes, `text` for what is not ASCII. */
  read(bytes: Uint8Array): FieldsOf<Text>;
}

const SIZES: Readonly<Record<string, number>> = { u8: 1, i8: 1, bool: 1, u16: 2, u32: 4, f32: 4, u64: 8, rest: 0 };

function sizeOf(name: string, kind: string): number {
  if (name === '_') return Number(kind);
  const known = Object.hasOwn(SIZES, kind) ? SIZES[kind] : undefined;
  const size = known ?? Number(/^(?:ascii|bytes)(\d+)$/.exec(kind)?.[1]);
  if (Number.isNaN(size)) throw new TypeError(`no kind ${kind}`);
  return size;
}

/** Throws TypeError for a text that is no layout: a mistake of the programmer. */
export function layout<const Text extends string>(name: string, text: Text): Layout<Text> {
  const fields = text.split(' ').map((field) => {
    const [key = '', kind = ''] = field.split(':');
    return { name: key, kind, size: sizeOf(key, kind) };
  });
  const size = fields.reduce((sum, field) => sum + field.size, 0);
  return {
    name,
    fields,
    size,
    read(bytes) {
      const reader = new ValueReader(name, bytes);
      const values: Record<string, FieldValue> = {};
      for (const field of fields) {
        const part = reader.take(field.kind === 'rest' ? reader.left : field.size);
        if (field.name !== '_') values[field.name] = fieldValue(name, field.kind, part);
      }
      reader.end();
      return values as FieldsOf<Text>;
    },
  };
}

function fieldValue(name: string, kind: string, bytes: Uint8Array): FieldValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case 'u8':
      return view.getUint8(0);
    case 'i8':
      return view.getInt8(0);
    case 'bool':
      return view.getUint8(0) !== 0;
    case 'u16':
      return view.getUint16(0, true);
    case 'u32':
      return view.getUint32(0, true);
    case 'u64':
      return view.getBigUint64(0, true);
    case 'f32':
      return float32(view.getFloat32(0, true));
    default:
      return kind.startsWith('ascii') ? ascii(name, bytes) : bytes;
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
