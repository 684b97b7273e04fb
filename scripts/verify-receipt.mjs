// Checks a receipt of an audit log (c2sp.org/tlog-proof) without anything else of OneBox: one file, Node 20.
// node verify-receipt.mjs RECEIPT.tlog-proof VERIFIER-KEY    (the key as `onebox audit export` shows it)
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const fail = (what) => {
  throw new Error(what);
};
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const unbase64 = (text, what) => {
  const bytes = Buffer.from(text ?? '', 'base64');
  return text && bytes.toString('base64') === text ? bytes : fail(what);
};
const spki = Buffer.from('302a300506032b6570032100', 'hex');

/** C2SP verifier key: NAME+HASH+BASE64(0x01, Ed25519 public key). */
export function parseKey(text) {
  const [, name, hash, key] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? fail('not a verifier key');
  const typed = unbase64(key, 'not a verifier key');
  if (typed.length !== 33 || typed[0] !== 1) fail('not an Ed25519 key');
  if (sha256(Buffer.from(`${name}\n`), typed).toString('hex', 0, 4) !== hash) fail('the hash of the key is wrong');
  const der = Buffer.concat([spki, typed.subarray(1)]);
  return { name, hash, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** C2SP signed note: its text and the names of the keys whose signatures hold; at least one must. */
export function openNote(note, keys) {
  for (const char of note) if (char < ' ' && char !== '\n') fail('control character in the note');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) fail('not a signed note');
  const text = note.slice(0, end + 1);
  const verified = new Map();
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > 100) fail('too many signatures');
  for (const line of lines) {
    const [, name, signature] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? fail('not a signature line');
    const bytes = unbase64(signature, 'not a signature line');
    if (bytes.length < 5) fail('not a signature line');
    const hash = bytes.toString('hex', 0, 4);
    const known = keys.filter((one) => one.name === name && one.hash === hash);
    if (known.length > 1) fail('two keys of one name');
    if (known.length === 0 || verified.has(`${hash} ${name}`)) continue;
    if (!verify(null, Buffer.from(text), known[0].key, bytes.subarray(4))) fail('the signature is wrong');
    verified.set(`${hash} ${name}`, name);
  }
  if (verified.size === 0) fail('no signature of this key');
  return { text, verified: [...verified.values()] };
}

/** Inclusion proof of RFC 9162 section 2.1.3.2. Index and size are BigInt. */
export function isIncluded(leafHash, index, size, proof, root) {
  if (index < 0n || index >= size || leafHash.length !== 32) return false;
  let [node, last, hash] = [index, size - 1n, leafHash];
  for (const other of proof) {
    if (last === 0n || other.length !== 32) return false;
    if (node & 1n || node === last) {
      hash = sha256(Buffer.of(1), other, hash);
      while (!(node & 1n) && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else hash = sha256(Buffer.of(1), hash, other);
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n && hash.equals(root);
}

/** Numbers and bytes of a protobuf message by their field numbers; the first of each, and `each` is told of all. */
function fieldsOf(bytes, each = () => undefined) {
  const fields = new Map();
  let at = 0;
  const varint = () => {
    for (let value = 0n, shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++] ?? fail('the record is cut');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return fail('the record is damaged');
  };
  while (at < bytes.length) {
    const tag = varint();
    if ((tag & 7n) !== 0n && (tag & 7n) !== 2n) fail('the record is damaged');
    let value = varint();
    if ((tag & 7n) === 2n) {
      const start = at;
      at += Number(value);
      value = at <= bytes.length ? bytes.subarray(start, at) : fail('the record is cut');
    }
    each(Number(tag >> 3n), value);
    if (!fields.has(Number(tag >> 3n))) fields.set(Number(tag >> 3n), value);
  }
  return fields;
}

const unzigzag = (value) => Number((value >> 1n) ^ -(value & 1n));

/** Throws an Error that says what is wrong; otherwise what the receipt proves. */
export function verifyReceipt(text, verifierKey) {
  const key = parseKey(verifierKey);
  const end = text.indexOf('\n\n');
  const [header, extra, place, ...hashes] = text.slice(0, Math.max(end, 0)).split('\n');
  if (header !== 'c2sp.org/tlog-proof@v1') fail('not a receipt');
  const record = unbase64(/^extra (\S+)$/.exec(extra ?? '')?.[1], 'there is no record in the receipt');
  const index = BigInt(/^index (0|[1-9]\d{0,15})$/.exec(place ?? '')?.[1] ?? fail('there is no index in the receipt'));
  const proof = hashes.map((hash) => unbase64(hash, 'a hash is damaged'));
  const [origin, count, hash] = openNote(text.slice(end + 2), [key]).text.split('\n');
  if (!origin.startsWith(`${key.name}/`)) fail('the seal is of another log');
  const size = BigInt(/^(0|[1-9]\d{0,15})$/.exec(count ?? '')?.[1] ?? fail('the seal is damaged'));
  const root = unbase64(hash, 'the seal is damaged');
  if (!isIncluded(sha256(Buffer.of(0), record), index, size, proof, root)) fail('the record is not in the sealed log');
  const numbers = {};
  const fields = fieldsOf(record, (field, value) => {
    if (field !== 21) return;
    const entry = fieldsOf(value);
    numbers[String(entry.get(1) ?? '')] = unzigzag(entry.get(2) ?? 0n);
  });
  return {
    origin,
    size: Number(size),
    index: Number(index),
    entry: Number(fields.get(2) ?? 0n),
    event: Number(fields.get(6) ?? 0n),
    time: new Date(unzigzag(fields.get(3) ?? 0n)).toISOString(),
    access: fields.has(12) ? fields.get(12).toString('hex') : '',
    numbers,
    record: record.toString('base64'),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file, key] = process.argv.slice(2);
  try {
    if (file === undefined || key === undefined) fail('usage: verify-receipt.mjs RECEIPT.tlog-proof VERIFIER-KEY');
    process.stdout.write(`${JSON.stringify(verifyReceipt(readFileSync(file, 'utf8'), key), null, 1)}\n`);
  } catch (error) {
    process.stderr.write(`NOT VALID: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 4;
  }
}
