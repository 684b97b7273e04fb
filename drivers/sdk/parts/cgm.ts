import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { type CrcVariant, checkCrc, type Protection, protectionOf, readTrailer, type Trailer } from './e2e-crc.js';
import { field, readLayout, type Values } from './gatt-layout.js';
import { dateTime, type LocalDateTime } from './gatt-time.js';
import { hasBit, type MedFloat, ValueReader, ValueRejected } from './gatt-values.js';

/** Continuous Glucose Monitoring Service 181F (CGMS 1.0.2; GSS CGM Measurement, Feature, Status, Session ...). */

/** How values of one device are protected: data of the device, from its profile and its Feature characteristic. */
export interface CgmProtection {
  readonly variant: CrcVariant;
  /** Undefined: as many bytes as are there behind the fields. */
  readonly crc: boolean | undefined;
}

export const CGM_SIG: CgmProtection = { variant: 'sig', crc: undefined };

function allowed({ crc }: CgmProtection): readonly Protection[] {
  return crc === undefined ? ['none', 'crc'] : [crc ? 'crc' : 'none'];
}

/** Checks what stands behind the fields of a value. */
function trailer(name: string, bytes: Uint8Array, reader: ValueReader, protection: CgmProtection): Trailer {
  return readTrailer(name, bytes, protectionOf(name, reader.left, allowed(protection)), protection.variant);
}

export interface CgmRecord extends Trailer {
  /** Status u8, calibration and temperature u8, warning u8 in bits 0-7, 8-15 and 16-23; undefined where not sent. */
  readonly status: number | undefined;
  readonly calTemp: number | undefined;
  readonly warning: number | undefined;
  /** mg/dL. */
  readonly glucose: MedFloat;
  /** Minutes since the start of the session. */
  readonly timeOffset: number;
  /** mg/dL per minute. */
  readonly trend: MedFloat | undefined;
  /** Percent. */
  readonly quality: MedFloat | undefined;
}

const MEASUREMENT = [
  field('size', 'u8'),
  field('flags', 'u8'),
  field('glucose', 'sfloat'),
  field('timeOffset', 'u16'),
  field('status', 'u8', { bit: 7 }),
  field('calTemp', 'u8', { bit: 6 }),
  field('warning', 'u8', { bit: 5 }),
  field('trend', 'sfloat', { bit: 0 }),
  field('quality', 'sfloat', { bit: 1 }),
] as const;
const SMALLEST = 6;

/** 2AA7: one or more records, each of the size that it states. One that is damaged rejects the value as a whole. */
export function parseCgmMeasurements(bytes: Uint8Array, protection: CgmProtection): readonly CgmRecord[] {
  const records: CgmRecord[] = [];
  for (let start = 0; start < bytes.length || records.length === 0; ) {
    const size = bytes[start] ?? 0;
    if (size < SMALLEST || start + size > bytes.length) {
      const left = bytes.length - start;
      throw new ValueRejected('length', `2AA7: a record of ${size} bytes in ${left} bytes`);
    }
    records.push(parseRecord(bytes.subarray(start, start + size), protection));
    start += size;
  }
  return records;
}

function parseRecord(bytes: Uint8Array, protection: CgmProtection): CgmRecord {
  const reader = new ValueReader('2AA7', bytes);
  const { glucose, timeOffset, status, calTemp, warning, trend, quality } = readLayout(reader, MEASUREMENT);
  const behind = trailer('2AA7', bytes, reader, protection);
  return { ...behind, glucose: glucose!, timeOffset: timeOffset!, status, calTemp, warning, trend, quality };
}

export interface CgmFeature {
  /** 24 bits. */
  readonly features: number;
  /** As of GLUCOSE_TYPES and CGM_LOCATIONS. */
  readonly type: number;
  readonly sampleLocation: number;
  /** Undefined where the device does not protect its values. */
  readonly check: Trailer['check'];
}

export const CGM_FEATURE = { e2eCrc: 12, trend: 15, quality: 16 } as const;

/** 2AA8. Says whether all other values carry a CRC; its own field is 0xFFFF when they do not. */
export function parseCgmFeature(bytes: Uint8Array, variant: CrcVariant): CgmFeature {
  const reader = new ValueReader('2AA8', bytes);
  const features = reader.u24();
  const place = reader.u8();
  const crc = reader.u16();
  reader.end();
  const covered = hasBit(features, CGM_FEATURE.e2eCrc);
  const check = covered ? checkCrc('2AA8', bytes.subarray(0, 4), crc, variant) : undefined;
  return { features, type: place & 0x0f, sampleLocation: place >>> 4, check };
}

