import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import {
  dateTimeBytes,
  FLOAT_NAN,
  FLOAT_NRES,
  floatBytes,
  SFLOAT_NAN,
  SFLOAT_NRES,
  seededRandom,
  sfloatBytes,
  u16,
  u24,
} from '@onebox/driver-sdk/simulated/values.js';
import type { SimulatedService } from '@onebox/driver-sdk/simulator.js';

/** Practice devices of the vital-sign services. Their values are made up and depend on the seed alone. */

export interface LiveOptions extends SimulatedGattOptions {
  /** Milliseconds between two values; 1000 when not given. */
  readonly intervalMs?: number;
}

/** A device that sends a value again and again while somebody listens. */
abstract class LiveDevice extends SimulatedGattDevice {
  protected readonly random: () => number;
  private listening = false;

  constructor(
    protected override readonly options: LiveOptions,
    model: string,
    advertised: readonly string[],
    private readonly channel: string,
  ) {
    super(options, model, advertised);
    this.random = seededRandom(options.seed ?? 1);
  }

  protected abstract next(): readonly number[];

  protected override subscribed(characteristic: string, on: boolean): void {
    if (characteristic !== this.channel) return;
    this.listening = on;
    this.quiet();
    if (on) this.beat();
  }

  private beat(): void {
    this.after(this.options.intervalMs ?? 1000, () => {
      if (!this.listening) return;
      void this.send('notify', this.channel, this.next());
      this.beat();
    });
  }

  /** A step of a slow walk around `middle`. */
  protected walk(now: number, middle: number, spread: number): number {
    const step = Math.round((this.random() - 0.5) * 2 + (middle - now) * 0.2);
    return Math.max(middle - spread, Math.min(middle + spread, now + step));
  }
}

export interface OximeterOptions extends LiveOptions {
  /** What the finger does. */
  readonly finger?: 'in' | 'out' | 'weak';
}

/** SpO2 around 93 %, pulse around 104 /min: somebody who is short of breath. */
export class PracticeOximeter extends LiveDevice {
  readonly services: readonly SimulatedService[];
  private spo2 = 93;
  private pulse = 104;

  constructor(protected override readonly options: OximeterOptions = {}) {
    super(options, 'Practice Oximeter', ['1822'], '2A5F');
    this.services = [
      {
        uuid: '1822',
        characteristics: [
          { uuid: '2A5F', properties: ['notify'] },
          this.readable('2A60', () => Uint8Array.from([...u16(0x0013), ...u16(0xe1a0), ...u24(0x00b878)])),
        ],
      },
      this.information(),
      this.battery(),
    ];
  }

  protected next(): readonly number[] {
    const { finger = this.has('never-measured') ? 'out' : 'in' } = this.options;
    // Flags: measurement status, device and sensor status, pulse amplitude index.
    const flags = 0x1c;
    if (finger === 'out') {
      // Invalid and unavailable; sensor unconnected to the person, inadequate signal.
      return [flags, ...SFLOAT_NAN, ...SFLOAT_NAN, ...u16(0xa000), ...u24(0x000808), ...SFLOAT_NAN];
    }
    this.spo2 = this.walk(this.spo2, 93, 2);
    this.pulse = this.walk(this.pulse, 104, 6);
    const values = this.has('not-a-number')
      ? [...SFLOAT_NAN, ...SFLOAT_NRES]
      : [...sfloatBytes(this.spo2), ...sfloatBytes(this.pulse)];
    // Questionable, with a poor signal at low perfusion; else ongoing and fully qualified.
    if (finger === 'weak') return [flags, ...values, ...u16(0x4020), ...u24(0x000030), ...sfloatBytes(3, -1)];
    return [flags, ...values, ...u16(0x0120), ...u24(0), ...sfloatBytes(21 + Math.floor(this.random() * 5), -1)];
  }
}

export interface HeartRateOptions extends LiveOptions {
  readonly contact?: boolean;
}

/** A chest strap with a rate around 118 /min and its RR intervals. */
export class PracticeHeartRateStrap extends LiveDevice {
  readonly services: readonly SimulatedService[];
  private rate = 118;

  constructor(protected override readonly options: HeartRateOptions = {}) {
    super(options, 'Practice Strap', ['180D'], '2A37');
    this.services = [
      {
        uuid: '180D',
        characteristics: [{ uuid: '2A37', properties: ['notify'] }, this.readable('2A38', () => Uint8Array.of(1))],
      },
      this.information(),
      this.battery(),
    ];
  }

  /** What stands at the end are intervals: only flag bits are free. */
  protected override newer([flags = 0, ...rest]: readonly number[]): readonly number[] {
    return [flags | 0xe0, ...rest];
  }

  protected next(): readonly number[] {
    // Contact supported and not detected: the strap has no rate and sends none.
    if (this.options.contact === false || this.has('never-measured')) return [0x04, 0];
    this.rate = this.walk(this.rate, 118, 8);
    const interval = Math.round((60 / this.rate) * 1024 + (this.random() - 0.5) * 16);
    return [0x16, this.rate, ...u16(interval), ...u16(interval + Math.round((this.random() - 0.5) * 8))];
  }
}

