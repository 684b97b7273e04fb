import { OneBoxError } from '@onebox/protocol/errors.js';
import { ByteReader } from './byte-reader.js';
import type { LocalDateTime } from './gatt-time.js';
import { float, type MedFloat, sfloat } from './gatt-values.js';

/** Reading MDER, the medical device encoding rules of IEEE 11073-20601, annex F: big endian, with lengths in front. */

/** `length`: a length does not fit its bytes; `choice`: an APDU or message of no known kind; `value`: a value that cannot be. */
export type MderReject = 'length' | 'choice' | 'value';

/** Bytes that break the encoding rules. Nothing of them may be used. */
export class MderRejected extends OneBoxError {
  constructor(
    readonly reject: MderReject,
    detail: string,
  ) {
    super('LINK_MALFORMED', detail);
  }
}

/** Reads from the first byte to the last; every step past the end, and every byte left over, rejects the whole. */
export class MderReader extends ByteReader {
  constructor(
    bytes: Uint8Array,
    /** For messages: what is read. */
    name: string,
  ) {
    super(bytes, 'big', (detail) => new MderRejected('length', `${name}: ${detail}`));
  }

  sfloat(): MedFloat {
    return sfloat(this.u16());
  }

  float(): MedFloat {
    return float(this.u32());
  }

  /** An octet string: length u16, bytes. */
  octets(): Uint8Array {
    return this.take(this.u16());
  }

  /** What a length u16 stands in front of; `read` must take every byte of it. */
  within<T>(name: string, read: (reader: MderReader) => T): T {
    return readWhole(this.octets(), name, read);
  }

  /** A list: count u16, length u16, items. The items must take every byte of the length. */
  list<T>(name: string, item: (reader: MderReader) => T): readonly T[] {
    const count = this.u16();
    return this.within(name, (reader) => Array.from({ length: count }, () => item(reader)));
  }
}

/** Reads one value of a given length. */
export function readWhole<T>(bytes: Uint8Array, name: string, read: (reader: MderReader) => T): T {
  const reader = new MderReader(bytes, name);
  const value = read(reader);
  reader.end();
  return value;
}

/** Date and time of a device, without a zone. */
export interface AbsoluteTime {
  /** As stated: `2007-02-01T12:05:00.00`. */
  readonly text: string;
  /** Undefined for a date that does not exist: the clock was never set. */
  readonly local: LocalDateTime | undefined;
}

/**
 * AbsoluteTime: 8 BCD bytes century, year, month, day, hour, minute, second, 1/100 s. Bytes that are not BCD, as a
 * clock that was never set may have, are no date; they do not take the values beside them away.
 */
export function absoluteTime(reader: MderReader): AbsoluteTime {
  const digits = Array.from(reader.take(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = digits.replace(/^(....)(..)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6.$7');
  const ms = Date.parse(`${text}0Z`);
  // Date.parse carries 30 February into March: an impossible date comes back as another one.
  const exists = Number.isFinite(ms) && new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19);
  return { text, local: exists && digits.slice(0, 4) >= '1582' ? { text: text.slice(0, 19), ms } : undefined };
}
