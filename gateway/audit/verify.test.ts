import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Disk } from '../files/disk.js';
import { ed25519FromSeed } from './crypto.js';
import { encodeFrame, type Frame, FrameType, readFrame } from './frame.js';
import { AuditLog } from './log.js';
import { checkpointText, encodeVkey, noteSigner, signNote } from './note.js';
import { decodeRecord, encodeRecord } from './record.js';
import { type AuditVerification, verifyAudit } from './verify.js';

const seed = new Uint8Array(32).fill(9);
let root: string;
let publicKey: string;
let files: Map<string, Buffer>;
let kept: string;
let origin: string;

/** The folder as an attacker left it. */
class Altered extends Disk {
  constructor(private readonly content: ReadonlyMap<string, Buffer>) {
    super();
  }
  override list(): Promise<string[]> {
    return Promise.resolve([...this.content.keys()].sort());
  }
  override read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.content.get(basename(path)));
  }
}

const verify = (
  content: ReadonlyMap<string, Buffer>,
  checkpoints: readonly string[] = [],
): Promise<AuditVerification> =>
  verifyAudit(join(root, 'audit'), { files: new Altered(content), publicKey, checkpoints, still: true });

function frames(bytes: Uint8Array): Frame[] {
  const found: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const frame = readFrame(bytes, at);
    if (typeof frame === 'string') throw new Error(frame);
    found.push(frame);
    at = frame.end;
  }
  return found;
}

