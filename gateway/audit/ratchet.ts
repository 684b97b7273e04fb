import { join } from 'node:path';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';
import { equalBytes, hmacSha256, randomBytes } from './crypto.js';
import type { AuditVerification } from './verify.js';

/** What the vault does for the chain; throws while it is locked. */
export interface KeyWrap {
  wrapKey(key: Uint8Array, context: string): Uint8Array;
  unwrapKey(wrapped: Uint8Array, context: string): Uint8Array;
}

/** The key of the next seal: the one of this seal is forgotten with it. */
interface State {
  readonly chain: string;
  /** Seals so far. */
  readonly epoch: number;
  /** Base64. */
  readonly key: string;
}

/** The first key of a chain, which only the open vault has. */
interface Start {
  readonly chain: string;
  readonly wrapped: string;
}

interface Seal {
  readonly epoch: number;
  /** Text of a checkpoint: it stands for all records up to it. */
  readonly text: string;
  readonly mac: string;
}

export interface RatchetCheck {
  /** Texts of the checkpoints that were sealed. */
  readonly checkpoints: readonly string[];
  readonly problem?: 'AUDIT_TRUNCATED' | 'AUDIT_BROKEN';
}

const KEY_BYTES = 32;
const context = (...parts: readonly (string | number)[]) => Buffer.from(['onebox/ratchet/1', ...parts].join('\0'));
const nextKey = (key: Uint8Array) => hmacSha256(key, context('next'));
const macOf = (key: Uint8Array, chain: string, epoch: number, text: string) =>
  hmacSha256(key, context('seal', chain, epoch, text));

/**
 * Forward-secure seals over the checkpoints (Schneier and Kelsey 1998), also over those that are not
 * signed because the vault is locked. The key of a seal is hashed into that of the next and forgotten, so
 * whoever takes the tablet can forge nothing that was sealed before. The first key is sealed in the vault;
 * with it the number of seals is known too, and a tail that was cut together with its seals is missed.
 */
export class MacRatchet {
  private wrap: KeyWrap | undefined;

  private constructor(
    private readonly files: Files,
    private readonly folder: string,
    private state: State | undefined,
  ) {}

  static async load(files: Files, folder: string): Promise<MacRatchet> {
    const state = await readSmall(files, join(folder, STATE));
    return new MacRatchet(files, folder, isState(state) ? state : undefined);
  }

  /** Begins a chain, once, with an open vault. `begun`: not before. `lost`: there had been one, and its key is gone. */
  async begin(wrap: KeyWrap): Promise<{ readonly begun: boolean; readonly lost: boolean }> {
    this.wrap = wrap;
    const before = await this.start();
    if (this.state !== undefined && before?.chain === this.state.chain) return { begun: false, lost: false };
    const lost = this.state !== undefined || (before !== undefined && (await this.bytes(before.chain)).length > 0);
    const chain = Buffer.from(randomBytes(8)).toString('hex');
    const key = randomBytes(KEY_BYTES);
    const start: Start = { chain, wrapped: base64(wrap.wrapKey(key, purpose(chain))) };
    await replaceJson(this.files, join(this.folder, START), start);
    await this.save({ chain, epoch: 0, key: base64(key) });
    return { begun: true, lost };
  }

  /** Seals a checkpoint, durably, and forgets the key. Nothing before `begin`. Throws STORE_DENIED. */
  async seal(text: string): Promise<void> {
    if (this.state === undefined) return;
    const { chain, epoch } = this.state;
    const key = Buffer.from(this.state.key, 'base64');
    const seal: Seal = { epoch, text, mac: base64(macOf(key, chain, epoch, text)) };
    const end = endOfLines(await this.bytes(chain), epoch);
    // A chain that is shorter than its key says stays so: that is what `check` finds.
    if (end === undefined) return;
    const file = await this.files.openAppend(this.path(chain));
    try {
      // What stands behind was not acknowledged: its key was not forgotten yet, and it is sealed again.
      if (file.size !== end) await file.truncate(end);
      await file.appendDurably(Buffer.from(`${JSON.stringify(seal)}\n`));
    } finally {
      await file.close();
    }
    if (epoch === 0) await this.files.syncFolder(this.folder);
    await this.save({ chain, epoch: epoch + 1, key: base64(nextKey(key)) });
    key.fill(0);
  }

