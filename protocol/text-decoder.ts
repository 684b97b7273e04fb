/**
 * A UTF-8 `TextDecoder` for where there is none: protobufjs needs one when it is loaded, and the sandbox of a
 * driver has none. Follows the decoder of the WHATWG Encoding Standard, section 8.1.1, for whole inputs.
 */
export class Utf8Decoder {
  readonly encoding = 'utf-8';
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(label)) throw new RangeError('only utf-8 can be decoded');
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
  }

  /** Throws TypeError for bytes that are not UTF-8 when `fatal`, and puts U+FFFD in their place otherwise. */
  decode(input: ArrayBuffer | ArrayBufferView = new Uint8Array(0)): string {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const units: number[] = [];
    let text = '';
    let needed = 0;
    let point = 0;
    let lower = 0x80;
    let upper = 0xbf;
    const put = (value: number) => {
      if (value > 0xffff) units.push(0xd7c0 + (value >> 10), 0xdc00 + (value & 0x3ff));
      else units.push(value);
      if (units.length < 4096) return;
      text += String.fromCharCode(...units);
      units.length = 0;
    };
    const bad = () => {
      if (this.fatal) throw new TypeError('the bytes are not UTF-8');
      put(0xfffd);
    };
    for (const byte of bytes) {
      if (needed > 0) {
        const fits = byte >= lower && byte <= upper;
        lower = 0x80;
        upper = 0xbf;
        if (fits) {
          point = (point << 6) | (byte & 0x3f);
          needed -= 1;
          if (needed === 0) put(point);
          continue;
        }
        needed = 0;
        bad();
      }
      if (byte < 0x80) put(byte);
      else if (byte >= 0xc2 && byte <= 0xdf) [needed, point] = [1, byte & 0x1f];
      else if (byte >= 0xe0 && byte <= 0xef) {
        // No overlong forms, no surrogates.
        if (byte === 0xe0) lower = 0xa0;
        if (byte === 0xed) upper = 0x9f;
        [needed, point] = [2, byte & 0x0f];
      } else if (byte >= 0xf0 && byte <= 0xf4) {
        // No overlong forms, nothing beyond U+10FFFF.
        if (byte === 0xf0) lower = 0x90;
        if (byte === 0xf4) upper = 0x8f;
        [needed, point] = [3, byte & 0x07];
      } else bad();
    }
    if (needed > 0) bad();
    text += String.fromCharCode(...units);
    return !this.ignoreBOM && text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

const scope: { TextDecoder?: unknown } = globalThis;
scope.TextDecoder ??= Utf8Decoder;
