import { v1 } from '@onebox/protocol/messages.js';
import type { AbsentCode, DeviceClassId, SeverityLevel, TileDetails, TimeValue } from './model.js';

/** Numbers of onebox.v1 as the words of the card model. Unspecified and unknown numbers have no word. */

const A = v1.AbsentReason;
const ABSENT: Readonly<Record<number, AbsentCode>> = {
  [A.ABSENT_REASON_TEMP_UNKNOWN]: 'temp-unknown',
  [A.ABSENT_REASON_UNKNOWN]: 'unknown',
  [A.ABSENT_REASON_UNSUPPORTED]: 'unsupported',
  [A.ABSENT_REASON_NOT_PERMITTED]: 'not-permitted',
  [A.ABSENT_REASON_ERROR]: 'error',
  [A.ABSENT_REASON_NOT_PERFORMED]: 'not-performed',
  [A.ABSENT_REASON_MASKED]: 'masked',
  [A.ABSENT_REASON_OFF]: 'off',
  [A.ABSENT_REASON_NOT_A_NUMBER]: 'not-a-number',
  [A.ABSENT_REASON_POSITIVE_INFINITY]: 'positive-infinity',
  [A.ABSENT_REASON_NEGATIVE_INFINITY]: 'negative-infinity',
};

const Q = v1.TimeQuality;
const QUALITY: Readonly<Record<number, TimeValue['quality']>> = {
  [Q.TIME_QUALITY_TABLET]: 'tablet',
  [Q.TIME_QUALITY_DEVICE]: 'device',
  [Q.TIME_QUALITY_CORRECTED]: 'corrected',
  [Q.TIME_QUALITY_RECONSTRUCTED]: 'reconstructed',
  [Q.TIME_QUALITY_ORDER_ONLY]: 'order-only',
};

const S = v1.Severity;
const SEVERITY: Readonly<Record<number, SeverityLevel>> = {
  [S.SEVERITY_NOTE]: 'note',
  [S.SEVERITY_CHECK]: 'check',
  [S.SEVERITY_CRITICAL]: 'critical',
};

const O = v1.Source.Origin;
const ORIGIN: Readonly<Record<number, 'live' | 'stored' | 'self-test' | 'derived' | 'entered'>> = {
  [O.ORIGIN_LIVE]: 'live',
  [O.ORIGIN_STORED]: 'stored',
  [O.ORIGIN_SELF_TEST]: 'self-test',
  [O.ORIGIN_DERIVED]: 'derived',
  [O.ORIGIN_ENTERED]: 'entered',
};

const W = v1.Limit.Owner;
const OWNER: Readonly<Record<number, TileDetails['limits'][number]['owner']>> = {
  [W.OWNER_DEVICE]: 'device',
  [W.OWNER_DRIVER]: 'driver',
  [W.OWNER_RULE]: 'rule',
};

const E = v1.Evidence;
const EVIDENCE: Readonly<Record<number, 'advertised' | 'declared' | 'authenticated'>> = {
  [E.EVIDENCE_ADVERTISED]: 'advertised',
  [E.EVIDENCE_DECLARED]: 'declared',
  [E.EVIDENCE_AUTHENTICATED]: 'authenticated',
};

const C = v1.Comparator;
const COMPARATOR: Readonly<Record<number, '<' | '<=' | '>=' | '>' | '~'>> = {
  [C.COMPARATOR_LESS_THAN]: '<',
  [C.COMPARATOR_AT_MOST]: '<=',
  [C.COMPARATOR_AT_LEAST]: '>=',
  [C.COMPARATOR_GREATER_THAN]: '>',
  [C.COMPARATOR_ABOUT]: '~',
};

export const absentCode = (reason: number | null | undefined): AbsentCode | undefined => ABSENT[reason ?? 0];
export const timeQuality = (quality: number | null | undefined): TimeValue['quality'] | undefined =>
  QUALITY[quality ?? 0];
export const severityLevel = (severity: number | null | undefined): SeverityLevel => SEVERITY[severity ?? 0] ?? 'none';
export const originWord = (origin: number | null | undefined) => ORIGIN[origin ?? 0];
export const ownerWord = (owner: number | null | undefined) => OWNER[owner ?? 0] ?? 'rule';
export const evidenceWord = (evidence: number | null | undefined) => EVIDENCE[evidence ?? 0] ?? 'declared';
export const comparatorSign = (comparator: number | null | undefined) => COMPARATOR[comparator ?? 0];

/** `VALIDITY_QUESTIONABLE` -> `questionable`. */
export const validityWord = (validity: number): string =>
  (v1.Validity[validity] ?? 'VALIDITY_UNSPECIFIED').slice('VALIDITY_'.length).toLowerCase();

/** `DEVICE_CLASS_INSULIN_PUMP` -> `insulin-pump`; anything else is generic. */
export function deviceClassId(deviceClass: number | null | undefined): DeviceClassId {
  const name = v1.DeviceClass[deviceClass ?? 0];
  if (name === undefined || name === 'DEVICE_CLASS_UNSPECIFIED') return 'generic';
  return name.slice('DEVICE_CLASS_'.length).toLowerCase().replaceAll('_', '-') as DeviceClassId;
}

/** Larger is graver. */
export const SEVERITY_RANK: Readonly<Record<SeverityLevel, number>> = { none: 0, note: 1, check: 2, critical: 3 };
