import {
  type BridgeRequest,
  SimulatedBridge,
  type SimulatedBridgeOptions,
} from '@onebox/driver-sdk/simulated/bridge.js';
import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import {
  glucosePageBytes,
  glucoseTimeBytes,
  historyPageBytes,
  recordDateBytes,
  recordTimeBytes,
} from './simulated-pages.js';

/**
 * A made-up 754 behind a bridge: its user suspended delivery 35 minutes ago, while the sensor fell to 54 mg/dL. Two
 * days ago it lost its clock after a change of battery: the page before has dates that mean nothing. A bridge of
 * practice is authorised from the start.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const KIND = { history: 0x11, glucose: 0x12, clock: 0x13 } as const;
const PAGE_END = 1;
const GAP = 2;

/** mg/dL of the last three hours, oldest first, every 5 minutes. */
const FALLING = [
  186, 188, 190, 192, 192, 190, 188, 184, 180, 176, 170, 164, 158, 152, 146, 140, 134, 128, 122, 116, 112, 106, 102, 98,
  94, 90, 86, 82, 78, 74, 70, 68, 64, 60, 58, 54,
];

export class MinimedSimulator extends SimulatedBridge {
  private readonly began = Date.now();

  constructor(options: SimulatedBridgeOptions = {}) {
    super(options);
  }

  protected hello(): Readonly<Record<string, string>> {
    const model = this.options.fault === 'newer-firmware' ? '780' : '754';
    return { family: 'minimed', model, firmware: '2.5A', history: '2', glucose: '2' };
  }

  protected answer({ kind, item }: BridgeRequest): Uint8Array | undefined {
    if (kind === KIND.clock) return Uint8Array.from(this.clock());
    if (kind === KIND.history && item < 2) return historyPageBytes(item === 0 ? this.newHistory() : this.oldHistory());
    if (kind === KIND.glucose && item < 2) return glucosePageBytes(item === 0 ? this.newGlucose() : this.oldGlucose());
    return undefined;
  }

  private clock(): readonly number[] {
    if (this.options.fault === 'clock-unset') return [0, 0, 0, 0, 0];
    return recordTimeBytes(this.local((this.wire?.now() ?? this.began) - this.began));
  }

  /** The pump's clock, as if it were UTC, so many ms after the start. */
  private local(since: number): number {
    const zone = -new Date(this.began).getTimezoneOffset() * MINUTE;
    return this.began + since + zone + (this.options.fault === 'clock-off' ? 40 * MINUTE : 0);
  }

  private at(ago: number): readonly number[] {
    return recordTimeBytes(this.local(-ago));
  }

  private plain(code: number, ago: number, value = 0): readonly number[] {
    return [code, value, ...this.at(ago)];
  }

  /** Oldest first: set change, meals with boluses, an alarm that was cleared, suspend. */
  private newHistory(): readonly (readonly number[])[] {
    const battery = this.options.fault === 'battery-low' ? [this.plain(0x19, HOUR)] : [];
    return [
      this.plain(0x21, 26 * HOUR),
      [0x03, 0, 216, 0, 216, ...this.at(26 * HOUR - 4 * MINUTE)],
      [0x7b, 1, ...this.at(14 * HOUR), 14, 34, 0],
      [0x07, 0, 0, 5, 0x78, ...recordDateBytes(this.local(-DAY)), 0, 0, 0],
      this.meterGlucose(6 * HOUR, 176),
      this.bolus(6 * HOUR - MINUTE, 180, 180),
      [0x06, 4, 0, 0, ...this.at(4 * HOUR)],
      this.plain(0x0c, 4 * HOUR - 2 * MINUTE),
      [0x40, 0, ...this.at(95 * MINUTE), 45, 0],
      [0x5c, 5, 60, 200, 0x10],
      this.bolus(94 * MINUTE, 260, 260),
      [0x33, 20, ...this.at(50 * MINUTE), 0],
      this.plain(0x16, 50 * MINUTE, 2),
      ...battery,
      this.plain(0x1e, 35 * MINUTE, 1),
    ];
  }

  /** The clock was lost and set again two days ago: before that the pump counted from its first day. */
  private oldHistory(): readonly (readonly number[])[] {
    const firstDay = Date.UTC(2007, 0, 1);
    const reset = (minutes: number) => recordTimeBytes(firstDay + minutes * MINUTE);
    return [
      [0x01, 0, 100, 0, 100, 0, 0, 0, ...recordTimeBytes(this.local(-3 * DAY))],
      this.plain(0x1a, 2 * DAY + 10 * MINUTE),
      [0x06, 21, 0, 0, ...reset(0)],
      [0x0c, 0, ...reset(1)],
      [0x17, 0, ...reset(2)],
      [0x18, 0, ...this.at(2 * DAY)],
      this.plain(0x1f, 2 * DAY - MINUTE),
      [0x01, 0, 80, 0, 80, 0, 0, 0, ...this.at(30 * HOUR)],
    ];
  }

  /** In fortieths of a unit. */
  private bolus(ago: number, programmed: number, amount: number): readonly number[] {
    const amounts = [programmed, amount].flatMap((count) => [count >> 8, count & 0xff]);
    return [0x01, ...amounts, 0, 0, 0, ...this.at(ago)];
  }

  private meterGlucose(ago: number, mgPerDl: number): readonly number[] {
    const [second, minute, hour, ...day] = this.at(ago) as [number, number, number, number, number];
    return [0x3f, mgPerDl >> 3, second, minute, hour | ((mgPerDl & 7) << 5), ...day, 0x12, 0x34, 0x56];
  }

  /** Newest first. */
  private newGlucose(): readonly (readonly number[])[] {
    const { fault } = this.options;
    // One reading after the time stamp of the page: it was made 5 minutes later.
    const stamp = [0x08, ...glucoseTimeBytes(this.local(-7 * MINUTE), fault === 'never-measured' ? GAP : PAGE_END)];
    const records = FALLING.toReversed().map((mgPerDl) => (fault === 'not-a-number' ? [0x05, 1] : [mgPerDl / 2]));
    return [records[0]!, stamp, ...records.slice(1)];
  }

  private oldGlucose(): readonly (readonly number[])[] {
    const from = 7 * MINUTE + FALLING.length * 5 * MINUTE;
    const older = FALLING.map((mgPerDl) => [(mgPerDl - 20) / 2]);
    const status = [0x0b, ...glucoseTimeBytes(this.local(-from), 1)];
    return [[0x08, ...glucoseTimeBytes(this.local(-from), PAGE_END)], status, ...older.slice(0, 12), [0x02], [0x06]];
  }
}

const BRIDGE = { vendorId: '1209', productId: '0006', manufacturer: 'Practice', product: 'Pump Bridge' } as const;

export function minimedBridge(options: SimulatedBridgeOptions = {}): MinimedSimulator {
  return new MinimedSimulator({ usb: BRIDGE, ...options });
}

const simulated: SimulatedDriver = {
  devices: { minimed: { transport: 'serial', make: minimedBridge } },
  without: { 'wrong-unit': 'units are fixed by the record type' },
};
export default simulated;
