/**
 * Synthetic ECG: the dynamical model of McSharry, Clifford, Tarassenko and Smith, "A dynamical model for
 * generating synthetic electrocardiogram signals", IEEE Trans Biomed Eng 2003;50(3):289-294. No recording
 * of a person is used anywhere.
 *
 * Three coupled equations (equation 1 of the paper): a point runs round a circle of radius 1 once a beat,
 * and each extremum (P, Q, R, S, T) pulls the third coordinate, the signal, up or down as the point passes
 * its angle:
 *
 *   x' = (1 - r) x - w y          r = sqrt(x^2 + y^2)
 *   y' = (1 - r) y + w x          w = 2 pi / RR of the beat
 *   z' = - sum a_i d_i exp(-d_i^2 / 2 b_i^2) - (z - z0)      d_i = (angle - angle_i) within +-pi
 *
 * z0 is the baseline, moved by breathing: z0 = A sin(2 pi f t), A = 0.15 (mV after scaling), f = 0.25 Hz.
 * Integration is by Runge-Kutta of 4th order, four steps a sample.
 */

/** One wave: angle on the circle in radians (R = 0), amplitude a_i and width b_i of the paper's table I. */
export interface Extremum {
  readonly angle: number;
  readonly amplitude: number;
  readonly width: number;
}

/** Table I of the paper: a normal beat in a surface lead. */
export const SURFACE_BEAT: readonly Extremum[] = [
  { angle: -Math.PI / 3, amplitude: 1.2, width: 0.25 },
  { angle: -Math.PI / 12, amplitude: -5, width: 0.1 },
  { angle: 0, amplitude: 30, width: 0.1 },
  { angle: Math.PI / 12, amplitude: -7.5, width: 0.1 },
  { angle: Math.PI / 2, amplitude: 0.75, width: 0.4 },
];

export interface Beats {
  /** Length of each turn of the circle in seconds: from half a turn before its R wave to half a turn after. */
  readonly intervals: readonly number[];
  /** Waves of the beat with this index. */
  shape(index: number): readonly Extremum[];
  /** Baseline wander: amplitude in the model's units and frequency in Hz. */
  readonly breathing?: { readonly amplitude: number; readonly frequency: number };
}

export interface Trace {
  /** In the model's own units; the R wave of `SURFACE_BEAT` is about 0.04. */
  readonly signal: Float64Array;
  /** Samples at which the point passes angle 0: the R wave of each beat. */
  readonly peaks: readonly number[];
}

const STEPS_PER_SAMPLE = 4;

/** Integrates the model over all beats. `rate` in samples per second. */
export function integrate(beats: Beats, rate: number): Trace {
  const starts = [0];
  for (const interval of beats.intervals) starts.push((starts[starts.length - 1] ?? 0) + interval);
  const samples = Math.floor((starts[starts.length - 1] ?? 0) * rate);
  const signal = new Float64Array(samples);
  const peaks: number[] = [];
  const step = 1 / (rate * STEPS_PER_SAMPLE);
  const { amplitude = 0, frequency = 0 } = beats.breathing ?? {};
  let beat = 0;
  let [x, y, z] = [-1, 0, 0];
  for (let n = 0; n < samples * STEPS_PER_SAMPLE; n++) {
    const time = n * step;
    if (n % STEPS_PER_SAMPLE === 0) signal[n / STEPS_PER_SAMPLE] = z;
    while (beat + 1 < beats.intervals.length && time >= (starts[beat + 1] ?? Number.POSITIVE_INFINITY)) beat++;
    const omega = (2 * Math.PI) / (beats.intervals[beat] ?? 1);
    const waves = beats.shape(beat);
    const slope = (t: number, px: number, py: number, pz: number): [number, number, number] => {
      const pull = 1 - Math.hypot(px, py);
      const angle = Math.atan2(py, px);
      let dz = amplitude * Math.sin(2 * Math.PI * frequency * t) - pz;
      for (const wave of waves) {
        const distance = wrap(angle - wave.angle);
        dz -= wave.amplitude * distance * Math.exp((-distance * distance) / (2 * wave.width * wave.width));
      }
      return [pull * px - omega * py, pull * py + omega * px, dz];
    };
    const k1 = slope(time, x, y, z);
    const k2 = slope(time + step / 2, x + (step / 2) * k1[0], y + (step / 2) * k1[1], z + (step / 2) * k1[2]);
    const k3 = slope(time + step / 2, x + (step / 2) * k2[0], y + (step / 2) * k2[1], z + (step / 2) * k2[2]);
    const k4 = slope(time + step, x + step * k3[0], y + step * k3[1], z + step * k3[2]);
    const before = y;
    x += (step / 6) * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]);
    y += (step / 6) * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]);
    z += (step / 6) * (k1[2] + 2 * k2[2] + 2 * k3[2] + k4[2]);
    if (before < 0 && y >= 0 && x > 0) peaks.push(Math.min(samples - 1, Math.round((n + 1) / STEPS_PER_SAMPLE)));
  }
  return { signal, peaks };
}

function wrap(angle: number): number {
  if (angle > Math.PI) return angle - 2 * Math.PI;
  if (angle < -Math.PI) return angle + 2 * Math.PI;
  return angle;
}

export interface Variability {
  /** Mean heart rate, beats per minute. */
  readonly rate: number;
  /** Standard deviation of the heart rate, beats per minute. */
  readonly deviation: number;
  readonly seed: number;
}

/**
 * RR intervals in seconds with the spectrum of section II-B of the paper: two Gaussian bands, around 0.1 Hz
 * (blood pressure waves) and 0.25 Hz (breathing), each 0.01 Hz wide, power ratio 0.5, phases at random.
 */
export function intervals(count: number, { rate, deviation, seed }: Variability): number[] {
  const random = generator(seed);
  const mean = 60 / rate;
  const spread = (60 * deviation) / (rate * rate);
  const lines: { frequency: number; amplitude: number; phase: number }[] = [];
  let power = 0;
  for (let frequency = 0.05; frequency < 0.3; frequency += 0.005) {
    const density = 0.5 * bell(frequency, 0.1) + bell(frequency, 0.25);
    lines.push({ frequency, amplitude: Math.sqrt(density), phase: 2 * Math.PI * random() });
    power += density / 2;
  }
  const scale = power === 0 ? 0 : spread / Math.sqrt(power);
  const result: number[] = [];
  let time = 0;
  for (let beat = 0; beat < count; beat++) {
    let deviationNow = 0;
    for (const line of lines)
      deviationNow += line.amplitude * Math.cos(2 * Math.PI * line.frequency * time + line.phase);
    const interval = mean + scale * deviationNow;
    result.push(interval);
    time += interval;
  }
  return result;
}

function bell(frequency: number, centre: number): number {
  const width = 0.01;
  return Math.exp(-((frequency - centre) ** 2) / (2 * width * width));
}

/** Uniform numbers in [0, 1) from a seed (mulberry32): the same seed gives the same signal on every machine. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
