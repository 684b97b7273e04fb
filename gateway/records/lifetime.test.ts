import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { HandClock } from '../access/test-world.js';
import type { KeyVault } from '../access/vault.js';
import { PowerDisk } from '../files/testing/power-disk.js';
import { KEEP_MS } from './lifetime.js';
import { erasures, openVault, type Run, startRecords } from './testing/records-world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const accessId = 'ab'.repeat(16);

/** A tablet whose clock, suspend and power are in the hands of the test. */
class Tablet {
  readonly clock = new HandClock();
  disk = new PowerDisk();
  /** What really passed since the record began. */
  passed = 0;
  starts = 0;
  private machine: string | undefined;
  private run!: Run;

  constructor(
    private readonly vault: KeyVault,
    private readonly namesBoots: boolean,
  ) {
    this.machine = namesBoots ? 'boot 0' : undefined;
  }

  async start(): Promise<this> {
    this.run = await startRecords(this.disk, this.vault, { clock: this.clock, boot: this.machine });
    return this;
  }

  async create(): Promise<void> {
    await (await this.run.records.create(accessId)).append(new Uint8Array(3));
    this.passed = 0;
  }

  on(ms: number): void {
    this.clock.pass(ms);
    this.passed += ms;
  }

  suspend(ms: number): void {
    this.clock.suspend(ms);
    this.passed += ms;
  }

  /** The program was killed, and is started again at once. */
  async crash(): Promise<void> {
    this.clock.monotonic = 1000;
    this.starts += 1;
    this.disk = new PowerDisk(this.disk.now);
    await this.start();
  }

  /** The machine was off for a while, and its clock was set meanwhile. */
  async off(ms: number, setBy = 0): Promise<void> {
    this.clock.unix += ms + setBy;
    this.clock.up = 20_000;
    this.passed += ms;
    if (this.namesBoots) this.machine = `boot ${this.starts + 1}`;
    await this.crash();
  }

  async there(): Promise<boolean> {
    await this.run.records.look();
    return (await this.run.records.list()).length > 0;
  }

  erasures() {
    return erasures(this.disk);
  }
}

let vault: KeyVault;
beforeAll(async () => {
  vault = await openVault();
});
const tablet = async (namesBoots = true): Promise<Tablet> => {
  const made = await new Tablet(vault, namesBoots).start();
  await made.create();
  return made;
};

describe('24 hours of a record', () => {
  it('end while the program runs, over suspend too, and are said once', async () => {
    const one = await tablet();
    one.on(10 * HOUR);
    one.suspend(14 * HOUR - 1);
    expect(await one.there()).toBe(true);
    one.on(1);
    expect(await one.there()).toBe(false);
    expect([...(await one.erasures()).values()]).toEqual([1]);
  });

  it('end while the tablet is off: nothing is left when it has started', async () => {
    const one = await tablet();
    one.on(HOUR);
    await one.off(23 * HOUR - MINUTE);
    expect(await one.there()).toBe(true);
    await one.off(MINUTE);
    expect([...(await one.erasures()).values()]).toEqual([1]);
    expect(await one.there()).toBe(false);
  });

  it('are not lengthened by a clock that is set back while the program runs, nor by a restart after it', async () => {
    const one = await tablet();
    one.on(20 * HOUR);
    one.clock.unix -= 1000 * HOUR;
    expect(await one.there()).toBe(true);
    one.on(3 * HOUR);
    await one.crash();
    expect(await one.there()).toBe(true);
    one.on(HOUR);
    expect(await one.there()).toBe(false);
  });

  it.each([true, false])('are over when the clock was set back while the tablet was off (%s)', async (namesBoots) => {
    const one = await tablet(namesBoots);
    one.on(10 * MINUTE);
    await one.there();
    await one.off(HOUR, -2 * HOUR);
    expect(await one.there()).toBe(false);
    expect([...(await one.erasures()).values()]).toEqual([1]);
  });

  it('never are more, whatever is done to the clocks and the power', async () => {
    const some = fc.integer({ min: 0, max: 14 * 60 });
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('on', 'suspend', 'off', 'crash', 'look'), minutes: some, by: fc.constant(0) }),
      fc.record({
        do: fc.constantFrom('set', 'off'),
        minutes: some,
        by: fc.oneof(fc.integer({ min: 0, max: 40 * 60 }), fc.integer({ min: -900_000, max: -15 * 60 })),
      }),
    );
    let seenThere = 0;
    let seenGone = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), async (steps, namesBoots) => {
        const one = await tablet(namesBoots);
        let gone = false;
        for (const { do: what, minutes, by } of steps) {
          if (what === 'on') one.on(minutes * MINUTE);
          if (what === 'suspend') one.suspend(minutes * MINUTE);
          if (what === 'set') one.clock.unix += by * MINUTE;
          if (what === 'crash') await one.crash();
          if (what === 'off') await one.off(minutes * MINUTE, by * MINUTE);
          const there = await one.there();
          if (gone || one.passed >= KEEP_MS) expect(there, `${what} ${minutes} ${by}`).toBe(false);
          gone ||= !there;
          seenThere += Number(there);
          seenGone += Number(!there);
        }
      }),
      { numRuns: 150 },
    );
    expect(seenThere).toBeGreaterThan(100);
    expect(seenGone).toBeGreaterThan(100);
  });
});
