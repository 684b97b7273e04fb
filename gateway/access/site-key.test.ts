import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVENTS, type EventName } from '../audit/events.js';
import { SITE_KEY_DAYS } from './site-key.js';
import { OTHER_PIN, PIN, TestWorld } from './test-world.js';

const DAY = 86_400_000;
const NEXT = (SITE_KEY_DAYS + 1) * DAY;
const HIS_PIN = { kind: 'pin', pin: PIN } as const;

let world: TestWorld;
let me: string;
let other: string;
beforeEach(async () => {
  world = await new TestWorld().open();
  me = (await world.enrolled()).personId;
  other = (await world.access.enrol({ displayName: 'B. Schulz', role: 'responder', pin: OTHER_PIN })).person.id;
});
afterEach(async () => {
  await world.audit.close().catch(() => undefined);
  world.remove();
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const records = async (event: EventName) =>
  (await world.audit.records({})).filter((record) => record.event === EVENTS[event].number);
const onDisk = (name: string) => JSON.parse(readFileSync(join(world.root, 'vault', name), 'utf8'));

/** What the log says of one access: who, which device, with the key of which epoch. */
async function read(device = 'aa:bb') {
  const { accessId } = await world.access.breakGlass(world.request(me, { deviceKey: device }));
  await world.access.close(accessId);
  const [first] = await world.audit.records({ accessId });
  return { person: hex(first!.person), device: hex(first!.device), epoch: first!.keyEpoch };
}
async function later(ms: number): Promise<void> {
  await world.access.lock();
  world.clock.pass(ms);
  await world.access.unlock(me, HIS_PIN);
}

describe('the site key of the pseudonyms', () => {
  it('stands behind all entries of its time', async () => {
    const first = await read();
    await later((SITE_KEY_DAYS - 1) * DAY);
    expect(await read()).toEqual(first);
    expect(first.epoch).toBe(1);
    expect((await read('cc:dd')).device).not.toBe(first.device);
    expect(await records('siteKeyChanged')).toEqual([]);
  });

  it('changes when its time is over: nobody who has the log can join what was before and after', async () => {
    const before = await read();
    await later(NEXT);
    const after = await read();
    expect(after.epoch).toBe(2);
    expect(after.person).not.toBe(before.person);
    expect(after.device).not.toBe(before.device);
    // The change is in the log, and nothing after it has a pseudonym of before.
    const [change] = await records('siteKeyChanged');
    expect(change?.keyEpoch).toBe(2);
    const all = await world.audit.records({});
    const known = (from: number, to: number) =>
      new Set(
        all
          .slice(from, to)
          .flatMap(({ person, device }) => [hex(person), hex(device)])
          .filter(Boolean),
      );
    const old = known(0, change!.index);
    expect([...known(change!.index, all.length)].filter((one) => old.has(one))).toEqual([]);
    // Everybody changes with it, also who is refused before the next unlock.
    await world.access.lock();
    await expect(world.access.unlock(other, HIS_PIN)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    expect(old.has(hex((await records('unlockFailed')).at(-1)!.person))).toBe(false);
    // A restart finds it as it was left.
    await world.restart();
    await world.access.unlock(me, HIS_PIN);
    expect(await read()).toEqual(after);
    expect(await records('siteKeyChanged')).toHaveLength(1);
  });

  it('changes again and again, and the tablet knows its people by all their pseudonyms', async () => {
    const seen = new Set([(await read()).person]);
    for (let times = 2; times <= 4; times++) {
      await later(NEXT);
      seen.add((await read()).person);
    }
    expect(seen.size).toBe(4);
    const { pseudonym, formerPseudonyms } = onDisk('people.json').find((one: { id: string }) => one.id === me);
    expect(new Set([...formerPseudonyms, pseudonym])).toEqual(seen);
  });

  it('is not kept for ever by a clock that was far ahead', async () => {
    world.clock.pass(4000 * DAY);
    await later(0);
    expect((await read()).epoch).toBe(2);
    await later(-4000 * DAY);
    expect((await read()).epoch).toBe(3);
  });

  it('goes on where a power loss came between the keys and the people', async () => {
    await read();
    const people = readFileSync(join(world.root, 'vault/people.json'));
    await later(NEXT);
    const after = await read();
    await world.crash();
    writeFileSync(join(world.root, 'vault/people.json'), people);
    await world.open();
    await world.access.unlock(me, HIS_PIN);
    expect(await read()).toEqual(after);
    expect(await records('siteKeyChanged')).toHaveLength(1);
  });

  it('keeps nobody from the tablet when the disk refuses the change, says so, and changes with the next unlock', async () => {
    const before = await read();
    const { disk } = world;
    disk.refuses = 'vault.json';
    await later(NEXT);
    expect(await read()).toEqual(before);
    expect(await records('siteKeyKept')).toMatchObject([{ keyEpoch: 1 }]);
    disk.refuses = undefined;
    await later(0);
    expect((await read()).epoch).toBe(2);
  });
});
