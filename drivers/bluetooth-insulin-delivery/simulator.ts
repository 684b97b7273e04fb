import { type CrcVariant, e2eCrc } from '@onebox/driver-sdk/parts/e2e-crc.js';
import { withCrc, withWrongCrc } from '@onebox/driver-sdk/simulated/e2e.js';
import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import {
  type RecordAccessCodes,
  SimulatedRecordAccess,
  type StoredRecord,
  type TransferFault,
} from '@onebox/driver-sdk/simulated/record-access.js';
import {
  FLOAT_NAN,
  floatBytes,
  SFLOAT_NAN,
  SFLOAT_NRES,
  sfloatBytes,
  u16,
  u24,
} from '@onebox/driver-sdk/simulated/values.js';
import type { AttRefusal, SimulatedService } from '@onebox/driver-sdk/simulator.js';
import { pumpHistory } from './simulator-history.js';

/** A practice insulin pump that delivers, with a bolus running and its reservoir low. Its values carry counter and CRC. */

export interface PumpOptions extends SimulatedGattOptions, TransferFault {
  /** False: a pump without E2E protection. */
  readonly protected?: boolean;
  readonly crc?: CrcVariant;
  readonly therapy?: 'run' | 'pause' | 'stop';
  /** A number of the annunciation types; 0 for none. */
  readonly annunciation?: number;
  /** The pump cannot estimate insulin on board. */
  readonly withoutOnBoard?: boolean;
  readonly days?: number;
}

const THERAPY = { run: 0x55, pause: 0x3c, stop: 0x33 } as const;
const READY = 0x96;
const RESERVOIR_LOW = 0x0066;
const BATTERY_LOW = 0x00c3;
const PENDING = 0x33;
const ON_BOARD = 1 << 15;
/** E2E, basal, temporary basal by rate and by percent, fast, extended and multiwave bolus. */
const FEATURES = 0x2 | 0x4 | 0x8 | 0x20 | 0x40 | 0x80;
const NOT_CONFIGURED = 0x81;
const EXTENDED = 0x3c;
const BOLUS_ID = 412;
const ATT_OUT_OF_RANGE = 0xff;
const UNKNOWN_FIELD = [0xa5, 0x5a];
const READER_ERROR = { op: 0x70, operand: 0x71, notApplicable: 0x74 } as const;

const CODES: RecordAccessCodes = {
  op: { report: 0x33, delete: 0x3c, abort: 0x55, count: 0x5a, countAnswer: 0x66, answer: 0x0f },
  operator: { none: 0x0f, all: 0x33, upTo: 0x3c, from: 0x55, range: 0x5a, first: 0x66, last: 0x69 },
  code: {
    success: 0xf0,
    opUnsupported: 2,
    invalidOperator: 3,
    invalidOperand: 5,
    none: 6,
    notCompleted: 8,
    operandUnsupported: 9,
  },
  keySize: 4,
  filters: { 15: () => true, 51: ({ kind }) => kind === 0x000f, 60: ({ kind }) => kind !== 0x000f },
};

export class PracticeInsulinPump extends SimulatedGattDevice {
  readonly services: readonly SimulatedService[];
  readonly access: SimulatedRecordAccess;
  /** Requests whose counter or CRC was wrong, and those that would change the pump. */
  readonly violations: string[] = [];
  private readonly listening = new Set<string>();
  private stored: readonly StoredRecord[] | undefined;
  private counter = 0;

  constructor(protected override readonly options: PumpOptions = {}) {
    super(options, 'Practice Pump IDS', ['183A']);
    this.access = new SimulatedRecordAccess(
      {
        codes: CODES,
        records: () => this.records,
        send: ({ value }) => this.send('notify', '2B28', value),
        answer: (bytes) => this.indicate('2B27', bytes),
      },
      options,
    );
    this.services = [
      {
        uuid: '183A',
        characteristics: [
          this.readable('2B21', () => this.value(this.status())),
          this.readable('2B22', () => this.value(this.annunciation())),
          this.readable('2B23', () => Uint8Array.from(this.features())),
          this.writable('2B24', (bytes) => this.answer(bytes)),
          this.writable('2B27', (bytes) => this.access.write(bytes)),
          { uuid: '2B28', properties: ['notify'] },
        ],
      },
      this.clock(),
      this.information(),
      this.battery(),
    ];
  }

