/** Patterns of manifests: bytes in hex with `..` for any byte. */
export type BytePattern = readonly (number | undefined)[];

export function parsePattern(text: string): BytePattern {
  return text.split(' ').map((byte) => (byte === '..' ? undefined : Number.parseInt(byte, 16)));
}

/** Whether the pattern stands anywhere in the bytes. */
export function includesPattern(bytes: ArrayLike<number>, pattern: BytePattern): boolean {
  for (let start = 0; start + pattern.length <= bytes.length; start++)
    if (pattern.every((byte, index) => byte === undefined || byte === bytes[start + index])) return true;
  return false;
}
