import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CrashImage, crashImages, hashOf, randomFrom } from '../files/testing/crash-images.js';
import { type Failure, PowerDisk } from '../files/testing/power-disk.js';
import { ed25519FromSeed } from './crypto.js';
import { keptCheckpoints } from './kept.js';
import { AuditLog } from './log.js';
import { encodeVkey, noteSigner } from './note.js';
import { verifyAudit } from './verify.js';

const FOLDER = join('/', 'store', 'audit');
const KEPT = join('/', 'store', 'vault');
const seed = new Uint8Array(32).fill(3);

interface Acknowledged {
  readonly index: number;
  readonly item: number;
  /** Steps of the disk when the promise was kept. */
  readonly at: number;
}

/** What a program did with the log: each record has a number of its own, in the order of the appends. */
class Story {
  readonly acknowledged: Acknowledged[] = [];
  /** Steps of the disk when the record with this number was asked for. */
  readonly asked: number[] = [];
  refused = 0;
  /** Bytes that a recovery within the story dropped. */
  dropped: number | 'none' | 'some' = 'none';

  constructor(private readonly disk: PowerDisk) {}

  /** Two runs with single records, batches larger than a sector, rotation and checkpoints; a third that only looks. */
  async tell(): Promise<void> {
    for (const batches of [[1, 1, 14, 1], [2, 1], []]) {
      const log = await this.orRefused(open(this.disk));
      if (log === undefined) continue;
      for (const [at, batch] of batches.entries()) {
        await Promise.all(Array.from({ length: batch }, () => this.append(log)));
        if (at === 0) {
          log.useSigner(noteSigner(log.origin, seed));
          await this.orRefused(log.checkpoint());
        }
      }
      await this.orRefused(log.close());
    }
  }

  private async append(log: AuditLog): Promise<void> {
    const item = this.asked.length;
    this.asked.push(this.disk.steps.length);
    const index = await this.orRefused(log.append('phaseRead', { numbers: { items: item } }));
    if (index !== undefined) this.acknowledged.push({ index, item, at: this.disk.steps.length });
  }

  private async orRefused<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      expect(error).toMatchObject({ kind: expect.stringMatching(/^(AUDIT_WRITE|STORE_DENIED)$/) });
      this.refused += 1;
      return undefined;
    }
  }
}

const open = (disk: PowerDisk) =>
  AuditLog.open({ folder: FOLDER, keptFolder: KEPT, files: disk, segmentBytes: 900, checkpointEvery: 6 });

/** Bytes of the log that the disk was told to remove or cut off. */
function lost(disk: PowerDisk): number {
  const before = new Map([...disk.start].filter(([path]) => path.endsWith('.seg')));
  let sum = 0;
  for (const step of disk.steps) {
    if (step.kind === 'truncate')
      for (const { inode, bytes } of before.values()) if (inode === step.inode) sum += bytes.length - step.size;
    if (step.kind === 'remove') {
      sum += before.get(step.path)?.bytes.length ?? 0;
      before.delete(step.path);
    }
  }
  return sum;
}

/** Opens what a loss of power left and holds it against the story. Answers the disk of the recovery. */
async function recover(story: Story, { at, how, image }: CrashImage): Promise<PowerDisk> {
  const what = `after step ${at}, ${how}`;
  const disk = new PowerDisk(image);
  const log = await open(disk);
  expect(log.status, what).toMatchObject({ intact: true });
  const records = await log.records();
  expect(
    records.map((record) => record.index),
    what,
  ).toEqual(records.map((_, index) => index));
  const items = records.filter((record) => record.event === 44).map((record) => record.number.items ?? 0);
  // None is invented, none is out of order, and no hole is between them where nothing was refused.
  for (const [place, item] of items.entries()) {
    expect(story.asked[item], what).toBeLessThanOrEqual(at);
    if (place > 0) expect(item, what).toBeGreaterThan(items[place - 1]!);
  }
  if (story.refused === 0) expect(items, what).toEqual(items.map((_, place) => place));
  for (const { index, item, at: step } of story.acknowledged)
    if (step <= at) expect(records[index]?.number.items, `${what}: record ${index}`).toBe(item);
  const checkpoints = (await keptCheckpoints(disk, KEPT)).map(({ note }) => note);
  const publicKey = encodeVkey(log.origin, ed25519FromSeed(seed).publicKey);
  const verified = await verifyAudit(FOLDER, { files: disk, checkpoints, publicKey, still: true });
  expect(verified.problems, what).toEqual([]);
  const dropped = lost(disk);
  const said = records.filter((record) => record.event === 3).map((record) => record.number.droppedBytes!);
  if (story.dropped === 'none') expect(said, what).toEqual(dropped > 0 ? [dropped] : []);
  else if (story.dropped !== 'some') expect(said[0], what).toBeGreaterThanOrEqual(story.dropped);
  await log.close();
  expect(disk.open, what).toBe(0);
  return disk;
}

