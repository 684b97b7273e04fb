import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Disk } from '../files/disk.js';
import { ed25519FromSeed } from './crypto.js';
import { AuditLog } from './log.js';
import { encodeVkey, noteSigner } from './note.js';
import { encodeReceipt, parseReceipt, receiptOf } from './receipt.js';
import { decodeRecord } from './record.js';
import { verifyAudit } from './verify.js';

const seed = new Uint8Array(32).fill(5);
const accessId = '00112233445566778899aabbccddeeff';
const SCRIPT = new URL('../../scripts/verify-receipt.mjs', import.meta.url);
const VECTORS = new URL('../../../shared/vectors/', import.meta.url);
const base64 = (text: string | null) => Buffer.from(text ?? '', 'base64');

interface Verifier {
  parseKey(text: string): unknown;
  openNote(note: string, keys: readonly unknown[]): { readonly verified: readonly string[] };
  isIncluded(leaf: Buffer, index: bigint, size: bigint, proof: readonly Buffer[], root: Buffer): boolean;
  verifyReceipt(text: string, key: string): Readonly<Record<string, unknown>>;
}

let root: string;
let folder: string;
let key: string;
let size: number;
let verifier: Verifier;
const disk = new Disk();
const receipt = async (index: number) => encodeReceipt(await receiptOf(disk, folder, index));

