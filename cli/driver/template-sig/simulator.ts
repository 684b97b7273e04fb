import type { SimulatedDriver, SimulationOptions } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice } from '@onebox/driver-sdk/simulated/gatt-device.js';
import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';
import type { SimulatedService } from '@onebox/driver-sdk/simulator.js';
import manifest from './manifest.json' with { type: 'json' };

const INTERVAL_MS = 200;
const RATE = '2A37';
const NAME = manifest.match.ble[0]?.name.replace('*', '1001') ?? '';

/** A made-up heart-rate strap with the services of the Bluetooth SIG; identity and battery come from the SDK. */
export class PracticeDevice extends SimulatedGattDevice {
  readonly services: readonly SimulatedService[];
  private readonly random: () => number;
  private rate = 96;

  constructor(options: SimulationOptions = {}) {
    super({ ...options, name: NAME }, 'Model One', ['180D']);
    this.random = seededRandom(options.seed ?? 1);
    this.services = [
      {
        uuid: '180D',
        characteristics: [{ uuid: RATE, properties: ['notify'] }, this.readable('2A38', () => Uint8Array.of(1))],
      },
      this.information(),
      this.battery(),
    ];
  }

  /** Heart Rate Measurement: flags (contact found, 8 bits), beats per minute. Without contact there is no rate. */
  measurement(): readonly number[] {
    if (this.has('never-measured')) return [0x04, 0];
    const step = Math.round((this.random() - 0.5) * 2);
    this.rate = Math.max(93, Math.min(99, this.rate + step));
    return [0x06, this.rate];
  }

  protected override subscribed(characteristic: string, on: boolean): void {
    if (characteristic !== RATE) return;
    this.quiet();
    if (on) this.beat();
  }

  private beat(): void {
    this.after(INTERVAL_MS, () => {
      void this.send('notify', RATE, this.measurement());
      this.beat();
    });
  }
}

const simulated: SimulatedDriver = {
  devices: { strap: { transport: 'ble', make: (options) => new PracticeDevice(options) } },
  without: {
    'wrong-checksum': 'the values of the service carry none',
    'wrong-unit': 'the unit is fixed',
    'not-a-number': 'a rate is a whole number',
    'clock-off': 'the device tells no time',
    'clock-unset': 'the device tells no time',
  },
};
export default simulated;
