import { OneBoxError } from '@onebox/protocol/errors.js';
import { ed25519FromSeed, ed25519Verifier, sha256 } from './crypto.js';
import { HASH_BYTES } from './merkle.js';

/** Signed notes (c2sp.org/signed-note) with Ed25519 keys, and checkpoints (c2sp.org/tlog-checkpoint). */

const ED25519 = 1;
const MAX_SIGNATURES = 100;
const MAX_NOTE_BYTES = 1_000_000;
const LONE_SURROGATE = /\p{Surrogate}/u;

export interface NoteVerifier {
  readonly name: string;
  /** First four bytes of SHA-256(name, newline, algorithm, key), big endian. */
  readonly keyId: number;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  sign(message: Uint8Array): Uint8Array;
}

export interface OpenedNote {
  /** With its last newline. */
  readonly text: string;
  /** Names of the keys whose signatures hold, in the order of the note. */
  readonly verified: readonly string[];
}

/** The verifier key text `name+hash+base64(algorithm, key)`. */
export function encodeVkey(name: string, publicKey: Uint8Array): string {
  const typed = Buffer.concat([Uint8Array.of(ED25519), publicKey]);
  return `${checkName(name)}+${hex8(keyId(name, typed))}+${typed.toString('base64')}`;
}

/** The signer key text `PRIVATE+KEY+name+hash+base64(algorithm, seed)`. */
export function encodeSkey(name: string, seed: Uint8Array): string {
  const typed = Buffer.concat([Uint8Array.of(ED25519), ed25519FromSeed(seed).publicKey]);
  return `PRIVATE+KEY+${checkName(name)}+${hex8(keyId(name, typed))}+${Buffer.concat([Uint8Array.of(ED25519), seed]).toString('base64')}`;
}

/** Throws NOTE_INVALID on anything but a whole Ed25519 verifier key with the right hash. */
export function parseVkey(vkey: string): NoteVerifier {
  const { name, id, key } = splitKey(vkey, 'verifier key');
  if (keyId(name, Buffer.concat([Uint8Array.of(ED25519), key])) !== id) throw invalid('verifier key');
  return { name, keyId: id, verify: ed25519Verifier(key) };
}

/** Throws NOTE_INVALID. */
export function parseSkey(skey: string): NoteSigner {
  const prefix = 'PRIVATE+KEY+';
  if (!skey.startsWith(prefix)) throw invalid('signer key');
  const { name, id, key } = splitKey(skey.slice(prefix.length), 'signer key');
  const signer = noteSigner(name, key);
  if (signer.keyId !== id) throw invalid('signer key');
  return signer;
}

export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  const key = ed25519FromSeed(seed);
  return {
    name: checkName(name),
    keyId: keyId(name, Buffer.concat([Uint8Array.of(ED25519), key.publicKey])),
    sign: key.sign,
  };
}

/** The text must end with a newline and hold no control characters. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n') || !cleanText(text)) throw invalid('text');
  const message = Buffer.from(text);
  const lines = signers.map((signer) => {
    const id = Buffer.alloc(4);
    id.writeUInt32BE(signer.keyId);
    return `— ${signer.name} ${Buffer.concat([id, signer.sign(message)]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Opens a note: at least one signature of a known key, none of a known key that is wrong. Unknown keys
 * are ignored. Throws NOTE_INVALID.
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = splitNote(note);
  const message = Buffer.from(text);
  const seen = new Set<string>();
  const verified: string[] = [];
  for (const { name, id, signature } of signatures) {
    const known = verifiers.filter((verifier) => verifier.name === name && verifier.keyId === id);
    if (known.length > 1) throw invalid('two keys of one name');
    const verifier = known[0];
    if (verifier === undefined || seen.has(`${id} ${name}`)) continue;
    seen.add(`${id} ${name}`);
    if (!verifier.verify(message, signature)) throw invalid('signature');
    verified.push(name);
  }
  if (verified.length === 0) throw invalid('no known signature');
  return { text, verified };
}

interface SignatureLine {
  readonly name: string;
  readonly id: number;
  readonly signature: Uint8Array;
}

/** The text and the signature lines, well formed but not verified. Throws NOTE_INVALID. */
export function splitNote(note: string): { readonly text: string; readonly signatures: readonly SignatureLine[] } {
  if (Buffer.byteLength(note) > MAX_NOTE_BYTES || !cleanText(note)) throw invalid('characters');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw invalid('shape');
  const block = note.slice(end + 2);
  if (block === '') throw invalid('no signature');
  const lines = block.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw invalid('too many signatures');
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureLine) };
}

function signatureLine(line: string): SignatureLine {
  const match = /^— (\S+) (\S+)$/u.exec(line);
  const bytes = match === null ? undefined : strictBase64(match[2]!);
  if (match === null || bytes === undefined || bytes.length < 5 || !goodName(match[1]!))
    throw invalid('signature line');
  return { name: match[1]!, id: bytes.readUInt32BE(0), signature: bytes.subarray(4) };
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Origin, size and base64 root, one a line. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root).toString('base64')}\n`;
}

/** Reads the text of a checkpoint; further lines are extensions and ignored. Throws NOTE_INVALID. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  const hash = strictBase64(root ?? '');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || hash?.length !== HASH_BYTES || rest.at(-1) !== '')
    throw invalid('checkpoint');
  const count = Number(size);
  if (!Number.isSafeInteger(count)) throw invalid('checkpoint');
  return { origin, size: count, root: new Uint8Array(hash) };
}

function splitKey(text: string, what: string): { name: string; id: number; key: Uint8Array } {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text);
  const typed = match === null ? undefined : strictBase64(match[3]!);
  if (match === null || typed?.length !== 33 || typed[0] !== ED25519 || !goodName(match[1]!)) throw invalid(what);
  return { name: match[1]!, id: Number.parseInt(match[2]!, 16), key: new Uint8Array(typed.subarray(1)) };
}

function keyId(name: string, typedKey: Uint8Array): number {
  return Buffer.from(sha256(Buffer.from(`${name}\n`), typedKey)).readUInt32BE(0);
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function goodName(name: string): boolean {
  return name !== '' && !/[\s+]/u.test(name) && !LONE_SURROGATE.test(name);
}

function checkName(name: string): string {
  if (!goodName(name) || !cleanText(name)) throw invalid('key name');
  return name;
}

function cleanText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 && unit !== 0x0a) return false;
  }
  return !LONE_SURROGATE.test(text);
}

/** Standard base64 with padding and no stray bits; undefined otherwise. */
function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function invalid(what: string): OneBoxError {
  return new OneBoxError('NOTE_INVALID', what);
}
