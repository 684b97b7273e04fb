import { OneBoxError } from '@onebox/protocol/errors.js';
import type { AddedKind, FactorKind } from '../../api.js';
import type { TryCounter } from '../tries.js';
import type { Factor, ShownFactor } from './factor.js';
import { areTwo, isOwn } from './kinds.js';

interface Judged {
  readonly factor: Factor;
  readonly shown: ShownFactor;
}

export interface UnlockTerms {
  /** A shift has to begin: two of different kinds. */
  readonly two: boolean;
  /** Somebody else has the tablet unlocked: nothing is opened, only checked. */
  readonly keysOpen: boolean;
}

/** The factors of this tablet. Every try counts, whatever its kind; an unknown kind is no factor. */
export class Factors {
  constructor(
    private readonly known: readonly Factor[],
    private readonly tries: TryCounter,
  ) {}

  /** Waits for what is held to this machine. Nothing is opened, judged or counted yet. Throws as `Factor.gather`. */
  async gather(shown: readonly ShownFactor[]): Promise<void> {
    for (const one of shown) await this.known.find(({ kind }) => kind === one.kind)?.gather?.(one);
  }

  /**
   * Opens the keys. All that is shown is judged, whatever came of the first of it, and one answer says nothing of
   * which was wrong. After a refusal the caller closes the keys. Throws FACTOR_MISSING, FACTOR_SECOND, FACTOR_WRONG
   * or FACTORS_WRONG (triesLeft), FACTOR_WAIT (seconds), and what `Factor.ready` throws.
   */
  async unlock(personId: string, shown: readonly ShownFactor[], { two, keysOpen }: UnlockTerms): Promise<void> {
    const judged = shown.map((one) => this.judged(one));
    const opener = judged.find(({ factor }) => factor.open !== undefined);
    if (opener === undefined) throw new OneBoxError('FACTOR_MISSING');
    if (two && !areTwo(judged.map(({ factor }) => factor.kind))) throw new OneBoxError('FACTOR_SECOND');
    await this.attempt(personId, judged, async () => {
      const opened = keysOpen
        ? await opener.factor.check(personId, opener.shown)
        : ((await opener.factor.open?.(personId, opener.shown)) ?? false);
      let right = opened;
      for (const one of judged) if (one !== opener) right = (await one.factor.check(personId, one.shown)) && right;
      return right;
    });
  }

  /** A fresh proof by one factor of the person's own. Throws as `unlock`. */
  async prove(personId: string, shown: ShownFactor | undefined): Promise<void> {
    const judged = this.judged(shown);
    if (!isOwn(judged.factor.kind)) throw new OneBoxError('FACTOR_MISSING');
    await this.attempt(personId, [judged], () => judged.factor.check(personId, judged.shown));
  }

  /** Kinds of what was shown, for the log; empty when nothing was. */
  kinds(...shown: readonly (ShownFactor | undefined)[]): readonly FactorKind[] {
    return this.known.filter(({ kind }) => shown.some((one) => one?.kind === kind)).map(({ kind }) => kind);
  }

  /** Those that this person can show, in the order to offer. */
  enrolled(personId: string): readonly FactorKind[] {
    return this.known.filter((factor) => factor.isEnrolled(personId)).map(({ kind }) => kind);
  }

  /** Throws FACTOR_MISSING for a kind that cannot be added. */
  addable(kind: AddedKind): Factor & Required<Pick<Factor, 'offer' | 'add'>> {
    const factor = this.known.find((one) => one.kind === kind);
    if (factor?.offer === undefined || factor.add === undefined) throw new OneBoxError('FACTOR_MISSING');
    return factor as Factor & Required<Pick<Factor, 'offer' | 'add'>>;
  }

  private async attempt(personId: string, judged: readonly Judged[], test: () => Promise<boolean>): Promise<void> {
    for (const { factor, shown } of judged) factor.ready?.(personId, shown);
    const counters = judged.flatMap(({ factor, shown }) => factor.counted?.(shown) ?? []);
    const wrong = judged.length > 1 ? 'FACTORS_WRONG' : 'FACTOR_WRONG';
    await this.tries.attemptAll([...new Set([personId, ...counters])], wrong, async () => {
      if (!(await test())) return false;
      for (const { factor, shown } of judged) if (!((await factor.use?.(personId, shown)) ?? true)) return false;
      return true;
    });
    for (const { factor, shown } of judged) await factor.accepted?.(personId, shown);
  }

  private judged(shown: ShownFactor | undefined): Judged {
    const factor = this.known.find(({ kind }) => kind === shown?.kind);
    if (shown === undefined || !factor?.isShown(shown)) throw new OneBoxError('FACTOR_MISSING');
    return { factor, shown };
  }
}
