import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from './crypto.js';
import {
  CompactRange,
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.js';

const vectors = fileURLToPath(new URL('../../../shared/vectors/merkle/', import.meta.url));
const bytes = (base64: string | null) => new Uint8Array(Buffer.from(base64 ?? '', 'base64'));
const leaf = (index: number) => leafHash(Uint8Array.of(index & 255, index >> 8));

/** The definition of RFC 6962 section 2.1, word for word. */
function treeHash(first: number, count: number): Uint8Array {
  if (count === 0) return sha256();
  if (count === 1) return leaf(first);
  let k = 1;
  while (k * 2 < count) k *= 2;
  return nodeHash(treeHash(first, k), treeHash(first + k, count - k));
}

function grow(count: number): CompactRange {
  const range = CompactRange.empty();
  for (let at = 0; at < count; at++) range.append(leaf(at));
  return range;
}

describe('the tree', () => {
  it('has the root of the definition at every size', () => {
    const range = CompactRange.empty();
    expect(Buffer.from(emptyRoot()).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    for (let size = 0; size < 70; size++) {
      expect(range.root()).toEqual(treeHash(0, size));
      range.append(leaf(size));
    }
  });

  it('goes on from a saved range', () => {
    const range = grow(11);
    const again = CompactRange.from(11, range.hashes)!;
    again.append(leaf(11));
    expect(again.root()).toEqual(grow(12).root());
    expect(CompactRange.from(12, range.hashes)).toBeUndefined();
    expect(CompactRange.from(-1, [])).toBeUndefined();
  });

  it('proves every leaf, and nothing that was changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), fc.nat({ max: 255 }), (size, pick, at, flip) => {
        const index = pick % size;
        const claim = {
          index,
          size,
          leafHash: leaf(index),
          root: treeHash(0, size),
          proof: inclusionProof(leaf, index, size),
        };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, index: index + size })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, leaf(0)] })).toBe(false);
        if (claim.proof.length > 0) {
          const proof = claim.proof.map((hash) => Uint8Array.from(hash));
          proof[at % proof.length]![at % 32]! ^= flip || 1;
          expect(verifyInclusion({ ...claim, proof })).toBe(false);
        }
      }),
    );
  });

  it('proves that it only grew, for all pairs of sizes', () => {
    for (let size2 = 1; size2 <= 24; size2++)
      for (let size1 = 1; size1 <= size2; size1++) {
        const claim = {
          size1,
          size2,
          root1: treeHash(0, size1),
          root2: treeHash(0, size2),
          proof: consistencyProof(leaf, size1, size2),
        };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, root1: leaf(99) })).toBe(false);
        expect(verifyConsistency({ ...claim, root2: leaf(99) })).toBe(false);
      }
  });
});

describe.skipIf(!existsSync(vectors))('shared vectors of RFC 6962 (skipped: no ../shared)', () => {
  interface Case {
    readonly file: string;
    readonly wantErr: boolean;
    readonly proof: string[] | null;
    readonly [field: string]: unknown;
  }
  const load = (name: string) => (JSON.parse(readFileSync(`${vectors}${name}`, 'utf8')) as { cases: Case[] }).cases;

  it('inclusion', () => {
    const cases = existsSync(vectors) ? load('inclusion.json') : [];
    expect(cases.length).toBeGreaterThan(50);
    for (const one of cases) {
      const claim = {
        index: BigInt(one.leafIdx as string),
        size: BigInt(one.treeSize as string),
        leafHash: bytes(one.leafHash as string),
        root: bytes(one.root as string),
        proof: (one.proof ?? []).map(bytes),
      };
      expect(verifyInclusion(claim), one.file).toBe(!one.wantErr);
    }
  });

  it('consistency', () => {
    const cases = existsSync(vectors) ? load('consistency.json') : [];
    expect(cases.length).toBeGreaterThan(40);
    for (const one of cases) {
      const claim = {
        size1: BigInt(one.size1 as string),
        size2: BigInt(one.size2 as string),
        root1: bytes(one.root1 as string),
        root2: bytes(one.root2 as string),
        proof: (one.proof ?? []).map(bytes),
      };
      expect(verifyConsistency(claim), one.file).toBe(!one.wantErr);
    }
  });
});
