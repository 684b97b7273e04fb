/**
 * Masks what one channel brought on one link: the pieces in their order go in, and as many of the same lengths come
 * out. Pure, and total: what it does not understand comes out as letters.
 */
export type ContentMask = (pieces: readonly Uint8Array[]) => Uint8Array[];

/** A mask of a line, where the pieces are wherever the bytes were cut: `mask` changes the bytes in place. */
export function overStream(mask: (stream: Uint8Array) => void): ContentMask {
  return (pieces) => {
    const stream = Uint8Array.from(Buffer.concat(pieces));
    mask(stream);
    let at = 0;
    return pieces.map(({ length }) => {
      at += length;
      return stream.subarray(at - length, at);
    });
  };
}
