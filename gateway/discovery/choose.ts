import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Candidate } from './match.js';

/** The driver that the user named, or the only best one. Throws NOTHING_READABLE, DRIVER_UNKNOWN, DRIVER_AMBIGUOUS. */
export function chooseCandidate(candidates: readonly Candidate[], driverId: string | undefined): Candidate {
  const [first, second] = candidates;
  if (!first) throw new OneBoxError('NOTHING_READABLE');
  if (driverId !== undefined) {
    const named = candidates.find(({ manifest }) => manifest.id === driverId);
    if (!named) throw new OneBoxError('DRIVER_UNKNOWN', driverId);
    return named;
  }
  if (second?.score === first.score)
    throw new OneBoxError('DRIVER_AMBIGUOUS', `${first.manifest.id}, ${second.manifest.id}`);
  return first;
}
