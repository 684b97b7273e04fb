const A = 0x41;
const LETTERS = 26;
/** In turn, where a mask must be made again with other letters. */
export const PADS: readonly number[] = [...'XYZWVUTSRQ'].map((letter) => letter.charCodeAt(0));

/**
 * Letters in place of a text, as many as it had bytes. Within one recording the same text gets the same letters
 * and another text gets others, so that what was equal stays equal and what differed still differs. Bytes of zero
 * stay: they are no text, and framings depend on them.
 */
export class StandIns {
  readonly #known = new Map<string, number>();
  readonly #counts = new Map<number, number>();

  of(text: Uint8Array, pad = PADS[0]!): Uint8Array {
    const out = new Uint8Array(text.length).fill(pad);
    let rest = this.#place(text);
    for (let at = out.length - 1; at >= 0 && rest > 0; at -= 1) {
      out[at] = A + (rest % LETTERS);
      rest = Math.floor(rest / LETTERS);
    }
    for (const [at, byte] of text.entries()) if (byte === 0) out[at] = 0;
    return out;
  }

  /** Counts the texts of one length, from 0. */
  #place(text: Uint8Array): number {
    const key = Buffer.from(text).toString('latin1');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = this.#counts.get(text.length) ?? 0;
    this.#counts.set(text.length, place + 1);
    this.#known.set(key, place);
    return place;
  }
}
