/** Writing MDER (IEEE 11073-20601, annex F), for simulated devices: the reverse of `parts/mder.ts`. */

export type Bytes = readonly number[];

export function be16(value: number): Bytes {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function be32(value: number): Bytes {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Length u16, bytes. */
export function octets(bytes: Bytes): Bytes {
  return [...be16(bytes.length), ...bytes];
}

/** Count u16, length u16, items. */
export function list(items: readonly Bytes[]): Bytes {
  return [...be16(items.length), ...octets(items.flat())];
}

/** An attribute: id u16, length u16, value. */
export function attribute(id: number, value: Bytes): Bytes {
  return [...be16(id), ...octets(value)];
}

export function text(value: string): Bytes {
  return octets(Array.from(value, (char) => char.charCodeAt(0) & 0xff));
}

/** SFLOAT; NaN where the number is undefined. */
export function sfloat(coefficient: number | undefined, exponent = 0): Bytes {
  return be16(coefficient === undefined ? 0x07ff : ((exponent & 0xf) << 12) | (coefficient & 0xfff));
}

/** FLOAT; NaN where the number is undefined. */
export function float(coefficient: number | undefined, exponent = 0): Bytes {
  return be32(coefficient === undefined ? 0x007fffff : ((exponent & 0xff) << 24) | (coefficient & 0xffffff));
}

/** AbsoluteTime of a wall clock, given as milliseconds as if it were UTC; zeros for a clock that was never set. */
export function absoluteTime(localMs: number | undefined): Bytes {
  if (localMs === undefined) return [0, 0, 0, 0, 0, 0, 0, 0];
  const digits = new Date(localMs).toISOString().replace(/\D/g, '').slice(0, 16);
  return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** An APDU: choice u16, length u16, body. */
export function apdu(choice: number, body: Bytes): Bytes {
  return [...be16(choice), ...octets(body)];
}
