import type { SimulatedDriver, SimulationOptions } from '@onebox/driver-sdk/simulated/faults.js';
import type { SerialLine, SerialSimulator, SerialWire } from '@onebox/driver-sdk/simulator.js';
import { SimulatedOximeter, WITHOUT } from './simulated-oximeter.js';

/** The oximeter at the end of a serial cable. */
export class PracticeDevice implements SerialSimulator {
  readonly line: SerialLine = { baudRate: 115_200 };
  readonly oximeter: SimulatedOximeter;
  private wire: SerialWire | undefined;

  constructor(options: SimulationOptions = {}) {
    this.oximeter = new SimulatedOximeter(options, (bytes) => this.wire?.send(bytes));
  }

  start(wire: SerialWire): void {
    this.wire = wire;
    wire.onBytes((bytes) => {
      // Every request has two bytes.
      for (let at = 0; at < bytes.length; at += 2) this.oximeter.obey(bytes.subarray(at, at + 2));
    });
  }

  stop(): void {
    this.oximeter.quiet();
    this.wire = undefined;
  }
}

const simulated: SimulatedDriver = {
  devices: { oximeter: { transport: 'serial', make: (options) => new PracticeDevice(options) } },
  without: WITHOUT,
};
export default simulated;
