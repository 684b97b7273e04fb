import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { People } from '../access/people.js';
import { SITE_KEY_DAYS } from '../access/site-key.js';
import { PIN, TestWorld } from '../access/test-world.js';
import type { ReviewItem, Role } from '../api.js';
import { EVENTS } from '../audit/events.js';
import { Disk } from '../files/disk.js';
import { Reviews } from './reviews.js';
import { isSampled } from './signals.js';

const HOUR = 3_600_000;
const STAFF = {
  manager: 'device-manager',
  officer: 'privacy-officer',
  second: 'privacy-officer',
  robin: 'responder',
  sascha: 'responder',
  toni: 'clinician',
} as const satisfies Readonly<Record<string, Role>>;
type Name = keyof typeof STAFF;

let world: TestWorld;
let reviews: Reviews;
const ids = {} as Record<Name, string>;

beforeEach(async () => {
  world = await new TestWorld().open();
  for (const [displayName, role] of Object.entries(STAFF) as [Name, Role][])
    ids[displayName] = (await world.access.enrol({ displayName, role, pin: PIN })).person.id;
  reviews = await fresh();
});
afterEach(async () => {
  await world.access.stop().catch(() => undefined);
  await world.audit.close().catch(() => undefined);
  world.remove();
});

/** As the next start of the program makes it: from the log alone. */
async function fresh(): Promise<Reviews> {
  const files = new Disk();
  return new Reviews({
    audit: world.audit,
    folder: join(world.root, 'audit'),
    files,
    vault: world.vault,
    people: await People.load(files, join(world.root, 'vault')),
    clock: world.clock,
    person: () => world.access.person,
  });
}

const unlock = (name: Name) => world.access.unlock(ids[name], { kind: 'pin', pin: PIN });
const list = async (name: Name = 'officer') => {
  await unlock(name);
  return reviews.list(false);
};

interface Deed {
  readonly who?: Name;
  readonly device?: string;
  readonly events?: readonly ('readComplete' | 'readPartial' | 'readStopped' | 'readRefused')[];
  readonly extended?: boolean;
}

/** An access from the glass to the close. */
async function read({ who = 'robin', device = 'dev', events = ['readComplete'], extended = false }: Deed = {}) {
  await unlock(who);
  const { accessId, reference } = await world.access.breakGlass(world.request(ids[who], { deviceKey: device }));
  for (const event of events) await world.audit.append(event, { accessId });
  if (extended) await world.access.extend(accessId, { kind: 'pin', pin: PIN });
  world.clock.pass(60_000);
  await world.access.close(accessId, 3);
  return { accessId, reference };
}

const itemOf = (items: readonly ReviewItem[], accessId: string) => items.find((one) => one.accessId === accessId);
/** The sample may take it in. */
const unlessSampled = (items: readonly ReviewItem[], accessId: string) =>
  expect([undefined, 'sampled']).toContain(itemOf(items, accessId)?.why);

