/** What a card lets be known of its PIN (PKCS#11 token flags): how often it may still be wrong, not in numbers. */
export type CardPin = 'free' | 'low' | 'last' | 'locked';

/** A card in a reader. */
export interface Card {
  /** Where it is now; another one tomorrow. */
  readonly slot: string;
  /** Of the card, for good. */
  readonly serial: string;
  readonly label: string;
  readonly pin: CardPin;
}

/** The smart cards that are plugged in. Everything throws CARD_MODULE or CARD_SILENT when the reader does not work. */
export interface SmartCards {
  /** This machine has what cards are asked through. Starts nothing. */
  isThere(): Promise<boolean>;
  list(): Promise<readonly Card[]>;
  /** The certificate of PIV authentication (slot 9A), DER; undefined when the card has none. */
  certificate(card: Card): Promise<Uint8Array | undefined>;
  /**
   * Signs a SHA-256 hash of 32 bytes with the key of PIV authentication: PKCS #1 v1.5, or ECDSA in DER. Undefined: the
   * card says that the PIN is wrong. Throws CARD_ABSENT when the card is pulled out meanwhile.
   */
  sign(card: Card, hash: Uint8Array, algorithm: 'rsa' | 'ec', pin: string): Promise<Uint8Array | undefined>;
}
