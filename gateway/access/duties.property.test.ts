import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { v1 } from '@onebox/protocol/audit-messages.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCESS_STOPS, EVENTS } from '../audit/events.js';
import { segmentFiles, walkSegment } from '../audit/segment.js';
import { OTHER_PIN, PIN, TestWorld } from './test-world.js';
import type { Access } from './types.js';

/** The five duties of an emergency access (criticality-aware access control), each over the real state machine and real files. */

const MINUTE = 60_000;
const LONGEST_WAIT_S = 900;
const DEVICES = ['device-0', 'device-1', 'device-2'] as const;
const NAMES = ['responder', 'clinician', 'manager'] as const;
type Name = (typeof NAMES)[number];
const PINS: Readonly<Record<Name, string>> = { responder: PIN, clinician: OTHER_PIN, manager: '274915' };

type Step =
  | { readonly do: 'unlock'; readonly who: Name; readonly right: boolean }
  | { readonly do: 'lock' | 'crash' | 'look' }
  | { readonly do: 'ask'; readonly device: number; readonly reason: boolean; readonly right: boolean }
  | { readonly do: 'extend'; readonly which: number; readonly right: boolean }
  | { readonly do: 'close' | 'cancel'; readonly which: number }
  | { readonly do: 'pass' | 'suspend' | 'set'; readonly minutes: number };

const who = fc.constantFrom(...NAMES);
const which = fc.nat({ max: 2 });
const mostly = fc.constantFrom(true, true, true, false);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('unlock' as const), who, right: mostly }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('lock' as const, 'crash' as const, 'look' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('ask' as const), device: which, reason: mostly, right: mostly }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('extend' as const), which, right: mostly }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('close' as const, 'cancel' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('pass' as const, 'suspend' as const, 'set' as const),
      minutes: fc.integer({ min: -30, max: 25 }),
    }),
  },
);
const trace = fc.array(step, { minLength: 2, maxLength: 14 });

/** A tablet with three people, and what was rightly opened on it. */
class Tablet {
  readonly ids = {} as Record<Name, string>;
  /** Accesses that were answered, with the uptime at which each was opened and extended. */
  readonly granted = new Map<string, { readonly access: Access; readonly from: number; extendedAt?: number }>();
  readonly world = new TestWorld();

  async begin(): Promise<void> {
    const { access } = await this.world.open();
    for (const [name, role] of [
      ['responder', 'responder'],
      ['clinician', 'clinician'],
      ['manager', 'device-manager'],
    ] as const)
      this.ids[name] = (await access.enrol({ displayName: name, role, pin: PINS[name] })).person.id;
  }

  get now(): Name | undefined {
    return NAMES.find((name) => this.ids[name] === this.world.access.person?.id);
  }

  unlock(name: Name, right = true): Promise<unknown> {
    return this.world.access.unlock(this.ids[name], { kind: 'pin', pin: right ? PINS[name] : '918273' });
  }

  /** By whoever holds the tablet. */
  async ask(device: string, { reason = true, right = true } = {}): Promise<Access> {
    const name = this.now ?? 'responder';
    const from = this.world.clock.up;
    const access = await this.world.access.breakGlass(
      this.world.request(this.ids[name], {
        deviceKey: device,
        factor: { kind: 'pin', pin: right ? PINS[name] : '918273' },
        ...(reason ? {} : { reason: 'none' as never }),
      }),
    );
    this.granted.set(access.accessId, { access, from });
    return access;
  }

  async do(one: Step): Promise<void> {
    const { access, clock } = this.world;
    const target = (at: number) => access.all()[at]?.accessId ?? 'none';
    if (one.do === 'unlock') await tried(this.unlock(one.who, one.right));
    if (one.do === 'lock') await access.lock();
    if (one.do === 'look') access.look();
    if (one.do === 'crash') {
      await this.world.crash();
      await this.world.open();
    }
    if (one.do === 'ask') await tried(this.ask(DEVICES[one.device]!, one));
    if (one.do === 'extend') {
      await this.extend(target(one.which), one.right);
    }
    if (one.do === 'close') await tried(access.close(target(one.which)));
    if (one.do === 'cancel') await access.cancel(DEVICES[one.which]!);
    if (one.do === 'pass') clock.pass(Math.abs(one.minutes) * MINUTE);
    if (one.do === 'suspend') clock.suspend(Math.abs(one.minutes) * MINUTE);
    if (one.do === 'set') clock.unix += one.minutes * MINUTE;
  }

