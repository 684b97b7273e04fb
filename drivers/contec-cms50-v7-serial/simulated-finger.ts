import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';
import { SAMPLES_PER_SECOND } from './packets.js';

/** A made-up finger: what an oximeter measures on it, sixty times a second. It depends on the seed alone. */
export interface FingerOptions {
  readonly seed: number;
  /** Percent, and per minute: the middles around which the values walk. */
  readonly spo2: number;
  readonly pulseRate: number;
}

export interface FingerSample {
  readonly spo2: number;
  readonly pulseRate: number;
  /** 1 to 126. */
  readonly pleth: number;
  readonly bar: number;
  readonly beat: boolean;
  readonly perfusionIndexRaw: number;
}

/** Systolic wave, dicrotic wave: place in the beat (0 to 1), width, height. */
const WAVES = [
  [0.18, 0.085, 1],
  [0.46, 0.11, 0.42],
] as const;

export class Finger {
  private readonly random: () => number;
  private spo2: number;
  private pulseRate: number;
  private phase = 0;
  private count = 0;

  constructor(private readonly options: FingerOptions) {
    this.random = seededRandom(options.seed);
    this.spo2 = options.spo2;
    this.pulseRate = options.pulseRate;
  }

  next(): FingerSample {
    if (this.count % SAMPLES_PER_SECOND === 0) {
      this.spo2 = this.walk(this.spo2, this.options.spo2, 1, 100);
      this.pulseRate = this.walk(this.pulseRate, this.options.pulseRate, 3, 240);
    }
    this.count += 1;
    this.phase += this.pulseRate / 60 / SAMPLES_PER_SECOND;
    const beat = this.phase >= 1;
    if (beat) this.phase -= 1;
    const breath = 0.06 * Math.sin((2 * Math.PI * this.count) / (4 * SAMPLES_PER_SECOND));
    const height = WAVES.reduce(
      (sum, [at, width, tall]) => sum + tall * Math.exp(-(((this.phase - at) / width) ** 2) / 2),
      0,
    );
    const pleth = Math.max(1, Math.min(126, Math.round(20 + 90 * height + 60 * breath + this.random())));
    return {
      spo2: this.spo2,
      pulseRate: this.pulseRate,
      pleth,
      bar: Math.round((pleth * 15) / 126),
      beat,
      perfusionIndexRaw: 40,
    };
  }

  private walk(now: number, middle: number, spread: number, most: number): number {
    const step = Math.round((this.random() - 0.5) * 2 + (middle - now) * 0.3);
    return Math.max(middle - spread, Math.min(middle + spread, most, now + step));
  }
}
