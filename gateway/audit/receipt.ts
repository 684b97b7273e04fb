import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Files } from '../files/files.js';
import { readFrame } from './frame.js';
import { HASH_BYTES, inclusionProof, leafHash, verifyInclusion } from './merkle.js';
import { parseCheckpoint, splitNote } from './note.js';
import { segmentFiles, walkSegment } from './segment.js';

/**
 * Receipts: proof that a record is in the log, as c2sp.org/tlog-proof writes it. The record itself is the
 * extra data, so that whoever holds the file needs nothing but the verifier key of the log.
 */
export interface Receipt {
  /** Bytes of the record: the leaf. */
  readonly record: Uint8Array;
  /** Place in the tree of the section. */
  readonly index: number;
  /** Inclusion proof, from the leaf up. */
  readonly proof: readonly Uint8Array[];
  /** Signed note. */
  readonly checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF = 63;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

export function isReceipt(text: string): boolean {
  return text.startsWith(`${HEADER}\n`);
}

export function encodeReceipt(receipt: Receipt): string {
  const lines = [HEADER, `extra ${base64(receipt.record)}`, `index ${receipt.index}`, ...receipt.proof.map(base64)];
  return `${lines.join('\n')}\n\n${receipt.checkpoint}`;
}

/** A receipt whose proof holds for its checkpoint; the signature is not looked at. Throws NOTE_INVALID. */
export function parseReceipt(text: string): Receipt {
  const end = text.indexOf('\n\n');
  const [header, extra, index, ...hashes] = text.slice(0, Math.max(end, 0)).split('\n');
  const record = strictBase64(/^extra (\S+)$/.exec(extra ?? '')?.[1]);
  const place = /^index (0|[1-9]\d{0,15})$/.exec(index ?? '')?.[1];
  const proof = hashes.map(strictBase64);
  const wholeProof = proof.every((hash): hash is Buffer => hash?.length === HASH_BYTES);
  if (header !== HEADER || record === undefined || place === undefined || !wholeProof || proof.length > MAX_PROOF)
    throw new OneBoxError('NOTE_INVALID', 'receipt');
  const receipt = { record, index: Number(place), proof, checkpoint: text.slice(end + 2) };
  const { size, root } = parseCheckpoint(splitNote(receipt.checkpoint).text);
  if (!verifyInclusion({ index: BigInt(place), size, leafHash: leafHash(record), root, proof }))
    throw new OneBoxError('NOTE_INVALID', 'inclusion');
  return receipt;
}

/**
 * The receipt of the record with this index of the log in a folder, under the newest signed checkpoint
 * that covers it. Throws INPUT_INVALID when there is no such record, or no signed checkpoint behind it.
 */
export async function receiptOf(files: Files, folder: string, index: number): Promise<Receipt> {
  let section = 0;
  let leaves: Uint8Array[] = [];
  let found: { readonly record: Uint8Array; readonly index: number; readonly section: number } | undefined;
  let sealed: { readonly checkpoint: string; readonly size: number } | undefined;
  for (const file of segmentFiles(await files.list(folder))) {
    if (file.section !== section) {
      if (found !== undefined) break;
      section = file.section;
      leaves = [];
      sealed = undefined;
    }
    const bytes = (await files.read(join(folder, file.name))) ?? new Uint8Array();
    walkSegment(bytes, file, undefined, {
      record: (record, offset) => {
        const frame = readFrame(bytes, offset);
        if (typeof frame === 'string') return;
        if (record.index === index) found = { record: Uint8Array.from(frame.body), index: leaves.length, section };
        leaves.push(leafHash(frame.body));
      },
      checkpoint: ({ size }, checkpoint, signed) => {
        if (signed) sealed = { checkpoint, size };
        return true;
      },
    });
  }
  if (found === undefined) throw new OneBoxError('INPUT_INVALID', 'there is no such entry in the log');
  if (sealed === undefined || sealed.size <= found.index)
    throw new OneBoxError('INPUT_INVALID', 'no signed seal covers this entry yet: unlock OneBox once');
  const proof = inclusionProof((at) => leaves[at]!, found.index, sealed.size);
  return { record: found.record, index: found.index, proof, checkpoint: sealed.checkpoint };
}

function strictBase64(text: string | undefined): Buffer | undefined {
  const bytes = Buffer.from(text ?? '', 'base64');
  return text !== undefined && text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}