  /** By whoever holds the tablet. */
  async extend(accessId: string, right = true): Promise<void> {
    const at = this.world.clock.up;
    const pin = right ? PINS[this.now ?? 'responder'] : '918273';
    const extended = await tried(this.world.access.extend(accessId, { kind: 'pin', pin }));
    const grant = this.granted.get(accessId);
    if (extended && grant) grant.extendedAt ??= at;
  }

  readable(): Access[] {
    return this.world.access.all().filter(({ accessId }) => {
      try {
        return this.world.access.assertOpen(accessId) !== undefined;
      } catch {
        return false;
      }
    });
  }

  /** What another program finds in the files of the log at this very moment. */
  onDisk(): v1.AuditRecord[] {
    const folder = join(this.world.root, 'audit');
    const records: v1.AuditRecord[] = [];
    for (const file of segmentFiles(readdirSync(folder)))
      walkSegment(readFileSync(join(folder, file.name)), file, undefined, {
        record: (record) => void records.push(record),
      });
    return records;
  }
}

async function tried(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** After each trace `then` must hold; `always` after each of its steps. */
async function forAllTraces(
  then: (tablet: Tablet, pick: number) => Promise<void>,
  always: (tablet: Tablet) => Promise<void> | void = () => undefined,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(trace, fc.nat({ max: 999 }), async (steps, pick) => {
      const tablet = new Tablet();
      try {
        await tablet.begin();
        for (const one of steps) {
          await tablet.do(one);
          await always(tablet);
        }
        await then(tablet, pick);
        await tablet.world.access.stop();
        await tablet.world.audit.close();
      } finally {
        tablet.world.remove();
      }
    }),
    { numRuns: 25, endOnFailure: true },
  );
}

/** What can be read now is what was granted: this person, this device, this purpose, this time. */
function withinGrant(tablet: Tablet): void {
  for (const open of tablet.readable()) {
    const grant = tablet.granted.get(open.accessId);
    expect(grant, 'never granted').toBeDefined();
    const { access, from, extendedAt } = grant!;
    expect(open.person.id).toBe(tablet.world.access.person?.id);
    for (const name of ['person', 'deviceKey', 'purpose', 'reason', 'driver'] as const)
      expect(open[name]).toEqual(access[name]);
    const first = from + 15 * MINUTE;
    const end = extendedAt === undefined ? first : Math.max(first, extendedAt) + 15 * MINUTE;
    expect(tablet.world.clock.up).toBeLessThan(Math.min(end, from + 60 * MINUTE));
  }
}

