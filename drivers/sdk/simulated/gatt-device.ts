import type {
  BleAir,
  BleSimulator,
  SimulatedAdvertisement,
  SimulatedCharacteristic,
  SimulatedService,
} from '../simulator.js';
import type { ContentFault, SimulationOptions } from './faults.js';
import { dateTimeBytes } from './values.js';

/** What simulated GATT devices have in common: identity, battery, a clock, a rhythm, and misbehaviour on order. */

/** How a device misbehaves when told to. */
export type Misconduct =
  /** Sends no measurement at all. */
  | 'silent'
  /** Leaves out the last byte of every measurement. */
  | 'truncated'
  /** Refuses every read of its identity and battery (ATT error 0x02). */
  | 'refuses-reads'
  /** Hangs up after its third measurement. */
  | 'hangs-up';

export interface SimulatedGattOptions extends SimulationOptions {
  readonly name?: string;
  readonly serial?: string;
  readonly batteryPercent?: number;
  /** Device clock minus tablet clock in ms; `unset` for a clock that was never set. */
  readonly clockOffsetMs?: number | 'unset';
  /** Minutes that the device's wall clock is ahead of UTC; that of this machine when not given. */
  readonly utcOffsetMinutes?: number;
  readonly misconduct?: Misconduct;
}

const READ_NOT_PERMITTED = 0x02;
const FAST_CLOCK_MS = 40 * 60_000;
/** Bytes that a newer device sends after what the driver knows. */
const UNKNOWN_FIELD = [0xa5, 0x5a];
const MAKER = 'OneBox Practice';

export abstract class SimulatedGattDevice implements BleSimulator {
  abstract readonly services: readonly SimulatedService[];
  readonly advertisement: SimulatedAdvertisement;
  protected air: BleAir | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();
  private sent = 0;

  constructor(
    protected readonly options: SimulatedGattOptions,
    private readonly model: string,
    advertised: readonly string[],
  ) {
    this.advertisement = { name: options.name ?? model, services: advertised };
  }

  start(air: BleAir): void {
    this.air = air;
    air.onSubscribe((characteristic, on) => this.subscribed(characteristic, on));
    air.onConnection((connected) => {
      this.sent = 0;
      if (!connected) this.quiet();
    });
  }

  stop(): void {
    this.quiet();
    this.air = undefined;
  }

  protected subscribed(_characteristic: string, _on: boolean): void {}

  /** Does something once, unless the reader goes before. */
  protected after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }

  protected quiet(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  /** Sends one measurement, as far as the device is told to behave. */
  protected async send(how: 'notify' | 'indicate', characteristic: string, value: readonly number[]): Promise<void> {
    const { misconduct } = this.options;
    if (misconduct === 'silent' || this.air === undefined) return;
    const known = misconduct === 'truncated' ? value.slice(0, -1) : value;
    const kept = this.has('newer-firmware') ? this.newer(known) : known;
    await this.air[how](characteristic, Uint8Array.from(kept));
    this.sent += 1;
    if (misconduct === 'hangs-up' && this.sent >= 3) this.air?.disconnect();
    else if (this.has('ends-early')) this.air?.disconnect();
  }

  /** A value as firmware of the future sends it: with something behind what is known. */
  protected newer(value: readonly number[]): readonly number[] {
    return [...value, ...UNKNOWN_FIELD];
  }

  protected has(fault: ContentFault): boolean {
    return this.options.fault === fault;
  }

  /** The wall clock of the device in milliseconds, as if it were UTC; undefined when it was never set. */
  protected wallClock(ago = 0): number | undefined {
    const { clockOffsetMs = this.has('clock-off') ? FAST_CLOCK_MS : 0, utcOffsetMinutes } = this.options;
    if (clockOffsetMs === 'unset' || this.has('clock-unset')) return undefined;
    const now = this.air?.now() ?? 0;
    const zone = utcOffsetMinutes ?? -new Date(now).getTimezoneOffset();
    return now - ago + zone * 60_000 + clockOffsetMs;
  }

  protected information(): SimulatedService {
    const text = (uuid: string, value: string) =>
      this.readable(uuid, () => Uint8Array.from(value, (char) => char.charCodeAt(0)));
    const serial = this.options.serial ?? `P-${String(1000 + ((this.options.seed ?? 1) % 9000))}`;
    return {
      uuid: '180A',
      characteristics: [
        text('2A29', MAKER),
        text('2A24', this.model),
        text('2A25', serial),
        text('2A26', this.has('newer-firmware') ? '99.0.0' : '1.0.0'),
      ],
    };
  }

  protected battery(): SimulatedService {
    return {
      uuid: '180F',
      characteristics: [
        this.readable('2A19', () => Uint8Array.of(this.options.batteryPercent ?? (this.has('battery-low') ? 3 : 82))),
      ],
    };
  }

  /** Current Time Service. */
  protected clock(): SimulatedService {
    const value = () => {
      const wall = this.wallClock();
      const weekday = wall === undefined ? 0 : new Date(wall).getUTCDay() || 7;
      return Uint8Array.from([...dateTimeBytes(wall), weekday, 0, 0]);
    };
    return { uuid: '1805', characteristics: [this.readable('2A2B', value)] };
  }

  protected readable(uuid: string, value: () => Uint8Array): SimulatedCharacteristic {
    const refused = this.options.misconduct === 'refuses-reads';
    return { uuid, properties: ['read'], read: () => (refused ? { attError: READ_NOT_PERMITTED } : value()) };
  }
}