beforeAll(async () => {
  verifier = (await import(/* @vite-ignore */ SCRIPT.href)) as Verifier;
  root = mkdtempSync(join(tmpdir(), 'onebox-receipt-'));
  folder = join(root, 'audit');
  const log = await AuditLog.open({ folder, keptFolder: join(root, 'vault'), segmentBytes: 700, checkpointEvery: 7 });
  key = encodeVkey(log.origin, ed25519FromSeed(seed).publicKey);
  log.useSigner(noteSigner(log.origin, seed));
  for (let at = 0; at < 20; at++) await log.append('phaseRead', { accessId, numbers: { phase: at } });
  await log.checkpoint();
  size = log.size;
  log.useSigner(undefined);
  await log.append('scanStarted');
  await log.close();
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('a receipt', () => {
  it('of every entry is valid for us and for the verifier that shares no code with us', async () => {
    for (let index = 0; index < size; index++) {
      const text = await receipt(index);
      const parsed = parseReceipt(text);
      expect(parsed.index).toBe(index);
      expect(encodeReceipt(parsed)).toBe(text);
      const record = decodeRecord(parsed.record)!;
      expect(verifier.verifyReceipt(text, key)).toMatchObject({
        index,
        size,
        entry: index,
        event: record.event,
        time: new Date(record.unixMs).toISOString(),
        access: Buffer.from(record.accessId).toString('hex'),
      });
    }
  });

  it('is not given for what is not there or not sealed by a signature', async () => {
    for (const index of [size, size + 1, 1000])
      await expect(receiptOf(disk, folder, index)).rejects.toMatchObject({ kind: 'INPUT_INVALID' });
  });

  it('does not survive any changed byte, other key or other place', async () => {
    const text = await receipt(11);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at++) {
      const bad = Buffer.from(bytes);
      bad[at]! ^= 1;
      expect(() => verifier.verifyReceipt(bad.toString('utf8'), key), `byte ${at}`).toThrow();
    }
    for (let end = 0; end < text.length; end++)
      expect(() => verifier.verifyReceipt(text.slice(0, end), key), `cut at ${end}`).toThrow();
    const other = encodeVkey(key.split('+')[0]!, ed25519FromSeed(new Uint8Array(32)).publicKey);
    expect(() => verifier.verifyReceipt(text, other)).toThrow('no signature of this key');
    const moved = text.replace('index 11\n', 'index 10\n');
    expect(() => verifier.verifyReceipt(moved, key)).toThrow('not in the sealed log');
    expect(() => parseReceipt(moved)).toThrow();
  });

  it('never makes our parser throw anything but NOTE_INVALID', async () => {
    const text = await receipt(3);
    for (let at = 0; at < text.length; at++)
      for (const bad of [text.slice(0, at), text.slice(at), `${text.slice(0, at)}\n${text.slice(at)}`])
        try {
          parseReceipt(bad);
        } catch (error) {
          expect(isOneBoxError(error, 'NOTE_INVALID'), String(error)).toBe(true);
        }
  });

  it('finds a tail that was cut, also when the checkpoints that were kept are gone', async () => {
    const text = await receipt(2);
    expect((await verifyAudit(folder, { checkpoints: [text], publicKey: key })).intact).toBe(true);
    const copy = join(root, 'copy');
    cpSync(folder, copy, { recursive: true });
    const names = readdirSync(copy).sort();
    for (const name of names.slice(2)) rmSync(join(copy, name));
    expect((await verifyAudit(copy, { publicKey: key })).intact).toBe(true);
    const found = await verifyAudit(copy, { checkpoints: [text], publicKey: key });
    expect(found.problems.map(({ error }) => error)).toEqual(['AUDIT_TRUNCATED']);
    truncateSync(join(copy, names[0]!), 0);
    expect((await verifyAudit(copy, { checkpoints: [text], publicKey: key })).intact).toBe(false);
    const damaged = text.replace('index 2\n', 'index 3\n');
    expect((await verifyAudit(folder, { checkpoints: [damaged], publicKey: key })).problems).toMatchObject([
      { error: 'NOTE_INVALID' },
    ]);
  });
});

describe('the verifier of one file', () => {
  it('is run with a file and a key', async () => {
    const file = join(root, 'a.tlog-proof');
    writeFileSync(file, await receipt(0));
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [fileURLToPath(SCRIPT), ...args], { encoding: 'utf8' });
    const good = run(file, key);
    expect(good.status).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ index: 0, event: 44, access: accessId });
    writeFileSync(file, (await receipt(0)).replace('index 0', 'index 1'));
    expect(run(file, key)).toMatchObject({ status: 4, stderr: 'NOT VALID: the record is not in the sealed log\n' });
    expect(run().status).toBe(4);
  });

  it('is short and imports nothing but Node', () => {
    const text = readFileSync(SCRIPT, 'utf8');
    expect(text.split('\n').length).toBeLessThan(150);
    expect([...text.matchAll(/from '([^']+)'/g)].map((match) => match[1])).toEqual([
      'node:crypto',
      'node:fs',
      'node:url',
    ]);
  });

  it.skipIf(!existsSync(VECTORS))('passes the shared vectors of trees and notes (skipped: no ../shared)', () => {
    const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8'));
    const trees = read('merkle/inclusion.json') as {
      cases: {
        leafIdx: string;
        treeSize: string;
        root: string;
        leafHash: string;
        proof: string[] | null;
        desc: string;
        wantErr: boolean;
      }[];
    };
    expect(trees.cases.length).toBeGreaterThan(50);
    for (const one of trees.cases) {
      const proof = (one.proof ?? []).map(base64);
      const holds = verifier.isIncluded(
        base64(one.leafHash),
        BigInt(one.leafIdx),
        BigInt(one.treeSize),
        proof,
        base64(one.root),
      );
      expect(holds, one.desc).toBe(!one.wantErr);
    }
    const notes = read('note/notes.json') as {
      malformedVkeys: string[];
      cases: { id: string; vkeys: string[]; note: string; ok: boolean; verified: string[] }[];
    };
    for (const one of notes.cases) {
      const open = () => verifier.openNote(one.note, one.vkeys.map(verifier.parseKey));
      if (one.ok) expect(open().verified, one.id).toEqual(one.verified);
      else expect(open, one.id).toThrow();
    }
    for (const bad of notes.malformedVkeys) expect(() => verifier.parseKey(bad)).toThrow();
  });
});