describe('the duties of an emergency access', { timeout: 180_000 }, () => {
  it('responsiveness: from any state a valid responder reads after two actions, and waits only for wrong tries of the same name', async () => {
    await forAllTraces(async (tablet, pick) => {
      const name: Name = pick % 2 === 0 ? 'responder' : 'clinician';
      try {
        await tablet.unlock(name);
      } catch (error) {
        if (!isOneBoxError(error, 'FACTOR_WAIT')) throw error;
        const seconds = Number(error.params.seconds);
        expect(seconds).toBeLessThanOrEqual(LONGEST_WAIT_S);
        tablet.world.clock.pass(seconds * 1000);
        await tablet.unlock(name);
      }
      const { accessId } = await tablet.ask(`new-${pick}`);
      expect(tablet.world.access.assertOpen(accessId)).toMatchObject({ state: 'open', endsAt: expect.any(Number) });
    });
  });

  it('correctness: nobody ever reads more than was granted: this person, this device, this purpose, this time', async () => {
    await forAllTraces(async (tablet) => {
      // In the end everybody tries to take what others had open.
      for (const name of NAMES) {
        await tried(tablet.unlock(name));
        for (const accessId of tablet.granted.keys()) await tablet.extend(accessId);
        withinGrant(tablet);
      }
      // Every record of an access is about the person, the device and the purpose that it was granted for.
      const about = new Map<string, string>();
      for (const record of tablet.onDisk()) {
        const accessId = hex(record.accessId);
        if (!tablet.granted.has(accessId)) continue;
        const words = `${hex(record.person)} ${hex(record.device)} ${record.purpose}`;
        expect(about.get(accessId) ?? words).toBe(words);
        about.set(accessId, words);
      }
    }, withinGrant);
  });

  it('non-interference: floods of others and other requests do not keep a responder waiting', async () => {
    const hostile = fc.array(fc.record({ kind: fc.nat({ max: 5 }), device: which, late: fc.boolean() }), {
      minLength: 5,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(hostile, async (flood) => {
        const tablet = new Tablet();
        try {
          await tablet.begin();
          await tablet.unlock('responder');
          const { access } = tablet.world;
          const attack = ({ kind, device }: (typeof flood)[number]): Promise<unknown> => {
            const other = DEVICES[device]!;
            if (kind === 0) return tablet.unlock('clinician', false);
            if (kind === 1) return access.unlock('nobody', { kind: 'pin', pin: '918273' });
            if (kind === 2) return access.cancel(other);
            if (kind === 3) return access.extend('none', { kind: 'pin', pin: '918273' });
            if (kind === 4) return tablet.ask(other, { reason: false });
            return access.breakGlass(tablet.world.request(tablet.ids.clinician, { deviceKey: other }));
          };
          const before = flood.filter(({ late }) => !late).map((one) => tried(attack(one)));
          const wanted = tablet.ask('wanted');
          const after = flood.filter(({ late }) => late).map((one) => tried(attack(one)));
          // The clock stands still: nothing may have had to be waited for.
          const { accessId } = await wanted;
          expect(access.assertOpen(accessId).state).toBe('open');
          await Promise.all([...before, ...after]);
          expect(access.assertOpen(accessId).state).toBe('open');
          await access.stop();
          await tablet.world.audit.close();
        } finally {
          tablet.world.remove();
        }
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  it('liveness: every access ends, by its time, a lock, another person, its close, or a crash', async () => {
    await forAllTraces(async (tablet, pick) => {
      if (tablet.now === undefined) {
        tablet.world.clock.pass(LONGEST_WAIT_S * 1000);
        await tablet.unlock('clinician');
      }
      await tried(tablet.ask('last'));
      const holder = tablet.now!;
      const open = tablet.readable();
      const { access, clock } = tablet.world;
      const ways: readonly (() => Promise<unknown>)[] = [
        // Only the timer's own look, nobody asks.
        async () => {
          clock.pass(60 * MINUTE);
          access.look();
        },
        () => access.lock(),
        async () => {
          clock.pass(LONGEST_WAIT_S * 1000);
          await tablet.unlock(holder === 'manager' ? 'responder' : 'manager');
        },
        () => Promise.all(open.map(({ accessId }) => access.close(accessId))),
        async () => {
          await tablet.world.crash();
          await tablet.world.open();
        },
      ];
      await ways[pick % ways.length]!();
      await tablet.world.access.settled();
      expect(tablet.world.access.all().filter(({ state }) => state === 'open')).toEqual([]);
      expect(tablet.world.audit.unfinished).toEqual([]);
      const ended = tablet.onDisk().filter(({ event }) => ACCESS_STOPS.includes(event));
      for (const { accessId } of open) expect(ended.some((record) => hex(record.accessId) === accessId)).toBe(true);
    });
  });

  it('non-repudiability: the start is on the disk before the access is answered, and an end or a recovery follows it', async () => {
    let answered = 0;
    await forAllTraces(
      async (tablet) => {
        await tablet.world.crash();
        await tablet.world.open();
        const records = tablet.onDisk();
        for (const [accessId, { access }] of tablet.granted) {
          const own = records.filter((record) => hex(record.accessId) === accessId);
          const started = own.find(({ event }) => event === EVENTS.breakGlassOpened.number)!;
          expect(started).toMatchObject({ factor: [1], purpose: access.purpose });
          expect(started.person).toHaveLength(16);
          expect(started.device).toHaveLength(16);
          const last = own.filter(({ event }) => ACCESS_STOPS.includes(event)).at(-1);
          expect(last, 'no end').toBeDefined();
          expect(last!.index).toBeGreaterThan(started.index);
        }
      },
      async (tablet) => {
        const { world, now } = tablet;
        if (now === undefined) return;
        const asked = tablet.ask(`now-${answered}`);
        // At the very moment of the answer another program finds the start in the files.
        const onDisk = asked.then(
          ({ accessId }) =>
            tablet
              .onDisk()
              .some(({ accessId: of, event }) => hex(of) === accessId && event === EVENTS.breakGlassOpened.number),
          () => undefined,
        );
        if (!(await tried(asked))) return;
        answered += 1;
        expect(await onDisk).toBe(true);
        expect(world.access.all().at(-1)?.state).toBe('open');
      },
    );
    expect(answered).toBeGreaterThan(20);
  });
});
