import { createHash } from 'node:crypto';
import { dirname } from 'node:path';

/** Files by path, as they stand on the disk. */
export type Image = ReadonlyMap<string, Uint8Array>;

/** A file apart from its name. */
export type Inode = symbol;

export type DiskStep =
  | { readonly kind: 'name'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly inode: Inode }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'syncFolder'; readonly folder: string }
  | { readonly kind: 'write'; readonly inode: Inode; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly inode: Inode; readonly size: number }
  | { readonly kind: 'sync'; readonly inode: Inode };

type DataStep = Extract<DiskStep, { kind: 'write' | 'truncate' }>;
type NameStep = Extract<DiskStep, { kind: 'name' | 'rename' | 'remove' }>;

/** What becomes of one piece of an unsynced write: on the disk, not there, or only its length. */
type Fate = 'kept' | 'dropped' | 'zeroed';

interface Strategy {
  readonly name: string;
  data(piece: number, pieces: number): Fate;
  names(step: number, steps: number): boolean;
}

const SECTOR = 512;

/** The ways in which a loss of power treats what was not synced. `random` answers from 0 to below 1. */
function strategies(random: () => number): Strategy[] {
  const all = () => true;
  const none = () => false;
  const cut = random();
  const before = (piece: number, pieces: number) => piece < Math.ceil(pieces * cut);
  const names = random();
  return [
    { name: 'dropped', data: () => 'dropped', names: none },
    { name: 'kept', data: () => 'kept', names: all },
    { name: 'content only', data: () => 'kept', names: none },
    { name: 'names only', data: () => 'dropped', names: all },
    { name: 'zero-filled', data: () => 'zeroed', names: all },
    { name: 'torn', data: (piece, pieces) => (before(piece, pieces) ? 'kept' : 'dropped'), names: all },
    { name: 'zero-filled tail', data: (piece, pieces) => (before(piece, pieces) ? 'kept' : 'zeroed'), names: all },
    { name: 'reordered', data: (piece, pieces) => (before(piece, pieces) ? 'zeroed' : 'kept'), names: all },
    {
      name: 'random',
      data: () => (['kept', 'dropped', 'zeroed'] as const)[Math.floor(random() * 3)]!,
      names: (step, steps) => step < steps * names,
    },
    {
      name: 'random names',
      data: () => (random() < 0.5 ? 'kept' : 'zeroed'),
      names: () => random() < 0.5,
    },
  ];
}

/** What a `PowerDisk` has taken down. */
export interface Traced {
  readonly start: ReadonlyMap<string, { readonly inode: Inode; readonly bytes: Uint8Array }>;
  readonly steps: readonly DiskStep[];
}

export interface CrashImage {
  /** The power went after this many steps. */
  readonly at: number;
  readonly how: string;
  readonly image: Image;
}

/** Every different image that a loss of power after `at` steps can leave, as far as the strategies go. */
export function crashImages(disk: Traced, at: number, random: () => number): CrashImage[] {
  const { names, content, pendingNames, pendingData } = replay(disk.start, disk.steps.slice(0, at));
  const found = new Map<string, CrashImage>();
  for (const strategy of strategies(random)) {
    const image = new Map<string, Uint8Array>();
    const named = new Map(names);
    for (const [step, change] of pendingNames.entries())
      if (strategy.names(step, pendingNames.length)) rename(named, change);
    for (const [path, inode] of named)
      image.set(path, survived(content.get(inode) ?? new Uint8Array(), pendingData.get(inode) ?? [], strategy, random));
    const key = hashOf(image);
    if (!found.has(key)) found.set(key, { at, how: strategy.name, image });
  }
  return [...found.values()];
}

export function hashOf(image: Image): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of [...image].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\0${bytes.length}\0`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

/** What is durable after the steps, and what is still on its way. */
function replay(start: Traced['start'], steps: readonly DiskStep[]) {
  const names = new Map([...start].map(([path, { inode }]) => [path, inode]));
  const content = new Map([...start.values()].map(({ inode, bytes }) => [inode, bytes]));
  let pendingNames: NameStep[] = [];
  const pendingData = new Map<Inode, DataStep[]>();
  for (const step of steps) {
    if (step.kind === 'write' || step.kind === 'truncate')
      pendingData.set(step.inode, [...(pendingData.get(step.inode) ?? []), step]);
    else if (step.kind === 'sync') {
      for (const change of pendingData.get(step.inode) ?? [])
        content.set(step.inode, changed(content.get(step.inode) ?? new Uint8Array(), change));
      pendingData.delete(step.inode);
    } else if (step.kind === 'syncFolder') {
      for (const change of pendingNames) if (dirname(pathOf(change)) === step.folder) rename(names, change);
      pendingNames = pendingNames.filter((change) => dirname(pathOf(change)) !== step.folder);
    } else pendingNames.push(step);
  }
  return { names, content, pendingNames, pendingData };
}

function survived(old: Uint8Array, changes: readonly DataStep[], strategy: Strategy, random: () => number): Uint8Array {
  const pieces = changes.flatMap((change) => (change.kind === 'write' ? piecesOf(change, random) : [change]));
  let bytes = old;
  for (const [at, piece] of pieces.entries()) {
    const fate = strategy.data(at, pieces.length);
    if (fate === 'dropped') continue;
    // Zeros stand where a file has grown; what was there before is not lost by a write over it.
    if (piece.kind === 'write' && fate === 'zeroed' && piece.offset < old.length) continue;
    bytes = changed(
      bytes,
      fate === 'zeroed' && piece.kind === 'write' ? { ...piece, bytes: piece.bytes.map(() => 0) } : piece,
    );
  }
  return bytes;
}

/** Cut at the sectors, and once anywhere. */
function piecesOf(write: Extract<DataStep, { kind: 'write' }>, random: () => number): DataStep[] {
  const cuts = new Set([0, Math.floor(random() * write.bytes.length)]);
  for (let at = SECTOR - (write.offset % SECTOR); at < write.bytes.length; at += SECTOR) cuts.add(at);
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.map((from, at) => ({
    ...write,
    offset: write.offset + from,
    bytes: write.bytes.subarray(from, sorted[at + 1] ?? write.bytes.length),
  }));
}

function changed(old: Uint8Array, change: DataStep): Uint8Array {
  return change.kind === 'write' ? written(old, change) : old.subarray(0, change.size);
}

function rename(names: Map<string, Inode>, change: NameStep): void {
  if (change.kind === 'name') names.set(change.path, change.inode);
  else if (change.kind === 'remove') names.delete(change.path);
  else {
    if (names.get(change.from) === change.inode) names.delete(change.from);
    names.set(change.to, change.inode);
  }
}

function pathOf(change: NameStep): string {
  return change.kind === 'rename' ? change.to : change.path;
}

/** `old` with the bytes of a write over it. */
export function written(old: Uint8Array, write: { readonly offset: number; readonly bytes: Uint8Array }): Uint8Array {
  const grown = new Uint8Array(Math.max(old.length, write.offset + write.bytes.length));
  grown.set(old);
  grown.set(write.bytes, write.offset);
  return grown;
}

/** Mulberry32: the same images in every run. */
export function randomFrom(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
