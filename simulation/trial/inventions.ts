import type { FaultName } from '@onebox/driver-sdk/simulated/faults.js';
import type { Interrogation } from '@onebox/protocol/messages.js';
import { type Claim, claims } from './claims.js';

/** Times of the same thing in two reads may differ by so much, ms. */
const SAME_TIME_MS = 5 * 60_000;

/** A device that says something else cannot be found out: these texts and units are its own words. */
const OWN_WORDS: Readonly<Partial<Record<FaultName, 'text' | 'unit'>>> = {
  'hostile-name': 'text',
  truncated: 'text',
  'newer-firmware': 'text',
  'wrong-unit': 'unit',
};

/** With these the device is in another state on purpose, and says so. */
const OTHER_STATE: ReadonlySet<FaultName> = new Set(['battery-low', 'never-measured', 'not-a-number']);

/** All that healthy reads say under one name. */
class Known {
  readonly texts = new Set<string>();
  private readonly numbers = new Span();
  private readonly times = new Span();

  add({ text, number, at }: Claim): void {
    if (text !== undefined) this.texts.add(text);
    if (number !== undefined) this.numbers.add(number);
    if (at !== undefined) this.times.add(at);
  }

  hasNumber(value: number): boolean {
    // Live values walk on: a single known one still leaves some room.
    const { low, high } = this.numbers;
    return this.numbers.holds(value, Math.max((high - low) * 0.25, Math.abs(high) * 0.05));
  }

  hasTime(at: number): boolean {
    return this.times.holds(at, SAME_TIME_MS);
  }
}

class Span {
  low = Number.POSITIVE_INFINITY;
  high = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.low = Math.min(this.low, value);
    this.high = Math.max(this.high, value);
  }

  /** True also where nothing is known. */
  holds(value: number, slack: number): boolean {
    return this.low > this.high || (value >= this.low - slack && value <= this.high + slack);
  }
}

/**
 * What a read with a fault claims that the same device without one never said: a value that was made up on the
 * way, or a time that is not right and does not say so. Empty when all is well.
 * @param healthy reads of the same device, same seed, without a fault
 */
export function inventions(
  read: Interrogation,
  healthy: readonly Interrogation[],
  fault: FaultName,
): readonly string[] {
  const known = new Map<string, Known>();
  const note = (what: string, claim: Claim): void => {
    const same = known.get(what) ?? new Known();
    same.add(claim);
    known.set(what, same);
  };
  for (const claim of healthy.flatMap(claims)) {
    note(claim.what, claim);
    // Without a clock a trend falls apart into single values.
    if (fault === 'clock-unset') note(claim.unit, claim);
  }
  return claims(read).flatMap((claim) => {
    const problem = invented(claim, known.get(fault === 'clock-unset' ? claim.unit : claim.what), fault);
    return problem ? [`${claim.what} = ${claim.number ?? claim.text}: ${problem}`] : [];
  });
}

function invented(claim: Claim, known: Known | undefined, fault: FaultName): string | undefined {
  const { text, number, at, what } = claim;
  // How good the line was is measured by us.
  if (what.includes('|line.')) return undefined;
  if (text !== undefined) {
    // A number with a unit that nobody knows is text.
    if (fault in OWN_WORDS || OTHER_STATE.has(fault)) return undefined;
    return known?.texts.has(text) ? undefined : 'nobody said that';
  }
  if (OWN_WORDS[fault] === 'unit' && (claim.qualified || !known)) return undefined;
  // A number without a dimension is a code of the maker, which newer firmware may have more of.
  if (fault === 'newer-firmware' && what.endsWith(' 1')) return undefined;
  if (!known) return 'nobody said that';
  if (fault !== 'battery-low' && number !== undefined && !known.hasNumber(number)) return 'not a value of this device';
  return at === undefined || known.hasTime(at) ? undefined : 'not the time at which it was so';
}
