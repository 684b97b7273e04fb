import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238 with the values that every authenticator app takes: HMAC-SHA-1, six digits, steps of 30 s. */
export const STEP_SECONDS = 30;
export const CODE_DIGITS = 6;
/** RFC 4226 section 4, R6: at least 128 bits, better 160. */
export const SECRET_BYTES = 20;
/** Steps before and after the present one: the clocks of tablet and phone need not agree to the second. */
const WINDOW = 1;

export function stepAt(unixMs: number): number {
  return Math.floor(unixMs / (STEP_SECONDS * 1000));
}

/** The code of a step, RFC 4226 section 5.3. */
export function codeOf(secret: Uint8Array, step: number, digits = CODE_DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = mac[19]! & 0x0f;
  return String((mac.readUInt32BE(at) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0');
}

/** The step whose code this is, later than `after`. Looks at every step of the window, whichever fits. */
export function matchingStep(secret: Uint8Array, code: string, unixMs: number, after: number): number | undefined {
  const now = stepAt(unixMs);
  let found: number | undefined;
  for (let step = Math.max(0, now - WINDOW); step <= now + WINDOW; step++) {
    const right = codeOf(secret, step);
    const same = code.length === right.length && timingSafeEqual(Buffer.from(code), Buffer.from(right));
    if (same && step > after) found ??= step;
  }
  return found;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 section 6, without padding: how apps take a secret that is typed. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Of what `base32` gave. */
export function fromBase32(text: string): Uint8Array {
  const bits = Array.from(text, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

/** What apps scan or open: the key URI format. The label is what the app shows. */
export function keyUri(secret: Uint8Array, label: string): string {
  return `otpauth://totp/OneBox:${encodeURIComponent(label)}?secret=${base32(secret)}&issuer=OneBox`;
}
