/** Signal strength as people see it: slow enough to read, honest about age. Signal is not distance. */

/** Milliseconds over which the median is taken. */
export const SIGNAL_WINDOW_MS = 3_000;
/** Not heard for so long: the list says so. */
export const NOT_HEARD_MS = 10_000;
/** Not heard for so long: the list drops it. */
export const GONE_MS = 60_000;
/** A controller says 127 when it cannot tell (Bluetooth Core, Vol 4 Part E, 7.7.65.2). */
const NOT_AVAILABLE = 127;

/** Sliding median of the strength at which a device is heard, in dBm. */
export class SignalMeter {
  #samples: { readonly dbm: number; readonly at: number }[] = [];

  /** Takes a sample; `at` in milliseconds. Values that a controller cannot have measured are left out. */
  add(dbm: number, at: number): void {
    if (!Number.isFinite(dbm) || dbm >= NOT_AVAILABLE) return;
    this.#samples.push({ dbm, at });
    this.#samples = this.#samples.filter((sample) => sample.at > at - SIGNAL_WINDOW_MS);
  }

  /** Median of the last 3 s before the last sample; undefined when nothing was measured. */
  get median(): number | undefined {
    const sorted = this.#samples.map((sample) => sample.dbm).sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    if (sorted.length % 2 === 1) return sorted[middle];
    return sorted.length === 0 ? undefined : Math.round((sorted[middle - 1]! + sorted[middle]!) / 2);
  }
}
