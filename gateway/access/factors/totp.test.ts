import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base32, codeOf, fromBase32, keyUri, matchingStep, STEP_SECONDS, stepAt } from './totp.js';

/** RFC 6238 appendix B, the rows of SHA-1: Unix seconds and the code of eight digits. */
const RFC_6238 = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
] as const;
/** RFC 4226 appendix D: the codes of six digits of the counters from 0. */
const RFC_4226 = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
const secret = new TextEncoder().encode('12345678901234567890');

describe('one-time codes', () => {
  it.each(RFC_6238)('at %i s, RFC 6238', (seconds, code) => {
    expect(codeOf(secret, stepAt(seconds * 1000), 8)).toBe(code);
  });

  it('of the counters of RFC 4226', () => {
    expect(RFC_4226.map((_, counter) => codeOf(secret, counter))).toEqual(RFC_4226);
  });

  it('count one step before and after, and only later than the last one', () => {
    const at = 1_234_567_890_000;
    const now = stepAt(at);
    for (const by of [-1, 0, 1]) expect(matchingStep(secret, codeOf(secret, now + by), at, -1)).toBe(now + by);
    for (const by of [-2, 2]) expect(matchingStep(secret, codeOf(secret, now + by), at, -1)).toBeUndefined();
    expect(matchingStep(secret, codeOf(secret, now), at, now)).toBeUndefined();
    expect(matchingStep(secret, codeOf(secret, now - 1), at, now)).toBeUndefined();
    expect(matchingStep(secret, codeOf(secret, now + 1), at, now)).toBe(now + 1);
    for (const code of ['', '1', codeOf(secret, now, 8), `${codeOf(secret, now)} `])
      expect(matchingStep(secret, code, at, -1)).toBeUndefined();
    expect(stepAt(STEP_SECONDS * 1000 - 1)).toBe(0);
  });

  it('have secrets that apps take, RFC 4648 section 10 without padding', () => {
    const text = ['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((one) => base32(new TextEncoder().encode(one)));
    expect(text).toEqual(['MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI']);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromBase32(base32(bytes))).toEqual(bytes);
      }),
    );
    expect(keyUri(secret, 'A. Meyer')).toBe(
      'otpauth://totp/OneBox:A.%20Meyer?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=OneBox',
    );
  });
});
