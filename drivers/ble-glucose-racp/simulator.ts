import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import { u16 } from '@onebox/driver-sdk/simulated/values.js';
import type { AttRefusal, SimulatedService } from '@onebox/driver-sdk/simulator.js';
import { practiceRecords, type StoredRecord } from './simulator-records.js';

/** A practice glucose meter: about thirty records and a record access control point that obeys its rules. */

export interface MeterOptions extends SimulatedGattOptions {
  readonly records?: number;
  /** What goes wrong in a transfer: the answer never comes, or says that it was not completed. */
  readonly transfer?: 'stalls' | 'not-completed';
  /** Records after which a faulty transfer stops. */
  readonly stopsAfter?: number;
}

const OP = { report: 1, delete: 2, abort: 3, count: 4, countAnswer: 5, answer: 6 } as const;
const CODE = {
  success: 1,
  opUnsupported: 2,
  invalidOperator: 3,
  invalidOperand: 5,
  none: 6,
  notCompleted: 8,
  operandUnsupported: 9,
} as const;
const ALREADY_IN_PROGRESS = 0x80;
const NOT_CONFIGURED = 0x81;

export class PracticeGlucoseMeter extends SimulatedGattDevice {
  readonly services: readonly SimulatedService[];
  /** Requests that a reader must never make; a test looks here. */
  readonly violations: string[] = [];
  private readonly listening = new Set<string>();
  private stored: readonly StoredRecord[] | undefined;
  private running = false;

  constructor(protected override readonly options: MeterOptions = {}) {
    super(options, 'Practice Meter', ['1808']);
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
  get records(): readonly StoredRecord[] {
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
    this.running = false;
  }

  private control(bytes: Uint8Array): AttRefusal | undefined {
    if (!this.listening.has('2A52')) return { attError: NOT_CONFIGURED };
    const [op = 0, operator = 0] = bytes;
    if (op === OP.abort) {
      this.running = false;
      this.answer(op, CODE.success);
      return undefined;
    }
    if (this.running) return { attError: ALREADY_IN_PROGRESS };
    if (op === OP.delete) this.violations.push('delete');
    if (op !== OP.report && op !== OP.count) {
      this.answer(op, CODE.opUnsupported);
      return undefined;
    }
    const chosen = this.select(operator, bytes.subarray(2));
    if (typeof chosen === 'number') this.answer(op, chosen);
    else if (op === OP.count) this.indicateSoon([OP.countAnswer, 0, ...u16(chosen.length)]);
    else void this.transfer(chosen);
    return undefined;
  }

  /** The records that an operator and operand name, or the response code that refuses them. */
  private select(operator: number, operand: Uint8Array): readonly StoredRecord[] | number {
    const all = this.records;
    if (operator === 1 || operator === 5 || operator === 6) {
      if (operand.length > 0) return CODE.invalidOperand;
      return operator === 1 ? all : operator === 5 ? all.slice(0, 1) : all.slice(-1);
    }
    if (operator < 2 || operator > 4) return CODE.invalidOperator;
    if (operand[0] !== 1) return CODE.operandUnsupported;
    if (operand.length !== (operator === 4 ? 5 : 3)) return CODE.invalidOperand;
    const first = operand[1]! + operand[2]! * 256;
    const last = operator === 4 ? operand[3]! + operand[4]! * 256 : first;
    if (operator === 4 && first > last) return CODE.invalidOperand;
    return all.filter(
      ({ sequence }) =>
        (operator === 2 ? sequence <= first : sequence >= first) && (operator !== 4 || sequence <= last),
    );
  }

  private async transfer(chosen: readonly StoredRecord[]): Promise<void> {
    this.running = true;
    const { transfer, stopsAfter = 3 } = this.options;
    let sent = 0;
    for (const { measurement, context } of chosen) {
      if (!this.running) return;
      if (transfer !== undefined && sent >= stopsAfter) break;
      await this.send('notify', '2A18', measurement);
      if (context) await this.send('notify', '2A34', context);
      sent += 1;
    }
    if (!this.running || transfer === 'stalls') return;
    this.running = false;
    this.answer(
      OP.report,
      chosen.length === 0 ? CODE.none : transfer === 'not-completed' ? CODE.notCompleted : CODE.success,
    );
  }

  private answer(op: number, code: number): void {
    this.indicateSoon([OP.answer, 0, op, code]);
  }

  /** After the write was confirmed. */
  private indicateSoon(bytes: readonly number[]): void {
    this.after(5, () => void this.air?.indicate('2A52', Uint8Array.from(bytes)));
  }
}

const simulated: SimulatedDriver = {
  devices: { glucose: { transport: 'ble', make: (options) => new PracticeGlucoseMeter(options) } },
  without: { 'wrong-checksum': 'the Glucose service carries none' },
};
export default simulated;
