import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { dateTime, type LocalDateTime } from './gatt-time.js';
import { hasBit, type MedFloat, ValueReader } from './gatt-values.js';

/** Pulse Oximeter Service 1822 (PLXS 1.0.1; GSS PLX Spot-Check, PLX Continuous Measurement, PLX Features). */

export interface OximetryPair {
  /** Percent. */
  readonly spo2: MedFloat;
  /** Beats per minute. */
  readonly pulseRate: MedFloat;
}

interface OximetryStatus {
  readonly measurementStatus: number | undefined;
  readonly deviceAndSensorStatus: number | undefined;
  /** Percent. */
  readonly pulseAmplitudeIndex: MedFloat | undefined;
}

export interface SpotCheckMeasurement extends OximetryPair, OximetryStatus {
  /** Undefined when not sent or not known; `hasTimestamp` tells them apart. */
  readonly timestamp: LocalDateTime | undefined;
  readonly hasTimestamp: boolean;
  readonly deviceClockNotSet: boolean;
}

export interface ContinuousMeasurement extends OximetryPair, OximetryStatus {
  readonly fast: OximetryPair | undefined;
  readonly slow: OximetryPair | undefined;
}

/** 2A5E. */
export function parseSpotCheckMeasurement(bytes: Uint8Array): SpotCheckMeasurement {
  const reader = new ValueReader('2A5E', bytes);
  const flags = reader.u8();
  const normal = pair(reader);
  const hasTimestamp = hasBit(flags, 0);
  const timestamp = hasTimestamp ? dateTime(reader) : undefined;
  const status = statusFields(reader, hasBit(flags, 1), hasBit(flags, 2), hasBit(flags, 3));
  reader.end();
  return { ...normal, timestamp, hasTimestamp, ...status, deviceClockNotSet: hasBit(flags, 4) };
}

/** 2A5F. */
export function parseContinuousMeasurement(bytes: Uint8Array): ContinuousMeasurement {
  const reader = new ValueReader('2A5F', bytes);
  const flags = reader.u8();
  const normal = pair(reader);
  const fast = hasBit(flags, 0) ? pair(reader) : undefined;
  const slow = hasBit(flags, 1) ? pair(reader) : undefined;
  const status = statusFields(reader, hasBit(flags, 2), hasBit(flags, 3), hasBit(flags, 4));
  reader.end();
  return { ...normal, fast, slow, ...status };
}

function pair(reader: ValueReader): OximetryPair {
  return { spo2: reader.sfloat(), pulseRate: reader.sfloat() };
}

function statusFields(reader: ValueReader, measurement: boolean, sensor: boolean, amplitude: boolean): OximetryStatus {
  return {
    measurementStatus: measurement ? reader.u16() : undefined,
    deviceAndSensorStatus: sensor ? reader.u24() : undefined,
    pulseAmplitudeIndex: amplitude ? reader.sfloat() : undefined,
  };
}

/** Device and sensor status, by bit. */
export const OXIMETRY_SENSOR_STATUS: Readonly<Record<number, OneBoxTerm>> = {
  0: 'oximeter.display-extended',
  1: 'oximeter.equipment-malfunction',
  2: 'oximeter.irregular-processing',
  3: 'oximeter.inadequate-signal',
  4: 'oximeter.poor-signal',
  5: 'oximeter.low-perfusion',
  6: 'oximeter.erratic-signal',
  7: 'oximeter.nonpulsatile-signal',
  8: 'oximeter.questionable-pulse',
  9: 'oximeter.signal-analysis-ongoing',
  10: 'oximeter.sensor-interference',
  11: 'oximeter.sensor-unconnected',
  12: 'oximeter.sensor-unknown',
  13: 'oximeter.sensor-displaced',
  14: 'oximeter.sensor-malfunction',
  15: 'oximeter.sensor-disconnected',
};

/** Measurement status, by bit. */
export const OXIMETRY_STATUS = {
  ongoing: 5,
  early: 6,
  validated: 7,
  fullyQualified: 8,
  fromStorage: 9,
  demo: 10,
  testing: 11,
  calibrating: 12,
  unavailable: 13,
  questionable: 14,
  invalid: 15,
} as const;

/** True when the device itself says that the value is unavailable, questionable or invalid: it must not be shown. */
export function notUsable(measurementStatus: number | undefined): boolean {
  return measurementStatus !== undefined && (measurementStatus & 0xe000) !== 0;
}

export interface OximeterFeatures {
  readonly supported: number;
  /** Which measurement status bits the device can set; undefined when it does not say. */
  readonly measurementStatus: number | undefined;
  readonly deviceAndSensorStatus: number | undefined;
}

/** 2A60: feature bits u16; bit 0 and bit 1 announce the masks of the two status fields. */
export function parseOximeterFeatures(bytes: Uint8Array): OximeterFeatures {
  const reader = new ValueReader('2A60', bytes);
  const supported = reader.u16();
  const measurementStatus = hasBit(supported, 0) ? reader.u16() : undefined;
  const deviceAndSensorStatus = hasBit(supported, 1) ? reader.u24() : undefined;
  return { supported, measurementStatus, deviceAndSensorStatus };
}
