import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBloodPressureMeasurement } from './blood-pressure.js';
import { parseBatteryLevel, parseInformationText, parseSystemId } from './device-information.js';
import { type LocalDateTime, parseCurrentTime, parseDateTime } from './gatt-time.js';
import { isNumber, type MedFloat, type SpecialValue, ValueRejected } from './gatt-values.js';
import { parseGlucoseContext, parseGlucoseMeasurement } from './glucose.js';
import { parseMeasurementInterval, parseTemperatureMeasurement, parseTemperatureType } from './health-thermometer.js';
import { parseBodySensorLocation, parseHeartRateMeasurement } from './heart-rate.js';
import { parseContinuousMeasurement, parseOximeterFeatures, parseSpotCheckMeasurement } from './pulse-oximeter.js';
import { parseRecordAccess } from './record-access.js';

/**
 * Whatever the bytes: a parser either refuses them with its own error, or yields what they say. "What they
 * say" is checked by writing the result back: the bytes must come out again, but for bits that mean nothing.
 */

type Write = (bytes: Uint8Array) => readonly (number | undefined)[];

const SPECIAL_16: Readonly<Record<SpecialValue, number>> = {
  NaN: 0x07ff,
  NRes: 0x0800,
  '+INF': 0x07fe,
  '-INF': 0x0802,
  reserved: 0x0801,
};
const SPECIAL_32: Readonly<Record<SpecialValue, number>> = {
  NaN: 0x007fffff,
  NRes: 0x00800000,
  '+INF': 0x007ffffe,
  '-INF': 0x00800002,
  reserved: 0x00800001,
};

const little = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) % 256);
const s16 = (value: MedFloat) =>
  little(isNumber(value) ? (value.coefficient & 0xfff) + (value.exponent & 0xf) * 0x1000 : SPECIAL_16[value], 2);
const s32 = (value: MedFloat) =>
  little(isNumber(value) ? (value.coefficient & 0xffffff) + (value.exponent & 0xff) * 0x1000000 : SPECIAL_32[value], 4);
const optional = <T>(value: T | undefined, write: (value: T) => readonly (number | undefined)[]) =>
  value === undefined ? [] : write(value);
/** A time that is not known may have been any bytes. */
const time = (present: boolean, value: LocalDateTime | undefined) =>
  !present
    ? []
    : value === undefined
      ? Array<undefined>(7).fill(undefined)
      : [...little(Number(value.text.slice(0, 4)), 2), ...(value.text.slice(5).match(/\d\d/g) ?? []).map(Number)];

/** The first byte with the bits that mean nothing taken from the input. */
const flags = (bytes: Uint8Array, meaning: number, set: number) => ((bytes[0] ?? 0) & ~meaning & 0xff) | set;
const bit = (on: boolean, position: number) => (on ? 1 << position : 0);
const has = (value: unknown, position: number) => bit(value !== undefined, position);

const heartRate: Write = (bytes) => {
  const value = parseHeartRateMeasurement(bytes);
  const wide = ((bytes[0] ?? 0) & 1) === 1;
  const contact = { 'not-supported': [0, 1], 'supported-not-detected': [2], detected: [3] }[value.sensorContact];
  expect(contact).toContain(((bytes[0] ?? 0) >> 1) & 3);
  const body = [
    ...little(value.heartRate, wide ? 2 : 1),
    ...optional(value.energyExpended, (energy) => little(energy, 2)),
    ...value.rrIntervals.flatMap((rr) => little(rr, 2)),
  ];
  const rest = ((bytes[0] ?? 0) & 0x10) === 0 ? [...bytes.subarray(1 + body.length)] : [];
  return [flags(bytes, 0x08, has(value.energyExpended, 3)), ...body, ...rest];
};

const bloodPressure =
  (channel: '2A35' | '2A36'): Write =>
  (bytes) => {
    const value = parseBloodPressureMeasurement(bytes, channel);
    const set =
      bit(value.unit === 'kPa', 0) |
      bit(value.hasTimestamp, 1) |
      has(value.pulseRate, 2) |
      has(value.userId, 3) |
      has(value.measurementStatus, 4);
    return [
      flags(bytes, 0x1f, set),
      ...[value.systolic, value.diastolic, value.meanArterialPressure].flatMap(s16),
      ...time(value.hasTimestamp, value.timestamp),
      ...optional(value.pulseRate, s16),
      ...optional(value.userId, (user) => [user]),
      ...optional(value.measurementStatus, (status) => little(status, 2)),
    ];
  };

