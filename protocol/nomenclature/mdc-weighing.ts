import type { TermFacts } from './facts.js';

/**
 * Body mass and what scales derive from it (IEEE 11073-10415), context-free codes of IEEE 11073-10101.
 *   s1: worked examples of IEEE 11073-20601 and -10415 as they stand in published test APDUs of an open manager
 */
export const MDC_WEIGHING = {
  DEV_SPEC_PROFILE_SCALE: 528399,
  MASS_BODY_ACTUAL: 188736,
  LEN_BODY_ACTUAL: 188740,
  BODY_FAT: 188748,
  RATIO_MASS_BODY_LEN_SQ: 188752,
} as const;

export const MDC_WEIGHING_FACTS: Readonly<Record<number, TermFacts>> = {
  528399: { type: 'CODE', from: 's1' },
  188736: { type: 'NM', unit: 'kg|[lb_av]', from: 's1' },
  188740: { type: 'NM', unit: 'cm|[in_i]', from: 's1' },
  188748: { type: 'NM', unit: '%', from: 's1' },
  188752: { type: 'NM', unit: 'kg/m2', from: 's1' },
};
