/**
 * Reads bytes from the first to the last, in one byte order. Every step past the end, and every byte that is left over
 * at `end`, throws what `reject` makes of it.
 */
export class ByteReader {
  private position = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly order: 'little' | 'big',
    private readonly reject: (detail: string) => Error,
  ) {}

  get left(): number {
    return this.bytes.length - this.position;
  }

  u8(): number {
    return this.unsigned(1);
  }

  u16(): number {
    return this.unsigned(2);
  }

  u24(): number {
    return this.unsigned(3);
  }

  u32(): number {
    return this.unsigned(4);
  }

  i8(): number {
    return signed(this.unsigned(1), 8);
  }

  i16(): number {
    return signed(this.unsigned(2), 16);
  }

  take(count: number): Uint8Array {
    const start = this.step(count);
    return this.bytes.slice(start, start + count);
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** Throws when bytes are left. */
  end(): void {
    if (this.left > 0) throw this.reject(`${this.left} of ${this.bytes.length} bytes are left over`);
  }

  private unsigned(count: number): number {
    const start = this.step(count);
    let value = 0;
    for (let index = 0; index < count; index += 1)
      value = value * 256 + this.bytes[this.order === 'big' ? start + index : start + count - 1 - index]!;
    return value;
  }

  /** Goes past `count` bytes; where they begin. */
  private step(count: number): number {
    const start = this.position;
    if (this.left < count) throw this.reject(`${this.bytes.length} bytes, at least ${start + count} are due`);
    this.position += count;
    return start;
  }
}

/** Two's complement of `width` bits. */
export function signed(raw: number, width: number): number {
  return raw >= 2 ** (width - 1) ? raw - 2 ** width : raw;
}