const temperature =
  (channel: '2A1C' | '2A1E'): Write =>
  (bytes) => {
    const value = parseTemperatureMeasurement(bytes, channel);
    const set = bit(value.unit === 'F', 0) | bit(value.hasTimestamp, 1) | has(value.temperatureType, 2);
    return [
      flags(bytes, 0x07, set),
      ...s32(value.value),
      ...time(value.hasTimestamp, value.timestamp),
      ...optional(value.temperatureType, (type) => [type]),
    ];
  };

const spot: Write = (bytes) => {
  const value = parseSpotCheckMeasurement(bytes);
  const set =
    bit(value.hasTimestamp, 0) |
    has(value.measurementStatus, 1) |
    has(value.deviceAndSensorStatus, 2) |
    has(value.pulseAmplitudeIndex, 3) |
    bit(value.deviceClockNotSet, 4);
  return [
    flags(bytes, 0x1f, set),
    ...s16(value.spo2),
    ...s16(value.pulseRate),
    ...time(value.hasTimestamp, value.timestamp),
    ...optional(value.measurementStatus, (status) => little(status, 2)),
    ...optional(value.deviceAndSensorStatus, (status) => little(status, 3)),
    ...optional(value.pulseAmplitudeIndex, s16),
  ];
};

const continuous: Write = (bytes) => {
  const value = parseContinuousMeasurement(bytes);
  const set =
    has(value.fast, 0) |
    has(value.slow, 1) |
    has(value.measurementStatus, 2) |
    has(value.deviceAndSensorStatus, 3) |
    has(value.pulseAmplitudeIndex, 4);
  const pair = ({ spo2, pulseRate }: { spo2: MedFloat; pulseRate: MedFloat }) => [...s16(spo2), ...s16(pulseRate)];
  return [
    flags(bytes, 0x1f, set),
    ...pair(value),
    ...optional(value.fast, pair),
    ...optional(value.slow, pair),
    ...optional(value.measurementStatus, (status) => little(status, 2)),
    ...optional(value.deviceAndSensorStatus, (status) => little(status, 3)),
    ...optional(value.pulseAmplitudeIndex, s16),
  ];
};

const glucose: Write = (bytes) => {
  const value = parseGlucoseMeasurement(bytes);
  const { concentration } = value;
  const set =
    has(value.timeOffset, 0) |
    has(concentration, 1) |
    bit(concentration === undefined ? ((bytes[0] ?? 0) & 4) !== 0 : concentration.unit === 'mol/L', 2) |
    has(value.sensorStatus, 3) |
    bit(value.contextFollows, 4);
  const body = [
    flags(bytes, 0x1f, set),
    ...little(value.sequenceNumber, 2),
    ...time(true, value.baseTime),
    ...optional(value.timeOffset, (offset) => little(offset & 0xffff, 2)),
    ...optional(concentration, ({ value: number, type, sampleLocation }) => [
      ...s16(number),
      type | (sampleLocation << 4),
    ]),
    ...optional(value.sensorStatus, (status) => little(status, 2)),
  ];
  return [...body, ...bytes.subarray(body.length)];
};

const context: Write = (bytes) => {
  const value = parseGlucoseContext(bytes);
  const set =
    has(value.carbohydrate, 0) |
    has(value.meal, 1) |
    has(value.tester, 2) |
    has(value.exercise, 3) |
    has(value.medication, 4) |
    has(value.hba1c, 6) |
    has(value.extendedFlags, 7);
  if (value.medication) expect(value.medication.unit === 'L').toBe(((bytes[0] ?? 0) & 0x20) !== 0);
  const body = [
    flags(bytes, 0xdf, set),
    ...little(value.sequenceNumber, 2),
    ...optional(value.extendedFlags, (extended) => [extended]),
    ...optional(value.carbohydrate, ({ id, kilograms }) => [id, ...s16(kilograms)]),
    ...optional(value.meal, (meal) => [meal]),
    ...optional(value.tester, (tester) => [tester | ((value.health ?? 0) << 4)]),
    ...optional(value.exercise, ({ seconds, percent }) => [...little(seconds, 2), percent]),
    ...optional(value.medication, ({ id, value: amount }) => [id, ...s16(amount)]),
    ...optional(value.hba1c, s16),
  ];
  return [...body, ...bytes.subarray(body.length)];
};

const control: Write = (bytes) => {
  const { op, operator, filter, operand, numberOfRecords, requestOp, response } = parseRecordAccess(bytes);
  return [
    op,
    operator,
    ...optional(numberOfRecords, (count) => little(count, 2)),
    ...optional(requestOp, (code) => [code]),
    ...optional(response, (code) => [code]),
    ...optional(filter, (code) => [code]),
    ...operand,
  ];
};

