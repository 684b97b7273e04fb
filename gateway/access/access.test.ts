import { v1 } from '@onebox/protocol/audit-messages.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../api.js';
import { OTHER_PIN, PIN, TestWorld } from './test-world.js';

const pin = { kind: 'pin', pin: PIN } as const;
const wrong = { kind: 'pin', pin: '000001' } as const;
const MINUTE = 60_000;
let world: TestWorld;

beforeEach(async () => {
  world = await new TestWorld().open();
});
afterEach(() => world.end());

describe('first run and lock', () => {
  it('has no credential before somebody enrols', async () => {
    expect(world.access.stage).toBe('first-run');
    expect(world.access.list()).toEqual([]);
    await expect(world.access.unlock('anybody', pin)).rejects.toMatchObject({ kind: 'NOT_ENROLLED' });
    await expect(world.access.breakGlass(world.request('anybody'))).rejects.toMatchObject({ kind: 'LOCKED' });
    expect(await world.events()).toEqual(['unlockFailed', 'breakGlassRefused']);
  });

  it('enrols the first person, locks and unlocks, over a restart', async () => {
    const { personId, recoveryWords } = await world.enrolled();
    expect(recoveryWords).toHaveLength(16);
    expect(world.access.person).toEqual({ id: personId, displayName: 'A. Meyer', role: 'responder' });
    await world.access.lock();
    expect(world.access.stage).toBe('locked');
    expect(() => world.vault.pseudonym('device', 'x')).toThrow(expect.objectContaining({ kind: 'LOCKED' }));
    await world.restart();
    expect(world.access.list()).toHaveLength(1);
    await world.access.unlock(personId, pin);
    expect(world.access.stage).toBe('unlocked');
    await world.access.settled();
    const publicKey = world.vault.auditVerifier!;
    const verified = await world.audit.verify({ publicKey });
    expect(verified.intact).toBe(true);
    expect(verified.signed).toBeGreaterThan(0);
  });

  it('adds people only while unlocked', async () => {
    await world.enrolled();
    const second = await world.access.enrol({ displayName: 'B. Kaya', role: 'clinician', pin: OTHER_PIN });
    await world.access.lock();
    await expect(world.access.enrol({ displayName: 'C', role: 'service', pin: OTHER_PIN })).rejects.toMatchObject({
      kind: 'ALREADY_ENROLLED',
    });
    await world.access.unlock(second.person.id, { kind: 'pin', pin: OTHER_PIN });
    expect(world.access.person?.displayName).toBe('B. Kaya');
    await expect(world.access.unlock(second.person.id, pin)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
  });

  it.each([
    '111111',
    '123456',
    '654321',
    '890123',
    '121212',
    '123123',
    '112233',
    '111222',
    '123321',
    '12345',
    '1234567',
    '12345a',
    '',
  ])('refuses the PIN %j', async (weak) => {
    await expect(world.access.enrol({ displayName: 'A', role: 'responder', pin: weak })).rejects.toMatchObject({
      kind: 'ENROL_INVALID',
      detail: 'pin',
    });
    expect(world.access.stage).toBe('first-run');
    expect(await world.events()).toEqual(['enrolRefused']);
  });

  it('takes a passphrase instead of a PIN, of the first person and of others', async () => {
    const passphrase = 'nine slow barges';
    const shown = { kind: 'passphrase', passphrase } as const;
    const { person } = await world.access.enrol({ displayName: 'A', role: 'responder', passphrase });
    await world.access.enrol({ displayName: 'B', role: 'clinician', passphrase: 'eight quick ferries' });
    await world.access.lock();
    expect(world.access.factors.map(({ kinds }) => kinds.includes('pin'))).toEqual([false, false]);
    await expect(world.access.unlock(person.id, { kind: 'pin', pin: PIN })).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
    await world.access.unlock(person.id, shown);
    const { accessId } = await world.access.breakGlass({ ...world.request(person.id), factor: shown });
    await world.access.extend(accessId, shown);
    expect(world.access.get(accessId).state).toBe('open');
  });

  it.each(['elevenchars', 'aaaaaaaaaaaa', ' nine slow barges', ''])('refuses the passphrase %j', async (passphrase) => {
    await expect(world.access.enrol({ displayName: 'A', role: 'responder', passphrase })).rejects.toMatchObject({
      kind: 'ENROL_INVALID',
      detail: 'passphrase',
    });
    expect(world.access.stage).toBe('first-run');
  });

  it('refuses names and roles that are none', async () => {
    for (const displayName of ['', '   ', 'x'.repeat(65), 'a\u0000b', 'a\u202eb'])
      await expect(world.access.enrol({ displayName, role: 'responder', pin: PIN })).rejects.toMatchObject({
        detail: 'displayName',
      });
    await expect(world.access.enrol({ displayName: 'A', role: 'owner' as Role, pin: PIN })).rejects.toMatchObject({
      detail: 'role',
    });
  });

  it('gives a new PIN by the recovery words, and only by them', async () => {
    const { personId, recoveryWords } = await world.enrolled();
    await world.access.lock();
    const bad = [...recoveryWords.slice(1), recoveryWords[0]!];
    if (bad.join() !== recoveryWords.join())
      await expect(world.access.recover(bad, personId, OTHER_PIN)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    await expect(world.access.recover(['nonsense'], personId, OTHER_PIN)).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
    await world.access.recover(
      recoveryWords.map((word) => ` ${word.toUpperCase()}`),
      personId,
      OTHER_PIN,
    );
    await world.access.lock();
    await expect(world.access.unlock(personId, pin)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    await world.access.unlock(personId, { kind: 'pin', pin: OTHER_PIN });
  });
});

describe('wrong PINs', () => {
  it('wait 60, 120, 240 ... 900 s after five, over a restart, and never for good', async () => {
    const { personId } = await world.enrolled();
    await world.access.lock();
    for (const triesLeft of [4, 3, 2, 1])
      await expect(world.access.unlock(personId, wrong)).rejects.toMatchObject({
        kind: 'FACTOR_WRONG',
        params: { triesLeft },
      });
    for (const seconds of [60, 120, 240, 480, 900, 900]) {
      await expect(world.access.unlock(personId, wrong)).rejects.toMatchObject({
        kind: 'FACTOR_WAIT',
        params: { seconds },
      });
      await expect(world.access.unlock(personId, pin)).rejects.toMatchObject({
        kind: 'FACTOR_WAIT',
        params: { seconds },
      });
      await world.restart();
      world.clock.pass(seconds * 1000 - 1500);
      await expect(world.access.unlock(personId, pin)).rejects.toMatchObject({
        kind: 'FACTOR_WAIT',
        params: { seconds: 2 },
      });
      world.clock.pass(1500);
    }
    await world.access.unlock(personId, pin);
    await world.access.lock();
    await expect(world.access.unlock(personId, wrong)).rejects.toMatchObject({ params: { triesLeft: 4 } });
  });

  it('are not helped by setting the clock, nor lengthened by it', async () => {
    const { personId } = await world.enrolled();
    await world.access.lock();
    for (let at = 0; at < 5; at++) await world.access.unlock(personId, wrong).catch(() => undefined);
    world.clock.unix += 3_600_000;
    await expect(world.access.unlock(personId, pin)).rejects.toMatchObject({ kind: 'FACTOR_WAIT' });
    world.clock.unix -= 10 * 365 * 86_400_000;
    await expect(world.access.unlock(personId, pin)).rejects.toMatchObject({ params: { seconds: 60 } });
  });

  it('count side by side', async () => {
    const { personId } = await world.enrolled();
    await world.access.lock();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => world.access.unlock(personId, wrong)));
    const kinds = results.map((result) =>
      result.status === 'rejected' && isOneBoxError(result.reason) ? result.reason.kind : 'opened',
    );
    expect(kinds).toEqual([...Array(4).fill('FACTOR_WRONG'), ...Array(4).fill('FACTOR_WAIT')]);
  });
});

describe('breaking the glass', () => {
  it('is durable in the log before the access exists', async () => {
    const { personId } = await world.enrolled();
    const access = await world.access.breakGlass(world.request(personId));
    const [record] = (await world.audit.records({ accessId: access.accessId })).slice(-1);
    expect(record).toMatchObject({
      event: 33,
      reason: 2,
      role: 1,
      factor: [1],
      purpose: v1.PurposeOfUse.PURPOSE_OF_USE_ERTREAT,
      transport: v1.Transport.TRANSPORT_BLE,
    });
    expect(record!.device).toHaveLength(16);
    expect(access.endsAt - access.openedAt).toBe(15 * MINUTE);
    expect(access.reference).toBe(`A-2026-${record!.index}`);
    expect(world.access.assertOpen(access.accessId).state).toBe('open');
  });

  it('does not open when the log cannot be written', async () => {
    const { personId } = await world.enrolled();
    await world.access.settled();
    await world.audit.close();
    await expect(world.access.breakGlass(world.request(personId))).rejects.toMatchObject({ kind: 'AUDIT_WRITE' });
    expect(world.access.all()).toEqual([]);
    await world.access.stop().catch(() => undefined);
    await world.open();
  });

  it('needs a reason, a fresh factor and the person who unlocked, and records each refusal', async () => {
    const { personId } = await world.enrolled();
    const refusals = [
      [{ reason: 'other' as never }, 'REASON_MISSING'],
      [{ factor: undefined as never }, 'FACTOR_MISSING'],
      [{ factor: { kind: 'pin', pin: '' } }, 'FACTOR_MISSING'],
      [{ factor: wrong }, 'FACTOR_WRONG'],
      [{ personId: 'somebody' }, 'FORBIDDEN'],
    ] as const;
    for (const [change, kind] of refusals)
      await expect(world.access.breakGlass(world.request(personId, change))).rejects.toMatchObject({ kind });
    expect((await world.events()).filter((name) => name === 'breakGlassRefused')).toHaveLength(refusals.length);
    expect(world.access.all()).toEqual([]);
  });

  it('tells purposes apart', async () => {
    const { personId } = await world.enrolled();
    const practice = await world.access.breakGlass(world.request(personId, { practice: true }));
    expect(practice.purpose).toBe(v1.PurposeOfUse.PURPOSE_OF_USE_HTEST);
    const manager = await world.access.enrol({ displayName: 'M', role: 'device-manager', pin: OTHER_PIN });
    await world.access.unlock(manager.person.id, { kind: 'pin', pin: OTHER_PIN });
    expect(() => world.access.assertOpen(practice.accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
    const override = await world.access.breakGlass(
      world.request(manager.person.id, { factor: { kind: 'pin', pin: OTHER_PIN } }),
    );
    expect(override).toMatchObject({ purpose: v1.PurposeOfUse.PURPOSE_OF_USE_BTG, override: true });
    const numbers = async (accessId: string) => (await world.audit.rows({ accessId })).map((row) => row.numbers);
    expect(await numbers(override.accessId)).toEqual([
      { practice: 0, override: 1 },
      { practice: 0, override: 1, minutes: 15 },
    ]);
    expect(practice.override).toBe(false);
    expect((await numbers(practice.accessId))[0]).toEqual({ practice: 1 });
  });

  it.each([
    ['time', () => world.clock.pass(15 * MINUTE)],
    ['suspend', () => world.clock.suspend(15 * MINUTE)],
    [
      'a clock set forward',
      () => {
        world.clock.unix += 15 * MINUTE;
      },
    ],
    [
      'a clock set back meanwhile',
      () => {
        world.clock.pass(15 * MINUTE);
        world.clock.unix -= 60 * MINUTE;
      },
    ],
    [
      'suspend and a clock set back',
      () => {
        world.clock.suspend(15 * MINUTE);
        world.clock.unix -= 60 * MINUTE;
      },
    ],
  ])('ends after 15 minutes: %s', async (_name, move) => {
    const { personId } = await world.enrolled();
    const { accessId } = await world.access.breakGlass(world.request(personId));
    move();
    expect(() => world.access.assertOpen(accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
    expect(() => world.access.assertOpen(accessId)).toThrow();
    expect((await world.events()).slice(-2)).toEqual(['accessEnded', 'accessDenied']);
  });

  it('tells its end anew when the clock was set, and not otherwise', async () => {
    const { personId } = await world.enrolled();
    const { openedAt } = await world.access.breakGlass(world.request(personId));
    const ends: number[] = [];
    world.access.onChange(({ endsAt }) => ends.push(endsAt));
    world.clock.pass(5 * MINUTE);
    world.access.look();
    expect(ends).toEqual([]);
    world.clock.unix -= 60 * MINUTE;
    world.access.look();
    world.access.look();
    expect(ends).toEqual([openedAt + 15 * MINUTE - 60 * MINUTE]);
    world.clock.unix += 3 * MINUTE;
    world.access.look();
    expect(ends.at(-1)).toBe(world.clock.unix + 10 * MINUTE);
    expect(ends).toHaveLength(2);
  });

  it('is extended by a fresh factor, once', async () => {
    const { personId } = await world.enrolled();
    const { accessId, openedAt } = await world.access.breakGlass(world.request(personId));
    await expect(world.access.extend(accessId, wrong)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    expect(world.access.get(accessId).extendable).toBe(true);
    const both = await Promise.allSettled([world.access.extend(accessId, pin), world.access.extend(accessId, pin)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(world.access.get(accessId)).toMatchObject({ extendable: false, endsAt: openedAt + 30 * MINUTE });
    await expect(world.access.extend(accessId, pin)).rejects.toMatchObject({ kind: 'ACCESS_EXTENDED' });
    world.clock.pass(30 * MINUTE);
    expect(() => world.access.assertOpen(accessId)).toThrow();
    await expect(world.access.extend(accessId, pin)).rejects.toMatchObject({ kind: 'ACCESS_EXTENDED' });
    const records = await world.audit.records({ accessId });
    expect(records.filter(({ event }) => event === 34)).toMatchObject([
      { factor: [1], number: { minutes: 15, totalMinutes: 30 } },
    ]);
  });

  it('is extended no further than 60 minutes after its start', async () => {
    const { personId } = await world.enrolled();
    const { accessId, openedAt } = await world.access.breakGlass(world.request(personId));
    world.clock.pass(50 * MINUTE);
    expect((await world.access.extend(accessId, pin)).endsAt).toBe(openedAt + 60 * MINUTE);
    const late = await world.access.breakGlass(world.request(personId, { deviceKey: 'late' }));
    world.clock.pass(60 * MINUTE);
    await expect(world.access.extend(late.accessId, pin)).rejects.toMatchObject({ kind: 'ACCESS_ENDED' });
    expect(world.access.get(late.accessId).extendable).toBe(false);
  });

  it('is extended just after its end', async () => {
    const { personId } = await world.enrolled();
    const { accessId } = await world.access.breakGlass(world.request(personId));
    world.clock.pass(20 * MINUTE);
    world.access.look();
    expect(world.access.get(accessId).state).toBe('ended');
    await world.access.extend(accessId, pin);
    expect(world.access.assertOpen(accessId).endsAt).toBe(world.clock.unix + 15 * MINUTE);
  });

  it('is cancelled while it is asked for', async () => {
    const { personId } = await world.enrolled();
    const request = world.request(personId);
    const [opened] = await Promise.allSettled([
      world.access.breakGlass(request),
      world.access.cancel(request.deviceKey),
    ]);
    expect(opened).toMatchObject({ status: 'rejected', reason: { kind: 'READ_STOPPED' } });
    expect(await world.events()).toEqual(expect.arrayContaining(['breakGlassCancelled', 'breakGlassRefused']));
  });

  it('ends on lock, and gives nothing after close', async () => {
    const { personId } = await world.enrolled();
    const first = await world.access.breakGlass(world.request(personId));
    const second = await world.access.breakGlass(world.request(personId, { deviceKey: 'other' }));
    await world.access.close(first.accessId, 62);
    expect(() => world.access.assertOpen(first.accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
    await expect(world.access.extend(first.accessId, pin)).rejects.toMatchObject({ kind: 'ACCESS_ENDED' });
    await world.access.lock();
    expect(() => world.access.assertOpen(second.accessId)).toThrow();
    expect(() => world.access.assertOpen('unknown')).toThrow(expect.objectContaining({ kind: 'ACCESS_UNKNOWN' }));
    const closed = (await world.audit.rows({ accessId: first.accessId })).find(
      (row) => row.event === 'audit.accessClosed',
    );
    expect(closed?.numbers.deleted).toBe(62);
  });

  it('ended by a lock is open again for the same person, for the rest of its time and on the record', async () => {
    const { personId } = await world.enrolled();
    const { accessId, endsAt } = await world.access.breakGlass(world.request(personId));
    world.clock.pass(5 * MINUTE);
    await world.access.lock();
    expect(world.access.get(accessId)).toMatchObject({ state: 'ended', resumable: true });
    await expect(world.access.unlock(personId, wrong)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    expect(() => world.access.assertOpen(accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
    await world.access.unlock(personId, pin);
    expect(world.access.assertOpen(accessId)).toMatchObject({ state: 'open', resumable: false, endsAt });
    const rows = (await world.audit.rows({ accessId })).map(({ event }) => event);
    expect(rows.slice(-4)).toEqual([
      'audit.breakGlassOpened',
      'audit.accessEnded',
      'audit.accessDenied',
      'audit.accessResumed',
    ]);
    world.clock.pass(10 * MINUTE);
    expect(() => world.access.assertOpen(accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
  });

  it('ended by a lock is over when its time is, or when somebody else comes', async () => {
    const { personId } = await world.enrolled();
    const other = await world.access.enrol({ displayName: 'B. Kaya', role: 'clinician', pin: OTHER_PIN });
    const first = await world.access.breakGlass(world.request(personId));
    await world.access.lock();
    world.clock.suspend(15 * MINUTE);
    world.access.look();
    expect(world.access.get(first.accessId).resumable).toBe(false);
    await world.access.unlock(personId, pin);
    expect(world.access.get(first.accessId).state).toBe('ended');
    const second = await world.access.breakGlass(world.request(personId));
    await world.access.unlock(other.person.id, { kind: 'pin', pin: OTHER_PIN });
    expect(world.access.get(second.accessId)).toMatchObject({ state: 'ended', resumable: false });
    await world.access.unlock(personId, pin);
    expect(() => world.access.assertOpen(second.accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
  });

  it('that a crash left open is ended by a record at the next start', async () => {
    const { personId } = await world.enrolled();
    const { accessId } = await world.access.breakGlass(world.request(personId));
    await world.restart();
    const rows = await world.audit.rows({ accessId });
    expect(rows.at(-1)).toMatchObject({ event: 'audit.accessEnded', numbers: { recovered: 1 } });
    expect(world.access.all()).toEqual([]);
  });
});
