import { basename, dirname, join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AppendFile, Files, Unlock } from '../files.js';
import { type DiskStep, type Image, type Inode, written } from './crash-images.js';

/** How a call fails: before it did anything, with half of it done, or with all of it done but not durable. */
export interface Failure {
  readonly code: 'ENOSPC' | 'EIO';
  readonly effect: 'none' | 'half' | 'whole';
}

/** Answers for the call with this number, from 0. */
export type FailurePlan = (call: number) => Failure | undefined;

/**
 * For tests: a disk in memory that takes down every step, so that `crashImages` can say what a loss of
 * power at that step leaves behind; and that fails where it is told to. No more durable than POSIX
 * promises: content after `sync`, names after `syncFolder`.
 */
export class PowerDisk implements Files {
  readonly steps: DiskStep[] = [];
  /** Calls so far, those that only read included. */
  calls = 0;
  /** Files that were opened and not closed. */
  open = 0;
  failure: FailurePlan = () => undefined;
  private readonly names = new Map<string, Inode>();
  private readonly content = new Map<Inode, Uint8Array>();

  /** What is on it, durably, before the first step. */
  readonly start: ReadonlyMap<string, { readonly inode: Inode; readonly bytes: Uint8Array }>;

  constructor(image: Image = new Map()) {
    this.start = new Map([...image].map(([path, bytes]) => [path, { inode: Symbol(path), bytes }]));
    for (const [path, { inode, bytes }] of this.start) {
      this.names.set(path, inode);
      this.content.set(inode, bytes);
    }
  }

  /** All files, durable or not: what a program that was killed leaves. */
  get now(): Image {
    return new Map([...this.names].map(([path, inode]) => [path, this.content.get(inode)!]));
  }

  async makeFolder(): Promise<void> {
    await this.call(() => undefined);
  }

  async list(folder: string): Promise<string[]> {
    await this.call(() => undefined);
    return [...this.names.keys()]
      .filter((path) => dirname(path) === folder)
      .map((path) => basename(path))
      .sort();
  }

  async tree(folder: string): Promise<string[]> {
    await this.call(() => undefined);
    return [...this.names.keys()].filter((path) => path.startsWith(join(folder, '/'))).sort();
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    await this.call(() => undefined);
    const inode = this.names.get(path);
    return inode === undefined ? undefined : this.content.get(inode)!.slice();
  }

  async openAppend(path: string): Promise<AppendFile> {
    await this.call(() => {
      if (!this.names.has(path)) this.do({ kind: 'name', path, inode: Symbol(path) });
    });
    this.open += 1;
    return new PowerFile(this, this.names.get(path)!);
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.found(from);
    await this.call(() => this.do({ kind: 'rename', from, to, inode }));
  }

  async shred(path: string): Promise<void> {
    const inode = this.found(path);
    const bytes = new Uint8Array(this.sizeOf(inode)).fill(0xa5);
    await this.call((half) => this.do({ kind: 'write', inode, offset: 0, bytes: half(bytes) }));
    await this.call(() => this.do({ kind: 'sync', inode }));
  }

  async remove(path: string): Promise<void> {
    await this.call(() => {
      if (this.names.has(path)) this.do({ kind: 'remove', path });
    });
  }

  async syncFolder(folder: string): Promise<void> {
    await this.call(() => this.do({ kind: 'syncFolder', folder }));
  }

  async lock(): Promise<Unlock> {
    await this.call(() => undefined);
    return () => Promise.resolve();
  }

  sizeOf(inode: Inode): number {
    return this.content.get(inode)!.length;
  }

  /** One call: fails as planned. `act` is given what cuts its bytes when only half of it is done. */
  async call(act: (half: (bytes: Uint8Array) => Uint8Array) => void): Promise<void> {
    await Promise.resolve();
    const failure = this.failure(this.calls++);
    if (failure?.effect !== 'none')
      act((bytes) => (failure?.effect === 'half' ? bytes.subarray(0, bytes.length >> 1) : bytes));
    if (failure === undefined) return;
    const error = Object.assign(new Error(failure.code), { code: failure.code });
    throw new OneBoxError('STORE_DENIED', failure.code, {}, { cause: error });
  }

  do(step: DiskStep): void {
    this.steps.push(step);
    if (step.kind === 'name') {
      this.names.set(step.path, step.inode);
      this.content.set(step.inode, new Uint8Array());
    } else if (step.kind === 'rename') {
      this.names.delete(step.from);
      this.names.set(step.to, step.inode);
    } else if (step.kind === 'remove') this.names.delete(step.path);
    else if (step.kind === 'write') this.content.set(step.inode, written(this.content.get(step.inode)!, step));
    else if (step.kind === 'truncate')
      this.content.set(step.inode, this.content.get(step.inode)!.subarray(0, step.size));
  }

  private found(path: string): Inode {
    const inode = this.names.get(path);
    if (inode === undefined) throw new OneBoxError('STORE_DENIED', 'ENOENT');
    return inode;
  }
}

class PowerFile implements AppendFile {
  private closed = false;

  constructor(
    private readonly disk: PowerDisk,
    private readonly inode: Inode,
  ) {}

  get size(): number {
    return this.disk.sizeOf(this.inode);
  }

  async append(bytes: Uint8Array): Promise<void> {
    const { inode } = this;
    await this.call((half) =>
      this.disk.do({ kind: 'write', inode, offset: this.size, bytes: Uint8Array.from(half(bytes)) }),
    );
  }

  async appendDurably(bytes: Uint8Array): Promise<void> {
    await this.append(bytes);
    await this.sync();
  }

  async sync(): Promise<void> {
    // A sync that fails has made nothing durable, or anything: the pending writes stay pending.
    await this.call((half) => {
      if (half(TWO).length === TWO.length) this.disk.do({ kind: 'sync', inode: this.inode });
    });
  }

  async truncate(size: number): Promise<void> {
    await this.call(() => this.disk.do({ kind: 'truncate', inode: this.inode, size }));
  }

  async close(): Promise<void> {
    if (!this.closed) this.disk.open -= 1;
    this.closed = true;
    await this.call(() => undefined);
  }

  private call(act: (half: (bytes: Uint8Array) => Uint8Array) => void): Promise<void> {
    return this.disk.call(act);
  }
}

const TWO = new Uint8Array(2);