/** A recovery of what was recovered changes nothing. */
async function again(disk: PowerDisk, what: string): Promise<void> {
  const second = new PowerDisk(disk.now);
  await (await open(second)).close();
  expect(
    second.steps.filter((step) => step.kind !== 'sync' && step.kind !== 'syncFolder'),
    what,
  ).toEqual([]);
}

/** All different images after each step; the same content counts again when more was acknowledged. */
function* everyCrash(disk: PowerDisk, story: Story, draws: number): Generator<CrashImage> {
  const random = randomFrom(1);
  const seen = new Set<string>();
  for (let at = 0; at <= disk.steps.length; at++) {
    const acknowledged = story.acknowledged.filter((record) => record.at <= at).length;
    for (let draw = 0; draw < draws; draw++)
      for (const crash of crashImages(disk, at, random)) {
        const key = `${acknowledged} ${hashOf(crash.image)}`;
        if (!seen.has(key)) yield crash;
        seen.add(key);
      }
  }
}

describe('the audit log after a loss of power', () => {
  it('has every acknowledged record and no other, at every step and in every way a disk forgets', async () => {
    const disk = new PowerDisk();
    const story = new Story(disk);
    await story.tell();
    expect(story.acknowledged).toHaveLength(20);
    const recoveries: { readonly crash: CrashImage; readonly disk: PowerDisk }[] = [];
    for (const crash of everyCrash(disk, story, 4)) {
      const recovery = await recover(story, crash);
      await again(recovery, crash.how);
      recoveries.push({ crash, disk: recovery });
    }
    expect(recoveries.length).toBeGreaterThan(150);
    const torn = recoveries.filter((recovery) => lost(recovery.disk) > 0);
    expect(torn.length).toBeGreaterThan(40);
    // Power goes once more while the log recovers.
    let twice = 0;
    for (const [at, first] of torn.entries()) {
      if (at % 4 !== 0) continue;
      const second = new Story(first.disk);
      second.dropped = lost(first.disk);
      second.asked.push(...story.asked.filter((step) => step <= first.crash.at).map(() => 0));
      for (const record of story.acknowledged)
        if (record.at <= first.crash.at) second.acknowledged.push({ ...record, at: 0 });
      for (const crash of everyCrash(first.disk, second, 1)) {
        await again(await recover(second, crash), crash.how);
        twice += 1;
      }
    }
    expect(twice).toBeGreaterThan(100);
  }, 60_000);
});

describe('a new section after damage', () => {
  it('is begun once and said, also when power goes while it is begun', async () => {
    const disk = new PowerDisk();
    const log = await open(disk);
    for (let at = 0; at < 4; at++) await log.append('scanStarted');
    await log.close();
    const image = new Map(disk.now);
    const [path, bytes] = [...image].find(([name]) => name.endsWith('.seg'))!;
    image.set(path, bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1));
    const damaged = new PowerDisk(image);
    await (await open(damaged)).close();
    for (const crash of everyCrash(damaged, new Story(damaged), 2)) {
      const after = new PowerDisk(crash.image);
      const recovered = await open(after);
      expect(recovered.status.error?.kind, crash.how).toBe('AUDIT_BROKEN');
      const said = (await recovered.records()).filter((record) => record.event === 4);
      expect(said, crash.how).toHaveLength(1);
      expect(said[0]!.number, crash.how).toMatchObject({ section: 2 });
      await recovered.close();
      await again(after, crash.how);
    }
  });
});

describe('the audit log on a disk that is full or fails', () => {
  it.each(['none', 'half', 'whole'] as const)(
    'at any call, with %s of the call done, keeps what it acknowledged',
    async (effect) => {
      const healthy = new PowerDisk();
      await new Story(healthy).tell();
      for (const code of ['ENOSPC', 'EIO'] as const)
        for (let first = code === 'EIO' ? 1 : 0; first < healthy.calls; first += 2) {
          const failure: Failure = { code, effect };
          for (const count of [1, 4, Number.POSITIVE_INFINITY]) {
            const what = `${code} at call ${first} for ${count}`;
            const disk = new PowerDisk();
            disk.failure = (call) => (call >= first && call < first + count ? failure : undefined);
            const story = new Story(disk);
            story.dropped = 'some';
            await story.tell();
            // One failure costs no more than one run or one batch.
            if (count === 1) expect(story.acknowledged.length, what).toBeGreaterThanOrEqual(3);
            expect(disk.open, what).toBe(0);
            const at = disk.steps.length;
            for (const crash of crashImages(disk, at, randomFrom(first)))
              await again(await recover(story, { ...crash, how: `${what}, ${crash.how}` }), what);
          }
        }
    },
    60_000,
  );
});
