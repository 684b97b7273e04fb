import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFolder } from '@onebox/gateway/driver-host/driver-index.js';
import { ID, signed, trusted } from '@onebox/gateway/driver-packages/testing/packages-world.js';
import { v1 } from '@onebox/protocol/messages.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drivers, QUICK } from './bench-top.js';
import { auditOnDisk, startTablet } from './tablet.js';

let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
let tablet: Awaited<ReturnType<typeof startTablet>>;

beforeAll(async () => {
  practice = await startPracticeProviders({ devices: ['oximeter'], radio: QUICK, rssiSwing: 0 });
  tablet = await startTablet({ providers: practice.providers });
});
afterAll(async () => {
  await tablet.stop();
  await practice.stop();
});

it('a package that fails on a real device twice gives way to the driver before it, without a restart', async () => {
  const { packages } = tablet.gateway;
  await packages.changeTrust(trusted());
  // Good in its recordings, which are older than this test; not on a device.
  const code = readFileSync(join(bundleFolder(), `${ID}.js`), 'utf8');
  const failing = `if (Date.now() > ${Date.now() - 1}) throw new Error('later');\n${code}`;
  await packages.install(signed({ version: '9.1.0', code: failing }));

  const { id } = await tablet.heard(({ deviceClass }) => deviceClass === 'pulse-oximeter');
  const read = async () => {
    const { accessId, document, reading } = await tablet.read(id, { driverId: ID });
    await tablet.gateway.call('close', { accessId });
    return { version: document.driver?.version, completeness: document.completeness, error: reading.error?.kind };
  };
  const failed = {
    version: '9.1.0',
    completeness: v1.Completeness.COMPLETENESS_REFUSED,
    error: 'DRIVER_LOAD',
  };
  expect(await read()).toEqual(failed);
  expect(await read()).toEqual(failed);
  expect(await read()).toEqual({
    version: drivers.get(ID).manifest.version,
    completeness: v1.Completeness.COMPLETENESS_COMPLETE,
    error: undefined,
  });
  expect(auditOnDisk(tablet.folder).filter((event) => /^driver[A-Z]/.test(event) && event !== 'driverKilled')).toEqual([
    'driverTrustChanged',
    'driverInstalled',
    'driverActivated',
    'driverRefused',
    'driverRefused',
    'driverFallback',
  ]);
}, 60_000);

it('says in its status whether drivers that nobody signed may run', async () => {
  expect(await tablet.gateway.call('status')).toMatchObject({ developer: false, drivers: drivers.all.length });
});
