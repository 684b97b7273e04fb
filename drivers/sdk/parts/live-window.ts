import type { Code } from '@onebox/protocol/messages.js';
import type { FieldValue } from './layout.js';
import type { AlertedState } from './state-alerts.js';

/**
 * Packets of a live source to one statement per second. What one damaged packet says is not shown: a value counts when
 * most packets of the second agree on it, a state when it is set in more than half of them.
 */

/** A number as the device sends it, and what it means. `Field` is its name in the packet. */
export interface LiveValue<Field extends string = string> {
  readonly of: Field;
  readonly code: Code;
  readonly unit: string;
  /** No value unless it is above, and at most, so much: what no body has, devices send when they have no signal. */
  readonly above?: number;
  readonly atMost?: number;
  /** A flag of the packet without which it is no value. */
  readonly when?: Field;
  /** A second without it is not a valid one. */
  readonly needed?: boolean;
}

/** A flag of the packet that is an alert while it is set. */
export interface LiveState<Field extends string = string> extends AlertedState {
  readonly of: Field;
  /** While it lasts values are questionable. */
  readonly doubtful?: boolean;
}

export interface LiveWave<Field extends string = string> {
  readonly of: Field;
  readonly code: Code;
  readonly unit: string;
  /** A flag of the packet with which it is no sample. */
  readonly unless?: Field;
}

export interface LiveTable<Field extends string = string> {
  readonly perSecond: number;
  /** On the line: damage of so many bytes is one packet. */
  readonly packetBytes: number;
  readonly values: readonly LiveValue<Field>[];
  readonly states: readonly LiveState<Field>[];
  readonly waves: readonly LiveWave<Field>[];
}

/** Each list in the order of its table. */
export interface LiveSecond {
  /** Tablet clock of the first and the last packet, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Undefined: the device marks it as invalid, or the packets do not agree. */
  readonly values: readonly (number | undefined)[];
  readonly states: readonly boolean[];
  /** One place for each packet that was due; undefined where none came whole. */
  readonly waves: readonly (readonly (number | undefined)[])[];
  /** Has all values that are needed, and nothing makes them questionable. */
  readonly valid: boolean;
  readonly doubtful: boolean;
}

export type LiveSample = Readonly<Record<string, FieldValue>>;

/** A value counts from this many equal packets on; of a slow source from half of those of a second on. */
const AGREEING = 5;
/** A pause that is longer than the line could delay packets: samples were lost. */
const PAUSE_MS = 500;

export class LiveWindow {
  /** One for each packet that was due. */
  private slots: (LiveSample | undefined)[] = [];
  private from = 0;
  private last = 0;

  constructor(private readonly table: LiveTable) {}

  /** Takes a packet that came at `at` after `lost` damaged bytes; returns the second that it completes. */
  push(sample: LiveSample, at: number, lost: number): LiveSecond | undefined {
    if (this.slots.length === 0) this.from = at;
    else this.markGap(at, lost);
    this.last = at;
    this.slots.push(sample);
    return this.slots.length >= this.table.perSecond ? this.take() : undefined;
  }

  /** What there is of the present second; undefined when nothing came. */
  take(): LiveSecond | undefined {
    const { slots, table } = this;
    this.slots = [];
    const samples = slots.filter((slot) => slot !== undefined);
    if (samples.length === 0) return undefined;
    const least = Math.min(AGREEING, Math.ceil(table.perSecond / 2));
    const values = table.values.map((value) =>
      agreed(
        samples.map((sample) => liveNumber(sample, value)),
        least,
      ),
    );
    const states = table.states.map(({ of }) => samples.filter((sample) => sample[of]).length * 2 > samples.length);
    const waves = table.waves.map(({ of, unless }) =>
      slots.map((slot) => (slot === undefined || (unless && slot[unless]) ? undefined : numberOf(slot[of]))),
    );
    const doubtful = table.states.some((state, index) => state.doubtful && states[index]);
    const valid = !doubtful && table.values.every(({ needed }, index) => !needed || values[index] !== undefined);
    return { from: this.from, to: this.last, values, states, waves, valid, doubtful };
  }

  private markGap(at: number, lost: number): void {
    const { perSecond, packetBytes } = this.table;
    const pause = at - this.last > PAUSE_MS ? Math.round(((at - this.last) * perSecond) / 1000) - 1 : 0;
    const damaged = lost === 0 ? 0 : Math.max(1, Math.round(lost / packetBytes));
    const room = perSecond - 1 - this.slots.length;
    for (let count = Math.min(Math.max(pause, damaged), room); count > 0; count -= 1) this.slots.push(undefined);
  }
}

/** The number of a value in one packet or record; undefined when it is none. */
export function liveNumber(sample: LiveSample, { of, above, atMost, when }: LiveValue): number | undefined {
  const value = numberOf(sample[of]);
  if (value === undefined || (when && !sample[when])) return undefined;
  return (above !== undefined && value <= above) || (atMost !== undefined && value > atMost) ? undefined : value;
}

function numberOf(value: FieldValue): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The most frequent value, the later one of two; undefined when it is "no value" or too few packets agree. */
function agreed(values: readonly (number | undefined)[], least: number): number | undefined {
  const counts = new Map<number | undefined, number>();
  let best: number | undefined;
  let most = 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count >= most) [best, most] = [value, count];
  }
  return most >= least ? best : undefined;
}
