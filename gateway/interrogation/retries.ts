import type { OneBoxError } from '@onebox/protocol/errors.js';

/** When and how often a link is tried again. */

/** Links of one read, the first included: a read must not run down the battery of an implant (security design, 1.2). */
export const MAX_LINKS = 4;
/** A device that has finished no phase for so long on one link, and then says nothing, is not tried again. */
export const PATIENCE_MS = 45_000;
const RETRY_AFTER_MS = [300, 1_000, 2_000] as const;
const LOST: ReadonlySet<string> = new Set([
  'LINK_LOST',
  'LINK_TIMEOUT',
  'LINK_FAILED',
  'LINK_NOT_FOUND',
  'SERIAL_UNPLUGGED',
]);

/** The link went, and may come back. `opened`: links that came up before; a cable that was pulled may be plugged in again. */
export function isLost(error: OneBoxError, opened = 0): boolean {
  return LOST.has(error.kind) || (error.kind === 'SERIAL_NOT_FOUND' && opened > 0);
}

/** 3xx: what the driver itself did. */
export function isDriverError(error: OneBoxError): boolean {
  return Math.floor(error.code / 100) === 3;
}

/** Milliseconds until the next link, after so many. */
export function waitBefore(attempts: number, waits: readonly number[] = RETRY_AFTER_MS): number {
  return waits[Math.min(attempts, waits.length) - 1] ?? 0;
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
