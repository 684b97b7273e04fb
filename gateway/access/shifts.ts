import type { Clock } from '../files/clock.js';
import { TimeWindow } from './window.js';

export const SHIFT_HOURS = 12;
const SHIFT_MS = SHIFT_HOURS * 60 * 60_000;

/** The shifts of the people of a tablet. None outlives the process, its twelve hours, suspend, or a clock that is set. */
export class Shifts {
  private readonly windows = new Map<string, TimeWindow>();

  constructor(private readonly clock: Clock) {}

  begin(personId: string): void {
    this.windows.set(personId, new TimeWindow(this.clock, SHIFT_MS));
  }

  end(personId: string): void {
    this.windows.delete(personId);
  }

  runs(personId: string): boolean {
    const window = this.windows.get(personId);
    if (window?.isOver) this.windows.delete(personId);
    return this.windows.has(personId);
  }

  /** Milliseconds that are left; 0 when none runs. */
  remainingMs(personId: string): number {
    return this.windows.get(personId)?.remainingMs() ?? 0;
  }

  /** Lets every window note how far the clocks have run. */
  look(): void {
    for (const personId of [...this.windows.keys()]) this.runs(personId);
  }
}
