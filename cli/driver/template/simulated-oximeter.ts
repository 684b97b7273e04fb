import type { SimulatedDriver, SimulationOptions } from '@onebox/driver-sdk/simulated/faults.js';
import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';
import { framing, type Packets, packets } from './packets.js';

const INTERVAL_MS = 200;
/** Frames of a device whose measurements end early. */
const EARLY = 2;
/** A type of frame that this version of the driver does not know. */
const UNKNOWN = 0xee;

/** The device itself, made up from a seed, without its link. Misbehaves on order. */
export class SimulatedOximeter {
  /** Requests that no reader may send; a test looks here. */
  readonly refused: string[] = [];
  private readonly random: () => number;
  private timer: ReturnType<typeof setInterval> | undefined;
  private counter = 0;
  private spo2 = 93;
  private pulseRate = 104;

  constructor(
    private readonly options: SimulationOptions,
    private readonly send: (bytes: Uint8Array) => void,
  ) {
    this.random = seededRandom(options.seed ?? 1);
  }

  obey(request: Uint8Array): void {
    const [start, command] = request;
    if (start !== 0xa5 || command === undefined || command < 1 || command > 4)
      this.refused.push(Buffer.from(request).toString('hex'));
    else if (command === 1) this.frame('identity', this.names());
    else if (command === 2) this.frame('status', [this.options.fault === 'battery-low' ? 3 : 82]);
    else if (command === 3) this.startMeasuring();
    else this.quiet();
  }

  quiet(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private names(): readonly number[] {
    const firmware = this.options.fault === 'newer-firmware' ? '99.0' : '1.0';
    return [...Buffer.from(`Model One;P-${1000 + ((this.options.seed ?? 1) % 9000)};${firmware}`, 'ascii')];
  }

  private startMeasuring(): void {
    this.quiet();
    let sent = 0;
    this.timer = setInterval(() => {
      sent += 1;
      this.measure();
      if (this.options.fault === 'ends-early' && sent === EARLY) this.quiet();
    }, INTERVAL_MS);
  }

  private measure(): void {
    this.counter = (this.counter + 1) & 0xff;
    this.spo2 = this.walk(this.spo2, 93);
    this.pulseRate = this.walk(this.pulseRate, 104);
    const { fault } = this.options;
    if (fault === 'never-measured') this.frame('measurement', [this.counter, 0xff, 0xff, 0xff]);
    else if (fault === 'not-a-number') this.frame('measurement', [this.counter, 0, 0, 0]);
    else this.frame('measurement', [this.counter, this.spo2, this.pulseRate & 0xff, this.pulseRate >> 8]);
  }

  /** A step of a slow walk around `middle`. */
  private walk(now: number, middle: number): number {
    const step = Math.round((this.random() - 0.5) * 2);
    return Math.max(middle - 3, Math.min(middle + 3, now + step));
  }

  private frame(kind: keyof Packets, data: readonly number[]): void {
    const newer = this.options.fault === 'newer-firmware';
    if (newer) this.send(framing.encode({ type: UNKNOWN, data: Uint8Array.of(1, 2, 3) }));
    const more = newer && kind !== 'identity' ? [0x5a] : [];
    const bytes = framing.encode(packets.frame(kind, Uint8Array.of(...data, ...more)));
    if (this.options.fault === 'wrong-checksum') bytes[bytes.length - 1]! ^= 1;
    this.send(bytes);
  }
}

/** Faults that the protocol cannot have, and why. */
export const WITHOUT: SimulatedDriver['without'] = {
  'wrong-unit': 'the units are fixed',
  'clock-off': 'the device tells no time',
  'clock-unset': 'the device tells no time',
};
