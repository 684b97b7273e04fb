import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EVENTS } from '../audit/events.js';
import { OTHER_PIN, PIN, TestWorld } from './test-world.js';

type Step =
  | { readonly do: 'enrol' | 'unlock' | 'lock' | 'crash' | 'look' | 'cancel' }
  | {
      readonly do: 'breakGlass';
      readonly pin: string;
      readonly reason: boolean;
      readonly self: boolean;
      readonly device: number;
    }
  | { readonly do: 'extend'; readonly pin: string; readonly which: number }
  | { readonly do: 'close'; readonly which: number }
  | { readonly do: 'pass' | 'suspend' | 'set'; readonly minutes: number };

const pins = fc.constantFrom(PIN, PIN, PIN, OTHER_PIN, '');
const which = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('unlock', 'lock', 'crash', 'look', 'cancel', 'enrol'),
    }) as fc.Arbitrary<Step>,
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('breakGlass'),
      pin: pins,
      reason: fc.boolean(),
      self: fc.boolean(),
      device: which,
    }) as fc.Arbitrary<Step>,
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('extend'), pin: pins, which }) as fc.Arbitrary<Step> },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close'), which }) as fc.Arbitrary<Step> },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('pass', 'suspend', 'set'),
      minutes: fc.integer({ min: -5, max: 20 }),
    }) as fc.Arbitrary<Step>,
  },
);

const GRANT_MS = 15 * 60_000;
const LONGEST_MS = 60 * 60_000;

it('gives nothing without person, reason and fresh factor; every elevation starts in the log before it, and ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 18 }), async (steps) => {
      const world = await new TestWorld().open();
      try {
        const run = new Run(world);
        await run.begin();
        for (const one of steps) {
          await run.step(one);
          await run.check();
        }
        await run.finish();
      } finally {
        world.remove();
      }
    }),
    { numRuns: 40, endOnFailure: true },
  );
}, 120_000);

/** Plays the steps and keeps what must hold in its own terms. */
class Run {
  private personId = '';
  private unlocked = true;
  private readonly allowed = new Map<
    string,
    { readonly openedAt: number; until: number; live: boolean; suspended: boolean; extended: boolean }
  >();

  constructor(private readonly world: TestWorld) {}

  async begin(): Promise<void> {
    this.personId = (await this.world.enrolled()).personId;
  }

  async step(one: Step): Promise<void> {
    const { world } = this;
    const { access, clock } = world;
    if (one.do === 'unlock' && (await tried(access.unlock(this.personId, { kind: 'pin', pin: PIN })))) {
      this.unlocked = true;
      // What the lock ended is open again; `check` still holds it to its time.
      for (const state of this.allowed.values()) {
        state.live ||= state.suspended;
        state.suspended = false;
      }
    }
    if (one.do === 'enrol') await tried(access.enrol({ displayName: 'B', role: 'clinician', pin: OTHER_PIN }));
    if (one.do === 'lock' || one.do === 'crash') this.stop(one.do === 'lock');
    if (one.do === 'lock') await access.lock();
    if (one.do === 'crash') {
      await world.restart();
    }
    if (one.do === 'look') access.look();
    if (one.do === 'cancel') await access.cancel('device-1');
    if (one.do === 'breakGlass') await this.breakGlass(one);
    if (one.do === 'extend' || one.do === 'close') await this.touch(one);
    if (one.do === 'pass') clock.pass(Math.abs(one.minutes) * 60_000);
    if (one.do === 'suspend') clock.suspend(Math.abs(one.minutes) * 60_000);
    if (one.do === 'set') clock.unix += one.minutes * 60_000;
  }

  /** Only what was rightly opened is readable, never past its time (uptime is the true one here); its start is in the log. */
  async check(): Promise<void> {
    const { access, audit, clock } = this.world;
    for (const { accessId } of access.all()) {
      let readable = true;
      try {
        access.assertOpen(accessId);
      } catch {
        readable = false;
      }
      const allowed = this.allowed.get(accessId);
      if (!readable) continue;
      expect(allowed?.live).toBe(true);
      expect(this.unlocked).toBe(true);
      expect(clock.up).toBeLessThan(allowed!.until);
      const events = (await audit.records({ accessId })).map((record) => record.event);
      expect(events).toContain(EVENTS.breakGlassOpened.number);
    }
  }

  async finish(): Promise<void> {
    const { world } = this;
    await world.access.stop();
    expect(world.audit.unfinished).toEqual([]);
    const records = await world.audit.records();
    const opened = records.filter((record) => record.event === EVENTS.breakGlassOpened.number);
    const ends = new Set(
      records
        .filter((record) => [EVENTS.accessEnded.number, EVENTS.accessClosed.number].includes(record.event as 35))
        .map((record) => hex(record.accessId)),
    );
    for (const record of opened) {
      expect(ends.has(hex(record.accessId))).toBe(true);
      expect(record.person).toHaveLength(16);
      expect(record.reason).toBeGreaterThan(0);
      expect(record.factor).toEqual([1]);
    }
    expect(opened.map((record) => hex(record.accessId)).sort()).toEqual([...this.allowed.keys()].sort());
    const publicKey = world.vault.auditVerifier!;
    expect((await world.audit.verify({ publicKey })).problems).toEqual([]);
    await world.audit.close();
  }

  private async breakGlass(one: Extract<Step, { do: 'breakGlass' }>): Promise<void> {
    const { access, clock } = this.world;
    const request = this.world.request(one.self ? this.personId : 'somebody', {
      deviceKey: `device-${one.device}`,
      factor: { kind: 'pin', pin: one.pin },
      ...(one.reason ? {} : { reason: 'none' as never }),
    });
    const openedAt = clock.up;
    try {
      const { accessId } = await access.breakGlass(request);
      expect(this.unlocked && one.reason && one.self && one.pin === PIN).toBe(true);
      this.allowed.set(accessId, {
        openedAt,
        until: openedAt + GRANT_MS,
        live: true,
        suspended: false,
        extended: false,
      });
    } catch (error) {
      // A refusal is right unless everything was given; then only a wait may stand in the way.
      if (this.unlocked && one.reason && one.self && one.pin === PIN)
        expect(error).toMatchObject({ kind: 'FACTOR_WAIT' });
    }
  }

  private async touch(one: Extract<Step, { which: number }>): Promise<void> {
    const target = this.world.access.all()[one.which];
    if (target === undefined) return;
    const state = this.allowed.get(target.accessId)!;
    if (one.do === 'close') {
      await this.world.access.close(target.accessId);
      state.live = state.suspended = false;
    } else if (await tried(this.world.access.extend(target.accessId, { kind: 'pin', pin: one.pin }))) {
      expect(this.unlocked && one.pin === PIN && target.state !== 'closed' && !state.extended).toBe(true);
      state.extended = true;
      const now = this.world.clock.up;
      state.until = Math.min(Math.max(now, state.until) + GRANT_MS, state.openedAt + LONGEST_MS);
      state.live = true;
    }
  }

  private stop(locked: boolean): void {
    this.unlocked = false;
    for (const state of this.allowed.values()) {
      state.suspended = locked && (state.live || state.suspended);
      state.live = false;
    }
  }
}

async function tried(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    return false;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
