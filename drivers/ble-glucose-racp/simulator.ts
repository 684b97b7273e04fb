import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import {
  RECORD_ACCESS_CODES,
  SimulatedRecordAccess,
  type TransferFault,
} from '@onebox/driver-sdk/simulated/record-access.js';
import { u16 } from '@onebox/driver-sdk/simulated/values.js';
import type { AttRefusal, SimulatedService } from '@onebox/driver-sdk/simulator.js';
import { type MeterRecord, practiceRecords } from './simulator-records.js';

/** A practice glucose meter: about thirty records and a record access control point that obeys its rules. */

export interface MeterOptions extends SimulatedGattOptions, TransferFault {
  readonly records?: number;
}

const NOT_CONFIGURED = 0x81;

export class PracticeGlucoseMeter extends SimulatedGattDevice {
  readonly services: readonly SimulatedService[];
  readonly access: SimulatedRecordAccess<MeterRecord>;
  private readonly listening = new Set<string>();
  private stored: readonly MeterRecord[] | undefined;

  constructor(protected override readonly options: MeterOptions = {}) {
    super(options, 'Practice Meter', ['1808']);
    this.access = new SimulatedRecordAccess<MeterRecord>(
      {
        codes: RECORD_ACCESS_CODES,
        records: () => this.records,
        send: async ({ value, context }) => {
          await this.send('notify', '2A18', value);
          if (context) await this.send('notify', '2A34', context);
        },
        // After the write was confirmed.
        answer: (bytes) => this.after(5, () => void this.air?.indicate('2A52', Uint8Array.from(bytes))),
      },
      options,
    );
    this.services = [
      {
        uuid: '1808',
        characteristics: [
          { uuid: '2A18', properties: ['notify'] },
          { uuid: '2A34', properties: ['notify'] },
          this.readable('2A51', () => Uint8Array.from(u16(0x03ff))),
          { uuid: '2A52', properties: ['write', 'indicate'], write: (bytes) => this.control(bytes) },
        ],
      },
      this.clock(),
      this.information(),
      this.battery(),
    ];
  }

  /** Made at the first use, so that the newest one is some minutes old then. */
  get records(): readonly MeterRecord[] {
    const { seed = 1, records = 31, fault } = this.options;
    this.stored ??= practiceRecords(seed, records, this.wallClock(), fault);
    return this.stored;
  }

  protected override subscribed(characteristic: string, on: boolean): void {
    if (on) this.listening.add(characteristic);
    else this.listening.delete(characteristic);
  }

  protected override quiet(): void {
    super.quiet();
    this.access.quiet();
  }

  private control(bytes: Uint8Array): AttRefusal | undefined {
    return this.listening.has('2A52') ? this.access.write(bytes) : { attError: NOT_CONFIGURED };
  }
}

const simulated: SimulatedDriver = {
  devices: { glucose: { transport: 'ble', make: (options) => new PracticeGlucoseMeter(options) } },
  without: { 'wrong-checksum': 'the Glucose service carries none' },
};
export default simulated;
