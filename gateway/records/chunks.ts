import { OneBoxError } from '@onebox/protocol/errors.js';
import { randomBytes, SEAL_NONCE_BYTES, SEAL_TAG_BYTES, seal, unseal } from '../audit/crypto.js';

/**
 * A sealed file: a nonce prefix of 16 bytes, then chunks `len u32 | XChaCha20-Poly1305`. The nonce of a
 * chunk is the prefix and its number, so that chunks cannot be swapped, repeated or left out; the last
 * one is marked, so that a file that was cut is told from one that was finished.
 */

const PREFIX_BYTES = SEAL_NONCE_BYTES - 8;
const LENGTH_BYTES = 4;
export const MAX_CHUNK = 1 << 24;

enum ChunkKind {
  data = 0,
  last = 1,
}

export class ChunkSealer {
  readonly prefix = randomBytes(PREFIX_BYTES);
  private count = 0;

  constructor(
    private readonly key: Uint8Array,
    private readonly recordId: string,
  ) {}

  data(plain: Uint8Array): Uint8Array {
    return this.chunk(ChunkKind.data, plain);
  }

  last(): Uint8Array {
    return this.chunk(ChunkKind.last, new Uint8Array());
  }

  private chunk(kind: ChunkKind, plain: Uint8Array): Uint8Array {
    if (plain.length > MAX_CHUNK) throw new OneBoxError('MESSAGE_TOO_LARGE', 'record');
    const sealed = seal(this.key, nonceOf(this.prefix, this.count++), plain, contextOf(this.recordId, kind));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(sealed.length);
    return Buffer.concat([length, sealed]);
  }
}

export interface Unsealed {
  readonly chunks: readonly Uint8Array[];
  /** The record was finished and nothing of it is missing. */
  readonly complete: boolean;
}

/**
 * Opens a sealed file. The end may be torn off, by a crash; anything else that does not verify throws
 * RECORD_BROKEN.
 */
export function unsealChunks(key: Uint8Array, recordId: string, bytes: Uint8Array): Unsealed {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const prefix = bytes.subarray(0, PREFIX_BYTES);
  const chunks: Uint8Array[] = [];
  for (let at = PREFIX_BYTES; at + LENGTH_BYTES <= bytes.length; ) {
    const length = view.readUInt32LE(at);
    const start = at + LENGTH_BYTES;
    if (length < SEAL_TAG_BYTES || length > MAX_CHUNK + SEAL_TAG_BYTES)
      throw new OneBoxError('RECORD_BROKEN', 'length');
    if (start + length > bytes.length) break;
    const sealed = bytes.subarray(start, start + length);
    const nonce = nonceOf(prefix, chunks.length);
    const plain = unseal(key, nonce, sealed, contextOf(recordId, ChunkKind.data));
    if (plain === undefined) {
      const last =
        start + length === bytes.length &&
        unseal(key, nonce, sealed, contextOf(recordId, ChunkKind.last)) !== undefined;
      if (last) return { chunks, complete: true };
      throw new OneBoxError('RECORD_BROKEN', `chunk ${chunks.length}`);
    }
    chunks.push(plain);
    at = start + length;
  }
  return { chunks, complete: false };
}

function nonceOf(prefix: Uint8Array, count: number): Uint8Array {
  const nonce = Buffer.alloc(SEAL_NONCE_BYTES);
  nonce.set(prefix, 0);
  nonce.writeBigUInt64LE(BigInt(count), PREFIX_BYTES);
  return nonce;
}

function contextOf(recordId: string, kind: ChunkKind): Uint8Array {
  return new TextEncoder().encode(`onebox/record/1\0${recordId}\0${kind}`);
}
