import type { Clock } from '../files/clock.js';

/** An access lasts 15 minutes; each extension adds as much, to at most 60 in all. */
export const ACCESS_MINUTES = 15;
export const LONGEST_ACCESS_MINUTES = 60;
const MINUTE = 60_000;

/**
 * A span of time that ends no later than it should: the clock that has run furthest counts, so that
 * neither suspend nor a clock set back lengthens it. A clock set forward shortens it.
 */
export class TimeWindow {
  private readonly start: { readonly unix: number; readonly monotonic: number; readonly uptime: number };
  private grantedMs = ACCESS_MINUTES * MINUTE;
  private furthest = 0;

  constructor(private readonly clock: Clock) {
    this.start = { unix: clock.unixMs(), monotonic: clock.monotonicMs(), uptime: clock.uptimeMs() };
  }

  /** Milliseconds since the start; never goes back. */
  elapsedMs(): number {
    const { clock, start } = this;
    const elapsed = [clock.unixMs() - start.unix, clock.monotonicMs() - start.monotonic, clock.uptimeMs() - start.uptime];
    this.furthest = Math.max(this.furthest, ...elapsed);
    return this.furthest;
  }

  remainingMs(): number {
    return Math.max(0, this.grantedMs - this.elapsedMs());
  }

  get isOver(): boolean {
    return this.remainingMs() === 0;
  }

  get startedAt(): number {
    return this.start.unix;
  }

  /** Wall clock of the end, as the clock stands now. */
  endsAt(): number {
    return this.clock.unixMs() + this.remainingMs();
  }

  /** When it stops if that is now: the present, or the end that has passed. */
  stopsAt(): number {
    return this.isOver ? Math.min(this.clock.unixMs(), this.start.unix + this.grantedMs) : this.clock.unixMs();
  }

  get grantedMinutes(): number {
    return Math.round(this.grantedMs / MINUTE);
  }

  /** Minutes that an extension now would give, from the end, or from now when it is over; 0: the longest time is used up. */
  extensionMinutes(): number {
    return Math.max(0, Math.round((this.extended() - Math.max(this.elapsedMs(), this.grantedMs)) / MINUTE));
  }

  extend(): void {
    this.grantedMs = this.extended();
  }

  private extended(): number {
    const from = Math.max(this.elapsedMs(), this.grantedMs);
    return Math.max(this.grantedMs, Math.min(from + ACCESS_MINUTES * MINUTE, LONGEST_ACCESS_MINUTES * MINUTE));
  }
}