const WRITERS: Readonly<Record<string, Write>> = {
  '2A37': heartRate,
  '2A35': bloodPressure('2A35'),
  '2A36': bloodPressure('2A36'),
  '2A1C': temperature('2A1C'),
  '2A1E': temperature('2A1E'),
  '2A5E': spot,
  '2A5F': continuous,
  '2A18': glucose,
  '2A34': context,
  '2A52': control,
  '2A19': (bytes) => [parseBatteryLevel(bytes)],
  '2A38': (bytes) => [parseBodySensorLocation(bytes).code],
  '2A1D': (bytes) => [parseTemperatureType(bytes)],
  '2A21': (bytes) => little(parseMeasurementInterval(bytes), 2),
  '2A08': (bytes) => time(true, parseDateTime(bytes)),
  '2A2B': (bytes) => [...time(true, parseCurrentTime(bytes).time), undefined, undefined, undefined],
  '2A23': (bytes) => {
    const { manufacturerId, oui } = parseSystemId(bytes);
    return [...Buffer.from(oui + manufacturerId, 'hex').reverse()];
  },
  '2A60': (bytes) => {
    const { supported, measurementStatus, deviceAndSensorStatus } = parseOximeterFeatures(bytes);
    const body = [
      ...little(supported, 2),
      ...optional(measurementStatus, (mask) => little(mask, 2)),
      ...optional(deviceAndSensorStatus, (mask) => little(mask, 3)),
    ];
    return [...body, ...bytes.subarray(body.length)];
  },
  '2A29': (bytes) => {
    const text = parseInformationText('2A29', bytes);
    const kept = Buffer.from(text);
    for (const byte of bytes.subarray(kept.length))
      expect(byte === 0 || String.fromCharCode(byte).trim() === '' || byte > 127).toBe(true);
    return [...kept, ...bytes.subarray(kept.length)];
  },
};

/** False when the parser refused the bytes. */
function saysWhatTheBytesSay(write: Write, bytes: Uint8Array): boolean {
  let written: readonly (number | undefined)[];
  try {
    written = write(bytes);
  } catch (error) {
    if (!(error instanceof ValueRejected)) throw error;
    return false;
  }
  expect(written).toHaveLength(bytes.length);
  for (const [index, byte] of written.entries()) if (byte !== undefined) expect(byte).toBe(bytes[index]);
  return true;
}

/** A value of each layout that the parser takes, as a worked start for mutations. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  '2A37': ['044a', '1c4a80000d03f402', '0148011027'],
  '2A35': ['1e7a00510064f0e807011e053a1b4b0001ffff', '005af0f6f1ff07'],
  '2A36': ['0078f0ff07ff07'],
  '2A1C': ['07d90300ffe807011e053a1b03', '00710e00fe'],
  '2A1E': ['06680100ffe807011e053a1b02'],
  '2A5E': ['1f61006000e807011e053a1b2000200000d2f0', '006100ff07'],
  '2A5F': ['1f6100600060005f0062006400200120000015f0', '0061005800'],
  '2A18': ['1f0f00e807011e053a1b53016fb0f80000', '000100e807011e053a1b'],
  '2A34': ['ff0f0001023cd00251100064010ab0f3f1', '000100'],
  '2A52': ['05000400', '06000101', '0103010500', '0101'],
};

describe.each(Object.entries(WRITERS))('%s', (channel, write) => {
  it('refuses random bytes or says what they say', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void saysWhatTheBytesSay(write, bytes)),
      { numRuns: 2000 },
    );
  });

  it('takes its samples, refuses them cut at any byte, and survives any flipped bit', () => {
    for (const sample of SAMPLES[channel] ?? []) {
      const bytes = Uint8Array.from(Buffer.from(sample, 'hex'));
      expect(saysWhatTheBytesSay(write, bytes), sample).toBe(true);
      for (let length = 0; length < bytes.length; length += 1) {
        const taken = saysWhatTheBytesSay(write, bytes.subarray(0, length));
        // RR intervals and the operands of the control point are as many as fit.
        if (channel !== '2A37' && channel !== '2A52') expect(taken, `${sample} cut to ${length}`).toBe(false);
      }
      for (let index = 0; index < bytes.length * 8; index += 1) {
        const flipped = bytes.slice();
        flipped[index >> 3] = flipped[index >> 3]! ^ (1 << (index & 7));
        saysWhatTheBytesSay(write, flipped);
      }
    }
  });
});

it.each(['2A35', '2A36', '2A1C', '2A5E', '2A5F'])('%s with a byte too many is refused', (channel) => {
  for (const sample of SAMPLES[channel] ?? []) {
    expect(saysWhatTheBytesSay(WRITERS[channel]!, Uint8Array.from([...Buffer.from(sample, 'hex'), 0]))).toBe(false);
  }
});