const altered = (name: string, bytes: Buffer) => new Map([...files, [name, bytes]]);
const errors = (result: AuditVerification) => result.problems.map((problem) => problem.error);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'onebox-verify-'));
  const log = await AuditLog.open({
    folder: join(root, 'audit'),
    keptFolder: join(root, 'vault'),
    segmentBytes: 500,
    checkpointEvery: 5,
  });
  log.useSigner(noteSigner(log.origin, seed));
  publicKey = encodeVkey(log.origin, ed25519FromSeed(seed).publicKey);
  origin = `${log.origin}/1`;
  for (let at = 0; at < 13; at++) await log.append('phaseRead', { numbers: { phase: at } });
  await log.close();
  files = new Map(readdirSync(join(root, 'audit')).map((name) => [name, readFileSync(join(root, 'audit', name))]));
  kept = readFileSync(join(root, 'vault', 'checkpoint-0001'), 'utf8');
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('verifying the log', () => {
  it('finds nothing in a good one', async () => {
    expect(files.size).toBeGreaterThan(2);
    expect(await verify(files, [kept])).toMatchObject({
      intact: true,
      entries: 16,
      checkpoints: 3,
      signed: 3,
      problems: [],
    });
  });

  it('finds every flipped byte and names its frame', async () => {
    for (const [name, bytes] of files) {
      const all = frames(bytes);
      for (let at = 0; at < bytes.length; at++) {
        const bad = Buffer.from(bytes);
        bad[at]! ^= 1 << (at % 8);
        const result = await verify(altered(name, bad));
        const frame = all.find((one) => at >= one.offset && at < one.end)!;
        expect(result.problems[0], `${name} ${at}`).toMatchObject({
          error: 'AUDIT_BROKEN',
          file: name,
          offset: frame.offset,
        });
      }
    }
  });

  it('finds a tail that was cut at any byte, by a checkpoint kept elsewhere', async () => {
    for (const [name, bytes] of files) {
      const upTo = [...files].filter(([other]) => other < name);
      for (let size = 0; size < bytes.length; size += 1) {
        const result = await verify(new Map([...upTo, [name, bytes.subarray(0, size)]]), [kept]);
        expect(result.intact, `${name} ${size}`).toBe(false);
        const whole = frames(bytes).some((frame) => frame.offset === size) && size > 0;
        // At the end of a record only the checkpoint can tell; a checkpoint without its note shows by itself.
        if (whole && result.problems[0]!.kind === 'kept') expect(errors(result)).toEqual(['AUDIT_TRUNCATED']);
        else expect(errors(result)).toContain('AUDIT_BROKEN');
      }
      expect(errors(await verify(new Map(upTo), [kept]))).toEqual(['AUDIT_TRUNCATED']);
    }
  });

  it('finds a segment that was taken out or swapped', async () => {
    const names = [...files.keys()];
    const without = new Map(files);
    without.delete(names[1]!);
    expect((await verify(without)).problems[0]).toMatchObject({ error: 'AUDIT_BROKEN', kind: 'missing' });
    const swapped = new Map(files).set(names[0]!, files.get(names[1]!)!).set(names[1]!, files.get(names[0]!)!);
    expect((await verify(swapped)).problems[0]).toMatchObject({
      error: 'AUDIT_BROKEN',
      kind: 'header',
      file: names[0],
    });
  });

  it('finds records that were deleted, reordered or rewritten with right frames', async () => {
    const [name, bytes] = [...files][0]!;
    const [header, first, second, ...rest] = frames(bytes).map((frame) => bytes.subarray(frame.offset, frame.end));
    const deleted = await verify(altered(name, Buffer.concat([header!, second!, ...rest])));
    expect(deleted.problems[0]).toMatchObject({
      error: 'AUDIT_BROKEN',
      kind: 'order',
      index: 0,
      offset: header!.length,
    });
    const reordered = await verify(altered(name, Buffer.concat([header!, second!, first!, ...rest])));
    expect(reordered.problems[0]).toMatchObject({ error: 'AUDIT_BROKEN', kind: 'order', index: 0 });
    const record = decodeRecord(frames(bytes)[1]!.body)!;
    const rewritten = encodeFrame(FrameType.record, encodeRecord({ ...record, unixMs: record.unixMs + 1 }, 0), true);
    const changed = await verify(altered(name, Buffer.concat([header!, rewritten, second!, ...rest])));
    expect(changed.problems[0]).toMatchObject({ error: 'AUDIT_BROKEN', kind: 'checkpoint' });
  });

  it('finds a second history: two heads of one size, an older checkpoint that does not fit, another log', async () => {
    const signer = noteSigner(origin.slice(0, -2), seed);
    const head = (size: number, line = origin) =>
      signNote(checkpointText({ origin: line, size, root: new Uint8Array(32) }), [signer]);
    expect(errors(await verify(files, [head(16)]))).toEqual(['AUDIT_FORK']);
    expect(errors(await verify(files, [head(3), kept]))).toEqual(['AUDIT_FORK']);
    expect(errors(await verify(files, [head(16, 'onebox.local/log/0000000000000000/1')]))).toEqual(['AUDIT_FORK']);
    expect(errors(await verify(files, [head(17)]))).toEqual(['AUDIT_TRUNCATED']);
  });

  it('refuses checkpoints that the key did not sign', async () => {
    const forged = signNote(kept.slice(0, kept.indexOf('\n\n') + 1), [
      noteSigner(origin.slice(0, -2), new Uint8Array(32)),
    ]);
    expect(errors(await verify(files, [forged]))).toEqual(['NOTE_INVALID']);
    expect(errors(await verify(files, ['nonsense']))).toEqual(['NOTE_INVALID']);
    const other = encodeVkey(origin.slice(0, -2), ed25519FromSeed(new Uint8Array(32)).publicKey);
    const result = await verifyAudit(join(root, 'audit'), { publicKey: other });
    expect(result.problems[0]).toMatchObject({ error: 'AUDIT_BROKEN', kind: 'checkpoint' });
  });

  it('looks again when another process was writing just there', async () => {
    const [name, bytes] = [...files].at(-1)!;
    const growing = new Map([...files, [name, bytes.subarray(0, -3)]]);
    const folder = new Altered(growing);
    setTimeout(() => growing.set(name, bytes), 10);
    expect((await verifyAudit(join(root, 'audit'), { files: folder, publicKey })).intact).toBe(true);
  });

  it('has nothing to say about an empty folder', async () => {
    expect(await verifyAudit(join(root, 'none'))).toMatchObject({ intact: true, entries: 0, sections: 0 });
  });
});
