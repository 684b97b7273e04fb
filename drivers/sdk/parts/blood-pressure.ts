import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { dateTime, type LocalDateTime } from './gatt-time.js';
import { hasBit, type MedFloat, ValueReader } from './gatt-values.js';

/** Blood Pressure Service 1810 (BLS 1.1; GSS Blood Pressure Measurement, Intermediate Cuff Pressure, Feature). */

export interface BloodPressureMeasurement {
  readonly unit: 'mmHg' | 'kPa';
  /** In 2A36 the present pressure of the cuff. */
  readonly systolic: MedFloat;
  readonly diastolic: MedFloat;
  readonly meanArterialPressure: MedFloat;
  /** Undefined when not sent or not known; `hasTimestamp` tells them apart. */
  readonly timestamp: LocalDateTime | undefined;
  readonly hasTimestamp: boolean;
  /** Beats per minute. */
  readonly pulseRate: MedFloat | undefined;
  /** 255: the device does not know the user. */
  readonly userId: number | undefined;
  readonly measurementStatus: number | undefined;
}

/** 2A35, and 2A36 which has the same layout. Reserved flag bits are ignored: real monitors set them. */
export function parseBloodPressureMeasurement(
  bytes: Uint8Array,
  characteristic: '2A35' | '2A36' = '2A35',
): BloodPressureMeasurement {
  const reader = new ValueReader(characteristic, bytes);
  const flags = reader.u8();
  const systolic = reader.sfloat();
  const diastolic = reader.sfloat();
  const meanArterialPressure = reader.sfloat();
  const hasTimestamp = hasBit(flags, 1);
  const timestamp = hasTimestamp ? dateTime(reader) : undefined;
  const pulseRate = hasBit(flags, 2) ? reader.sfloat() : undefined;
  const userId = hasBit(flags, 3) ? reader.u8() : undefined;
  const measurementStatus = hasBit(flags, 4) ? reader.u16() : undefined;
  reader.end();
  const unit = hasBit(flags, 0) ? 'kPa' : 'mmHg';
  return {
    unit,
    systolic,
    diastolic,
    meanArterialPressure,
    timestamp,
    hasTimestamp,
    pulseRate,
    userId,
    measurementStatus,
  };
}

/** Bits of the measurement status that stand alone; bits 3 and 4 are one number, see `pulseRange`. */
export const BLOOD_PRESSURE_STATUS: Readonly<Record<number, OneBoxTerm>> = {
  0: 'blood-pressure.body-movement',
  1: 'blood-pressure.cuff-too-loose',
  2: 'blood-pressure.irregular-pulse',
  5: 'blood-pressure.improper-position',
};

/** Pulse rate beyond the range of the monitor: bits 3 and 4 of the measurement status. */
export function pulseRange(status: number): 'within' | 'above' | 'below' | 'reserved' {
  return (['within', 'above', 'below', 'reserved'] as const)[(status >>> 3) & 3]!;
}

/** 2A49: feature bits. */
export function parseBloodPressureFeature(bytes: Uint8Array): number {
  const reader = new ValueReader('2A49', bytes);
  const features = reader.u16();
  reader.end();
  return features;
}
