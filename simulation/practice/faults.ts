import type { Misbehaviour } from '@onebox/drivers/onebox-native/misbehaviour.js';
import { NativeBleSimulator, NativeSerialSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Radio } from '../radio/radio.js';
import type { AdapterState, VirtualAdapter } from '../radio/virtual-adapter.js';
import type { BleStation, SerialStation } from './world.js';

/** Makes things go wrong in the practice world. Devices are named by their keys; INPUT_INVALID for others. */
export class PracticeFaults {
  constructor(
    private readonly radio: Radio,
    private readonly adapter: VirtualAdapter,
    private readonly stations: readonly BleStation[],
    private readonly ports: readonly SerialStation[],
  ) {}

  /** The tablet's Bluetooth adapter. */
  setAdapter(state: AdapterState): void {
    this.adapter.state = state;
  }

  /** Carries a device out of reach of the tablet, or back. */
  setInRange(key: string, near: boolean): void {
    const { controller } = this.station(key);
    for (const other of this.radio.controllers)
      if (other !== controller) this.radio.setInRange(controller, other, near);
  }

  /** The device hangs up. */
  disconnect(key: string): void {
    this.station(key).running.peripheral.disconnect();
  }

  /** The device hangs up once it has sent so many octets. */
  disconnectAfter(key: string, octets: number): void {
    this.station(key).running.peripheral.dropAfter(octets);
  }

  /** The device says nothing on its connection. */
  setSilent(key: string, on: boolean): void {
    this.station(key).running.peripheral.silent = on;
  }

  /** Misbehaviour of a device that speaks onebox.v1 itself. */
  setNative(key: string, faults: Misbehaviour): void {
    const simulator = [...this.stations, ...this.ports].find(({ plan }) => plan.key === key)?.simulator;
    if (!(simulator instanceof NativeBleSimulator || simulator instanceof NativeSerialSimulator)) throw unknown(key);
    simulator.device.faults = faults;
  }

  /** Pulls the cable of a serial device, for good. */
  unplug(key: string): void {
    const port = this.ports.find(({ plan }) => plan.key === key);
    if (!port) throw unknown(key);
    port.running.pty.unplug();
  }

  private station(key: string): BleStation {
    const station = this.stations.find(({ plan }) => plan.key === key);
    if (!station) throw unknown(key);
    return station;
  }
}

const unknown = (key: string) => new OneBoxError('INPUT_INVALID', `practice device ${key}`);
