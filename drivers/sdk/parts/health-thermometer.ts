import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { dateTime, type LocalDateTime } from './gatt-time.js';
import { hasBit, type MedFloat, ValueReader } from './gatt-values.js';

/** Health Thermometer Service 1809 (HTS 1.0; GSS Temperature Measurement, Temperature Type, Measurement Interval). */

export interface TemperatureMeasurement {
  readonly unit: 'C' | 'F';
  readonly value: MedFloat;
  /** Undefined when not sent or not known; `hasTimestamp` tells them apart. */
  readonly timestamp: LocalDateTime | undefined;
  readonly hasTimestamp: boolean;
  /** Place on the body, see TEMPERATURE_TYPES. */
  readonly temperatureType: number | undefined;
}

/** 2A1C, and 2A1E which has the same layout. */
export function parseTemperatureMeasurement(
  bytes: Uint8Array,
  characteristic: '2A1C' | '2A1E' = '2A1C',
): TemperatureMeasurement {
  const reader = new ValueReader(characteristic, bytes);
  const flags = reader.u8();
  const value = reader.float();
  const hasTimestamp = hasBit(flags, 1);
  const timestamp = hasTimestamp ? dateTime(reader) : undefined;
  const temperatureType = hasBit(flags, 2) ? reader.u8() : undefined;
  // The length rule is stated for 2A1C; an intermediate value is shown for a moment only and follows it too.
  reader.end();
  return { unit: hasBit(flags, 0) ? 'F' : 'C', value, timestamp, hasTimestamp, temperatureType };
}

export const TEMPERATURE_TYPES: Readonly<Record<number, OneBoxTerm>> = {
  1: 'temperature.site.armpit',
  2: 'temperature.site.body',
  3: 'temperature.site.ear',
  4: 'temperature.site.finger',
  5: 'temperature.site.gastrointestinal',
  6: 'temperature.site.mouth',
  7: 'temperature.site.rectum',
  8: 'temperature.site.toe',
  9: 'temperature.site.tympanum',
};

/** 2A1D: the place, where it does not change. */
export function parseTemperatureType(bytes: Uint8Array): number {
  const reader = new ValueReader('2A1D', bytes);
  const type = reader.u8();
  reader.end();
  return type;
}

/** 2A21: seconds between measurements; 0 is "not periodic". */
export function parseMeasurementInterval(bytes: Uint8Array): number {
  const reader = new ValueReader('2A21', bytes);
  const seconds = reader.u16();
  reader.end();
  return seconds;
}
