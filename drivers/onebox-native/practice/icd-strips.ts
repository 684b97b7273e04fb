import { numeric } from '@onebox/driver-sdk/findings.js';
import { term } from '@onebox/protocol/codes.js';
import type { Finding, SampleArray } from '@onebox/protocol/messages.js';
import {
  type Beat,
  type Electrogram,
  electrogram,
  fibrillation,
  length,
  paced,
  SAMPLE_RATE,
  type Stretch,
  sinus,
  tachycardia,
} from './egm.js';
import { type DeviceWords, SECOND } from './patient.js';

/** Strips of the practice patients: two channels and the markers that the device put on them. */
export interface Strip {
  readonly electrogram: Electrogram;
  readonly markers: NonNullable<SampleArray['marker']>;
  /** Seconds after the start at which the episode's time stands. */
  readonly anchor: number;
}

/** Longest interval in ms that counts for the zone of ventricular fibrillation, and of tachycardia. */
const VF_ZONE = 320;
const VT_ZONE = 400;

/**
 * Sinus rhythm, fibrillation, detected after 18 fast beats, capacitors charged for 7.4 s, shock of 35 J, paced
 * after a pause, sinus rhythm. About 26 s.
 */
export function shocked(seed: number): Strip {
  const before = sinus(5, 92, seed);
  const arrhythmia = fibrillation(12_400, seed);
  const pause: Stretch = { kind: 'paced', intervals: [1500, 1500] };
  const stretches = [before, arrhythmia, pause, sinus(10, 88, seed + 1)];
  const shock = length([before, arrhythmia]);
  const signal = electrogram(stretches, seed, [shock]);
  const at = (seconds: number) => Math.round(seconds * SAMPLE_RATE);
  return {
    electrogram: signal,
    anchor: shock,
    markers: inOrder([
      ...beatMarkers(signal.beats),
      { sample: at(shock - 7.6), code: term('marker.FD') },
      { sample: at(shock - 7.5), code: term('marker.CHG') },
      { sample: at(shock), code: term('marker.SHOCK'), numeric: numeric(35, 'J') },
    ]),
  };
}

/** What the device sees now: sinus rhythm, 8 s. */
export function presenting(seed: number): Strip {
  const stretches = [sinus(10, 78, seed)];
  const signal = electrogram(stretches, seed);
  return { electrogram: signal, markers: beatMarkers(signal.beats), anchor: length(stretches) };
}

/** Paced, then a run of fast beats in the ventricle that ends by itself. About 20 s. */
export function highRate(seed: number): Strip {
  const stretches = [paced(5, 65), tachycardia(26, 368, seed), paced(6, 65)];
  const signal = electrogram(stretches, seed);
  return { electrogram: signal, markers: beatMarkers(signal.beats), anchor: length(stretches.slice(0, 1)) };
}

/** Paced rhythm of now, 8 s. */
export function pacedNow(seed: number): Strip {
  const stretches = [paced(9, 65)];
  const signal = electrogram(stretches, seed);
  return { electrogram: signal, markers: beatMarkers(signal.beats), anchor: length(stretches) };
}

function beatMarkers(beats: readonly Beat[]): NonNullable<SampleArray['marker']> {
  return beats.map(({ sample, kind, interval }) => ({
    sample,
    code: term(`marker.${sensed(kind, interval)}`),
    ...(interval === undefined ? {} : { numeric: numeric(interval, 'ms') }),
  }));
}

/** As the device classifies a beat by the interval before it. */
function sensed(kind: Beat['kind'], interval: number | undefined): 'VS' | 'VP' | 'TS' | 'FS' {
  if (kind === 'paced') return 'VP';
  if (interval === undefined || interval > VT_ZONE) return 'VS';
  return interval > VF_ZONE ? 'TS' : 'FS';
}

function inOrder(markers: NonNullable<SampleArray['marker']>): NonNullable<SampleArray['marker']> {
  return markers.toSorted((a, b) => (a.sample ?? 0) - (b.sample ?? 0));
}

/**
 * Both channels of a strip, the markers on the first one. `ago`: milliseconds since the strip's anchor; an
 * episode's id, or an empty text for a strip of now.
 */
export function stripFindings(
  words: DeviceWords,
  { electrogram: { near, far }, markers, anchor }: Strip,
  episode: string,
  ago: number,
): Finding[] {
  const start = ago + anchor * SECOND;
  const about = {
    ago: start,
    until: start - (near.length / SAMPLE_RATE) * SECOND,
    origin: episode ? 'stored' : 'live',
    ...(episode ? { episode } : {}),
  } as const;
  const lane = (sample: readonly number[], marker: NonNullable<SampleArray['marker']>): SampleArray => ({
    periodMs: { coefficient: 1000 / SAMPLE_RATE, exponent: 0 },
    scale: { coefficient: 1, exponent: -2 },
    offset: { coefficient: 0, exponent: 0 },
    unit: 'mV',
    sample: [...sample],
    marker,
  });
  return [
    words.wave(term('lane.egm-ventricular'), lane(near, markers), episode ? `${episode}.egm.1` : 'egm.1', {
      ...about,
      component: 'lead.rv',
    }),
    words.wave(term('lane.egm-shock'), lane(far, []), episode ? `${episode}.egm.2` : 'egm.2', about),
  ];
}
