import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FactorOffer } from '../../api.js';
import type { Person } from '../people.js';
import { keyOf, proves } from '../smart-card/prove.js';
import type { Card, SmartCards } from '../smart-card/smart-cards.js';
import type { Factor, Shown } from './factor.js';
import type { FactorStore } from './store.js';

/** Sealed. */
interface Kept {
  readonly serial: string;
  /** DER; Base64. */
  readonly certificate: string;
}

type ShownHere = Shown<'smart-card'>;

/**
 * A PIV card that the person has, with its own PIN. The last try of that PIN is never used up here: a card that locks
 * itself is worth nothing to the next patient either. A wrong PIN of the tablet does not reach the card.
 */
export class SmartCardFactor implements Factor<'smart-card'> {
  readonly kind = 'smart-card';

  constructor(
    private readonly store: FactorStore,
    private readonly cards: SmartCards,
  ) {}

  isEnrolled(personId: string): boolean {
    return this.store.has(personId, this.kind);
  }

  isShown({ cardPin }: ShownHere): boolean {
    return cardPin !== '';
  }

  /** Throws CARD_ABSENT, CARD_LOCKED, CARD_LAST_TRY, CARD_PIN_WRONG, CARD_MODULE, CARD_SILENT. */
  async check(personId: string, { cardPin }: ShownHere): Promise<boolean> {
    const kept = this.store.sealed<Kept>(personId, this.kind);
    const key = kept && keyOf(Buffer.from(kept.certificate, 'base64'));
    if (kept === undefined || key === undefined) return false;
    const card = (await this.cards.list()).find(({ serial }) => serial === kept.serial);
    return this.signs(card, key, cardPin);
  }

  /** For the one card that is plugged in. Throws CARD_ABSENT, CARD_SEVERAL, CARD_UNFIT and as `check`. */
  async offer(): Promise<FactorOffer> {
    const { serial, label } = await this.only();
    return { kind: this.kind, serial, label };
  }

  async add({ id }: Person, offer: FactorOffer, { cardPin }: ShownHere): Promise<boolean> {
    const card = await this.only();
    if (offer.kind !== this.kind || offer.serial !== card.serial) return false;
    const certificate = await this.cards.certificate(card);
    const key = certificate && keyOf(certificate);
    if (certificate === undefined || key === undefined) throw new OneBoxError('CARD_UNFIT');
    if (!(await this.signs(card, key, cardPin))) return false;
    const sealed: Kept = { serial: card.serial, certificate: Buffer.from(certificate).toString('base64') };
    await this.store.put(id, this.kind, { hint: {}, sealed });
    return true;
  }

  private async only(): Promise<Card> {
    const [card, another] = await this.cards.list();
    if (card === undefined) throw new OneBoxError('CARD_ABSENT');
    if (another !== undefined) throw new OneBoxError('CARD_SEVERAL');
    return card;
  }

  private async signs(
    card: Card | undefined,
    key: NonNullable<ReturnType<typeof keyOf>>,
    pin: string,
  ): Promise<boolean> {
    if (card === undefined) throw new OneBoxError('CARD_ABSENT');
    if (card.pin === 'locked') throw new OneBoxError('CARD_LOCKED');
    if (card.pin === 'last') throw new OneBoxError('CARD_LAST_TRY');
    const proven = await proves(this.cards, card, key, pin);
    // The card tells everybody who holds it; not to know it costs its owner the next try.
    if (proven === undefined) throw new OneBoxError('CARD_PIN_WRONG');
    return proven;
  }
}
