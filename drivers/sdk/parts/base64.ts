/** Base64 (RFC 4648, section 4), of bytes, in pieces: a long text is decoded bit by bit, so that nothing waits for it. */

const VALUES = new Int8Array(256).fill(-1);
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  VALUES[char.charCodeAt(0)] = value;

const PAD = 0x3d;
const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

export class Base64Decoder {
  #bits = 0;
  #count = 0;
  #padding = 0;
  #broken = false;

  /** Decoded bytes of this piece; undefined, now and ever after, when it is not Base64. Blanks are passed over. */
  push(piece: Uint8Array): Uint8Array | undefined {
    const result = new Uint8Array(Math.floor(piece.length * 0.75) + 3);
    let length = 0;
    for (const byte of piece) {
      const value = VALUES[byte]!;
      if (value >= 0 && this.#padding === 0) {
        this.#bits = ((this.#bits << 6) | value) & 0xffffff;
        this.#count += 1;
        if (this.#count % 4 === 0) {
          result[length] = this.#bits >> 16;
          result[length + 1] = (this.#bits >> 8) & 0xff;
          result[length + 2] = this.#bits & 0xff;
          length += 3;
        }
      } else if (byte === PAD) this.#padding += 1;
      else if (!BLANKS.has(byte)) this.#broken = true;
    }
    return this.#broken ? undefined : result.subarray(0, length);
  }

  /** The last bytes; undefined when the text was not Base64 or was cut off. Missing padding is forgiven. */
  finish(): Uint8Array | undefined {
    const rest = this.#count % 4;
    const right = this.#padding === 0 || this.#padding === 4 - rest;
    if (this.#broken || rest === 1 || !right || (rest === 0 && this.#padding > 0)) return undefined;
    if (rest === 2) return Uint8Array.of((this.#bits >> 4) & 0xff);
    if (rest === 3) return Uint8Array.of((this.#bits >> 10) & 0xff, (this.#bits >> 2) & 0xff);
    return new Uint8Array(0);
  }
}
