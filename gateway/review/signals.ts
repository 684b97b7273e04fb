import { type Case, isOtherFactor } from './cases.js';
import type { ReviewSignal } from './model.js';

/** What weighs how much: an override before all, then what has no outcome, then what looks unusual. All of it is shown. */
export const WEIGHTS: Readonly<Record<ReviewSignal, number>> = {
  override: 100,
  'other-patient': 60,
  'no-outcome': 45,
  'off-shift': 40,
  'many-people': 35,
  crash: 30,
  'other-factor': 30,
  refused: 25,
  export: 25,
  recording: 25,
  'wrong-factor': 20,
  repeated: 15,
  extended: 15,
  stopped: 10,
};

/** Looked at all of them, with the overrides: what failed, was broken off, or does not look like a shift at work. */
const FAILED: readonly ReviewSignal[] = ['refused', 'no-outcome', 'stopped', 'crash', 'wrong-factor'];
const UNUSUAL: readonly ReviewSignal[] = ['other-patient', 'off-shift', 'many-people', 'other-factor'];

const DAY = 86_400_000;
/** Longer than a shift may be. */
const SHIFT_HOURS = 12;
const MANY_PEOPLE = 3;
const MANY_DAYS = 7;
const MANY_TIMES = 3;
/** Of the ordinary ones, one in twenty. */
const SAMPLE = 0.05;

/** What the other accesses to the same device say of one. */
export class Neighbours {
  private readonly byDevice = new Map<string, Case[]>();

  constructor(cases: readonly Case[]) {
    for (const one of cases) {
      if (one.openedAt === undefined) continue;
      const others = this.byDevice.get(one.device);
      if (others) others.push(one);
      else this.byDevice.set(one.device, [one]);
    }
  }

  /** Different people who opened this device within a week of it. */
  people(one: Case): number {
    return new Set(this.near(one, MANY_DAYS * DAY).map(({ person }) => person)).size;
  }

  /** Accesses of the same person to this device within a day of it. */
  times(one: Case): number {
    return this.near(one, DAY).filter(({ person }) => person === one.person).length;
  }

  private near(one: Case, ms: number): readonly Case[] {
    return (this.byDevice.get(one.device) ?? []).filter((other) => Math.abs(other.at - one.at) <= ms);
  }
}

/** The signals of an access, heaviest first. */
export function signalsOf(one: Case, neighbours: Neighbours): readonly ReviewSignal[] {
  const opened = one.openedAt !== undefined;
  const read = one.complete + one.partial > 0;
  const found: Readonly<Record<ReviewSignal, boolean>> = {
    override: one.override,
    'no-outcome': opened && !read && one.stopped === 0,
    'off-shift': (one.shiftHours ?? 0) >= SHIFT_HOURS,
    'other-patient': one.contradicted,
    'many-people': neighbours.people(one) >= MANY_PEOPLE,
    crash: one.recovered,
    'other-factor': one.factors.some(isOtherFactor),
    refused: !opened,
    export: one.exports > 0,
    recording: one.recordings > 0,
    'wrong-factor': one.triesBefore > 0,
    repeated: neighbours.times(one) >= MANY_TIMES,
    extended: one.extended > 0,
    stopped: opened && !read && one.stopped > 0,
  };
  return (Object.keys(found) as ReviewSignal[])
    .filter((signal) => found[signal])
    .sort((a, b) => WEIGHTS[b] - WEIGHTS[a]);
}

/** Why it is reviewed; undefined: ordinary, and not of the sample. The sample follows from the hash of its start. */
export function whyReviewed(
  one: Case,
  signals: readonly ReviewSignal[],
): 'override' | 'failed' | 'unusual' | 'sampled' | undefined {
  if (one.override) return 'override';
  if (signals.some((signal) => FAILED.includes(signal))) return 'failed';
  if (signals.some((signal) => UNUSUAL.includes(signal))) return 'unusual';
  return isSampled(one.hash) ? 'sampled' : undefined;
}

export function isSampled(hash: Uint8Array | undefined): boolean {
  return hash !== undefined && Buffer.from(hash).readUInt32BE(0) < SAMPLE * 2 ** 32;
}
