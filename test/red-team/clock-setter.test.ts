import { TestWorld } from '@onebox/gateway/access/test-world.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { attack } from './attack.js';
import { wrongFactor } from './victim.js';

const MINUTE = 60_000;
const YEARS = 4 * 366 * 24 * 60;
const NOON = Date.UTC(2026, 10, 22, 12);

/** What the attacker does; minutes that really pass are never less than none. */
const step = fc.oneof(
  fc.record({ do: fc.constant('pass' as const), minutes: fc.nat({ max: 6 }) }),
  fc.record({ do: fc.constant('suspend' as const), minutes: fc.nat({ max: 6 }) }),
  fc.record({
    do: fc.constant('set' as const),
    minutes: fc.oneof(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -YEARS, max: YEARS })),
  }),
  fc.record({ do: fc.constant('look' as const), minutes: fc.constant(0) }),
);

describe('somebody who sets the clock of the tablet', () => {
  const world = new TestWorld();
  let personId: string;
  beforeAll(async () => {
    await world.open();
    ({ personId } = await world.enrolled());
  });
  afterAll(() => world.end());
  const isOpen = (accessId: string): boolean => {
    try {
      return world.access.assertOpen(accessId).state === 'open';
    } catch {
      return false;
    }
  };

  attack('T27a', async () => {
    let jumped = 0;
    let seenOpen = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { clock, access } = world;
        clock.unix = NOON;
        const { accessId } = await access.breakGlass(world.request(personId));
        let elapsed = 0;
        let over = false;
        for (const { do: what, minutes } of [...steps, { do: 'pass' as const, minutes: 15 }]) {
          const ms = minutes * MINUTE;
          if (what === 'pass') clock.pass(ms);
          if (what === 'suspend') clock.suspend(ms);
          if (what === 'set') {
            clock.unix += ms;
            jumped += 1;
          }
          if (what === 'look') access.look();
          if (what === 'pass' || what === 'suspend') elapsed += minutes;
          const open = isOpen(accessId);
          // Never open for longer, and never open again.
          if (elapsed >= 15 || over) expect(open, `${elapsed} min`).toBe(false);
          over ||= !open;
          seenOpen += Number(open);
        }
        expect(over).toBe(true);
        await access.close(accessId);
      }),
      { numRuns: 40 },
    );
    expect(jumped).toBeGreaterThan(10);
    expect(seenOpen).toBeGreaterThan(10);
  });

  attack('T27b', async () => {
    world.clock.unix = NOON;
    const { accessId } = await world.access.breakGlass(world.request(personId));
    world.clock.pass(MINUTE);
    await world.crash();
    world.clock.unix -= YEARS * MINUTE;
    await world.open();
    expect(world.access.all()).toEqual([]);
    await world.access.unlock(personId, world.request(personId).factor);
    expect(isOpen(accessId)).toBe(false);
    expect(() => world.access.get(accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_UNKNOWN' }));
    const rows = await world.audit.rows();
    expect(rows.filter(({ event }) => event === 'audit.accessEnded').at(-1)).toMatchObject({
      numbers: { recovered: 1 },
    });
    expect(rows.map(({ index }) => index)).toEqual(rows.map((_row, at) => at));
    // The times say that the clock went back; the order does not.
    expect(rows.at(-1)!.at).toBeLessThan(rows[0]!.at);
    expect(await world.audit.verify()).toMatchObject({ intact: true, problems: [] });
  });

  attack('T27c', async () => {
    const { access, clock } = world;
    await access.lock();
    const guess = () => access.unlock(personId, wrongFactor);
    for (let at = 0; at < 5; at++) await guess().catch(() => undefined);
    for (const minutes of [60, YEARS, -60 - YEARS]) {
      clock.unix += minutes * MINUTE;
      await expect(guess()).rejects.toMatchObject({ kind: 'FACTOR_WAIT', params: { seconds: 60 } });
    }
    clock.pass(59_000);
    await expect(guess()).rejects.toMatchObject({ kind: 'FACTOR_WAIT' });
    clock.pass(1000);
    await access.unlock(personId, world.request(personId).factor);
    expect(access.stage).toBe('unlocked');
  });

  attack('T27d', async () => {
    const startAnew = async (machine: boolean): Promise<void> => {
      await world.crash();
      world.clock.unix += YEARS * MINUTE;
      if (machine) {
        world.boot = `${world.boot} again`;
        world.clock.up = 20_000;
      }
      await world.open();
    };
    await world.access.lock();
    const guess = () => world.access.unlock(personId, wrongFactor);
    for (let at = 0; at < 5; at++) await guess().catch(() => undefined);
    // Only the app: the machine was on, and knows how long.
    world.clock.pass(10_000);
    await startAnew(false);
    await expect(guess()).rejects.toMatchObject({ kind: 'FACTOR_WAIT', params: { seconds: 50 } });
    // The machine: nothing counts but the time that it has been on since.
    await startAnew(true);
    await expect(guess()).rejects.toMatchObject({ kind: 'FACTOR_WAIT', params: { seconds: 40 } });
    world.clock.pass(39_000);
    await startAnew(true);
    await expect(guess()).rejects.toMatchObject({ kind: 'FACTOR_WAIT', params: { seconds: 40 } });
    world.clock.pass(40_000);
    await world.access.unlock(personId, world.request(personId).factor);
    expect(world.access.stage).toBe('unlocked');
  });

  attack('T27e', async () => {
    await world.access.lock();
    for (let at = 0; at < 5; at++) await world.access.unlock(personId, wrongFactor).catch(() => undefined);
    world.clock.unix -= YEARS * MINUTE;
    world.clock.pass(60_000);
    await world.access.unlock(personId, world.request(personId).factor);
    // The same when the clock was lost while the tablet was off.
    await world.access.lock();
    for (let at = 0; at < 5; at++) await world.access.unlock(personId, wrongFactor).catch(() => undefined);
    await world.crash();
    world.clock.unix -= YEARS * MINUTE;
    await world.open();
    world.clock.pass(60_000);
    await world.access.unlock(personId, world.request(personId).factor);
    expect(world.access.stage).toBe('unlocked');
  });
});
