import type { CrcVariant } from '@onebox/driver-sdk/parts/e2e-crc.js';
import { withCrc, withWrongCrc } from '@onebox/driver-sdk/simulated/e2e.js';
import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import {
  RECORD_ACCESS_CODES,
  SimulatedRecordAccess,
  type StoredRecord,
  type TransferFault,
} from '@onebox/driver-sdk/simulated/record-access.js';
import { dateTimeBytes, u16, u24 } from '@onebox/driver-sdk/simulated/values.js';
import type { AttRefusal, SimulatedService } from '@onebox/driver-sdk/simulator.js';
import { sensorRecords } from './simulator-records.js';

/** A practice glucose sensor in its fourth day: low, below its limit, and falling fast. Its values carry a CRC. */

export interface SensorOptions extends SimulatedGattOptions, TransferFault {
  readonly crc?: CrcVariant | 'none';
  /** Minutes that the session has lasted. */
  readonly age?: number;
  /** Minutes between two records. */
  readonly interval?: number;
  /** The session has stopped, two hours ago. */
  readonly stopped?: boolean;
}

const MINUTE = 60_000;
const RUN_TIME_H = 240;
const NOT_CONFIGURED = 0x81;
const E2E = 1 << 12;
/** Limits, rate, malfunction, low battery, trend, quality. */
const FEATURES = 0x2 | 0x4 | 0x8 | 0x10 | 0x40 | 0x200 | 0x8000 | 0x10000;
const STOPPED = 0x01;
/** Minutes. */
const STOPPED_FOR = 118;
const BATTERY_LOW = 0x02;
const ISF_SUBCUTANEOUS = 0x59;
const ZONE_UNKNOWN = 0x80;
const DST_UNKNOWN = 0xff;
/** A field that a newer device has. */
const UNKNOWN_FIELD = [0xa5, 0x5a];

export class PracticeGlucoseSensor extends SimulatedGattDevice {
  readonly services: readonly SimulatedService[];
  readonly access: SimulatedRecordAccess;
  private readonly listening = new Set<string>();
  private stored: readonly StoredRecord[] | undefined;
  private begun: number | undefined;

  constructor(protected override readonly options: SensorOptions = {}) {
    super(options, 'Practice CGM', ['181F']);
    this.access = new SimulatedRecordAccess(
      {
        codes: RECORD_ACCESS_CODES,
        records: () => this.records,
        send: ({ value }) => this.send('notify', '2AA7', value),
        answer: (bytes) => this.after(5, () => void this.air?.indicate('2A52', Uint8Array.from(bytes))),
      },
      options,
    );
    this.services = [
      {
        uuid: '181F',
        characteristics: [
          { uuid: '2AA7', properties: ['notify'] },
          this.readable('2AA8', () => Uint8Array.from(this.feature())),
          this.readable('2AA9', () => this.value([...u16(this.now()), ...u24(this.annunciation())])),
          this.readable('2AAA', () => this.value(this.sessionStart())),
          this.readable('2AAB', () => this.value(u16(RUN_TIME_H))),
          { uuid: '2A52', properties: ['write', 'indicate'], write: (bytes) => this.control(bytes) },
        ],
      },
      this.information(),
      this.battery(),
    ];
  }

  /** Made at the first use, so that the newest one is a few minutes old then. */
  get records(): readonly StoredRecord[] {
    const { seed = 1, interval = 5, fault } = this.options;
    this.stored ??= sensorRecords(seed, this.now(), interval, fault).map((record) => ({
      ...record,
      value: this.record(record.value),
    }));
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

  /** What is new stands within the record, before its CRC. */
  protected override newer(value: readonly number[]): readonly number[] {
    return value;
  }

  /** Minutes since the start of the session. */
  private now(): number {
    const running = Math.floor(this.elapsed() / MINUTE);
    return this.options.stopped ? running - STOPPED_FOR : running;
  }

  private elapsed(): number {
    const now = this.air?.now() ?? 0;
    this.begun ??= now - (this.options.age ?? 4565) * MINUTE - 20_000;
    return now - this.begun;
  }

  private sessionStart(): readonly number[] {
    return [...dateTimeBytes(this.wallClock(this.elapsed())), ZONE_UNKNOWN, DST_UNKNOWN];
  }

  private annunciation(): number {
    if (this.options.stopped) return STOPPED;
    const lowest = this.records.at(-1)?.kind ?? 0;
    return (this.has('battery-low') ? BATTERY_LOW : 0) | lowest;
  }

  private feature(): readonly number[] {
    if (this.crc === 'none') return [...u24(FEATURES), ISF_SUBCUTANEOUS, ...u16(0xffff)];
    return this.protectedBytes([...u24(FEATURES | E2E), ISF_SUBCUTANEOUS]);
  }

  private get crc(): CrcVariant | 'none' {
    return this.options.crc ?? 'sig';
  }

  private value(bytes: readonly number[]): Uint8Array {
    return Uint8Array.from(this.protectedBytes(bytes));
  }

  private protectedBytes(bytes: readonly number[]): readonly number[] {
    if (this.crc === 'none') return bytes;
    return this.has('wrong-checksum') ? withWrongCrc(bytes) : withCrc(bytes, this.crc);
  }

  /** A record with its size in front and its CRC behind. */
  private record(fields: readonly number[]): readonly number[] {
    const known = this.has('newer-firmware') ? [...fields, ...UNKNOWN_FIELD] : fields;
    const size = known.length + 1 + (this.crc === 'none' ? 0 : 2);
    return this.protectedBytes([size, ...known]);
  }

  private control(bytes: Uint8Array): AttRefusal | undefined {
    return this.listening.has('2A52') ? this.access.write(bytes) : { attError: NOT_CONFIGURED };
  }
}

const simulated: SimulatedDriver = {
  devices: { cgm: { transport: 'ble', make: (options) => new PracticeGlucoseSensor(options) } },
  without: { 'wrong-unit': 'values are in mg/dL always' },
};
export default simulated;