  /**
   * Holds all seals against the first key and the present one. While the vault is closed, or was never given, the keys
   * of the seals are not known: then only their number and order are looked at.
   */
  async check(): Promise<RatchetCheck> {
    const start = await this.start();
    if (this.state === undefined) return { checkpoints: [] };
    const { chain, epoch } = this.state;
    let key = this.firstKey(start);
    const lines = Buffer.from(await this.bytes(chain))
      .toString('utf8')
      .split('\n');
    const checkpoints: string[] = [];
    for (let at = 0; at < epoch; at++) {
      if (at >= lines.length - 1) return { checkpoints, problem: 'AUDIT_TRUNCATED' };
      const seal = readSeal(lines[at]!);
      const holds = (mac: Uint8Array, text: string) =>
        key === undefined || equalBytes(mac, macOf(key, chain, at, text));
      if (seal?.epoch !== at || !holds(Buffer.from(seal.mac, 'base64'), seal.text))
        return { checkpoints, problem: 'AUDIT_BROKEN' };
      checkpoints.push(seal.text);
      key &&= nextKey(key);
    }
    const right =
      chain === start?.chain && (key === undefined || equalBytes(Buffer.from(this.state.key, 'base64'), key));
    return right ? { checkpoints } : { checkpoints, problem: 'AUDIT_BROKEN' };
  }

  private firstKey(start: Start | undefined): Uint8Array | undefined {
    if (this.wrap === undefined || start === undefined) return undefined;
    try {
      return this.wrap.unwrapKey(Buffer.from(start.wrapped, 'base64'), purpose(start.chain));
    } catch (error) {
      // Not wrapped by this vault: no seal holds against a key of zeros.
      return isOneBoxError(error, 'LOCKED') ? undefined : new Uint8Array(KEY_BYTES);
    }
  }

  private async save(state: State): Promise<void> {
    await replaceJson(this.files, join(this.folder, STATE), state);
    this.state = state;
  }

  private async start(): Promise<Start | undefined> {
    const start = await readSmall(this.files, join(this.folder, START));
    return isStart(start) ? start : undefined;
  }

  private async bytes(chain: string): Promise<Uint8Array> {
    return (await this.files.read(this.path(chain))) ?? new Uint8Array();
  }

  private path(chain: string): string {
    return join(this.folder, `seals-${chain}.jsonl`);
  }
}

const STATE = 'ratchet.json';
const START = 'ratchet-start.json';
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const purpose = (chain: string) => `audit-ratchet/${chain}`;

/** Where the first `count` lines end; undefined when there are not so many. */
function endOfLines(bytes: Uint8Array, count: number): number | undefined {
  let end = 0;
  for (let line = 0; line < count; line++) {
    end = bytes.indexOf(0x0a, end) + 1;
    if (end === 0) return undefined;
  }
  return end;
}

function readSeal(line: string): Seal | undefined {
  try {
    const { epoch, text, mac } = JSON.parse(line) as Partial<Record<keyof Seal, unknown>>;
    if (typeof epoch !== 'number' || typeof text !== 'string' || typeof mac !== 'string') return undefined;
    return { epoch, text, mac };
  } catch {
    return undefined;
  }
}

/** A damaged file is as none: what it should have said is then missed. */
async function readSmall(files: Files, path: string): Promise<unknown> {
  return await readJson(files, path).catch((error: unknown) => {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  });
}

const isChain = (value: unknown) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);

function isState(value: unknown): value is State {
  if (typeof value !== 'object' || value === null) return false;
  const { chain, epoch, key } = value as Partial<Record<keyof State, unknown>>;
  const isKey = typeof key === 'string' && Buffer.from(key, 'base64').length === KEY_BYTES;
  return isChain(chain) && Number.isSafeInteger(epoch) && Number(epoch) >= 0 && isKey;
}

function isStart(value: unknown): value is Start {
  if (typeof value !== 'object' || value === null) return false;
  const { chain, wrapped } = value as Partial<Record<keyof Start, unknown>>;
  return isChain(chain) && typeof wrapped === 'string';
}

/** What was found in the log, and what the seals say of it. */
export function withSeals(found: AuditVerification, { problem }: RatchetCheck): AuditVerification {
  if (problem === undefined) return found;
  const section = Math.max(1, found.sections);
  return { ...found, intact: false, problems: [...found.problems, { error: problem, kind: 'kept', section }] };
}
