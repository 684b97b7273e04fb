import { type LiveSample, SAMPLES_PER_SECOND, usablePulseRate, usableSpo2 } from './live.js';

/**
 * Live packets to one statement per second. What one damaged packet says is not shown: a value counts when
 * most packets of the second agree on it.
 */
export interface LiveSecond {
  /** Tablet clock of the first and the last packet, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  /** Undefined: the device marks it as invalid, or the packets do not agree. */
  readonly spo2: number | undefined;
  readonly pulseRate: number | undefined;
  readonly perfusionIndexRaw: number | undefined;
  readonly signalStrength: number | undefined;
  readonly barGraph: number | undefined;
  readonly searchingPulse: boolean;
  readonly searchingTooLong: boolean;
  readonly probeError: boolean;
  readonly lowSpo2: boolean;
  readonly pleth: PlethStrip;
}

/** One slot per sixtieth of a second; the slots of a gap are 0 and mean nothing. */
export interface PlethStrip {
  readonly samples: readonly number[];
  readonly gaps: readonly { readonly first: number; readonly count: number }[];
}

/** A value counts from this many equal packets on. */
const AGREEING = 5;
const WIRE_BYTES = 9;
/** A pause that is longer than the line could delay packets: samples were lost. */
const PAUSE_MS = 500;

export class LiveSeconds {
  private samples: LiveSample[] = [];
  private slots: (number | undefined)[] = [];
  private from = 0;
  private last = 0;
  private lostBytes = 0;

  /** Bytes that are not part of a live packet: each packet of them leaves a hole in the waveform. */
  lost(bytes: number): void {
    this.lostBytes += bytes;
  }

  /** Takes a packet that came at `at`; returns the second that it completes. */
  push(sample: LiveSample, at: number): LiveSecond | undefined {
    if (this.slots.length === 0) this.from = at;
    else this.markGap(at);
    this.lostBytes = 0;
    this.last = at;
    this.samples.push(sample);
    this.slots.push(sample.probeError ? undefined : sample.pleth);
    return this.slots.length >= SAMPLES_PER_SECOND ? this.take() : undefined;
  }

  /** What there is of the present second; undefined when nothing came. */
  take(): LiveSecond | undefined {
    const { samples, slots } = this;
    this.samples = [];
    this.slots = [];
    if (samples.length === 0) return undefined;
    const most = (flag: (sample: LiveSample) => boolean): boolean => samples.filter(flag).length * 2 > samples.length;
    return {
      from: this.from,
      to: this.last,
      samples: samples.length,
      spo2: agreed(samples.map((sample) => usableSpo2(sample.spo2))),
      pulseRate: agreed(samples.map((sample) => usablePulseRate(sample.pulseRate))),
      perfusionIndexRaw: agreed(
        samples.map((sample) => (sample.perfusionIndexValid ? sample.perfusionIndexRaw : undefined)),
      ),
      signalStrength: agreed(samples.map((sample) => sample.signalStrength)),
      barGraph: samples.at(-1)?.barGraph,
      searchingPulse: most((sample) => sample.searchingPulse),
      searchingTooLong: most((sample) => sample.searchingTooLong),
      probeError: most((sample) => sample.probeError),
      lowSpo2: most((sample) => sample.lowSpo2),
      pleth: strip(slots),
    };
  }

  private markGap(at: number): void {
    const pause = at - this.last > PAUSE_MS ? Math.round(((at - this.last) * SAMPLES_PER_SECOND) / 1000) - 1 : 0;
    const damaged = this.lostBytes === 0 ? 0 : Math.max(1, Math.round(this.lostBytes / WIRE_BYTES));
    const room = SAMPLES_PER_SECOND - 1 - this.slots.length;
    for (let count = Math.min(Math.max(pause, damaged), room); count > 0; count -= 1) this.slots.push(undefined);
  }
}

/** The most frequent value, the later one of two; undefined when it is "invalid" or too few packets agree. */
function agreed(values: readonly (number | undefined)[]): number | undefined {
  const counts = new Map<number | undefined, number>();
  let best: number | undefined;
  let most = 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count >= most) [best, most] = [value, count];
  }
  return most >= AGREEING ? best : undefined;
}

function strip(slots: readonly (number | undefined)[]): PlethStrip {
  const gaps: { first: number; count: number }[] = [];
  for (const [index, slot] of slots.entries()) {
    if (slot !== undefined) continue;
    const open = gaps.at(-1);
    if (open !== undefined && open.first + open.count === index) open.count += 1;
    else gaps.push({ first: index, count: 1 });
  }
  return { samples: slots.map((slot) => slot ?? 0), gaps };
}
