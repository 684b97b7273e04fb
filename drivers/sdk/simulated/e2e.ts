import { type CrcVariant, e2eCrc } from '../parts/e2e-crc.js';
import { u16 } from './values.js';

/** A value with its E2E-CRC behind it. */
export function withCrc(value: readonly number[], variant: CrcVariant): number[] {
  return [...value, ...u16(e2eCrc(Uint8Array.from(value), variant))];
}

/** A CRC that fits by no rule. */
export function withWrongCrc(value: readonly number[]): number[] {
  const bytes = Uint8Array.from(value);
  const wrong = [0x1234, 0x4321, 0x5555].find((crc) =>
    (['sig', 'ccitt-false'] as const).every((variant) => e2eCrc(bytes, variant) !== crc),
  );
  return [...value, ...u16(wrong ?? 0)];
}
