import type { SignalLevel } from '../api.js';

/** Lower bounds in dBm (UX specification, section 6.2). Signal is not distance. */
const BOUNDS: readonly (readonly [SignalLevel, number])[] = [
  ['strong', -60],
  ['medium', -72],
  ['weak', -84],
];
const HYSTERESIS_DB = 4;

const plain = (rssi: number): SignalLevel => BOUNDS.find(([, bound]) => rssi >= bound)?.[0] ?? 'very-weak';

/** The word for a signal in dBm; it leaves the word it had only when the signal is 4 dB past the bound. */
export function signalLevel(rssi: number, before?: SignalLevel): SignalLevel {
  const now = plain(rssi);
  if (before === undefined || now === before) return now;
  return plain(rssi - HYSTERESIS_DB) === before || plain(rssi + HYSTERESIS_DB) === before ? before : now;
}
