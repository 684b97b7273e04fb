import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { describe, expect, it } from 'vitest';
import { readJson, replaceJson } from '../files/replace.js';
import { crashImages, randomFrom } from '../files/testing/crash-images.js';
import { type Failure, PowerDisk } from '../files/testing/power-disk.js';
import { KeyFile, type RecordEntry } from './key-file.js';

const FOLDER = join('/', 'store', 'records');
const SMALL = join('/', 'store', 'small.json');
const entry = (at: number): RecordEntry => ({
  recordId: at.toString(16).padStart(32, '0'),
  accessId: 'a'.repeat(32),
  startedAt: 1000 + at,
  seen: { ageMs: 0, unixMs: 1000 + at, uptimeMs: 5 },
  wrappedKey: Buffer.from(`wrapped key ${at}`.padEnd(300, '.')).toString('base64'),
});

/** Records come and go: the keys that stand after each change. */
const CHANGES: readonly (readonly RecordEntry[])[] = [
  [entry(1)],
  [entry(1), entry(2)],
  [entry(2)],
  [entry(2), entry(3), entry(4)],
  [entry(4)],
  [],
];

/** The change that was acknowledged last, and the one that was asked for last, when the disk was at a step. */
interface Progress {
  readonly at: number;
  readonly acknowledged: number;
  readonly asked: number;
}

async function change(disk: PowerDisk): Promise<Progress[]> {
  const progress: Progress[] = [{ at: 0, acknowledged: -1, asked: -1 }];
  const note = (acknowledged: number, asked: number) => progress.push({ at: disk.steps.length, acknowledged, asked });
  let acknowledged = -1;
  let file: KeyFile | undefined;
  for (const [asked, entries] of CHANGES.entries()) {
    note(acknowledged, asked);
    try {
      file ??= await KeyFile.load(disk, FOLDER);
      await file.replace(entries);
      acknowledged = asked;
    } catch (error) {
      expect(error).toBeInstanceOf(OneBoxError);
    }
    note(acknowledged, asked);
  }
  return progress;
}

async function reopen(disk: PowerDisk, progress: readonly Progress[], at: number, what: string): Promise<void> {
  const { acknowledged, asked } = progress.findLast((one) => one.at <= at)!;
  const file = await KeyFile.load(disk, FOLDER);
  expect(file.graves, what).toEqual([]);
  const allowed = [...(acknowledged < 0 ? [[]] : []), ...CHANGES.slice(Math.max(acknowledged, 0), asked + 1)];
  expect(
    allowed.map((entries) => JSON.stringify(entries)),
    what,
  ).toContain(JSON.stringify(file.entries));
  // A key that was destroyed is in no file that could be loaded.
  const here = [...disk.now].filter(([path]) => path.endsWith('.json'));
  expect(here.length, what).toBeLessThanOrEqual(1);
  for (const gone of [1, 2, 3, 4].map(entry).filter(({ recordId }) => file.get(recordId) === undefined))
    for (const [path, bytes] of here)
      expect(Buffer.from(bytes).includes(gone.wrappedKey), `${what} ${path}`).toBe(false);
  expect(disk.open, what).toBe(0);
  const second = new PowerDisk(disk.now);
  expect((await KeyFile.load(second, FOLDER)).entries, what).toEqual(file.entries);
  expect(second.steps, what).toEqual([]);
}

describe('the keys of the records', () => {
  it('are those before a change or after it, whenever power goes, and what was destroyed stays so', async () => {
    const disk = new PowerDisk();
    const progress = await change(disk);
    expect(progress.at(-1)).toMatchObject({ acknowledged: CHANGES.length - 1 });
    const random = randomFrom(2);
    let count = 0;
    for (let at = 0; at <= disk.steps.length; at++)
      for (let draw = 0; draw < 3; draw++)
        for (const { how, image } of crashImages(disk, at, random)) {
          await reopen(new PowerDisk(image), progress, at, `after step ${at}, ${how}`);
          count += 1;
        }
    expect(count).toBeGreaterThan(300);
  });

  it.each(['none', 'half', 'whole'] as const)('are so too when a call fails with %s of it done', async (effect) => {
    const healthy = new PowerDisk();
    await change(healthy);
    for (let first = 0; first < healthy.calls; first++)
      for (const count of [1, 3, Number.POSITIVE_INFINITY]) {
        const failure: Failure = { code: first % 2 === 0 ? 'ENOSPC' : 'EIO', effect };
        const disk = new PowerDisk();
        disk.failure = (call) => (call >= first && call < first + count ? failure : undefined);
        const progress = await change(disk);
        const at = disk.steps.length;
        for (const { how, image } of crashImages(disk, at, randomFrom(first)))
          await reopen(new PowerDisk(image), progress, at, `call ${first} for ${count}, ${how}`);
      }
  });
});

it('a key whose old file could not be destroyed is destroyed by the next try', async () => {
  for (let call = 0; ; call++) {
    const disk = new PowerDisk();
    const file = await KeyFile.load(disk, FOLDER);
    await file.replace([entry(1)]);
    const before = disk.calls;
    disk.failure = (now) => (now === before + call ? { code: 'EIO', effect: 'none' } : undefined);
    const failed = await file.replace([]).then(
      () => false,
      () => true,
    );
    if (!failed) {
      expect(call).toBeGreaterThan(6);
      break;
    }
    await (file.entries.length === 0 ? file.destroyStale() : file.replace([]));
    for (const [path, bytes] of disk.now)
      expect(Buffer.from(bytes).includes(entry(1).wrappedKey), `call ${call}: ${path}`).toBe(false);
  }
});

it('a small file that is replaced is the old one or the new one, whole', async () => {
  const disk = new PowerDisk();
  const done: number[] = [0];
  for (let version = 1; version <= 3; version++) {
    await replaceJson(disk, SMALL, { version, filler: 'x'.repeat(700 * version) });
    done.push(disk.steps.length);
  }
  const random = randomFrom(3);
  for (let at = 0; at <= disk.steps.length; at++)
    for (const { how, image } of crashImages(disk, at, random)) {
      const content = (await readJson(new PowerDisk(image), SMALL)) as { version: number } | undefined;
      const version = content?.version ?? 0;
      const acknowledged = done.findLastIndex((step) => step <= at);
      expect([acknowledged, acknowledged + 1], `after step ${at}, ${how}`).toContain(version);
    }
});
