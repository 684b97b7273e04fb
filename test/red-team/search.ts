/** Looks for texts in bytes as somebody with a hex editor would. */

/** Shorter traces would be found by chance. */
const SHORTEST = 8;

/** UTF-8, UTF-16LE, hex and Base64; Base64 depends on the place in the text, so all three are looked for. */
function traces(text: string): Buffer[] {
  const hex = Buffer.from(text).toString('hex');
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(`${'-'.repeat(shift)}${text}`)
      .toString('base64')
      .slice(4, -4),
  );
  return [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    ...[hex, hex.toUpperCase(), ...base64].filter(({ length }) => length >= SHORTEST).map((one) => Buffer.from(one)),
  ];
}

/** Those of the texts that are in the bytes, in any of four encodings. */
export function found(texts: readonly string[], where: Buffer | string): string[] {
  const all = typeof where === 'string' ? Buffer.from(where) : where;
  return texts.filter((text) => traces(text).some((trace) => all.includes(trace)));
}
