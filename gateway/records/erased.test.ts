import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestWorld } from '../access/test-world.js';
import { everyFile, found } from '../files/testing/traces.js';

/** Made up; each as long as its traces must be not to be found by chance. */
const PLANTED = ['Zebulon Quackenbush', 'SN-QX77-CANARY-4417', 'MRN-4417-QUACKEN'];
const HOUR = 3_600_000;
const ACCESSES = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32));

let world: TestWorld;
beforeEach(async () => {
  world = await new TestWorld().open();
  await world.enrolled();
});
afterEach(() => world.end());

const count = (secrets: readonly Uint8Array[], image: Buffer): number => found(secrets, image).length;
const disk = () => Buffer.concat(everyFile(world.root).map((file) => readFileSync(file)));

it('after close, 24 h, an order and a start, neither words nor keys are found on the disk, and the tree verifies', async () => {
  const raw: Buffer[] = [];
  const wrapped: Buffer[] = [];
  const words = PLANTED.map((text) => Buffer.from(text));
  for (const accessId of ACCESSES) {
    const record = await world.records.create(accessId);
    for (const word of words) await record.append(word);
    await record.finish();
    const name = readdirSync(join(world.root, 'records')).find((file) => file.startsWith('keys-'))!;
    const { entries } = JSON.parse(readFileSync(join(world.root, 'records', name), 'utf8')) as {
      entries: { recordId: string; wrappedKey: string }[];
    };
    const entry = entries.find(({ recordId }) => recordId === record.recordId)!;
    wrapped.push(Buffer.from(entry.wrappedKey, 'base64'));
    raw.push(Buffer.from(world.vault.unwrapKey(wrapped.at(-1)!, record.recordId)));
    world.clock.pass(HOUR);
  }
  const ids = (await world.records.list()).map(({ recordId }) => recordId);
  // The search finds what is there: the wrapped keys, as they stand in the file.
  expect(count(wrapped, disk())).toBe(ACCESSES.length);
  expect(count([...raw, ...words], disk())).toBe(0);

  await world.records.destroyOfAccess(ACCESSES[0]!);
  expect(count(wrapped, disk())).toBe(3);
  world.clock.pass(21 * HOUR);
  await world.records.look();
  expect(count(wrapped, disk())).toBe(2);
  await world.records.close();
  await world.crash();
  world.clock.suspend(HOUR);
  await world.open();
  expect(count(wrapped, disk())).toBe(1);
  expect(await world.records.destroyAll('ordered')).toBe(1);

  const after = disk();
  expect(count([...wrapped, ...raw, ...words], after)).toBe(0);
  expect(
    everyFile(join(world.root, 'records')).map((file) => readFileSync(file, 'utf8').includes('wrappedKey')),
  ).toEqual([false]);
  const rows = (await world.audit.rows()).filter(({ event }) => event === 'audit.recordErased');
  expect(rows.map(({ numbers }) => numbers.cause)).toEqual([1, 2, 2, 3]);
  expect(await world.audit.verify()).toMatchObject({ intact: true, problems: [] });
  for (const recordId of ids) await expect(world.records.read(recordId)).rejects.toMatchObject({ kind: 'RECORD_GONE' });
});
