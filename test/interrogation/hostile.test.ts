import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { hostileDriver, testManifest } from '@onebox/gateway/driver-host/testing/bundle.js';
import { v1 } from '@onebox/protocol/messages.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drivers, QUICK } from './bench-top.js';
import { startTablet } from './tablet.js';

const { COMPLETENESS_COMPLETE, COMPLETENESS_PARTIAL, COMPLETENESS_REFUSED } = v1.Completeness;

/** Hostile driver, why it is stopped, the event that names it. */
const HOSTILE = [
  ['endless-loop', 'DRIVER_TIMEOUT', 'driverKilled'],
  ['endless-allocation', 'DRIVER_MEMORY', 'driverKilled'],
  ['deep-recursion', 'DRIVER_CRASHED', 'driverKilled'],
  ['regex-bomb', 'DRIVER_TIMEOUT', 'driverKilled'],
  ['million-findings', 'DRIVER_FLOOD', 'driverKilled'],
  ['giant-finding', 'DRIVER_FLOOD', 'driverKilled'],
  ['silent-stall', 'DRIVER_TIMEOUT', 'driverKilled'],
  ['crash', 'DRIVER_CRASHED', 'driverKilled'],
  ['throwing-getters', 'DRIVER_CRASHED', 'driverKilled'],
  ['foreign-request', 'DRIVER_FORBIDDEN', 'driverForbidden'],
  ['foreign-read', 'DRIVER_FORBIDDEN', 'driverForbidden'],
  ['foreign-subscription', 'DRIVER_FORBIDDEN', 'driverForbidden'],
] as const;

describe('hostile drivers under the whole gateway', () => {
  let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
  let tablet: Awaited<ReturnType<typeof startTablet>>;
  let deviceId: string;
  let slowest = 0;
  let pulse: NodeJS.Timeout;

  beforeAll(async () => {
    const names = [...HOSTILE.map(([name]) => name), 'no-unit', 'syntax error'];
    const hostile = await Promise.all(names.map((name) => hostileDriver(name, testManifest({ id: driverId(name) }))));
    practice = await startPracticeProviders({ devices: ['oximeter'], radio: QUICK, rssiSwing: 0 });
    tablet = await startTablet({
      providers: practice.providers,
      drivers: new DriverIndex([...hostile, drivers.get('ble-vitals-gatt')]),
    });
    deviceId = (await tablet.heard(({ deviceClass }) => deviceClass === 'pulse-oximeter')).id;
    let last = performance.now();
    pulse = setInterval(() => {
      slowest = Math.max(slowest, performance.now() - last - 20);
      last = performance.now();
    }, 20);
  });
  afterAll(async () => {
    clearInterval(pulse);
    await tablet.stop();
    await practice.stop();
  });

  const driverId = (name: string): string => `hostile-${name.replace(' ', '-')}`;

  async function readWith(name: string) {
    const { accessId, reading, document } = await tablet.read(deviceId, { driverId: driverId(name) });
    const { rows } = await tablet.gateway.call('auditOfAccess', { accessId });
    const card = await tablet.gateway.call('card', { accessId });
    await tablet.gateway.call('close', { accessId });
    return {
      error: reading.error,
      document,
      card,
      audit: rows.map(({ event, error }) => `${event} ${error ?? ''}`.trim()),
    };
  }

  it.each(HOSTILE)('%s: %s, the audit says %s, and what was found is kept', async (name, kind, event) => {
    const { error, document, card, audit } = await readWith(name);
    expect(error?.kind).toBe(kind);
    const label = error?.toJSON().code;
    expect(audit).toContain(`audit.${event} ${label}`);
    // Whatever else, it was ended by force.
    expect(audit).toContain(`audit.driverKilled ${label}`);
    expect(audit).toContain(`audit.readPartial ${label}`);
    expect(document.completeness).toBe(COMPLETENESS_PARTIAL);
    expect(document.finding?.[0]?.identity).toMatchObject({ model: 'hostile', practice: true });
    expect(document.finding?.[1]?.observation?.numeric?.value?.coefficient).toBe(97);
    expect(document.missing?.every(({ error: number }) => number === error?.code)).toBe(true);
    expect(card).toMatchObject({ identity: { model: 'hostile' }, read: { state: 'partial', error: error?.code } });
  });

  it('a driver that does not even start: refused, named, nothing found', async () => {
    const { error, document, audit } = await readWith('syntax error');
    expect(error?.kind).toBe('DRIVER_LOAD');
    expect(document).toMatchObject({ completeness: COMPLETENESS_REFUSED, finding: [] });
    expect(audit).toContain('audit.driverKilled OB-317');
    expect(audit).toContain('audit.readRefused OB-317');
  });

  it('a finding that breaks the rules is left out and named; the others stay', async () => {
    const { document, audit } = await readWith('no-unit');
    expect(audit).toContain('audit.findingRefused OB-315');
    expect(document.finding?.filter(({ observation }) => observation)).toHaveLength(2);
  });

  it('through all of that the gateway answered, and a good driver reads the same device', async () => {
    expect(slowest).toBeLessThan(1500);
    const { stage, audit } = await tablet.gateway.call('status');
    expect([stage, audit.intact]).toEqual(['unlocked', true]);
    const { document } = await tablet.read(deviceId, { driverId: 'ble-vitals-gatt' });
    expect(document).toMatchObject({ completeness: COMPLETENESS_COMPLETE, missing: [] });
  });
});