export interface SpotOptions extends SimulatedGattOptions {
  /** Milliseconds from the subscription to the first value. */
  readonly delayMs?: number;
  /** Milliseconds from the last value to hanging up; the device stays when not given. */
  readonly hangUpMs?: number;
}

/** A device that sends its measurement when somebody listens, as an indication, and may hang up then. */
abstract class SpotDevice extends SimulatedGattDevice {
  constructor(
    protected override readonly options: SpotOptions,
    model: string,
    advertised: readonly string[],
    private readonly channel: string,
  ) {
    super(options, model, advertised);
  }

  /** Oldest first. */
  protected abstract measurements(): readonly (readonly number[])[];

  protected override subscribed(characteristic: string, on: boolean): void {
    if (characteristic !== this.channel || !on) return;
    this.after(this.options.delayMs ?? 300, () => void this.sendAll());
  }

  private async sendAll(): Promise<void> {
    for (const value of this.measurements()) await this.send('indicate', this.channel, value);
    if (this.options.hangUpMs !== undefined) this.after(this.options.hangUpMs, () => this.air?.disconnect());
  }
}

const MINUTE = 60_000;

export interface BloodPressureOptions extends SpotOptions {
  readonly unit?: 'mmHg' | 'kPa';
}

/** Two stored measurements and the present one, which is low. */
export class PracticeBloodPressureMonitor extends SpotDevice {
  readonly services: readonly SimulatedService[];

  constructor(protected override readonly options: BloodPressureOptions = {}) {
    super(options, 'Practice Cuff', ['1810'], '2A35');
    this.services = [
      {
        uuid: '1810',
        characteristics: [
          { uuid: '2A35', properties: ['indicate'] },
          this.readable('2A49', () => Uint8Array.from(u16(0x0007))),
        ],
      },
      this.clock(),
      this.information(),
      this.battery(),
    ];
  }

  protected measurements(): readonly (readonly number[])[] {
    const random = seededRandom(this.options.seed ?? 1);
    const about = (middle: number) => middle + Math.floor(random() * 5) - 2;
    return [
      this.measurement(1440 * MINUTE, about(132), about(84), about(72), 0),
      // Irregular pulse.
      this.measurement(22 * MINUTE, about(104), about(62), about(98), 0x0004),
      this.measurement(0, about(88), about(51), about(112), 0),
    ];
  }

  private measurement(
    ago: number,
    systolic: number,
    diastolic: number,
    pulse: number,
    status: number,
  ): readonly number[] {
    const kPa = this.options.unit === 'kPa';
    // The pressures stay in mmHg.
    const wrongUnit = this.has('wrong-unit');
    // kPa with one decimal, as monitors show it.
    const pressure = (mmHg: number) =>
      this.has('never-measured')
        ? SFLOAT_NRES
        : this.has('not-a-number')
          ? SFLOAT_NAN
          : kPa
            ? sfloatBytes(Math.round(mmHg * 1.33322), -1)
            : sfloatBytes(mmHg);
    const time = dateTimeBytes(this.wallClock(ago));
    const values = [...pressure(systolic), ...pressure(diastolic), ...SFLOAT_NAN];
    return [0x1e | (kPa || wrongUnit ? 1 : 0), ...values, ...time, ...sfloatBytes(pulse), 1, ...u16(status)];
  }
}

export interface ThermometerOptions extends SpotOptions {
  readonly unit?: 'C' | 'F';
}

/** An ear thermometer with a fever. */
export class PracticeThermometer extends SpotDevice {
  readonly services: readonly SimulatedService[];

  constructor(protected override readonly options: ThermometerOptions = {}) {
    super(options, 'Practice Thermometer', ['1809'], '2A1C');
    this.services = [
      {
        uuid: '1809',
        characteristics: [{ uuid: '2A1C', properties: ['indicate'] }, this.readable('2A1D', () => Uint8Array.of(3))],
      },
      this.clock(),
      this.information(),
      this.battery(),
    ];
  }

  protected measurements(): readonly (readonly number[])[] {
    const tenths = 391 + Math.floor(seededRandom(this.options.seed ?? 1)() * 6);
    const time = dateTimeBytes(this.wallClock());
    if (this.has('never-measured')) return [[0x06, ...FLOAT_NRES, ...time, 3]];
    if (this.has('not-a-number')) return [[0x06, ...FLOAT_NAN, ...time, 3]];
    if (this.has('wrong-unit')) return [[0x07, ...floatBytes(tenths, -1), ...time, 3]];
    if (this.options.unit === 'F') return [[0x07, ...floatBytes(Math.round((tenths * 9) / 5 + 320), -1), ...time, 3]];
    return [[0x06, ...floatBytes(tenths, -1), ...time, 3]];
  }
}

const simulated: SimulatedDriver = {
  devices: {
    oximeter: { transport: 'ble', make: (options) => new PracticeOximeter(options) },
    'heart-rate': { transport: 'ble', make: (options) => new PracticeHeartRateStrap(options) },
    'blood-pressure': {
      transport: 'ble',
      make: (options) => new PracticeBloodPressureMonitor(options),
    },
    thermometer: { transport: 'ble', make: (options) => new PracticeThermometer(options) },
  },
  without: { 'wrong-checksum': 'the values of these services carry none' },
};
export default simulated;
