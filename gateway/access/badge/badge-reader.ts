/** What a reader says. A badge that stays is said once; it has to be taken away before it is said again. */
export type BadgeEvent =
  /** `uid`: identifier of the badge, e.g. the UID of ISO/IEC 14443-3; upper-case hex, two digits a byte. No secret. */
  | { readonly kind: 'present'; readonly uid: string; readonly reader: string }
  | { readonly kind: 'gone'; readonly reader: string }
  /** The reader itself is not there any more. */
  | { readonly kind: 'lost'; readonly reader: string };

/** A reader of badges that tells who holds one to it. Nothing is written to a badge. */
export interface BadgeReader {
  readonly name: string;
  /** Resolves when badges are read; a reader that was unplugged is opened again. Throws BADGE_READER. */
  ready(): Promise<void>;
  subscribe(listener: (event: BadgeEvent) => void): () => void;
  /** For good. */
  close(): Promise<void>;
}

/** Bytes of ISO/IEC 14443-3 (4, 7, 10), ISO/IEC 15693 (8), and tags of 125 kHz (5). */
const LENGTHS: readonly number[] = [4, 5, 7, 8, 10];
/** ISO/IEC 14443-3: a single-size UID that begins so is drawn anew each time. */
const RANDOM = '08';

/** An identifier as a reader writes it, with or without separators; undefined when it is none. */
export function uidOf(text: string): string | undefined {
  const hex = text.replaceAll(/[ :-]/g, '').toUpperCase();
  return /^(?:[0-9A-F]{2})+$/.test(hex) && LENGTHS.includes(hex.length / 2) ? hex : undefined;
}

/** The badge will say the same tomorrow, as far as that can be seen. */
export function isLasting(uid: string): boolean {
  return !/^(?:00|FF)+$/.test(uid) && !(uid.length === 8 && uid.startsWith(RANDOM));
}
