import { OneBoxError } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { HandClock } from '../access/test-world.js';
import type { KeyVault } from '../access/vault.js';
import { verifyAudit } from '../audit/verify.js';
import { crashImages, type Image, randomFrom } from '../files/testing/crash-images.js';
import { type Failure, PowerDisk } from '../files/testing/power-disk.js';
import { KEEP_MS } from './lifetime.js';
import { AUDIT, erasures, openVault, RECORDS, type Run, startRecords } from './testing/records-world.js';

const ACCESSES = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32));
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A record of the story, and the steps of the disk when its destruction was asked for and answered. */
interface Told {
  readonly recordId: string;
  readonly accessId: string;
  readonly wrappedKey: string;
  /** Nothing of the story happens to it before. */
  readonly complete: number;
  asked: number;
  answered: number;
}

let vault: KeyVault;
beforeAll(async () => {
  vault = await openVault();
});

function wrappedKeys(image: Image): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, bytes] of image) {
    if (!/keys-\d+\.json$/.test(path)) continue;
    for (const [, recordId, key] of Buffer.from(bytes)
      .toString()
      .matchAll(/"recordId": "(\w+)"[^}]*?\}[^}]*?"wrappedKey": "([^"]+)"/g))
      found.set(recordId!, key!);
  }
  return found;
}

/** One is closed, one falls due while the program runs, one is over at a start, one is erased on order. */
async function tell(disk: PowerDisk, clock: HandClock): Promise<Told[]> {
  const told: Told[] = [];
  let run: Run | undefined;
  const orRefused = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      run ??= await startRecords(disk, vault, { clock, boot: 'first' });
      await work();
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(OneBoxError);
      return false;
    }
  };
  const create = (accessId: string) =>
    orRefused(async () => {
      const record = await run!.records.create(accessId);
      await record.append(bytesOf(`what was read under ${accessId}`));
      const { recordId } = record;
      const never = Number.POSITIVE_INFINITY;
      const wrappedKey = wrappedKeys(disk.now).get(recordId)!;
      told.push({ recordId, accessId, wrappedKey, complete: disk.steps.length, asked: never, answered: never });
    });
  const destroy = async (accessId: string, work: () => Promise<unknown>): Promise<void> => {
    const which = told.filter((one) => one.accessId === accessId);
    for (const one of which) one.asked = disk.steps.length;
    if (await orRefused(work)) for (const one of which) one.answered = disk.steps.length;
  };
  const [closed, due, over, ordered] = ACCESSES as [string, string, string, string];
  await create(closed);
  await create(due);
  clock.pass(1000);
  await create(over);
  await destroy(closed, () => run!.records.destroyOfAccess(closed));
  clock.pass(KEEP_MS - 500);
  await destroy(due, () => run!.records.look());
  await orRefused(() => run!.records.close());
  await orRefused(() => run!.audit.close());
  run = undefined;
  clock.pass(1000);
  await destroy(over, () => Promise.resolve());
  await create(ordered);
  await destroy(ordered, () => run!.records.destroyAll('ordered'));
  await orRefused(() => run!.records.close());
  await orRefused(() => run!.audit.close());
  return told;
}

async function check(image: Image, told: readonly Told[], at: number, what: string): Promise<void> {
  const before = await erasures(new PowerDisk(image));
  const keysBefore = Buffer.concat([...image.values()].map((bytes) => Buffer.from(bytes)));
  // What the log says is gone is gone already: nobody believes it too early.
  for (const { recordId, wrappedKey } of told)
    if (before.has(recordId)) expect(keysBefore.includes(wrappedKey), what).toBe(false);
  const disk = new PowerDisk(image);
  const run = await startRecords(disk, vault);
  const there = new Set((await run.records.list()).map(({ recordId }) => recordId));
  const said = await erasures(disk);
  const all = Buffer.concat([...disk.now.values()].map((bytes) => Buffer.from(bytes)));
  for (const { recordId, wrappedKey, complete, asked, answered } of told) {
    const here = there.has(recordId);
    if (at >= complete && asked > at) expect(here, what).toBe(true);
    if (answered <= at) expect(here, what).toBe(false);
    if (at < complete) continue;
    if (here) expect(await run.records.read(recordId), what).toMatchObject({ chunks: [expect.any(Uint8Array)] });
    // Gone, and said once; or whole, and not said.
    expect(said.get(recordId) ?? 0, what).toBe(here ? 0 : 1);
    expect(all.includes(wrappedKey), what).toBe(here);
    expect(disk.now.has(`${RECORDS}/${recordId}.sealed`), what).toBe(here);
  }
  await run.records.close();
  await run.audit.close();
  const second = await startRecords(disk, vault);
  expect(await erasures(disk), what).toEqual(said);
  expect((await second.records.list()).map(({ recordId }) => recordId).sort(), what).toEqual([...there].sort());
  await second.records.close();
  await second.audit.close();
  expect((await verifyAudit(AUDIT, { files: disk })).problems, what).toEqual([]);
}

describe('the erasure of records', () => {
  it('is whole and said once, or not begun, whenever power goes', async () => {
    const disk = new PowerDisk();
    const told = await tell(disk, new HandClock());
    expect(told.map(({ answered }) => Number.isFinite(answered))).toEqual([true, true, true, true]);
    const random = randomFrom(7);
    let count = 0;
    for (let at = told[0]!.complete; at <= disk.steps.length; at++)
      for (const { how, image } of crashImages(disk, at, random)) {
        await check(image, told, at, `after step ${at}, ${how}`);
        count += 1;
      }
    expect(count).toBeGreaterThan(200);
  }, 120_000);

  it.each(['none', 'half', 'whole'] as const)(
    'is so too when a call fails with %s of it done',
    async (effect) => {
      const healthy = new PowerDisk();
      await tell(healthy, new HandClock());
      for (let first = 20; first < healthy.calls; first += 2)
        for (const count of [1, Number.POSITIVE_INFINITY]) {
          const failure: Failure = { code: first % 4 === 0 ? 'ENOSPC' : 'EIO', effect };
          const disk = new PowerDisk();
          disk.failure = (call) => (call >= first && call < first + count ? failure : undefined);
          const told = await tell(disk, new HandClock());
          disk.failure = () => undefined;
          await check(disk.now, told, disk.steps.length, `call ${first} for ${count}`);
        }
    },
    120_000,
  );
});
