/** Checksums of serial protocols. */

/** Sum of all bytes modulo 256, e.g. of an ASTM E1381 frame. */
export function sum8(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
}

/** Two upper-case hex digits: 7 is `07`. */
export function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
