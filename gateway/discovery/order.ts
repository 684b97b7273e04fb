import type { DeviceRow, MatchLevel } from '../api.js';

const MATCH: Readonly<Record<MatchLevel, number>> = { certain: 0, likely: 1, possible: 2, unknown: 3 };

/**
 * What keeps alive or gives a drug comes before what measures. A device whose class shows only when it is read may
 * be any of them: between the two.
 */
const CLASSES: readonly (readonly string[])[] = [
  ['pacemaker', 'icd', 'crt-p', 'crt-d', 'lvad'],
  ['insulin-pump', 'intrathecal-pump', 'neurostimulator', 'loop-recorder', 'cochlear-implant'],
  ['cgm', 'generic'],
];
const RANK: ReadonlyMap<string, number> = new Map(
  CLASSES.flatMap((names, rank) => names.map((name): [string, number] => [name, rank])),
);

const rankOf = ({ deviceClass }: DeviceRow): number => RANK.get(deviceClass) ?? CLASSES.length;

/**
 * The order of the device list (UX specification 6.2): readable first, then by match, then by what the device does for
 * its patient, then those that need nobody's authorisation, then as first heard. Nothing in it changes with the signal.
 */
export function byUse(a: DeviceRow, b: DeviceRow): number {
  return (
    Number(b.readable) - Number(a.readable) ||
    MATCH[a.match] - MATCH[b.match] ||
    rankOf(a) - rankOf(b) ||
    Number(a.needsMaker) - Number(b.needsMaker) ||
    a.firstHeard - b.firstHeard ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}
