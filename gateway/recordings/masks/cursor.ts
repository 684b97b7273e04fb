/**
 * A place in bytes of MDER (IEEE 11073-20601, annex F) that are known to be valid, for masks: what it hands out are the
 * bytes themselves and no copies.
 */
export class Cursor {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.#at;
  }

  u16(): number {
    const [high = 0, low = 0] = this.#take(2);
    return high * 256 + low;
  }

  u32(): number {
    return this.u16() * 65_536 + this.u16();
  }

  skip(count: number): void {
    this.#take(count);
  }

  part(count: number): Cursor {
    return new Cursor(this.#take(count));
  }

  /** Length u16, bytes. */
  octets(): Cursor {
    return this.part(this.u16());
  }

  /** Count u16, length u16, items: each step must go past one item. */
  *list(): Generator<Cursor, void, void> {
    const count = this.u16();
    const items = this.octets();
    for (let index = 0; index < count; index += 1) yield items;
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.#take(this.left);
  }

  #take(count: number): Uint8Array {
    const part = this.bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return part;
  }
}
