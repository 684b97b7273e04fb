import type { DeviceClock } from '@onebox/protocol/messages.js';
import type { ClockNote } from './model.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Beyond this a device clock orders events and says nothing else (UX specification, section 3.3). */
export const CLOCK_USELESS_MS = 26 * HOUR;
/** Up to this nothing needs to be said or corrected. */
export const CLOCK_AGREES_MS = MINUTE;

/** What to say of the device's clock, if anything. */
export function clockNote(clock: DeviceClock | null | undefined): ClockNote | undefined {
  if (!clock) return undefined;
  const offsetMs = clock.offsetMs ?? 0;
  const size = Math.abs(offsetMs);
  if (clock.notSet || size > CLOCK_USELESS_MS) return { severity: 'check', phrase: { id: 'clock.not-set' } };
  if (size <= CLOCK_AGREES_MS) return undefined;
  return {
    severity: size > 15 * MINUTE ? 'check' : 'note',
    phrase: {
      id: offsetMs < 0 ? 'clock.slow' : 'clock.fast',
      params: { minutes: { kind: 'count', count: Math.round(size / MINUTE) } },
    },
    offsetMs,
  };
}
