import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import { u16 } from '@onebox/driver-sdk/simulated/values.js';
import type { SimulatedService } from '@onebox/driver-sdk/simulator.js';
import { crc16 } from '@onebox/protocol/framing.js';
import { BACKFILL, CONTROL } from './inbox.js';

/**
 * Made-up sensors that have accepted the reader from the start: a G7 on its tenth day with a low and falling value,
 * and a G6 with the same. They speak as soon as somebody listens, and then every five minutes.
 */

export interface DexcomOptions extends SimulatedGattOptions {
  /** The session is over: the last value comes again and again, older each time. G7 only. */
  readonly expired?: boolean;
}

const SERVICE = 'F8083532849E531CC59430F1F86A4EA5';
const STEP_S = 300;
/** Between what it sends. */
const PAUSE_MS = 20;
const DAY_S = 86_400;
/** Count of the transmitter when the practice begins. */
const STARTED_S = 9 * DAY_S + 20 * 3600;
const AGE_S = 120;
const EXPIRED_AGE_S = 27_604;

const OK = 6;
const WARM_UP = 2;
const EXPIRED = 24;
/** A state of a firmware to come. */
const UNHEARD_OF = 99;
/** mg/dL of the last three hours, oldest first, without the present one. */
const FALLING = [
  186, 188, 190, 192, 192, 190, 188, 184, 180, 176, 170, 164, 158, 152, 146, 140, 134, 128, 122, 116, 112, 106, 102, 98,
  94, 90, 86, 83, 80, 77, 74, 71, 69, 66, 63,
];
const PRESENT = 61;
const TREND = -6;

abstract class DexcomSimulator extends SimulatedGattDevice {
  readonly services: readonly SimulatedService[] = [
    {
      uuid: SERVICE,
      characteristics: [
        { uuid: CONTROL, properties: ['write', 'indicate'] },
        { uuid: BACKFILL, properties: ['notify'] },
      ],
    },
  ];
  private readonly listening = new Set<string>();
  private began: number | undefined;

  protected constructor(
    protected override readonly options: DexcomOptions,
    model: string,
  ) {
    super(options, model, ['FEBC']);
  }

  protected abstract control(): readonly (readonly number[])[];
  protected abstract stored(): readonly (readonly number[])[];

  protected override subscribed(characteristic: string, on: boolean): void {
    if (on) this.listening.add(characteristic);
    else this.listening.delete(characteristic);
    if (this.listening.size === 2) this.speak();
  }

  private speak(): void {
    const all = [
      ...this.control().map((bytes) => ['indicate', CONTROL, bytes] as const),
      ...this.stored().map((bytes) => ['notify', BACKFILL, bytes] as const),
    ];
    const one = (index: number) => {
      const message = all[index];
      if (message === undefined) this.after(STEP_S * 1000, () => this.speak());
      else {
        const [how, channel, bytes] = message;
        void this.send(how, channel, bytes).then(() => this.after(PAUSE_MS, () => one(index + 1)));
      }
    };
    this.after(PAUSE_MS, () => one(0));
  }

  /** Frames and records have their exact length: a future firmware differs in its states, not behind them. */
  protected override newer(value: readonly number[]): readonly number[] {
    return value;
  }

  protected get count(): number {
    const now = this.air?.now() ?? 0;
    this.began ??= now;
    return STARTED_S + Math.floor((now - this.began) / 1000);
  }

  protected get state(): number {
    if (this.has('never-measured')) return WARM_UP;
    return this.has('newer-firmware') ? UNHEARD_OF : OK;
  }

  /** Count of a stored value and the value. */
  protected history(): readonly (readonly [number, number])[] {
    const newest = this.count - AGE_S - STEP_S;
    return FALLING.map((mgPerDl, index) => [newest - (FALLING.length - 1 - index) * STEP_S, mgPerDl]);
  }
}

export class G7Simulator extends DexcomSimulator {
  constructor(options: DexcomOptions = {}) {
    super(options, 'DXCM7P');
  }

  protected control(): readonly (readonly number[])[] {
    const { expired = false } = this.options;
    const value = u16(this.has('not-a-number') ? 0xffff : PRESENT);
    const age = expired ? EXPIRED_AGE_S : AGE_S;
    const state = expired ? EXPIRED : this.state;
    const trend = this.has('not-a-number') ? 0x7f : TREND & 0xff;
    const version = [0x52, 0, ...u32(907_200), ...u16(1_620), ...u32(67_371_520), 255, ...u16(12)];
    const predicted = u16(this.has('not-a-number') ? 0xffff : 48);
    return [
      version,
      [0x4e, 0, ...u32(this.count), ...u16(2_830), 0, 1, ...u16(age), ...value, state, trend, ...predicted, 0x0f],
    ];
  }

  protected stored(): readonly (readonly number[])[] {
    return this.history().map(([count, mgPerDl]) => [...u32(count).slice(0, 3), 0, ...u16(mgPerDl), OK, 0x0f, 0xfe]);
  }
}

export class G6Simulator extends DexcomSimulator {
  constructor(options: DexcomOptions = {}) {
    super(options, 'Dexcom6P');
  }

  private message(body: readonly number[]): readonly number[] {
    const crc = crc16(Uint8Array.from(body), 0) ^ (this.has('wrong-checksum') ? 0x5a5a : 0);
    return [...body, ...u16(crc)];
  }

  protected control(): readonly (readonly number[])[] {
    const status = this.has('battery-low') ? 0x81 : 0;
    const glucose = [
      0x31,
      status,
      ...u32(2_830),
      ...u32(this.count - AGE_S),
      ...u16(this.has('not-a-number') ? 5 : PRESENT),
    ];
    const frames = this.frames();
    const length = frames.reduce((sum, frame) => sum + frame.length, 0);
    const [from = 0, to = 0] = [this.history()[0]?.[0], this.history().at(-1)?.[0]];
    const crc = crc16(Uint8Array.from(frames.flat()), 0);
    return [
      this.message([0x25, 0, ...u32(this.count), ...u32(this.count - 2 * DAY_S), 1, 0, 0, 0]),
      this.message([0x4b, 0, 2, 18, 2, 88, ...Array<number>(11).fill(0)]),
      this.message([...glucose, this.state, this.has('not-a-number') ? 0x7f : TREND & 0xff]),
      this.message([0x51, 0, 1, 3, ...u32(from), ...u32(to), ...u32(length), ...u16(crc)]),
    ];
  }

  protected stored(): readonly (readonly number[])[] {
    return this.frames();
  }

  private frames(): readonly (readonly number[])[] {
    const records = this.history().flatMap(([count, mgPerDl]) => [...u32(count), ...u16(mgPerDl), OK, 0xfe]);
    const data = [...u32(records.length), ...records];
    return Array.from({ length: Math.ceil(data.length / 18) }, (_, index) => [
      index + 1,
      0xc0,
      ...data.slice(index * 18, index * 18 + 18),
    ]);
  }
}

function u32(value: number): readonly number[] {
  return [...u16(value % 65_536), ...u16(Math.floor(value / 65_536))];
}

const simulated: SimulatedDriver = {
  devices: {
    dexcom: { transport: 'ble', make: (options) => new G7Simulator(options) },
    'dexcom-g6': { transport: 'ble', make: (options) => new G6Simulator(options) },
  },
  without: {
    'wrong-unit': 'the protocol has one unit',
    'clock-off': 'the sensor counts seconds and has no clock',
    'clock-unset': 'the sensor counts seconds and has no clock',
  },
};
export default simulated;
