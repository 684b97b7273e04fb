import { systemClock } from '@onebox/gateway/files/clock.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditOnDisk, PIN, startTablet } from './tablet.js';

const factor = { kind: 'pin', pin: PIN } as const;
let tablet: Awaited<ReturnType<typeof startTablet>>;

describe('the time after which an idle tablet locks', () => {
  beforeEach(async () => {
    tablet = await startTablet({ providers: [] });
    const { person } = await tablet.gateway.call('enrol', { displayName: 'M', role: 'device-manager', pin: PIN });
    await tablet.gateway.call('unlock', { personId: person.id, factor });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await tablet.stop();
  });

  const idle = async () => (await tablet.gateway.call('status')).idle;
  /** All clocks, from here on. */
  function pass(minutes: number): void {
    for (const clock of ['unixMs', 'monotonicMs', 'uptimeMs'] as const) {
      const then = systemClock[clock]();
      vi.spyOn(systemClock, clock).mockImplementation(() => then + minutes * 60_000);
    }
    tablet.gateway.look();
  }

  it('is ten minutes, until the device manager sets another by a fresh factor, which is a record', async () => {
    expect(await idle()).toEqual({ minutes: 10, shortest: 1, longest: 30 });
    await expect(
      tablet.gateway.call('setIdle', { minutes: 2, factor: { kind: 'pin', pin: '900913' } }),
    ).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    expect((await idle()).minutes).toBe(10);
    expect(await tablet.gateway.call('setIdle', { minutes: 2, factor })).toMatchObject({ idle: { minutes: 2 } });
    expect(auditOnDisk(tablet.folder).slice(-2)).toEqual(['accessDenied', 'idleTimeSet']);
    pass(1.9);
    expect(await idle()).toMatchObject({ minutes: 2 });
    expect((await tablet.gateway.call('status')).stage).toBe('unlocked');
    pass(2.1);
    await vi.waitFor(() => expect(auditOnDisk(tablet.folder).at(-1)).toBe('locked'));
  });

  it.each([0, 31, 2.5, -1, Number.NaN])('is not set to %d', async (minutes) => {
    await expect(tablet.gateway.call('setIdle', { minutes, factor })).rejects.toMatchObject({ kind: 'INPUT_INVALID' });
    expect((await idle()).minutes).toBe(10);
  });
});
