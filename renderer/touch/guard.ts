/** Limits of the touch guard for gloves and rain (UX specification 2.3). Milliseconds and millimetres. */
export const TOUCH = { minPressMs: 80, maxTravelMm: 10, debounceMs: 300, sheetHoldMs: 400 } as const;
/** So many touches that do not count, within this time: a wet screen or wet gloves. */
export const TROUBLE = { touches: 4, withinMs: 2_000 } as const;

export interface Contact {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** Milliseconds, any origin. */
  readonly at: number;
  /** What is touched: the same object for the same control. */
  readonly target: unknown;
}

/**
 * Decides whether a touch counts: released inside the control where it began, pressed at least 80 ms,
 * moved at most 10 mm, alone, not within 300 ms of the last one on the same control, not within 400 ms
 * of a sheet opening. The debounce is per control, so that quick typing on a pad is not lost.
 */
export class TouchGuard {
  private down: Contact | undefined;
  private fingers = new Set<number>();
  private spoiled = false;
  private last: { target: unknown; at: number } | undefined;
  private heldUntil = Number.NEGATIVE_INFINITY;
  private refused: readonly number[] = [];
  private readonly troubled = new Set<() => void>();

  constructor(private readonly pxPerMm: () => number) {}

  /** Ignores touches for the time that a new sheet needs to be seen. */
  hold(at: number): void {
    this.heldUntil = at + TOUCH.sheetHoldMs;
  }

  /** Called when many touches in a short time did not count. */
  onTrouble(listener: () => void): () => void {
    this.troubled.add(listener);
    return () => this.troubled.delete(listener);
  }

  start(contact: Contact): void {
    this.fingers.add(contact.id);
    if (this.fingers.size > 1) this.spoiled = true;
    else {
      this.down = contact;
      this.spoiled = contact.at < this.heldUntil;
    }
  }

  /** True when the touch counts. */
  end(contact: Contact): boolean {
    this.fingers.delete(contact.id);
    const { down } = this;
    if (!down || down.id !== contact.id) return false;
    this.down = undefined;
    const travel = Math.hypot(contact.x - down.x, contact.y - down.y) / this.pxPerMm();
    const repeated =
      this.last !== undefined && this.last.target === contact.target && contact.at - this.last.at < TOUCH.debounceMs;
    const counts =
      !this.spoiled &&
      contact.target === down.target &&
      contact.at - down.at >= TOUCH.minPressMs &&
      travel <= TOUCH.maxTravelMm &&
      !repeated &&
      contact.at >= this.heldUntil;
    if (counts) this.last = { target: contact.target, at: contact.at };
    else if (down.target !== null && travel <= TOUCH.maxTravelMm) this.refuse(contact.at);
    return counts;
  }

  /** A long way over the screen is a scroll, not a touch that went wrong. */
  private refuse(at: number): void {
    this.refused = [...this.refused.filter((before) => at - before < TROUBLE.withinMs), at];
    if (this.refused.length < TROUBLE.touches) return;
    this.refused = [];
    for (const listener of this.troubled) listener();
  }

  cancel(id: number): void {
    this.fingers.delete(id);
    if (this.down?.id === id) this.down = undefined;
  }
}
