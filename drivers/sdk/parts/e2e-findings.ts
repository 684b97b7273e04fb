import { term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { coded } from '../findings.js';
import type { CrcCheck } from './e2e-crc.js';

/** Says so when the check sum of a value fits, but by the rule that the profile of the device does not name. */
export function crcFindings(check: CrcCheck | undefined, at: number, source: string): readonly Finding[] {
  return check?.otherVariant ? [coded(term('e2e-crc'), term('e2e-crc.other-variant'), { at, source })] : [];
}
