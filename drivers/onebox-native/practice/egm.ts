import { type Extremum, generator, integrate, intervals } from './ecg-model.js';

/**
 * Intracardiac electrograms from the model of `ecg-model.ts`. These are modifications of ours, made to look
 * right on a strip and nothing more:
 *
 * - Waves are given in mV and seconds and turned into angle, amplitude and width for the beat's own angular
 *   velocity w (angle = t w, width b = s w, amplitude a = mV w / b^2, from integrating the model's third
 *   equation over one passing wave). So a QRS keeps its height and length at any rate.
 * - Near field (RV tip to ring): one narrow biphasic deflection and a low T wave; no P wave.
 * - Far field (coil to can): P, QRS and T as in a surface lead, somewhat wider.
 * - A paced beat has a wide far-field complex and a T wave against it.
 * - Ventricular tachycardia: regular, wide, no P wave.
 * - Ventricular fibrillation: turns of 180 to 245 ms at random, one broad biphasic wave each, its height drawn
 *   anew for each turn.
 * - A shock drives both channels to the rail of the amplifier; they come back with a time constant of 0.25 s.
 */

export type BeatKind = 'sinus' | 'paced' | 'vt' | 'vf';

/** A stretch of one rhythm. */
export interface Stretch {
  readonly kind: BeatKind;
  /** Intervals in milliseconds, one for each beat. */
  readonly intervals: readonly number[];
}

export interface Beat {
  readonly sample: number;
  readonly kind: BeatKind;
  /** Milliseconds since the beat before it; undefined for the first. */
  readonly interval?: number;
}

/** Whole numbers; one step is `STEP_MV`. */
export interface Electrogram {
  readonly near: readonly number[];
  readonly far: readonly number[];
  readonly beats: readonly Beat[];
}

/** Samples per second, and millivolt of one step. */
export const SAMPLE_RATE = 250;
export const STEP_MV = 0.01;
const RAIL_MV = 12;
const RECOVERY_S = 0.25;

/** Height in mV, place after the R wave and standard width in seconds. */
type Wave = readonly [height: number, at: number, width: number];

const NEAR: Readonly<Record<BeatKind, readonly Wave[]>> = {
  sinus: [
    [9, 0, 0.006],
    [-5.5, 0.016, 0.008],
    [0.8, 0.26, 0.04],
  ],
  paced: [
    [4, -0.02, 0.003],
    [-6, 0.012, 0.012],
    [1.2, 0.25, 0.05],
  ],
  vt: [
    [6, 0, 0.011],
    [-7, 0.03, 0.014],
    [1, 0.17, 0.03],
  ],
  vf: [
    [3, 0, 0.014],
    [-2.2, 0.034, 0.018],
  ],
};

const FAR: Readonly<Record<BeatKind, readonly Wave[]>> = {
  sinus: [
    [0.12, -0.16, 0.022],
    [-0.15, -0.03, 0.01],
    [1.7, 0, 0.013],
    [-0.5, 0.032, 0.014],
    [0.42, 0.27, 0.045],
  ],
  paced: [
    [0.8, -0.03, 0.003],
    [-1.9, 0.02, 0.035],
    [0.7, 0.26, 0.055],
  ],
  vt: [
    [2.2, 0, 0.035],
    [-1.5, 0.09, 0.04],
  ],
  vf: [
    [1.1, 0, 0.035],
    [-0.8, 0.09, 0.035],
  ],
};

/** Synthesises the stretches one after another. `shocks` are times in seconds from the start. */
export function electrogram(stretches: readonly Stretch[], seed: number, shocks: readonly number[] = []): Electrogram {
  const turns = stretches.flatMap(({ kind, intervals: lengths }) =>
    lengths.map((ms) => ({ kind, seconds: ms / 1000 })),
  );
  const random = generator(seed);
  const heights = turns.map(({ kind }) => (kind === 'vf' ? 0.4 + 1.1 * random() : 0.97 + 0.06 * random()));
  const channel = (table: typeof NEAR) => {
    const shapes = turns.map(({ kind, seconds }, index) => shape(table[kind], seconds, heights[index] ?? 1));
    return integrate(
      {
        intervals: turns.map(({ seconds }) => seconds),
        shape: (index) => shapes[index] ?? [],
        breathing: { amplitude: 0.05, frequency: 0.25 },
      },
      SAMPLE_RATE,
    );
  };
  const [near, far] = [channel(NEAR), channel(FAR)];
  const beats = near.peaks.map((sample, index): Beat => {
    const before = near.peaks[index - 1];
    const kind = turns[index]?.kind ?? 'sinus';
    return before === undefined
      ? { sample, kind }
      : { sample, kind, interval: Math.round(((sample - before) * 1000) / SAMPLE_RATE) };
  });
  return { near: steps(near.signal, shocks), far: steps(far.signal, shocks), beats };
}

function shape(waves: readonly Wave[], seconds: number, height: number): Extremum[] {
  const omega = (2 * Math.PI) / seconds;
  return waves.map(([millivolt, at, width]) => {
    const angularWidth = width * omega;
    return {
      angle: at * omega,
      width: angularWidth,
      amplitude: (millivolt * height * omega) / (angularWidth * angularWidth),
    };
  });
}

function steps(signal: Float64Array, shocks: readonly number[]): number[] {
  return Array.from(signal, (millivolt, sample) => {
    let value = millivolt;
    for (const shock of shocks) {
      const since = sample / SAMPLE_RATE - shock;
      if (since >= 0) value += (since < 0.02 ? 4 : -2) * RAIL_MV * Math.exp(-since / RECOVERY_S);
    }
    return Math.round(Math.max(-RAIL_MV, Math.min(RAIL_MV, value)) / STEP_MV);
  });
}

/** Sinus rhythm with the variability of the model. */
export function sinus(beats: number, rate: number, seed: number): Stretch {
  return {
    kind: 'sinus',
    intervals: intervals(beats, { rate, deviation: rate * 0.02, seed }).map((seconds) => Math.round(seconds * 1000)),
  };
}

export function paced(beats: number, rate: number): Stretch {
  return { kind: 'paced', intervals: Array.from({ length: beats }, () => Math.round(60_000 / rate)) };
}

export function tachycardia(beats: number, interval: number, seed: number): Stretch {
  const random = generator(seed);
  return { kind: 'vt', intervals: Array.from({ length: beats }, () => interval + Math.round(8 * (random() - 0.5))) };
}

/** Ventricular fibrillation for about this many milliseconds. */
export function fibrillation(duration: number, seed: number): Stretch {
  const random = generator(seed);
  const lengths: number[] = [];
  for (let total = 0; total < duration; ) {
    const length = 180 + Math.round(65 * random());
    lengths.push(length);
    total += length;
  }
  return { kind: 'vf', intervals: lengths };
}

/** Length of stretches in seconds. */
export function length(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, stretch) => sum + stretch.intervals.reduce((part, ms) => part + ms, 0), 0) / 1000;
}