const STATUS = [
  field('timeOffset', 'u16'),
  field('status', 'u8'),
  field('calTemp', 'u8'),
  field('warning', 'u8'),
] as const;

export type CgmStatus = Values<typeof STATUS> & Trailer;

/** 2AA9. */
export function parseCgmStatus(bytes: Uint8Array, protection: CgmProtection): CgmStatus {
  const reader = new ValueReader('2AA9', bytes);
  const values = readLayout(reader, STATUS);
  return { ...values, ...trailer('2AA9', bytes, reader, protection) };
}

export interface CgmSessionStart extends Trailer {
  /** By the device's clock; undefined when it was not set. */
  readonly time: LocalDateTime | undefined;
  /** Minutes that the clock of the device is ahead of UTC, daylight saving included; undefined when not known. */
  readonly utcOffset: number | undefined;
  /** As sent: quarters of an hour, -128 for unknown; DST offset, 255 for unknown. */
  readonly zone: number;
  readonly dst: number;
}

export const ZONE_UNKNOWN = -128;
export const DST_UNKNOWN = 255;

/** Time zone and daylight saving of GSS: quarters of an hour, and what of them is daylight saving. */
export function utcOffsetOf(zone: number, dst: number): number | undefined {
  if (zone < -48 || zone > 56 || ![0, 2, 4, 8].includes(dst)) return undefined;
  return (zone + dst) * 15;
}

/** 2AAA. */
export function parseCgmSessionStart(bytes: Uint8Array, protection: CgmProtection): CgmSessionStart {
  const reader = new ValueReader('2AAA', bytes);
  const time = dateTime(reader);
  const zone = reader.i8();
  const dst = reader.u8();
  return { time, zone, dst, utcOffset: utcOffsetOf(zone, dst), ...trailer('2AAA', bytes, reader, protection) };
}

/** 2AAB: hours that the session is expected to last from its start. */
export function parseCgmRunTime(bytes: Uint8Array, protection: CgmProtection): Trailer & { readonly hours: number } {
  const reader = new ValueReader('2AAB', bytes);
  const hours = reader.u16();
  return { hours, ...trailer('2AAB', bytes, reader, protection) };
}

/** The three octets of the annunciation as one number: status lowest. */
export function annunciation({
  status = 0,
  calTemp = 0,
  warning = 0,
}: {
  readonly [Octet in 'status' | 'calTemp' | 'warning']: number | undefined;
}): number {
  return status + calTemp * 0x100 + warning * 0x10000;
}

/** Names of its bits. */
export const CGM_ANNUNCIATION: Readonly<Record<number, OneBoxTerm>> = {
  0: 'cgm.session-stopped',
  1: 'cgm.device-battery-low',
  2: 'cgm.sensor-type-incorrect',
  3: 'cgm.sensor-malfunction',
  4: 'cgm.device-alert',
  5: 'cgm.general-fault',
  8: 'cgm.time-sync-required',
  9: 'cgm.calibration.not-allowed',
  10: 'cgm.calibration.recommended',
  11: 'cgm.calibration.required',
  12: 'cgm.sensor-temperature-too-high',
  13: 'cgm.sensor-temperature-too-low',
  14: 'cgm.calibration.pending',
  16: 'cgm.below-patient-low',
  17: 'cgm.above-patient-high',
  18: 'cgm.below-hypo',
  19: 'cgm.above-hyper',
  20: 'cgm.rate-of-decrease-exceeded',
  21: 'cgm.rate-of-increase-exceeded',
  22: 'cgm.result-below-range',
  23: 'cgm.result-above-range',
};

/** Where the sensor sits (GSS CGM Feature, Sample Location): as of meters, and under the skin. */
export const CGM_LOCATIONS: Readonly<Record<number, OneBoxTerm>> = {
  1: 'glucose.sample-location.finger',
  2: 'glucose.sample-location.alternate-site',
  3: 'glucose.sample-location.earlobe',
  4: 'glucose.sample-location.control-solution',
  5: 'glucose.sample-location.subcutaneous',
  15: 'glucose.sample-location.not-available',
};
