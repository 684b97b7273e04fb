import type { Timeline } from '../files/clock.js';

/** How long what was read may stay on a tablet. */
export const KEEP_MS = 24 * 60 * 60_000;

/** The age of a record when it was looked at last, and the clocks at that moment. */
export interface Seen {
  readonly ageMs: number;
  /** Milliseconds since 1970. */
  readonly unixMs: number;
  /** Milliseconds since the start of the machine, and which start that was. */
  readonly uptimeMs: number;
  readonly boot?: string;
}

export function seenNow(ageMs: number, { clock, boot }: Timeline): Seen {
  const seen = { ageMs: Math.round(ageMs), unixMs: clock.unixMs(), uptimeMs: Math.round(clock.uptimeMs()) };
  return boot === undefined ? seen : { ...seen, boot };
}

/**
 * The age now of what another run of the program saw last, in milliseconds; never less than it is. While the machine
 * was on all the time its own clock counts too, which nobody can set. When it was off there is only the wall clock: one
 * that stands before the last look was set back, nobody knows how much time has passed, and the record is over.
 */
export function ageSince({ ageMs, unixMs, uptimeMs, boot }: Seen, now: Timeline): number {
  const passed = now.clock.unixMs() - unixMs;
  const up = now.clock.uptimeMs();
  if (boot !== undefined && boot === now.boot) return ageMs + Math.max(passed, up - uptimeMs, 0);
  if (passed < 0) return Number.POSITIVE_INFINITY;
  // Another start of the machine: it has been on for that long since.
  const sameStart = boot === undefined && now.boot === undefined && up >= uptimeMs;
  return ageMs + Math.max(passed, sameStart ? up - uptimeMs : up);
}
