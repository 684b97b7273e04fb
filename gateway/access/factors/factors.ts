import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FactorKind } from '../../audit/events.js';
import type { TryCounter } from '../tries.js';
import type { Factor, ShownFactor } from './factor.js';

/** The factors of this tablet. Every try counts, whatever its kind; an unknown kind is no factor. */
export class Factors {
  constructor(
    private readonly known: readonly Factor[],
    private readonly tries: TryCounter,
  ) {}

  /** Opens the keys. Throws FACTOR_MISSING, FACTOR_WRONG (triesLeft), FACTOR_WAIT (seconds). */
  async unlock(personId: string, shown: ShownFactor | undefined): Promise<void> {
    const [factor, proof] = this.judgeOf(shown);
    await this.tries.attempt(personId, () => factor.unlock(personId, proof));
  }

  /** A fresh proof. Throws as `unlock`. */
  async prove(personId: string, shown: ShownFactor | undefined): Promise<void> {
    const [factor, proof] = this.judgeOf(shown);
    await this.tries.attempt(personId, () => factor.check(personId, proof));
  }

  /** Kinds of what was shown, for the log; empty when nothing was. */
  kinds(shown: ShownFactor | undefined): readonly FactorKind[] {
    return this.known.filter(({ kind }) => kind === shown?.kind).map(({ kind }) => kind);
  }

  private judgeOf(shown: ShownFactor | undefined): [Factor, ShownFactor] {
    const factor = this.known.find(({ kind }) => kind === shown?.kind);
    if (shown === undefined || !factor?.isShown(shown)) throw new OneBoxError('FACTOR_MISSING');
    return [factor, shown];
  }
}
