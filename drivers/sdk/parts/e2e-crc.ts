import { ValueRejected } from './gatt-values.js';

/**
 * E2E-CRC of the Continuous Glucose Monitoring and Insulin Delivery services (CGMS 1.0.2 section 3.11, IDS 1.0.2
 * section 3.16). Both rules use the polynomial x^16 + x^12 + x^5 + 1 and the seed 0xFFFF, and both are sent low byte
 * first. `sig` takes the bits of an octet lowest first, as the specification says; `ccitt-false` takes them highest
 * first, as some devices do. Which one a device uses is part of its profile.
 */
export type CrcVariant = 'sig' | 'ccitt-false';

/** 16 bits over all bytes. */
export function e2eCrc(bytes: Uint8Array, variant: CrcVariant): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= variant === 'sig' ? byte : byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      if (variant === 'sig') crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
      else crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc;
}

/** A checked value. `otherVariant`: it fits by the rule that the profile of the device does not name. */
export interface CrcCheck {
  readonly crc: number;
  readonly variant: CrcVariant;
  readonly otherVariant: boolean;
}

/**
 * @param covered what the CRC is taken over
 * @param crc as it was received
 * @throws ValueRejected `crc` when it fits by neither rule
 */
export function checkCrc(name: string, covered: Uint8Array, crc: number, due: CrcVariant): CrcCheck {
  if (e2eCrc(covered, due) === crc) return { crc, variant: due, otherVariant: false };
  const other = due === 'sig' ? 'ccitt-false' : 'sig';
  if (e2eCrc(covered, other) === crc) return { crc, variant: other, otherVariant: true };
  throw new ValueRejected('crc', `${name}: the E2E-CRC does not fit`);
}

/** Bytes behind a value: nothing, a CRC, or a counter and a CRC. `auto`: as many as there are behind its fields. */
export type Protection = 'none' | 'crc' | 'counter-crc';

export interface Trailer {
  readonly check: CrcCheck | undefined;
  /** 1 to 255, then 1 again; undefined where none is sent. */
  readonly counter: number | undefined;
}

const SIZE: Readonly<Record<Protection, number>> = { none: 0, crc: 2, 'counter-crc': 3 };

/**
 * The protection whose bytes are as many as are left. Where it is known that a value is protected, fields that a newer
 * device has put before it are passed over: the CRC shows that they are meant to be there.
 * @throws ValueRejected `length` when there is none
 */
export function protectionOf(name: string, left: number, allowed: readonly Protection[]): Protection {
  const found = allowed.find((protection) => SIZE[protection] === left);
  if (found !== undefined) return found;
  const [only, ...others] = allowed;
  if (only !== undefined && only !== 'none' && others.length === 0 && left > SIZE[only]) return only;
  throw new ValueRejected('length', `${name}: ${left} bytes behind the last field`);
}

/** Checks the last bytes of a value. */
export function readTrailer(name: string, bytes: Uint8Array, protection: Protection, variant: CrcVariant): Trailer {
  if (protection === 'none') return { check: undefined, counter: undefined };
  const end = bytes.length - 2;
  const check = checkCrc(name, bytes.subarray(0, end), bytes[end]! + bytes[end + 1]! * 256, variant);
  return { check, counter: protection === 'counter-crc' ? bytes[end - 1]! : undefined };
}
