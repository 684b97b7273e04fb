import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedBadgeReader } from './badge/simulated.js';
import { areTwo, isOwn } from './factors/kinds.js';
import { OTHER_PIN, PIN, TestWorld } from './test-world.js';

const UID = '04504143545943';
const OTHER = '04A1B2C3';
const pin = { kind: 'pin', pin: PIN } as const;
const badge = () => ({ kind: 'badge' }) as const;
let world: TestWorld;
let reader: SimulatedBadgeReader;
let personId: string;

beforeEach(async () => {
  world = new TestWorld(false);
  reader = new SimulatedBadgeReader();
  world.badgeReader = reader;
  await world.open();
  ({ personId } = await world.enrolled());
});
afterEach(() => world.end());

async function enrolBadge(uid = UID): Promise<void> {
  await world.access.offerFactor('badge', pin);
  reader.tap(uid);
  await world.access.addFactor(badge());
}
const kinds = () => world.access.factors.find((one) => one.personId === personId)?.kinds;

it('begins a shift beside the PIN, and the log says so', async () => {
  expect(await world.access.offerFactor('badge', pin)).toEqual({ kind: 'badge', reader: 'simulated' });
  await enrolBadge();
  await world.restart();
  expect(kinds()).toEqual(['pin', 'badge', 'recovery-words']);
  const unlocking = world.access.unlock(personId, pin, badge());
  reader.tap(UID);
  await unlocking;
  expect(world.access.stage).toBe('unlocked');
  const rows = await world.audit.rows();
  expect(rows.find(({ event }) => event === 'audit.badgeUsed')).toMatchObject({ outcome: 'minor' });
  expect((await world.events()).slice(-2)).toEqual(['badgeUsed', 'unlocked']);
});

it('is a second factor only: it opens nothing, and is no fresh factor', async () => {
  expect([areTwo(['pin', 'badge']), areTwo(['badge', 'smart-card']), isOwn('badge')]).toEqual([true, false, false]);
  await enrolBadge();
  reader.tap(UID);
  await expect(world.access.offerFactor('passphrase', badge())).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
  await expect(world.access.breakGlass({ ...world.request(personId), factor: badge() })).rejects.toMatchObject({
    kind: 'FACTOR_MISSING',
  });
  await world.access.lock();
  await expect(world.access.unlock(personId, badge())).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
  expect(world.vault.isOpen).toBe(false);
});

it('counts a try when it is another one, and says nothing of which was wrong', async () => {
  await enrolBadge();
  await world.restart();
  const tries: unknown[] = [];
  for (const [uid, digits] of [
    [OTHER, PIN],
    [UID, OTHER_PIN],
  ] as const) {
    reader.tap(uid);
    await world.access
      .unlock(personId, { kind: 'pin', pin: digits }, badge())
      .catch(({ kind, params }) => tries.push([kind, params.triesLeft]));
    expect([world.access.stage, world.vault.isOpen]).toEqual(['locked', false]);
  }
  expect(tries).toEqual([
    ['FACTORS_WRONG', 4],
    ['FACTORS_WRONG', 3],
  ]);
});

it('is taken once, and not when it was held there long before', async () => {
  await enrolBadge();
  await world.restart();
  reader.tap(UID);
  world.clock.pass(6_000);
  const stale = world.access.unlock(personId, pin, badge());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(world.access.stage).toBe('locked');
  reader.unplug();
  await expect(stale).rejects.toMatchObject({ kind: 'BADGE_READER' });
  reader.plugIn();
  reader.tap(UID);
  await world.access.unlock(personId, pin, badge());
  await world.access.endShift();
  await world.access.lock();
  const again = world.access.unlock(personId, pin, badge());
  await new Promise((resolve) => setTimeout(resolve, 50));
  reader.unplug();
  await expect(again).rejects.toMatchObject({ kind: 'BADGE_READER' });
  // What the reader did costs no try.
  reader.plugIn();
  reader.tap(OTHER);
  await expect(world.access.unlock(personId, pin, badge())).rejects.toMatchObject({
    kind: 'FACTORS_WRONG',
    params: { triesLeft: 4 },
  });
});

it('is of one person, and the one before counts no more', async () => {
  await enrolBadge();
  const { person } = await world.access.enrol({ displayName: 'B. Kaya', role: 'clinician', pin: OTHER_PIN });
  await enrolBadge(OTHER);
  await world.restart();
  const otherPin = { kind: 'pin', pin: OTHER_PIN } as const;
  reader.tap(OTHER);
  await expect(world.access.unlock(person.id, otherPin, badge())).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
  reader.tap(UID);
  await expect(world.access.unlock(personId, pin, badge())).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
  reader.tap(OTHER);
  await world.access.unlock(personId, pin, badge());
});

it('is not enrolled when it says something else each time, nor for a person who left meanwhile', async () => {
  await expect(enrolBadge('08A1B2C3')).rejects.toMatchObject({ kind: 'BADGE_UNFIT', code: 547 });
  await world.access.offerFactor('badge', pin);
  const adding = world.access.addFactor(badge());
  const gone = expect(adding).rejects.toMatchObject({ kind: 'OFFER_GONE' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await world.access.lock();
  reader.tap(UID);
  await gone;
  expect(kinds()).not.toContain('badge');
});

it('is kept as a keyed hash under the vault: its identifier is nowhere on the disk, nor in the log', async () => {
  await enrolBadge();
  await enrolBadge();
  const octets = Buffer.from(UID, 'hex');
  const kept = readFileSync(join(world.root, 'vault/factors.json'), 'utf8');
  for (const text of [UID, UID.toLowerCase(), octets.toString('base64')]) expect(kept).not.toContain(text);
  expect(JSON.stringify(await world.audit.rows())).not.toMatch(/04504143545943/i);
  expect(JSON.parse(kept)).toContainEqual({ personId, kind: 'badge', hint: {}, sealed: expect.any(String) });
});

it('is not offered where no reader was named, and then costs no try', async () => {
  await enrolBadge();
  world.badgeReader = undefined;
  await world.restart();
  expect(kinds()).not.toContain('badge');
  await expect(world.access.unlock(personId, pin, badge())).rejects.toMatchObject({ kind: 'BADGE_READER' });
});
