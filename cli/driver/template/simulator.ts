import type { SimulatedDriver, SimulationOptions } from '@onebox/driver-sdk/simulated/faults.js';
import type { BleAir, BleSimulator, SimulatedAdvertisement, SimulatedService } from '@onebox/driver-sdk/simulator.js';
import manifest from './manifest.json' with { type: 'json' };
import { SimulatedOximeter, WITHOUT } from './simulated-oximeter.js';

const SERVICE = manifest.match.ble[0]?.services[0] ?? '';
const DATA = manifest.subscriptions[0] ?? '';
const COMMAND = manifest.requests.identify.channel;

/** The oximeter on a radio: one service, one characteristic for requests, one for what it sends. */
export class PracticeDevice implements BleSimulator {
  readonly advertisement: SimulatedAdvertisement = { name: 'Example One', services: [SERVICE] };
  readonly services: readonly SimulatedService[];
  readonly oximeter: SimulatedOximeter;
  private air: BleAir | undefined;

  constructor(options: SimulationOptions = {}) {
    this.oximeter = new SimulatedOximeter(options, (bytes) => void this.air?.notify(DATA, bytes));
    this.services = [
      {
        uuid: SERVICE,
        characteristics: [
          { uuid: DATA, properties: ['notify'] },
          { uuid: COMMAND, properties: ['write'], write: (bytes) => this.oximeter.obey(bytes) },
        ],
      },
    ];
  }

  start(air: BleAir): void {
    this.air = air;
    air.onConnection((connected) => {
      if (!connected) this.oximeter.quiet();
    });
  }

  stop(): void {
    this.oximeter.quiet();
    this.air = undefined;
  }
}

const simulated: SimulatedDriver = {
  devices: { oximeter: { transport: 'ble', make: (options) => new PracticeDevice(options) } },
  without: WITHOUT,
};
export default simulated;
