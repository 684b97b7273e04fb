import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Looks for texts and keys on a disk as somebody with a hex editor would. */

/** Shorter traces would be found by chance. */
const SHORTEST = 8;

/**
 * As it is, as UTF-16LE, in hex and in Base64; Base64 depends on the place in the text, so all three are looked for,
 * without their edges.
 */
export function traces(what: string | Uint8Array): Buffer[] {
  const bytes = Buffer.from(what);
  const wide = Buffer.from(typeof what === 'string' ? what : bytes.toString('latin1'), 'utf16le');
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const encoded = [hex, hex.toUpperCase(), ...base64].filter(({ length }) => length >= SHORTEST);
  return [bytes, wide, ...encoded.map((one) => Buffer.from(one))];
}

/** Those that are in the bytes, in any of four encodings. */
export function found<T extends string | Uint8Array>(what: readonly T[], where: Uint8Array | string): T[] {
  const all = Buffer.from(where);
  return what.filter((one) => traces(one).some((trace) => all.includes(trace)));
}

/** Paths of all files below a folder. */
export function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
