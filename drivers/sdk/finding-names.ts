import { v1 } from '@onebox/protocol/wire.js';
import type { DeviceClassName } from './manifest-fields.js';
import type { PhaseName } from './phases.js';

/** Short names of the enumerations of finding.proto and value.proto, for those who write drivers. */

export const VALIDITY = {
  unqualified: v1.Validity.VALIDITY_UNQUALIFIED,
  validated: v1.Validity.VALIDITY_VALIDATED,
  questionable: v1.Validity.VALIDITY_QUESTIONABLE,
  invalid: v1.Validity.VALIDITY_INVALID,
  ongoing: v1.Validity.VALIDITY_ONGOING,
  early: v1.Validity.VALIDITY_EARLY,
  calibrating: v1.Validity.VALIDITY_CALIBRATING,
  demo: v1.Validity.VALIDITY_DEMO,
  test: v1.Validity.VALIDITY_TEST,
  estimated: v1.Validity.VALIDITY_ESTIMATED,
  practice: v1.Validity.VALIDITY_PRACTICE,
} as const;
export const QUALITY = {
  tablet: v1.TimeQuality.TIME_QUALITY_TABLET,
  device: v1.TimeQuality.TIME_QUALITY_DEVICE,
  corrected: v1.TimeQuality.TIME_QUALITY_CORRECTED,
  reconstructed: v1.TimeQuality.TIME_QUALITY_RECONSTRUCTED,
  'order-only': v1.TimeQuality.TIME_QUALITY_ORDER_ONLY,
} as const;
export const ORIGIN = {
  live: v1.Source.Origin.ORIGIN_LIVE,
  stored: v1.Source.Origin.ORIGIN_STORED,
  'self-test': v1.Source.Origin.ORIGIN_SELF_TEST,
  derived: v1.Source.Origin.ORIGIN_DERIVED,
  entered: v1.Source.Origin.ORIGIN_ENTERED,
} as const;
export const ABSENT = {
  'temp-unknown': v1.AbsentReason.ABSENT_REASON_TEMP_UNKNOWN,
  unknown: v1.AbsentReason.ABSENT_REASON_UNKNOWN,
  unsupported: v1.AbsentReason.ABSENT_REASON_UNSUPPORTED,
  'not-permitted': v1.AbsentReason.ABSENT_REASON_NOT_PERMITTED,
  error: v1.AbsentReason.ABSENT_REASON_ERROR,
  'not-performed': v1.AbsentReason.ABSENT_REASON_NOT_PERFORMED,
  masked: v1.AbsentReason.ABSENT_REASON_MASKED,
  off: v1.AbsentReason.ABSENT_REASON_OFF,
  'not-a-number': v1.AbsentReason.ABSENT_REASON_NOT_A_NUMBER,
  'positive-infinity': v1.AbsentReason.ABSENT_REASON_POSITIVE_INFINITY,
  'negative-infinity': v1.AbsentReason.ABSENT_REASON_NEGATIVE_INFINITY,
} as const;
export const CLASS = {
  pacemaker: v1.DeviceClass.DEVICE_CLASS_PACEMAKER,
  icd: v1.DeviceClass.DEVICE_CLASS_ICD,
  'crt-p': v1.DeviceClass.DEVICE_CLASS_CRT_P,
  'crt-d': v1.DeviceClass.DEVICE_CLASS_CRT_D,
  'loop-recorder': v1.DeviceClass.DEVICE_CLASS_LOOP_RECORDER,
  lvad: v1.DeviceClass.DEVICE_CLASS_LVAD,
  'insulin-pump': v1.DeviceClass.DEVICE_CLASS_INSULIN_PUMP,
  cgm: v1.DeviceClass.DEVICE_CLASS_CGM,
  neurostimulator: v1.DeviceClass.DEVICE_CLASS_NEUROSTIMULATOR,
  'intrathecal-pump': v1.DeviceClass.DEVICE_CLASS_INTRATHECAL_PUMP,
  'cochlear-implant': v1.DeviceClass.DEVICE_CLASS_COCHLEAR_IMPLANT,
  'pulse-oximeter': v1.DeviceClass.DEVICE_CLASS_PULSE_OXIMETER,
  'blood-pressure-monitor': v1.DeviceClass.DEVICE_CLASS_BLOOD_PRESSURE_MONITOR,
  thermometer: v1.DeviceClass.DEVICE_CLASS_THERMOMETER,
  'heart-rate-monitor': v1.DeviceClass.DEVICE_CLASS_HEART_RATE_MONITOR,
  'glucose-meter': v1.DeviceClass.DEVICE_CLASS_GLUCOSE_METER,
  scale: v1.DeviceClass.DEVICE_CLASS_SCALE,
  generic: v1.DeviceClass.DEVICE_CLASS_GENERIC,
} as const satisfies Record<DeviceClassName, unknown>;
export const PHASE = {
  identity: v1.Phase.PHASE_IDENTITY,
  critical: v1.Phase.PHASE_CRITICAL,
  present: v1.Phase.PHASE_PRESENT,
  settings: v1.Phase.PHASE_SETTINGS,
  trends: v1.Phase.PHASE_TRENDS,
  episodes: v1.Phase.PHASE_EPISODES,
  memory: v1.Phase.PHASE_MEMORY,
} as const satisfies Record<PhaseName, unknown>;

export type ValidityName = keyof typeof VALIDITY;
export type QualityName = keyof typeof QUALITY;
export type OriginName = keyof typeof ORIGIN;
export type AbsentName = keyof typeof ABSENT;
