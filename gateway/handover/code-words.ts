import { fromWords, toWords } from '../access/words.js';
import { randomBytes } from '../audit/crypto.js';

/**
 * The words that open a hand-over: eight of 256, 64 bits. Whoever finds the file can guess for years without anybody
 * noticing; six words (48 bits) would be within reach of a rented data centre, these are not (docs/handover.md).
 */
export const CODE_WORDS = 8;

export function newCodeWords(): readonly string[] {
  return toWords(randomBytes(CODE_WORDS));
}

/** The passphrase of age: the words in small letters with one blank between them. */
export function passphraseOf(words: readonly string[]): string {
  return words.join(' ');
}

/** Words as somebody has written them down, badly written ones too; undefined when they are not eight of ours. */
export function readCodeWords(text: string): readonly string[] | undefined {
  const bytes = fromWords(text.split(/[^\p{L}]+/u).filter(Boolean), CODE_WORDS);
  return bytes && toWords(bytes);
}
