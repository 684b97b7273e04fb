import type { BadgeReader } from './badge-reader.js';
import { SerialBadgeReader } from './serial.js';
import { SIMULATED, SimulatedBadgeReader } from './simulated.js';

const PRACTICE_UID = '04504143545943';

/** The reader that was named when the program started: a serial port, or in practice the simulated one. */
export function badgeReaderOf(name: string | undefined, practice: boolean): BadgeReader | undefined {
  if (name === undefined) return undefined;
  return practice && name === SIMULATED ? new SimulatedBadgeReader(PRACTICE_UID) : new SerialBadgeReader(name);
}
