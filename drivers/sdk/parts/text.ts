import { Utf8Decoder } from '@onebox/protocol/text-decoder.js';

/** Text of a device that states no encoding: UTF-8 where it is valid, else Latin-1, so that no byte is lost. */
export function latin1OrUtf8(bytes: Uint8Array): string {
  try {
    return new Utf8Decoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return text;
  }
}

/** Bytes of a text whose characters are all below U+0100; others become `?`. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? code : 0x3f;
  });
}
