/** One field of an encoded protobuf message. */
export interface Field {
  readonly field: number;
  /** First byte of the field, and the byte after it. */
  readonly start: number;
  readonly end: number;
  /** Bytes of the tag. */
  readonly tagLength: number;
  /** First byte of the content of a length-delimited field; undefined for other fields. */
  readonly body?: number;
  /** Of a varint field; exact up to 2^53. */
  readonly varint?: number;
}

/** The fields of an encoded message, in order, without looking into them. RangeError when the bytes are not a message. */
export function* fields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let count = 0, weight = 1; count < 10; count++, weight *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
    }
    throw new RangeError('not a protobuf message');
  };
  const pass = (count: number): void => {
    at += count;
    if (at > bytes.length) throw new RangeError('not a protobuf message');
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const tagLength = at - start;
    const field = Math.floor(tag / 8);
    if (field === 0) throw new RangeError('not a protobuf message');
    switch (tag & 7) {
      case 0: {
        const value = varint();
        yield { field, start, end: at, tagLength, varint: value };
        break;
      }
      case 1:
        pass(8);
        yield { field, start, end: at, tagLength };
        break;
      case 2: {
        const length = varint();
        const body = at;
        pass(length);
        yield { field, start, end: at, tagLength, body };
        break;
      }
      case 5:
        pass(4);
        yield { field, start, end: at, tagLength };
        break;
      default:
        throw new RangeError('not a protobuf message');
    }
  }
}
