import { hasBit, ValueReader } from './gatt-values.js';

/** Heart Rate Service 180D (HRS 1.0; GSS Heart Rate Measurement, Body Sensor Location). */

export type SensorContact = 'not-supported' | 'supported-not-detected' | 'detected';

export interface HeartRateMeasurement {
  /** Beats per minute. */
  readonly heartRate: number;
  readonly sensorContact: SensorContact;
  /** Kilojoules since the last reset. */
  readonly energyExpended: number | undefined;
  /** Oldest first, in 1/1024 s. */
  readonly rrIntervals: readonly number[];
}

/** 2A37. Half an RR interval at the end rejects the value; bytes that no flag announces are ignored. */
export function parseHeartRateMeasurement(bytes: Uint8Array): HeartRateMeasurement {
  const reader = new ValueReader('2A37', bytes);
  const flags = reader.u8();
  const heartRate = hasBit(flags, 0) ? reader.u16() : reader.u8();
  const sensorContact = !hasBit(flags, 2) ? 'not-supported' : hasBit(flags, 1) ? 'detected' : 'supported-not-detected';
  const energyExpended = hasBit(flags, 3) ? reader.u16() : undefined;
  const rrIntervals: number[] = [];
  if (hasBit(flags, 4)) while (reader.left > 0) rrIntervals.push(reader.u16());
  return { heartRate, sensorContact, energyExpended, rrIntervals };
}

const LOCATIONS = ['other', 'chest', 'wrist', 'finger', 'hand', 'ear-lobe', 'foot'] as const;
export type BodySensorLocation = (typeof LOCATIONS)[number];

/** 2A38; `location` is undefined for a code that is reserved. */
export function parseBodySensorLocation(bytes: Uint8Array): {
  readonly code: number;
  readonly location: BodySensorLocation | undefined;
} {
  const reader = new ValueReader('2A38', bytes);
  const code = reader.u8();
  reader.end();
  return { code, location: LOCATIONS[code] };
}
