import { equalBytes, sha256 } from './crypto.js';

/**
 * The Merkle tree of RFC 6962 section 2 (RFC 9162 section 2.1) over SHA-256: hashes, the root of a
 * growing tree, inclusion and consistency proofs. Sizes and indices are counts of leaves.
 */

export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(LEAF, data);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** Root of the tree without leaves. */
export function emptyRoot(): Uint8Array {
  return sha256();
}

/** The roots of the perfect subtrees of a growing tree, largest first: enough to append and to know the root. */
export class CompactRange {
  private constructor(
    public size: number,
    private readonly nodes: Uint8Array[],
  ) {}

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /** A saved range. Undefined when the count of hashes does not fit the size. */
  static from(size: number, hashes: readonly Uint8Array[]): CompactRange | undefined {
    if (!Number.isSafeInteger(size) || size < 0 || hashes.length !== ones(BigInt(size))) return undefined;
    return hashes.every((hash) => hash.length === HASH_BYTES) ? new CompactRange(size, [...hashes]) : undefined;
  }

  get hashes(): readonly Uint8Array[] {
    return this.nodes;
  }

  append(leaf: Uint8Array): void {
    let node = leaf;
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(this.nodes.pop()!, node);
    this.nodes.push(node);
    this.size += 1;
  }

  root(): Uint8Array {
    let root = this.nodes.at(-1);
    if (root === undefined) return emptyRoot();
    for (let at = this.nodes.length - 2; at >= 0; at--) root = nodeHash(this.nodes[at]!, root);
    return root;
  }

  clone(): CompactRange {
    return new CompactRange(this.size, [...this.nodes]);
  }
}

/** Reads the hash of a leaf of the tree. */
export type LeafHashes = (index: number) => Uint8Array;

/** Proof that the leaf is in the tree of `size` leaves (RFC 6962 section 2.1.1). */
export function inclusionProof(leaves: LeafHashes, index: number, size: number): Uint8Array[] {
  if (!(index >= 0 && index < size)) throw new RangeError('leaf outside the tree');
  const proof: Uint8Array[] = [];
  for (let first = 0, count = size; count > 1; ) {
    const left = split(count);
    if (index < first + left) {
      proof.push(subtree(leaves, first + left, count - left));
      count = left;
    } else {
      proof.push(subtree(leaves, first, left));
      first += left;
      count -= left;
    }
  }
  return proof.reverse();
}

/** Proof that the tree of `size1` leaves is the beginning of that of `size2` (RFC 6962 section 2.1.2). */
export function consistencyProof(leaves: LeafHashes, size1: number, size2: number): Uint8Array[] {
  if (!(size1 > 0 && size1 <= size2)) throw new RangeError('no consistency between these sizes');
  const proof: Uint8Array[] = [];
  let first = 0;
  let count = size2;
  let old = size1;
  let whole = true;
  while (old !== count) {
    const left = split(count);
    if (old <= left) {
      proof.push(subtree(leaves, first + left, count - left));
      count = left;
    } else {
      proof.push(subtree(leaves, first, left));
      first += left;
      count -= left;
      old -= left;
      whole = false;
    }
  }
  if (!whole) proof.push(subtree(leaves, first, count));
  return proof.reverse();
}

export interface Inclusion {
  readonly index: number | bigint;
  readonly size: number | bigint;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 section 2.1.3.2. Sizes up to 2^64 - 1. */
export function verifyInclusion(claim: Inclusion): boolean {
  const index = BigInt(claim.index);
  const size = BigInt(claim.size);
  if (index < 0n || index >= size || claim.leafHash.length !== HASH_BYTES) return false;
  const inner = bitLength(index ^ (size - 1n));
  if (claim.proof.length !== inner + ones(index >> BigInt(inner)) || !allHashes(claim.proof)) return false;
  const below = chainInner(claim.leafHash, claim.proof.slice(0, inner), index);
  return equalBytes(chainRight(below, claim.proof.slice(inner)), claim.root);
}

export interface Consistency {
  readonly size1: number | bigint;
  readonly size2: number | bigint;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 section 2.1.4.2. From the empty tree nothing can be proved, so size 0 is refused. */
export function verifyConsistency(claim: Consistency): boolean {
  const size1 = BigInt(claim.size1);
  const size2 = BigInt(claim.size2);
  if (size1 <= 0n || size2 < size1) return false;
  if (size1 === size2) return claim.proof.length === 0 && equalBytes(claim.root1, claim.root2);
  if (claim.proof.length === 0 || !allHashes(claim.proof)) return false;
  const shift = trailingZeros(size1);
  const inner = bitLength((size1 - 1n) ^ (size2 - 1n)) - shift;
  // When the old tree is a perfect subtree its root is the seed and not repeated in the proof.
  const perfect = size1 === 1n << BigInt(shift);
  const seed = perfect ? claim.root1 : claim.proof[0]!;
  const rest = perfect ? claim.proof : claim.proof.slice(1);
  const mask = (size1 - 1n) >> BigInt(shift);
  if (seed.length !== HASH_BYTES || rest.length !== inner + ones(mask >> BigInt(inner))) return false;
  const old = chainInnerRight(seed, rest.slice(0, inner), mask);
  if (!equalBytes(chainRight(old, rest.slice(inner)), claim.root1)) return false;
  const grown = chainInner(seed, rest.slice(0, inner), mask);
  return equalBytes(chainRight(grown, rest.slice(inner)), claim.root2);
}

function subtree(leaves: LeafHashes, first: number, count: number): Uint8Array {
  const range = CompactRange.empty();
  for (let at = first; at < first + count; at++) range.append(leaves(at));
  return range.root();
}

/** The largest power of two below `count`. */
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function chainInner(seed: Uint8Array, proof: readonly Uint8Array[], index: bigint): Uint8Array {
  return proof.reduce(
    (node, other, level) => ((index >> BigInt(level)) & 1n ? nodeHash(other, node) : nodeHash(node, other)),
    seed,
  );
}

function chainInnerRight(seed: Uint8Array, proof: readonly Uint8Array[], index: bigint): Uint8Array {
  return proof.reduce((node, other, level) => ((index >> BigInt(level)) & 1n ? nodeHash(other, node) : node), seed);
}

function chainRight(seed: Uint8Array, proof: readonly Uint8Array[]): Uint8Array {
  return proof.reduce((node, other) => nodeHash(other, node), seed);
}

function allHashes(proof: readonly Uint8Array[]): boolean {
  return proof.every((hash) => hash.length === HASH_BYTES);
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function ones(value: bigint): number {
  return value.toString(2).replaceAll('0', '').length;
}

function trailingZeros(value: bigint): number {
  return value.toString(2).length - value.toString(2).lastIndexOf('1') - 1;
}
