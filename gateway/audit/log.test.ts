import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v1 } from '@onebox/protocol/audit-messages.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HandClock } from '../access/test-world.js';
import { Disk } from '../files/disk.js';
import type { AppendFile } from '../files/files.js';
import { ed25519FromSeed } from './crypto.js';
import { EVENTS } from './events.js';
import { AuditLog, type AuditLogOptions } from './log.js';
import { leafHash } from './merkle.js';
import { encodeVkey, noteSigner } from './note.js';
import { encodeRecord } from './record.js';
import { verifyAudit } from './verify.js';

const seed = new Uint8Array(32).fill(7);
const accessId = '00112233445566778899aabbccddeeff';
let root: string;
const options = (more: Partial<AuditLogOptions> = {}): AuditLogOptions => ({
  folder: join(root, 'audit'),
  keptFolder: join(root, 'vault'),
  ...more,
});
const lastSegment = () => join(root, 'audit', readdirSync(join(root, 'audit')).at(-1)!);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onebox-log-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('the audit log', () => {
  it('keeps what it acknowledged, in order, over a restart', async () => {
    const log = await AuditLog.open(options());
    const indices = await Promise.all(
      Array.from({ length: 300 }, (_, at) =>
        log.append('phaseRead', { accessId, numbers: { phase: at % 7, items: at } }),
      ),
    );
    expect(indices).toEqual([...indices].sort((a, b) => a - b));
    expect(new Set(indices).size).toBe(300);
    await log.close();
    const again = await AuditLog.open(options());
    const items = (await again.rows({ accessId })).map((row) => row.numbers.items);
    expect(items).toEqual(Array.from({ length: 300 }, (_, at) => at));
    expect(again.status).toEqual({ entries: log.size, intact: true });
    expect(Buffer.from(again.root())).toEqual(Buffer.from(log.root()));
    await again.close();
  });

  it('has the same root as the definition over its bodies', async () => {
    const log = await AuditLog.open(options());
    await log.append('scanStarted');
    const [record] = await log.records();
    expect(Buffer.from(log.root())).toEqual(Buffer.from(leafHash(encodeRecord(record!, 0))));
    await log.close();
  });

  it('shares one sync between appends that come together', async () => {
    const disk = new CountingDisk();
    const log = await AuditLog.open(options({ files: disk, checkpointEvery: 1000 }));
    disk.syncs = 0;
    await Promise.all(Array.from({ length: 100 }, () => log.append('scanStarted')));
    expect(disk.syncs).toBeLessThan(10);
    disk.syncs = 0;
    await log.append('scanStarted');
    expect(disk.syncs).toBe(1);
    await log.close();
  });

  it('rotates its segments and goes on across them', async () => {
    const small = options({ segmentBytes: 1000 });
    const log = await AuditLog.open(small);
    for (let at = 0; at < 120; at++) await log.append('scanStarted');
    await log.close();
    expect(readdirSync(join(root, 'audit')).length).toBeGreaterThan(3);
    const again = await AuditLog.open(small);
    await again.append('scanStopped');
    expect((await again.rows()).map((row) => row.index)).toEqual(Array.from({ length: again.size }, (_, at) => at));
    expect(await again.verify()).toMatchObject({ intact: true, entries: again.size - 1 });
    await again.close();
  });

  it('seals every 64 records, and signs while a signer is set', async () => {
    const log = await AuditLog.open(options());
    for (let at = 0; at < 64; at++) await log.append('scanStarted');
    log.useSigner(noteSigner(log.origin, seed));
    await log.checkpoint();
    await log.checkpoint();
    const publicKey = encodeVkey(log.origin, ed25519FromSeed(seed).publicKey);
    expect(await log.verify({ publicKey })).toMatchObject({ intact: true, checkpoints: 2, signed: 1 });
    const other = encodeVkey(log.origin, ed25519FromSeed(new Uint8Array(32)).publicKey);
    expect(await log.verify({ publicKey: other })).toMatchObject({ intact: false });
    expect((await log.rows()).at(-1)).toMatchObject({
      event: 'audit.auditVerified',
      outcome: 'serious',
      error: 'OB-605',
    });
    await log.close();
  });

  it('drops a torn tail, says so once, and keeps all before it', async () => {
    const log = await AuditLog.open(options());
    for (let at = 0; at < 5; at++) await log.append('scanStarted');
    const whole = readFileSync(lastSegment());
    await log.append('scanStopped', { numbers: { devices: 3 } });
    const full = readFileSync(lastSegment());
    await log.close();
    for (const torn of [
      full.subarray(0, full.length - 1),
      full.subarray(0, whole.length + 1),
      Buffer.concat([whole, Buffer.alloc(full.length - whole.length)]),
    ]) {
      rmSync(join(root, 'vault'), { recursive: true });
      writeFileSync(lastSegment(), torn);
      const again = await AuditLog.open(options());
      expect(again.status.intact).toBe(true);
      expect((await again.rows()).map((row) => row.event)).toEqual([
        ...Array(5).fill('audit.scanStarted'),
        'audit.recovered',
      ]);
      expect((await again.rows()).at(-1)!.numbers).toEqual({ entries: 5, droppedBytes: torn.length - whole.length });
      await again.close();
      const third = await AuditLog.open(options());
      expect((await third.rows()).filter((row) => row.event === 'audit.recovered')).toHaveLength(1);
      expect((await third.verify()).intact).toBe(true);
      await third.close();
    }
  });

  it('survives a torn header of a new segment', async () => {
    const log = await AuditLog.open(options());
    await log.append('scanStarted');
    await log.close();
    for (const torn of [Buffer.alloc(0), Buffer.alloc(20)]) {
      writeFileSync(join(root, 'audit', '0001-00000001.seg'), torn);
      const again = await AuditLog.open(options());
      expect(again.status.intact).toBe(true);
      await again.append('scanStopped');
      expect((await again.verify()).intact).toBe(true);
      await again.close();
    }
  });

  it('goes on in a new section after damage to what was durable', async () => {
    const log = await AuditLog.open(options());
    for (let at = 0; at < 6; at++) await log.append('scanStarted');
    await log.close();
    const bytes = readFileSync(lastSegment());
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(lastSegment(), bytes);
    const again = await AuditLog.open(options());
    expect(again.status.intact).toBe(false);
    expect(again.status.error?.kind).toBe('AUDIT_BROKEN');
    await again.append('scanStopped');
    expect((await again.rows()).at(-1)).toMatchObject({ event: 'audit.scanStopped' });
    await again.close();
    const third = await AuditLog.open(options());
    expect(third.status.error?.kind).toBe('AUDIT_BROKEN');
    expect((await third.verify()).problems).toMatchObject([{ error: 'AUDIT_BROKEN', section: 1 }]);
    await third.close();
  });

  it('finds at opening that its tail or all of it was taken away, by the checkpoint kept apart', async () => {
    const log = await AuditLog.open(options());
    await log.append('scanStarted');
    const early = readFileSync(lastSegment());
    await log.append('scanStopped');
    await log.close();
    writeFileSync(lastSegment(), early);
    const cut = await AuditLog.open(options());
    expect(cut.status.error?.kind).toBe('AUDIT_TRUNCATED');
    await cut.close();
    rmSync(join(root, 'audit'), { recursive: true });
    const empty = await AuditLog.open(options());
    expect(empty.status.error?.kind).toBe('AUDIT_TRUNCATED');
    expect(empty.origin).toBe(log.origin);
    expect((await empty.verify()).problems.map((problem) => problem.error)).toContain('AUDIT_TRUNCATED');
    await empty.close();
  });

  it('refuses fields that could carry what they must not', async () => {
    const log = await AuditLog.open(options());
    const refusal = { kind: 'INTERNAL' };
    await expect(log.append('linkUp', { accessId: 'Jane Doe' })).rejects.toMatchObject(refusal);
    await expect(log.append('linkUp', { person: Buffer.from('Jane Doe') })).rejects.toMatchObject(refusal);
    await expect(log.append('linkUp', { driver: { id: 'Jane Doe', version: '1' } })).rejects.toMatchObject(refusal);
    await expect(log.append('linkUp', { driver: { id: 'a', version: 'SN 4417' } })).rejects.toMatchObject(refusal);
    await expect(log.append('linkUp', { numbers: { jane: 1 } as never })).rejects.toMatchObject(refusal);
    await expect(log.append('linkUp', { numbers: { attempt: 1.5 } })).rejects.toMatchObject(refusal);
    expect(log.size).toBe(0);
    await log.close();
  });

  it('says AUDIT_WRITE when the disk refuses, acknowledges nothing then, and goes on when it can', async () => {
    const disk = new CountingDisk();
    const log = await AuditLog.open(options({ files: disk }));
    await log.append('scanStarted');
    for (const failure of ['append', 'sync'] as const) {
      disk.failing = failure;
      await expect(log.append('linkUp')).rejects.toMatchObject({ kind: 'AUDIT_WRITE', detail: 'ENOSPC' });
      disk.failing = undefined;
      await log.append('scanStopped');
    }
    expect((await log.rows()).map((row) => row.event)).toEqual([
      'audit.scanStarted',
      'audit.scanStopped',
      'audit.scanStopped',
    ]);
    expect((await log.verify()).intact).toBe(true);
    await log.close();
    await expect(log.append('linkUp')).rejects.toBeInstanceOf(OneBoxError);
  });

  it('keeps what has happened in memory while the disk refuses, and writes it first, in order, with its times', async () => {
    const disk = new CountingDisk();
    const clock = new HandClock();
    const log = await AuditLog.open(options({ files: disk, clock }));
    await log.append('breakGlassOpened', { accessId });
    disk.failing = 'append';
    const times: number[] = [];
    for (const phase of [1, 2]) {
      times.push(clock.unixMs());
      await expect(log.note('phaseRead', { accessId, numbers: { phase } })).rejects.toMatchObject({
        kind: 'AUDIT_WRITE',
      });
      clock.pass(60_000);
    }
    // What would come before a byte to a device is refused, and does not come later.
    await expect(log.append('readStarted', { accessId })).rejects.toMatchObject({ kind: 'AUDIT_WRITE' });
    await expect(log.note('accessEnded', { accessId })).rejects.toMatchObject({ kind: 'AUDIT_WRITE' });
    expect(log.status).toMatchObject({ entries: 1, waiting: 3, error: { kind: 'AUDIT_WRITE' } });
    disk.failing = undefined;
    await log.append('scanStarted');
    expect(log.status).toEqual({ entries: 6, intact: true });
    const rows = await log.rows();
    expect(rows.map((row) => row.event.slice('audit.'.length))).toEqual([
      'breakGlassOpened',
      'phaseRead',
      'phaseRead',
      'accessEnded',
      'writtenLate',
      'scanStarted',
    ]);
    expect(rows.slice(1, 3).map((row) => row.at)).toEqual(times);
    expect(rows[4]!.numbers).toEqual({ records: 3, lost: 0 });
    expect(log.unfinished).toEqual([]);
    await log.close();
  });

  it('tries the disk again by itself while records wait', async () => {
    const disk = new CountingDisk();
    const log = await AuditLog.open(options({ files: disk }));
    disk.failing = 'sync';
    await expect(log.note('linkLost')).rejects.toMatchObject({ kind: 'AUDIT_WRITE' });
    disk.failing = undefined;
    await vi.waitFor(() => expect(log.size).toBeGreaterThan(1), { timeout: 10_000 });
    expect((await log.rows()).map((row) => row.event)).toContain('audit.linkLost');
    await log.close();
  });

  it('remembers accesses that a crash left open', async () => {
    const log = await AuditLog.open(options());
    await log.append('breakGlassOpened', { accessId, purpose: v1.PurposeOfUse.PURPOSE_OF_USE_BTG });
    await log.close();
    const again = await AuditLog.open(options());
    expect(again.unfinished.map((record) => Buffer.from(record.accessId).toString('hex'))).toEqual([accessId]);
    await again.append('accessEnded', { accessId, numbers: { recovered: 1 } });
    expect(again.unfinished).toEqual([]);
    await again.close();
  });

  it('remembers them however many segments ago they began, and looks no further back than an access can last', async () => {
    const clock = new HandClock();
    const disk = new CountingDisk();
    const small = options({ segmentBytes: 1000, clock, files: disk });
    const log = await AuditLog.open(small);
    const flood = async (count: number, stepMs: number): Promise<void> => {
      for (let at = 0; at < count; at++) {
        clock.pass(stepMs);
        await log.append('phaseRead', { accessId, numbers: { phase: 1 } });
      }
    };
    await flood(100, 120_000);
    await log.append('breakGlassOpened', { accessId, purpose: v1.PurposeOfUse.PURPOSE_OF_USE_ERTREAT });
    await flood(100, 30_000);
    await log.close();
    const segments = readdirSync(join(root, 'audit')).length;
    disk.reads = 0;
    const again = await AuditLog.open(small);
    expect(again.unfinished.map((record) => Buffer.from(record.accessId).toString('hex'))).toEqual([accessId]);
    expect(segments).toBeGreaterThan(15);
    expect(disk.reads).toBeLessThan(segments * 0.8);
    await again.append('accessEnded', { accessId, numbers: { recovered: 1 } });
    await again.append('applicationStarted');
    await again.close();
    disk.reads = 0;
    await (await AuditLog.open(small)).close();
    expect(disk.reads).toBeLessThan(12);
  });

  it('is verified from its folder alone', async () => {
    const log = await AuditLog.open(options());
    await log.append('applicationStarted');
    await log.close();
    expect(await verifyAudit(join(root, 'audit'))).toMatchObject({
      intact: true,
      entries: 2,
      checkpoints: 1,
      origin: `${log.origin}/1`,
    });
  });
});

describe('the catalogue', () => {
  it('has each number once', () => {
    const numbers = Object.values(EVENTS).map((event) => event.number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(EVENTS.breakGlassOpened.dicom).toEqual({ id: 110113, type: 110127 });
    expect(EVENTS.accessEnded.dicom).toEqual({ id: 110113, type: 110138 });
  });
});

class CountingDisk extends Disk {
  syncs = 0;
  reads = 0;

  override read(path: string): Promise<Uint8Array | undefined> {
    this.reads += 1;
    return super.read(path);
  }

  failing: 'append' | 'sync' | undefined;

  override async openAppend(path: string): Promise<AppendFile> {
    const file = await super.openAppend(path);
    const full = () => Object.assign(new Error('no space'), { code: 'ENOSPC' });
    return {
      get size() {
        return file.size;
      },
      append: (bytes) => file.append(bytes),
      appendDurably: async (bytes) => {
        if (this.failing === 'append') await file.append(bytes.subarray(0, 5));
        if (this.failing === 'sync') await file.append(bytes);
        if (this.failing !== undefined) throw full();
        this.syncs += 1;
        await file.appendDurably(bytes);
      },
      sync: () => file.sync(),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
    };
  }
}
