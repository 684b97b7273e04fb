import type { DeviceRow } from '@onebox/gateway/api.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { cleanName } from '@onebox/gateway/links/ble/sightings.js';
import type { LinkProvider, Sighting, TransportKind } from '@onebox/gateway/links/link.js';
import fc from 'fast-check';
import { beforeAll, describe, expect } from 'vitest';
import { attack } from './attack.js';
import { enrol, lay, OTHER_PATIENT, scratch } from './victim.js';

const { start } = scratch();

/** A link that hears what the test says. */
class Ear implements LinkProvider {
  private hear: (sighting: Sighting) => void = () => undefined;
  constructor(readonly transport: TransportKind) {}

  async preflight() {
    return [];
  }
  async scan(listener: Parameters<LinkProvider['scan']>[0]) {
    this.hear = (sighting) => listener.seen(sighting);
    return { stop: async () => undefined };
  }
  async open(): Promise<never> {
    throw new Error('nothing is opened here');
  }
  async dispose() {}

  seen(more: Pick<Sighting, 'ble' | 'serial'>): void {
    const at = Date.now();
    this.hear({ id: `${this.transport}:1`, transport: this.transport, firstHeard: at, lastHeard: at, ...more });
  }
}

/** Turn text around, move a cursor, colour a terminal, hide, end a string, look like markup. */
const EVIL = [
  'Pacemaker\u202eDCI\u202c',
  '\u2066ICD\u2069 \u200f\u200e\u061c',
  '\u001b[2J\u001b[31mICD',
  'ICD\r\nPRACTICE',
  'ICD\u0000\u0007\u0008\u007f\u009b',
  'I\u200bC\u200cD\u200d\ufeff\u00ad',
  '\u{e0049}\u{e0043}ICD\u{e007f}',
  '\ue000\uf8ff ICD',
  '\ud800ICD\udfff',
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '{{constructor.constructor("x")()}} %s %n',
  'x'.repeat(10_000),
];
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;

describe('a device, a cable or a file with a hostile name', () => {
  const air = new Ear('ble');
  const cable = new Ear('serial');
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await start('tablet', { providers: [air, cable], drivers: DriverIndex.open() });
    await enrol(gateway, 'Robin Vale', 'responder');
    await gateway.call('startScan');
  });

  attack('T19a', async () => {
    const shown = async (id: string): Promise<DeviceRow> => {
      // Listening again gives the list as it is now.
      const { devices } = await gateway.call('startScan');
      const row = devices.find((one) => one.id === id);
      expect(row).toBeDefined();
      return row!;
    };
    const harmless = ({ name = '', serialTail = '' }: DeviceRow): void => {
      expect(name).not.toMatch(HIDDEN);
      expect([...name].length).toBeLessThanOrEqual(40);
      expect(serialTail).toMatch(/^[0-9A-Za-z]{0,4}$/);
    };
    const tryName = async (name: string): Promise<void> => {
      cable.seen({ serial: { path: '/dev/ttyUSB0', manufacturer: name, product: name, serialNumber: name } });
      // As it is on the air, and as the radio link hands it on.
      for (const one of new Set([name, cleanName(name) ?? '']))
        air.seen({ ble: { name: one, services: ['1809'], serviceData: [], connectable: true } });
      harmless(await shown('ble:1'));
      harmless(await shown('serial:1'));
    };
    for (const name of EVIL) {
      await tryName(name);
      const row = await lay(gateway, { ...OTHER_PATIENT, file: name.slice(0, 200) });
      harmless(row);
    }
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 9 }), tryName), { numRuns: 100 });
    // Markup is text like any other: the window writes it as text.
    air.seen({ ble: { name: '<b>ICD</b>', services: ['1809'], serviceData: [], connectable: true } });
    expect((await shown('ble:1')).name).toBe('<b>ICD</b>');
    // A name is no key: nothing else of the row depends on it.
    expect(await shown('ble:1')).toMatchObject({ id: 'ble:1', transport: 'ble', practice: false });
  });

  attack('T19c', async () => {
    const shown = async (name: string): Promise<string> => {
      cable.seen({ serial: { path: '/dev/ttyUSB0', manufacturer: name, product: '', serialNumber: '' } });
      const { devices } = await gateway.call('startScan');
      return devices.find(({ id }) => id === 'serial:1')?.name ?? '';
    };
    expect(await shown('ICD\u2028PRACTICE\u2029')).toBe('ICDPRACTICE');
    expect(await shown(`I${'\u0301'.repeat(30)}CD`)).toBe('I\u0301\u0301CD');
    // Cut between characters, not within one.
    expect(await shown(`${'x'.repeat(39)}\u{1f600}\u{1f600}`)).toBe(`${'x'.repeat(39)}\u{1f600}`);
  });
});
