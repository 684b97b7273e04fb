import type { ExactDecimal } from '@onebox/protocol/decimal.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { Utf8Decoder } from '@onebox/protocol/text-decoder.js';
import { ByteReader, signed } from './byte-reader.js';

/**
 * Reading characteristic values: little endian, with exact lengths and exact decimals
 * (Bluetooth GATT Specification Supplement, section 2).
 */

/** What IEEE 11073-20601 sends in place of a number. */
export type SpecialValue = 'NaN' | 'NRes' | '+INF' | '-INF' | 'reserved';

export type MedFloat = ExactDecimal | SpecialValue;

/** Why a value was refused as a whole. */
export type RejectClass = 'length' | 'range' | 'text' | 'crc' | 'sequence' | 'unknown';

/** A value that breaks the rules of its characteristic. Nothing of it may be used. */
export class ValueRejected extends OneBoxError {
  constructor(
    readonly reject: RejectClass,
    detail: string,
  ) {
    super('LINK_MALFORMED', detail);
  }
}

export function isNumber(value: MedFloat): value is ExactDecimal {
  return typeof value !== 'string';
}

/** SFLOAT (medfloat16) from its raw 16 bits: exponent in bits 15..12, mantissa in 11..0, both two's complement. */
export function sfloat(raw: number): MedFloat {
  switch (raw) {
    case 0x07ff:
      return 'NaN';
    case 0x0800:
      return 'NRes';
    case 0x07fe:
      return '+INF';
    case 0x0802:
      return '-INF';
    case 0x0801:
      return 'reserved';
    default:
      return { coefficient: signed(raw & 0xfff, 12), exponent: signed(raw >>> 12, 4) };
  }
}

/** FLOAT (medfloat32) from its raw 32 bits: exponent in bits 31..24, mantissa in 23..0, both two's complement. */
export function float(raw: number): MedFloat {
  switch (raw) {
    case 0x007fffff:
      return 'NaN';
    case 0x00800000:
      return 'NRes';
    case 0x007ffffe:
      return '+INF';
    case 0x00800002:
      return '-INF';
    case 0x00800001:
      return 'reserved';
    default:
      return { coefficient: signed(raw & 0xffffff, 24), exponent: signed(raw >>> 24, 8) };
  }
}

/** Reads one value from its first byte to its last; every step past the end rejects the whole value. */
export class ValueReader extends ByteReader {
  constructor(
    /** For messages: the characteristic. */
    name: string,
    bytes: Uint8Array,
  ) {
    super(bytes, 'little', (detail) => new ValueRejected('length', `${name}: ${detail}`));
  }

  sfloat(): MedFloat {
    return sfloat(this.u16());
  }

  float(): MedFloat {
    return float(this.u32());
  }
}

const strictUtf8 = new Utf8Decoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 without the trailing NULs that some devices pad with. Bytes that are not UTF-8 are rejected. */
export function utf8Text(name: string, bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  try {
    return strictUtf8.decode(bytes.subarray(0, end));
  } catch {
    throw new ValueRejected('text', `${name}: the text is not UTF-8`);
  }
}

/** Numbers of the bits that are set, lowest first. */
export function bitsSet(raw: number, width: number): readonly number[] {
  const set: number[] = [];
  for (let bit = 0; bit < width; bit += 1) if (Math.floor(raw / 2 ** bit) % 2 === 1) set.push(bit);
  return set;
}

export function hasBit(raw: number, bit: number): boolean {
  return ((raw >>> bit) & 1) === 1;
}
