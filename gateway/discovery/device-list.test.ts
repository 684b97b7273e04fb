import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceRow } from '../api.js';
import { testManifest } from '../driver-host/testing/bundle.js';
import type { LinkProvider, ScanListener, Sighting } from '../links/link.js';
import { DeviceTracker } from './device-list.js';
import { Matcher } from './match.js';

/** A provider that hears what the test says. */
class Ear implements Pick<LinkProvider, 'transport' | 'scan'> {
  readonly transport = 'ble';
  private listener: ScanListener | undefined;

  async scan(listener: ScanListener) {
    this.listener = listener;
    return { stop: async () => undefined };
  }

  hears(sighting: Sighting): void {
    this.listener?.seen(sighting);
  }
}

const MAKER = testManifest({
  id: 'maker',
  authorisation: 'maker',
  match: { ble: [{ services: ['FEBC'] }], serial: [] },
});
const CABLE = testManifest({
  id: 'cable',
  transport: ['serial'],
  requests: {},
  subscriptions: ['line'],
  reads: [],
  endOfSession: [],
  match: { ble: [], serial: [{ anyPort: true, line: { baudRate: 9_600 } }] },
});
const heard = { firstHeard: 1, lastHeard: 1 };
const sensor: Sighting = {
  ...heard,
  id: 'ble:1',
  transport: 'ble',
  ble: { services: ['FEBC'], serviceData: [], connectable: true, rssi: -60, name: 'Sensor' },
};
const port = (serial: Partial<NonNullable<Sighting['serial']>>): Sighting => ({
  ...heard,
  id: 'serial:1',
  transport: 'serial',
  serial: { path: '/dev/ttyUSB0', ...serial },
});

describe('the device list', () => {
  let tracker: DeviceTracker | undefined;
  afterEach(() => tracker?.stop());

  async function rowOf(sighting: Sighting, practice = false): Promise<DeviceRow | undefined> {
    const ear = new Ear();
    tracker = new DeviceTracker({
      providers: [ear as unknown as LinkProvider],
      matcher: new Matcher([MAKER, CABLE]),
      practice,
      changed: () => undefined,
    });
    await tracker.start();
    ear.hears(sighting);
    return tracker.list().devices[0];
  }

  it('names a cable by what it calls itself, and by its port where it says nothing', async () => {
    const named = await rowOf(port({ manufacturer: 'Silicon Labs', product: 'CP2102\u202e' }));
    expect(named).toMatchObject({ name: 'Silicon Labs CP2102', port: '/dev/ttyUSB0', readable: true });
    await tracker?.stop();
    expect(await rowOf(port({}))).toMatchObject({ name: '/dev/ttyUSB0' });
  });

  it('says that a device needs its maker, and offers it to be read in practice alone', async () => {
    expect(await rowOf(sensor)).toMatchObject({ needsMaker: true, readable: false, drivers: [{ id: 'maker' }] });
    await tracker?.stop();
    expect(await rowOf(sensor, true)).toMatchObject({ needsMaker: true, readable: true });
  });

  it('says of each driver what it takes the device for and why', async () => {
    expect((await rowOf(sensor))?.drivers[0]).toMatchObject({
      needsMaker: true,
      why: [{ id: 'match.service', params: { service: 'FEBC' } }],
    });
  });
});
