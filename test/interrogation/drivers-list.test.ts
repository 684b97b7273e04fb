import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TIERS } from '@onebox/driver-sdk/quality.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'onebox-drivers-list-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the list of drivers has every installed one, with its tier and whose authorisation it needs', async () => {
  const drivers = DriverIndex.open();
  const gateway = await Gateway.open({
    dataFolder: folder,
    providers: [],
    drivers,
    launcher: nodeLauncher(),
    practice: false,
    version: '0.0.0',
  });
  try {
    await gateway.call('enrol', { displayName: 'A', role: 'responder', pin: '482915' });
    const rows = await gateway.call('drivers');
    expect(rows.map(({ id }) => id)).toEqual(drivers.manifests.map(({ id }) => id).sort());
    expect(rows.filter(({ tier }) => !TIERS.some((one) => one === tier)).map(({ id }) => id)).toEqual([]);
    const closed = rows.filter(({ authorisation }) => authorisation === 'maker').map(({ id }) => id);
    expect(closed).toEqual(['dexcom-cgm', 'medtronic-minimed', 'omnipod', 'tandem-x2']);
  } finally {
    await gateway.dispose();
  }
});
