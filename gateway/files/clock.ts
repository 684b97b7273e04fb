import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Three clocks that fail in different ways: the wall clock can be set, the monotonic one stops in suspend, uptime counts through it. */
export interface Clock {
  /** Milliseconds since 1970. */
  unixMs(): number;
  /** Milliseconds that never go back. */
  monotonicMs(): number;
  /** Milliseconds since the machine started, suspend included where the system counts it. */
  uptimeMs(): number;
}

export const systemClock: Clock = {
  unixMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1000,
};

/** A clock and the start of the machine that it counts from. */
export interface Timeline {
  readonly clock: Clock;
  /** Undefined where the system does not say. */
  readonly boot: string | undefined;
}

/** Differs for every start of the machine; Linux only. */
export function bootOfMachine(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return undefined;
  }
}
