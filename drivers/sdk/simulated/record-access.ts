import type { AttRefusal } from '../simulator.js';

/** A record access control point that obeys its rules, for simulated devices. */

/** The codes of one kind of control point. */
export interface RecordAccessCodes {
  readonly op: Readonly<Record<'report' | 'delete' | 'abort' | 'count' | 'countAnswer' | 'answer', number>>;
  readonly operator: Readonly<Record<'none' | 'all' | 'upTo' | 'from' | 'range' | 'first' | 'last', number>>;
  readonly code: Readonly<
    Record<
      | 'success'
      | 'opUnsupported'
      | 'invalidOperator'
      | 'invalidOperand'
      | 'none'
      | 'notCompleted'
      | 'operandUnsupported',
      number
    >
  >;
  /** Bytes of a key, and of the number of records. */
  readonly keySize: 2 | 4;
  /** Filters that the device knows, and which records each leaves. */
  readonly filters: Readonly<Record<number, (record: StoredRecord) => boolean>>;
}

export interface StoredRecord {
  /** Grows from record to record. */
  readonly key: number;
  readonly value: readonly number[];
  /** Kind of the record, for filters. */
  readonly kind?: number;
}

export interface RecordAccessDevice<Kept extends StoredRecord = StoredRecord> {
  readonly codes: RecordAccessCodes;
  records(): readonly Kept[];
  /** Resolves when the record was handed to the link. */
  send(record: Kept): Promise<void>;
  answer(bytes: readonly number[]): void;
}

/** What goes wrong in a transfer: the answer never comes, or says that it was not completed. */
export interface TransferFault {
  readonly transfer?: 'stalls' | 'not-completed';
  /** Records after which a faulty transfer stops. */
  readonly stopsAfter?: number;
  /** A transfer breaks off this often only. */
  readonly times?: number;
}

const ALREADY_IN_PROGRESS = 0x80;

export class SimulatedRecordAccess<Kept extends StoredRecord = StoredRecord> {
  /** Requests that a reader must never make; a test looks here. */
  readonly violations: string[] = [];
  private running = false;
  private broken = 0;

  constructor(
    private readonly device: RecordAccessDevice<Kept>,
    private readonly fault: TransferFault = {},
  ) {}

  quiet(): void {
    this.running = false;
  }

  /** A request, without what protects it. */
  write(bytes: Uint8Array): AttRefusal | undefined {
    const { op, code, operator: operators, keySize } = this.device.codes;
    const [asked = 0, operator = 0] = bytes;
    if (asked === op.abort) {
      this.running = false;
      this.answer(asked, code.success);
      return undefined;
    }
    if (this.running) return { attError: ALREADY_IN_PROGRESS };
    if (asked === op.delete) this.violations.push('delete');
    if (asked !== op.report && asked !== op.count) {
      this.answer(asked, code.opUnsupported);
      return undefined;
    }
    const chosen = this.select(operator, bytes.subarray(2));
    if (typeof chosen === 'number') this.answer(asked, chosen);
    else if (asked === op.count) {
      const count = Array.from({ length: keySize }, (_, index) => Math.floor(chosen.length / 256 ** index) & 0xff);
      this.device.answer([op.countAnswer, operators.none, ...count]);
    } else void this.transfer(chosen);
    return undefined;
  }

  /** The records that an operator and operand name, or the response code that refuses them. */
  private select(operator: number, operand: Uint8Array): readonly Kept[] | number {
    const { operator: operators, code, keySize, filters } = this.device.codes;
    const all = this.device.records();
    if (operator === operators.all || operator === operators.first || operator === operators.last) {
      if (operand.length > 0) return code.invalidOperand;
      if (operator === operators.all) return all;
      return operator === operators.first ? all.slice(0, 1) : all.slice(-1);
    }
    const isRange = operator === operators.range;
    if (!isRange && operator !== operators.upTo && operator !== operators.from) return code.invalidOperator;
    const keep = filters[operand[0] ?? -1];
    if (keep === undefined) return code.operandUnsupported;
    if (operand.length !== 1 + keySize * (isRange ? 2 : 1)) return code.invalidOperand;
    const key = (at: number) =>
      Array.from(operand.subarray(at, at + keySize)).reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
    const first = operator === operators.upTo ? 0 : key(1);
    const last = isRange ? key(1 + keySize) : operator === operators.upTo ? key(1) : Number.POSITIVE_INFINITY;
    if (first > last) return code.invalidOperand;
    return all.filter((record) => record.key >= first && record.key <= last && keep(record));
  }

  private async transfer(chosen: readonly Kept[]): Promise<void> {
    this.running = true;
    const { transfer, stopsAfter = 3, times = Number.POSITIVE_INFINITY } = this.fault;
    const breaks = transfer !== undefined && this.broken < times && chosen.length > stopsAfter;
    if (breaks) this.broken += 1;
    for (const record of breaks ? chosen.slice(0, stopsAfter) : chosen) {
      if (!this.running) return;
      await this.device.send(record);
    }
    if (!this.running || (breaks && transfer === 'stalls')) return;
    this.running = false;
    const { op, code } = this.device.codes;
    this.answer(op.report, chosen.length === 0 ? code.none : breaks ? code.notCompleted : code.success);
  }

  private answer(asked: number, code: number): void {
    const { op, operator } = this.device.codes;
    this.device.answer([op.answer, operator.none, asked, code]);
  }
}

/** 2A52, by a key of 16 bits with filter 1: a sequence number or a time offset. */
export const RECORD_ACCESS_CODES: RecordAccessCodes = {
  op: { report: 1, delete: 2, abort: 3, count: 4, countAnswer: 5, answer: 6 },
  operator: { none: 0, all: 1, upTo: 2, from: 3, range: 4, first: 5, last: 6 },
  code: {
    success: 1,
    opUnsupported: 2,
    invalidOperator: 3,
    invalidOperand: 5,
    none: 6,
    notCompleted: 8,
    operandUnsupported: 9,
  },
  keySize: 2,
  filters: { 1: () => true },
};
