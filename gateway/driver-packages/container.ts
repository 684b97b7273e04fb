import { createHash } from 'node:crypto';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import { type NoteSigner, signNote, splitNote } from '../audit/note.js';

/**
 * A driver as one file (`.onebox-driver`):
 *
 *     onebox-driver-package 1        magic, LF
 *     1234                           bytes of the note, decimal, LF
 *     onebox-driver-package/1        the note (c2sp.org/signed-note): what is signed
 *     acme-thermometer 1.2.0         id and version of the driver
 *     <sha-256> 4711 driver.js       hash, bytes and path of each file, sorted by path
 *     ...
 *                                    an empty line, then at most two signature lines
 *     <contents of the files, one after the other, in the order of the list>
 *
 * One content has one encoding: every byte is either fixed, signed, hashed, or part of a signature.
 */

const MAGIC = 'onebox-driver-package 1\n';
const NOTE_HEAD = 'onebox-driver-package/1';
export const PACKAGE_BYTES = 16 << 20;
const NOTE_BYTES = 64 << 10;
const MAX_FILES = 130;
const MAX_SIGNATURES = 2;

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const VERSION = /^\d{1,4}\.\d{1,4}\.\d{1,4}(?:-[0-9a-z.]{1,16})?$/;
const FILE_LINE = /^([0-9a-f]{64}) (0|[1-9]\d{0,7}) (\S+)$/;
/** All that a package may hold. */
const PATH =
  /^(?:driver\.js|manifest\.json|sbom\.cdx\.json|recordings\/[a-z0-9][a-z0-9-]{0,63}\.(?:obrec|findings\.jsonl))$/;

export interface DriverPackage {
  readonly id: string;
  readonly version: string;
  /** What is signed: id, version and the hashes of all files. */
  readonly text: string;
  readonly signatures: ReturnType<typeof splitNote>['signatures'];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A package without signatures. Throws DRIVER_PACKAGE for a name or a size that a package cannot have. */
export function packDriver(id: string, version: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([path, bytes]) => `${sha256(bytes)} ${bytes.length} ${path}\n`);
  const text = `${NOTE_HEAD}\n${id} ${version}\n${lines.join('')}`;
  const packed = assemble(
    `${text}\n`,
    sorted.map(([, bytes]) => bytes),
  );
  parseDriverPackage(packed);
  return packed;
}

/** The package with one more signature. Throws DRIVER_PACKAGE; INPUT_INVALID when this one, or two, signed already. */
export function signPackage(bytes: Uint8Array, signer: NoteSigner): Uint8Array {
  const { text, signatures, files } = parseDriverPackage(bytes);
  if (signatures.some(({ name, id }) => name === signer.name || id === signer.keyId))
    throw new OneBoxError('INPUT_INVALID', `${signer.name} has signed already`);
  if (signatures.length >= MAX_SIGNATURES) throw new OneBoxError('INPUT_INVALID', 'two have signed already');
  const before = noteOf(bytes).slice(text.length + 1);
  const [, line] = signNote(text, [signer]).split('\n\n');
  return assemble(`${text}\n${before}${line}`, [...files.values()]);
}

/** Reads a package and checks every hash; signatures are well formed but not verified. Throws DRIVER_PACKAGE. */
export function parseDriverPackage(bytes: Uint8Array): DriverPackage {
  const note = noteOf(bytes);
  const { text, signatures } = splitPackageNote(note);
  if (signatures.length > MAX_SIGNATURES) throw invalid('more than two signatures');
  const [head, name = '', ...lines] = text.slice(0, -1).split('\n');
  const [id = '', version = '', ...rest] = name.split(' ');
  if (head !== NOTE_HEAD) throw invalid('head');
  if (id.length > 48 || !ID.test(id) || !VERSION.test(version) || rest.length > 0) throw invalid('id and version');
  if (lines.length > MAX_FILES) throw invalid('too many files');
  const files = new Map<string, Uint8Array>();
  let at = noteStart(note) + Buffer.byteLength(note);
  let last = '';
  for (const line of lines) {
    const [, hash, size, path] = FILE_LINE.exec(line) ?? [];
    if (hash === undefined || size === undefined || path === undefined || !PATH.test(path))
      throw invalid('list of files');
    if (path <= last) throw invalid('order of files');
    const content = bytes.subarray(at, at + Number(size));
    if (content.length !== Number(size)) throw invalid(`${path} is cut off`);
    if (sha256(content) !== hash) throw invalid(`${path} is not what was packed`);
    files.set(path, content);
    at += content.length;
    last = path;
  }
  if (at !== bytes.length) throw invalid('something after the last file');
  return { id, version, text, signatures, files };
}

function assemble(note: string, contents: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from(`${MAGIC}${Buffer.byteLength(note)}\n${note}`), ...contents]);
}

const noteStart = (note: string): number => MAGIC.length + String(Buffer.byteLength(note)).length + 1;

function noteOf(bytes: Uint8Array): string {
  if (bytes.length > PACKAGE_BYTES) throw invalid('too large');
  const head = Buffer.from(bytes.subarray(0, MAGIC.length + 8)).toString('latin1');
  const [line, length] = /^([1-9]\d{0,5})\n/.exec(head.slice(MAGIC.length)) ?? [];
  if (!head.startsWith(MAGIC) || line === undefined) throw invalid('not a driver package');
  const size = Number(length);
  const start = MAGIC.length + line.length;
  const note = bytes.subarray(start, start + size);
  if (size > NOTE_BYTES || note.length !== size) throw invalid('note');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note);
  } catch {
    throw invalid('note');
  }
}

/** As `splitNote`; a package that nobody has signed yet ends with the empty line. */
function splitPackageNote(note: string): Pick<DriverPackage, 'text' | 'signatures'> {
  if (note.endsWith('\n\n') && note.indexOf('\n\n') === note.length - 2)
    return { text: note.slice(0, -1), signatures: [] };
  try {
    return splitNote(note);
  } catch (error) {
    if (isOneBoxError(error, 'NOTE_INVALID')) throw invalid(error.detail);
    throw error;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function invalid(why: string): OneBoxError {
  return new OneBoxError('DRIVER_PACKAGE', why);
}
