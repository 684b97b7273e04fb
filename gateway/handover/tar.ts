import { OneBoxError } from '@onebox/protocol/errors.js';

/**
 * Plain files in one, as every `tar` opens it: POSIX.1-1988 ustar, uncompressed. Only what a hand-over needs: regular
 * files with short names and no folders.
 */
const BLOCK = 512;
const NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;
/** Where the fields of a header are (IEEE Std 1003.1, pax, ustar interchange format). */
const FIELD = { mode: 100, uid: 108, gid: 116, size: 124, mtime: 136, checksum: 148, type: 156, magic: 257 } as const;
const REGULAR = 0x30;
const MAGIC = 'ustar\u000000';

/** `at`: time of all files, milliseconds since 1970. */
export function packTar(files: ReadonlyMap<string, Uint8Array>, at: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, bytes] of files) {
    if (!NAME.test(name)) throw new OneBoxError('HANDOVER_INVALID', 'name of a file');
    const padding = new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK);
    parts.push(header(name, bytes.length, Math.floor(at / 1000)), bytes, padding);
  }
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]);
}

/** The files of what `packTar` writes. Throws HANDOVER_INVALID for anything else, also for other kinds of tar. */
export function unpackTar(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  let at = 0;
  for (;;) {
    const head = bytes.subarray(at, at + BLOCK);
    if (head.length < BLOCK) throw invalid('cut off');
    if (head.every((byte) => byte === 0)) break;
    const name = head.toString('latin1', 0, head.indexOf(0));
    const size = octal(head, FIELD.size, 11);
    if (!NAME.test(name) || files.has(name) || size === undefined) throw invalid('head of a file');
    if (!header(name, size, octal(head, FIELD.mtime, 11) ?? -1).equals(head)) throw invalid('head of a file');
    const start = at + BLOCK;
    if (start + size > bytes.length) throw invalid('cut off');
    files.set(name, bytes.subarray(start, start + size));
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  const rest = bytes.subarray(at);
  if (rest.length !== 2 * BLOCK || rest.some((byte) => byte !== 0)) throw invalid('end');
  return files;
}

function header(name: string, size: number, seconds: number): Buffer {
  const head = Buffer.alloc(BLOCK);
  head.write(name, 0, 'latin1');
  head.write('0000600', FIELD.mode, 'latin1');
  head.write('0000000', FIELD.uid, 'latin1');
  head.write('0000000', FIELD.gid, 'latin1');
  head.write(digits(size), FIELD.size, 'latin1');
  head.write(digits(seconds), FIELD.mtime, 'latin1');
  head[FIELD.type] = REGULAR;
  head.write(MAGIC, FIELD.magic, 'latin1');
  // Its own place counts as blanks.
  head.fill(0x20, FIELD.checksum, FIELD.checksum + 8);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, FIELD.checksum, 'latin1');
  return head;
}

const digits = (number: number): string => Math.max(number, 0).toString(8).padStart(11, '0').slice(-11);

function octal(head: Buffer, at: number, length: number): number | undefined {
  const text = head.toString('latin1', at, at + length);
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

const invalid = (why: string): OneBoxError => new OneBoxError('HANDOVER_INVALID', why);
