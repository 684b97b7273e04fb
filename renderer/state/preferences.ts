import { Store, useStore } from './store.js';
import { readStored, writeStored } from './stored.js';
import { type Theme, theme } from './theme.js';

/** Per cent of the normal size of text (UX specification 2.1). */
export const TEXT_SIZES = [100, 115, 130, 200] as const;
export const HANDS = ['right', 'left'] as const;

/** How this tablet is used: not a secret, and nothing of a patient. */
export interface Preferences {
  readonly textSize: (typeof TEXT_SIZES)[number];
  /** The thumb that reaches the primary action. */
  readonly hand: (typeof HANDS)[number];
  /** Larger targets, a second touch for primary actions, lists by buttons. */
  readonly rain: boolean;
  /** Tones; without a choice they are on but in Night red. */
  readonly sound?: boolean;
}

const KEY = 'onebox.preferences';
const USUAL: Preferences = { textSize: 100, hand: 'right', rain: false };

export const preferences = new Store<Preferences>(USUAL);

/** What is stored, as far as it makes sense. */
export function parsePreferences(stored: string | null): Preferences {
  let found: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(stored ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) found = parsed;
  } catch {
    // Not ours: the usual ones.
  }
  return {
    textSize: TEXT_SIZES.find((size) => size === found.textSize) ?? USUAL.textSize,
    hand: HANDS.find((hand) => hand === found.hand) ?? USUAL.hand,
    rain: found.rain === true,
    ...(typeof found.sound === 'boolean' ? { sound: found.sound } : {}),
  };
}

function apply({ textSize, hand, rain }: Preferences): void {
  const { dataset } = document.documentElement;
  dataset.hand = hand;
  if (rain) dataset.rain = '';
  else delete dataset.rain;
  if (textSize === 100) delete dataset.text;
  else dataset.text = String(textSize);
}

export function loadPreferences(): void {
  preferences.set(parsePreferences(readStored(KEY)));
  apply(preferences.get());
}

export function prefer(change: Partial<Preferences>): void {
  preferences.update(change);
  writeStored(KEY, JSON.stringify(preferences.get()));
  apply(preferences.get());
}

export const usePreferences = (): Preferences => useStore(preferences);

export const soundOn = ({ sound }: Preferences, shown: Theme = theme()): boolean => sound ?? shown !== 'red';