describe('the queue', () => {
  it('has every override and every failure, the rest only by the sample, in the order of the risk', async () => {
    const ordinary = await read();
    const override = await read({ who: 'manager', device: 'other' });
    const nothing = await read({ device: 'silent', events: ['readRefused'] });
    const stopped = await read({ device: 'stopped', events: ['readStopped'] });
    const { items, ...counts } = await list();
    unlessSampled(items, ordinary.accessId);
    expect(itemOf(items, override.accessId)).toMatchObject({
      reference: override.reference,
      why: 'override',
      signals: ['override'],
      state: 'open',
      next: ['justified', 'questioned'],
      person: 'manager',
      role: 'device-manager',
      reason: 'arrest-or-shock',
      seconds: 60,
      own: false,
      overdue: false,
    });
    expect(itemOf(items, nothing.accessId)).toMatchObject({ why: 'failed', signals: ['no-outcome'] });
    expect(itemOf(items, stopped.accessId)).toMatchObject({ why: 'failed', signals: ['stopped'] });
    expect(items.filter(({ why }) => why !== 'sampled').map(({ accessId }) => accessId)).toEqual([
      override.accessId,
      nothing.accessId,
      stopped.accessId,
    ]);
    expect(counts).toMatchObject({ overdue: 0, accesses: 4, overrides: 1, running: 0, forged: 0, intact: true });
  });

  it('takes wrong PINs together with the access that follows, and an attempt that nothing follows by itself', async () => {
    await unlock('robin');
    const wrong = { deviceKey: 'dev', factor: { kind: 'pin', pin: '111213' } } as const;
    await expect(world.access.breakGlass(world.request(ids.robin, wrong))).rejects.toThrow();
    const opened = await read();
    await unlock('sascha');
    await expect(world.access.breakGlass(world.request(ids.sascha, wrong))).rejects.toThrow();
    const { items } = await list();
    expect(itemOf(items, opened.accessId)).toMatchObject({ why: 'failed', signals: ['wrong-factor'] });
    const alone = items.filter(({ signals }) => signals.includes('refused'));
    expect(alone).toMatchObject([{ person: 'sascha', why: 'failed' }]);
    expect(alone[0]).not.toHaveProperty('openedAt');
  });

  it('sees many people at one device, a long day, an extension and a crash', async () => {
    const first = await read({ extended: true });
    await read({ who: 'sascha' });
    await read({ who: 'toni' });
    await unlock('robin');
    world.clock.pass(13 * HOUR);
    const late = await world.access.breakGlass(world.request(ids.robin, { deviceKey: 'night' }));
    await world.audit.append('readComplete', { accessId: late.accessId });
    await world.restart();
    reviews = await fresh();
    const { items } = await list();
    expect(itemOf(items, first.accessId)).toMatchObject({ why: 'unusual', signals: ['many-people', 'extended'] });
    expect(itemOf(items, late.accessId)?.signals).toEqual(['off-shift', 'crash']);
  });

  it('sees that what was read may be of another patient, unless the right number was compared after it', async () => {
    const other = await read();
    await world.audit.append('patientMatchContradicted', { accessId: other.accessId });
    const slip = await read({ who: 'sascha' });
    await world.audit.append('patientMatchContradicted', { accessId: slip.accessId });
    await world.audit.append('patientMatchConfirmed', { accessId: slip.accessId });
    await unlock('officer');
    const { items } = await list();
    expect(itemOf(items, other.accessId)).toMatchObject({ why: 'unusual', signals: ['other-patient'] });
    expect(itemOf(items, slip.accessId)?.signals ?? []).not.toContain('other-patient');
  });

  it('is due after 72 hours, leaves out what is running, and tells practice from what was real', async () => {
    await read({ who: 'manager' });
    await unlock('robin');
    await world.access.breakGlass(world.request(ids.robin, { practice: true, deviceKey: 'toy' }));
    world.clock.pass(73 * HOUR);
    await unlock('robin');
    const running = await world.access.breakGlass(world.request(ids.robin));
    world.access.assertOpen(running.accessId);
    await unlock('officer');
    expect(await reviews.list(false)).toMatchObject({ pending: 2, overdue: 1, running: 0 });
    const practice = await reviews.list(true);
    expect(practice.items).toMatchObject([{ practice: true, signals: ['no-outcome'], overdue: true }]);
  });

  it('is the same when it is made again from the log, at any moment', async () => {
    const steps = [
      () => read(),
      () => read({ who: 'manager' }),
      () => read({ events: [], device: 'x' }),
      () => world.access.breakGlass(world.request(ids.robin, { reason: 'no' as never })).catch(() => undefined),
    ];
    for (const step of [...steps, ...steps]) {
      await step();
      const { items } = await list();
      const open = items.find(({ state, own }) => state === 'open' && !own);
      if (open) await reviews.decide(open.accessId, 'questioned', false);
      // The look itself is a record, and changes nothing of the queue.
      expect(await (await fresh()).list(false)).toEqual(await reviews.list(false));
    }
  });

  it('samples one in twenty by the hash of the record, which nobody can choose', () => {
    const taken = Array.from({ length: 4000 }, () => isSampled(randomBytes(32))).filter(Boolean).length;
    expect(taken).toBeGreaterThan(120);
    expect(taken).toBeLessThan(290);
    expect(isSampled(Buffer.alloc(32))).toBe(true);
    expect(isSampled(Buffer.alloc(32, 0xff))).toBe(false);
    expect(isSampled(undefined)).toBe(false);
  });
});

