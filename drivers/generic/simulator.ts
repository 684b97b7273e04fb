import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import type { SimulatedService } from '@onebox/driver-sdk/simulator.js';

/** A device that no driver knows: identity, battery, a clock, and a service of a maker. */
export class PracticeUnknownDevice extends SimulatedGattDevice {
  static readonly SERVICE = 'A5C10001B5A3F393E0A9E50E24DCCA9E';
  readonly services: readonly SimulatedService[];

  constructor(options: SimulatedGattOptions = {}) {
    super(options, 'Practice Gadget', ['180A', PracticeUnknownDevice.SERVICE]);
    const own = {
      uuid: 'A5C10002B5A3F393E0A9E50E24DCCA9E',
      properties: ['read'],
      read: () => Uint8Array.of(1, 2, 3),
    } as const;
    this.services = [
      { uuid: PracticeUnknownDevice.SERVICE, characteristics: [own] },
      this.information(),
      this.battery(),
      this.clock(),
    ];
  }
}

const NOTHING = 'it measures nothing';
const simulated: SimulatedDriver = {
  devices: { generic: { transport: 'ble', make: (options) => new PracticeUnknownDevice(options) } },
  without: {
    'wrong-checksum': NOTHING,
    'wrong-unit': NOTHING,
    'never-measured': NOTHING,
    'not-a-number': NOTHING,
    'ends-early': NOTHING,
  },
};
export default simulated;
