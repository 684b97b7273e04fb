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

/**
 * Text of a device as it may stand in a finding: without control characters and text direction overrides, and
 * cut at `longest` characters.
 */
export function printable(text: string, longest = 200): string {
  let kept = '';
  for (const char of text) {
    if (kept.length + char.length > longest) break;
    if (!isForbidden(char.codePointAt(0)!)) kept += char;
  }
  return kept.trim();
}

function isForbidden(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code <= 0xdfff)) return true;
  return (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0xfeff;
}