describe('a decision', () => {
  it('goes its way: open, questioned, escalated, closed; each step is a signed record of codes', async () => {
    const { accessId } = await read({ who: 'manager' });
    await list();
    for (const decision of ['escalated', 'closed'] as const)
      await expect(reviews.decide(accessId, decision, false)).rejects.toMatchObject({ kind: 'REVIEW_STATE' });
    for (const decision of ['questioned', 'escalated', 'closed'] as const) {
      const { items } = await reviews.decide(accessId, decision, false);
      expect(itemOf(items, accessId)).toMatchObject({ state: decision, reviewer: 'officer' });
    }
    await expect(reviews.decide(accessId, 'justified', false)).rejects.toMatchObject({ kind: 'REVIEW_STATE' });
    const records = await world.audit.records({ accessId });
    const steps = [
      'reviewRefused',
      'reviewRefused',
      'reviewQuestioned',
      'reviewEscalated',
      'reviewClosed',
      'reviewRefused',
    ] as const;
    expect(records.slice(-6).map(({ event }) => event)).toEqual(steps.map((name) => EVENTS[name].number));
    for (const { role, person, seal, event } of records.slice(-4, -1)) {
      expect([role, person.length, event > EVENTS.reviewJustified.number && seal.length > 0]).toEqual([3, 16, true]);
    }
    const verified = await world.audit.verify({ publicKey: world.vault.auditVerifier! });
    expect(verified.problems).toEqual([]);
    expect(verified.signed).toBeGreaterThan(3);
  });

  it('is never of the same person, nor of what is not there, and only the first of two', async () => {
    const own = await read({ who: 'officer' });
    const other = await read({ who: 'manager', device: 'two' });
    const { items } = await list();
    expect(itemOf(items, own.accessId)?.own).toBe(true);
    await expect(reviews.decide(own.accessId, 'justified', false)).rejects.toMatchObject({ kind: 'REVIEW_OWN' });
    for (const unknown of ['0'.repeat(32), 'nonsense', ''])
      await expect(reviews.decide(unknown, 'justified', false)).rejects.toMatchObject({ kind: 'REVIEW_UNKNOWN' });
    const both = await Promise.allSettled([
      reviews.decide(other.accessId, 'justified', false),
      reviews.decide(other.accessId, 'questioned', false),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const second = await list('second');
    expect(itemOf(second.items, own.accessId)).toMatchObject({ own: false, state: 'open' });
    await reviews.decide(own.accessId, 'justified', false);
    expect((await world.events()).filter((name) => name === 'reviewRefused')).toHaveLength(5);
  });

  it('is told from one’s own also when the site key has changed since', async () => {
    const own = await read({ who: 'officer' });
    world.clock.pass((SITE_KEY_DAYS + 1) * 24 * HOUR);
    await unlock('officer');
    reviews = await fresh();
    const { items } = await list();
    expect(itemOf(items, own.accessId)).toMatchObject({ own: true, person: 'officer' });
    await expect(reviews.decide(own.accessId, 'justified', false)).rejects.toMatchObject({ kind: 'REVIEW_OWN' });
    // With the name of today, and signed with the name of then: neither makes it somebody else's.
    const [then] = await world.audit.records({ accessId: own.accessId });
    await list('second');
    await reviews.decide(own.accessId, 'questioned', false);
    world.clock.pass((SITE_KEY_DAYS + 1) * 24 * HOUR);
    await unlock('second');
    reviews = await fresh();
    const later = itemOf((await list()).items, own.accessId)!;
    expect(later).toMatchObject({ state: 'questioned', person: 'officer', reviewer: 'second' });
    expect(later.personTail).toBe(Buffer.from(then!.person).toString('hex').slice(-4));
  });

  it('does not count when the keys of the tablet did not make it, whatever it says of itself', async () => {
    const { accessId } = await read({ who: 'manager' });
    const copied = await read({ who: 'manager', device: 'two' });
    await list();
    await reviews.decide(copied.accessId, 'justified', false);
    const genuine = (await world.audit.records({ accessId: copied.accessId })).at(-1)!;
    const manager = (await world.audit.records({ accessId }))[0]!.person;
    const forgeries = [
      { person: genuine.person, seal: genuine.seal },
      { person: genuine.person },
      { person: genuine.person, seal: randomBytes(56) },
      { person: manager, seal: genuine.seal },
    ];
    for (const fields of forgeries)
      await world.audit.append('reviewJustified', { accessId, role: 'privacy-officer', ...fields });
    await world.audit.append('reviewJustified', {
      accessId,
      role: 'responder',
      person: genuine.person,
      seal: genuine.seal,
    });
    const { items, forged } = await reviews.list(false);
    expect(itemOf(items, accessId)?.state).toBe('open');
    expect(forged).toBe(5);
  });
});