  get records(): readonly StoredRecord[] {
    const { seed = 1, days = 3 } = this.options;
    this.stored ??= pumpHistory(seed, days, (ago) => this.wallClock(ago), this.amount()).map((record) => ({
      ...record,
      value: this.crcBehind(record.value),
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
    this.counter = 0;
  }

  /** What is new stands within the values, before their CRC. */
  protected override newer(value: readonly number[]): readonly number[] {
    return value;
  }

  private writable(uuid: string, act: (bytes: Uint8Array) => AttRefusal | undefined) {
    const write = (bytes: Uint8Array): AttRefusal | undefined => {
      if (!this.listening.has(uuid)) return { attError: NOT_CONFIGURED };
      const asked = this.opened(bytes);
      if (asked) return act(asked);
      this.violations.push(`${uuid} unprotected`);
      return { attError: ATT_OUT_OF_RANGE };
    };
    return { uuid, properties: ['write', 'indicate'] as const, write };
  }

  private get isProtected(): boolean {
    return this.options.protected !== false;
  }

  /** A request without counter and CRC; undefined when they are wrong. */
  private opened(bytes: Uint8Array): Uint8Array | undefined {
    if (!this.isProtected) return bytes;
    const end = bytes.length - 2;
    if (end < 2) return undefined;
    const crc = bytes[end]! + bytes[end + 1]! * 256;
    return e2eCrc(bytes.subarray(0, end), this.variant) === crc ? bytes.subarray(0, end - 1) : undefined;
  }

  private get variant(): CrcVariant {
    return this.options.crc ?? 'sig';
  }

  private crcBehind(fields: readonly number[]): readonly number[] {
    if (!this.isProtected) return fields;
    const known = this.has('newer-firmware') ? [...fields, ...UNKNOWN_FIELD] : fields;
    return this.has('wrong-checksum') ? withWrongCrc(known) : withCrc(known, this.variant);
  }

  private protectedBytes(fields: readonly number[]): readonly number[] {
    if (!this.isProtected) return fields;
    this.counter = (this.counter % 255) + 1;
    const known = this.has('newer-firmware') ? [...fields, ...UNKNOWN_FIELD] : fields;
    const counted = [...known, this.counter];
    return this.has('wrong-checksum') ? withWrongCrc(counted) : withCrc(counted, this.variant);
  }

  private value(fields: readonly number[]): Uint8Array {
    return Uint8Array.from(this.protectedBytes(fields));
  }

  /** After the write was confirmed. */
  private indicate(uuid: string, fields: readonly number[]): void {
    this.after(5, () => void this.air?.indicate(uuid, this.value(fields)));
  }

  /** How amounts are written: NaN or "not at this resolution" on order. */
  private amount(): (coefficient: number, exponent?: number) => readonly number[] {
    if (this.has('not-a-number')) return () => SFLOAT_NAN;
    if (this.has('never-measured')) return () => SFLOAT_NRES;
    return sfloatBytes;
  }

  private features(): readonly number[] {
    const { withoutOnBoard } = this.options;
    const flags = FEATURES | (withoutOnBoard ? 0 : ON_BOARD) | (this.isProtected ? 1 : 0);
    const fields = [...this.amount()(100), ...u24(flags)];
    if (!this.isProtected) return [0xff, 0xff, 0, ...fields];
    const covered = [1, ...fields];
    const crc = this.has('wrong-checksum') ? 0x1234 : e2eCrc(Uint8Array.from(covered), this.variant);
    return [...u16(crc), ...covered];
  }

  private status(): readonly number[] {
    const therapy = THERAPY[this.options.therapy ?? 'run'];
    return [therapy, READY, ...this.amount()(184, -1), 0x01];
  }

  private annunciation(): readonly number[] {
    const { annunciation = this.has('battery-low') ? BATTERY_LOW : RESERVOIR_LOW } = this.options;
    return annunciation === 0 ? [0] : [0x01, ...u16(17), ...u16(annunciation), PENDING];
  }

  private answer(bytes: Uint8Array): undefined {
    const op = bytes[0]! + bytes[1]! * 256;
    const amount = this.amount();
    const error = (code: number) => [...u16(0x0303), ...u16(op), code];
    const lifetime = this.has('not-a-number') ? FLOAT_NAN : floatBytes(123_456, -2);
    const answers: Readonly<Record<number, () => readonly number[]>> = {
      816: () => [...u16(0x033f), 1, ...u16(BOLUS_ID)],
      854: () =>
        bytes[2]! + bytes[3]! * 256 === BOLUS_ID
          ? [...u16(0x0359), 0, ...u16(BOLUS_ID), EXTENDED, ...sfloatBytes(0), ...amount(18, -1), ...u16(120)]
          : error(READER_ERROR.operand),
      869: () => [...u16(0x036a), 0x04, 1, ...amount(85, -2), 0x33],
      917: () => [...u16(0x039a), ...amount(114, -1), ...amount(138, -1), ...amount(252, -1)],
      960: () => [...u16(0x03cf), ...lifetime, ...lifetime],
      1011: () =>
        this.options.withoutOnBoard
          ? error(READER_ERROR.notApplicable)
          : [...u16(0x03fc), 0x01, ...amount(32, -1), ...u16(150)],
    };
    const found = answers[op];
    if (found === undefined) this.violations.push(`2B24 0x${op.toString(16)}`);
    this.indicate('2B24', found ? found() : error(READER_ERROR.op));
    return undefined;
  }
}

const simulated: SimulatedDriver = {
  devices: { ids: { transport: 'ble', make: (options) => new PracticeInsulinPump(options) } },
  without: { 'wrong-unit': 'amounts are in IU always' },
};
export default simulated;
