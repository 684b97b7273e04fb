import type { Clock } from '../files/clock.js';

/** An access lasts 15 minutes; each extension adds as much, to at most 60 in all. */
export const ACCESS_MINUTES = 15;
export const LONGEST_ACCESS_MINUTES = 60;
const MINUTE = 60_000;

/** Steps shorter than this are measured from one point, so that the coarse ticks of the clocks do not add up. */
const STEP = 10_000;

/**
 * A span of time that ends no later than it should: in every step the clock that ran furthest counts, so
 * that neither suspend nor a clock set back lengthens it. A clock set forward shortens it.
 */
export class TimeWindow {
  readonly startedAt: number;
  private from: readonly number[];
  private carried = 0;
  private step = 0;

  constructor(
    private readonly clock: Clock,
    private grantedMs = ACCESS_MINUTES * MINUTE,
  ) {
    this.from = this.hands();
    this.startedAt = clock.unixMs();
  }

  /** Milliseconds since the start; never goes back. */
  elapsedMs(): number {
    const now = this.hands();
    this.step = Math.max(this.step, ...now.map((hand, at) => hand - this.from[at]!));
    if (this.step >= STEP) {
      this.carried += this.step;
      this.step = 0;
      this.from = now;
    }
    return this.carried + this.step;
  }

  remainingMs(): number {
    return Math.max(0, this.grantedMs - this.elapsedMs());
  }

  get isOver(): boolean {
    return this.remainingMs() === 0;
  }

  /** Wall clock of the end, as the clock stands now. */
  endsAt(): number {
    return this.clock.unixMs() + this.remainingMs();
  }

  /** When it stops if that is now: the present, or the end that has passed. */
  stopsAt(): number {
    return this.isOver ? Math.min(this.clock.unixMs(), this.startedAt + this.grantedMs) : this.clock.unixMs();
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

  private hands(): readonly number[] {
    return [this.clock.unixMs(), this.clock.monotonicMs(), this.clock.uptimeMs()];
  }

  private extended(): number {
    const from = Math.max(this.elapsedMs(), this.grantedMs);
    return Math.max(this.grantedMs, Math.min(from + ACCESS_MINUTES * MINUTE, LONGEST_ACCESS_MINUTES * MINUTE));
  }
}
