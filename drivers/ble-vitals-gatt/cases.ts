import { type CaseModule, caseBytes, type Json, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import { caseNumber, caseReject, caseTime } from '@onebox/driver-sdk/cases-gatt.js';
import { parseBloodPressureFeature, parseBloodPressureMeasurement } from '@onebox/driver-sdk/parts/blood-pressure.js';
import {
  DEVICE_INFORMATION,
  parseBatteryLevel,
  parseInformationText,
  parseSystemId,
} from '@onebox/driver-sdk/parts/device-information.js';
import { parseCurrentTime, parseDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';
import { ValueReader } from '@onebox/driver-sdk/parts/gatt-values.js';
import {
  parseMeasurementInterval,
  parseTemperatureMeasurement,
  parseTemperatureType,
} from '@onebox/driver-sdk/parts/health-thermometer.js';
import { parseBodySensorLocation, parseHeartRateMeasurement } from '@onebox/driver-sdk/parts/heart-rate.js';
import {
  notUsable,
  type OximetryPair,
  parseContinuousMeasurement,
  parseOximeterFeatures,
  parseSpotCheckMeasurement,
} from '@onebox/driver-sdk/parts/pulse-oximeter.js';

/** Decode cases of the Bluetooth vital-sign services: one characteristic value each. */

type Decode = (bytes: Uint8Array) => JsonObject;

const text =
  (channel: string): Decode =>
  (bytes) => ({ text: parseInformationText(channel, bytes) });

const DECODERS: Readonly<Record<string, Decode>> = {
  '2A37': heartRate,
  '2A38': (bytes) => {
    const { code, location } = parseBodySensorLocation(bytes);
    return { bodySensorLocation: location ?? null, bodySensorLocationCode: code };
  },
  '2A35': (bytes) => bloodPressure(bytes, '2A35'),
  '2A36': (bytes) => bloodPressure(bytes, '2A36'),
  '2A49': (bytes) => ({ features: parseBloodPressureFeature(bytes) }),
  '2A1C': (bytes) => temperature(bytes, '2A1C'),
  '2A1E': (bytes) => temperature(bytes, '2A1E'),
  '2A1D': (bytes) => ({ temperatureType: parseTemperatureType(bytes) }),
  '2A21': (bytes) => ({ intervalSeconds: parseMeasurementInterval(bytes) }),
  '2A5E': spotCheck,
  '2A5F': continuous,
  '2A60': (bytes) => {
    const { supported, measurementStatus, deviceAndSensorStatus } = parseOximeterFeatures(bytes);
    return {
      features: supported,
      measurementStatus: measurementStatus ?? null,
      deviceAndSensorStatus: deviceAndSensorStatus ?? null,
    };
  },
  '2A19': (bytes) => ({ batteryPercent: parseBatteryLevel(bytes) }),
  '2A23': (bytes) => ({ ...parseSystemId(bytes) }),
  '2A08': (bytes) => ({ timestamp: caseTime(parseDateTime(bytes)) }),
  '2A2B': (bytes) => ({ timestamp: caseTime(parseCurrentTime(bytes).time) }),
  ...Object.fromEntries(Object.keys(DEVICE_INFORMATION).map((channel) => [channel, text(channel)])),
  SFLOAT: (bytes) => number(bytes, (reader) => caseNumber(reader.sfloat())),
  FLOAT: (bytes) => number(bytes, (reader) => caseNumber(reader.float())),
};

function number(bytes: Uint8Array, read: (reader: ValueReader) => Json): JsonObject {
  const reader = new ValueReader('number', bytes);
  const value = read(reader);
  reader.end();
  return { value };
}

function heartRate(bytes: Uint8Array): JsonObject {
  const { heartRate: bpm, sensorContact, energyExpended, rrIntervals } = parseHeartRateMeasurement(bytes);
  return {
    heartRateBpm: bpm,
    sensorContact,
    energyExpendedKJ: energyExpended ?? null,
    rrIntervals1024: rrIntervals,
    // A division by a power of two is exact.
    rrIntervalsSeconds: rrIntervals.map((interval) => interval / 1024),
  };
}

function bloodPressure(bytes: Uint8Array, channel: '2A35' | '2A36'): JsonObject {
  const value = parseBloodPressureMeasurement(bytes, channel);
  const systolic = caseNumber(value.systolic);
  return {
    unit: value.unit,
    systolic,
    ...(channel === '2A36' ? { cuffPressure: systolic } : {}),
    diastolic: caseNumber(value.diastolic),
    meanArterialPressure: caseNumber(value.meanArterialPressure),
    timestamp: caseTime(value.timestamp),
    pulseRateBpm: caseNumber(value.pulseRate),
    userId: value.userId ?? null,
    measurementStatus: value.measurementStatus ?? null,
  };
}

function temperature(bytes: Uint8Array, channel: '2A1C' | '2A1E'): JsonObject {
  const { value, unit, timestamp, temperatureType } = parseTemperatureMeasurement(bytes, channel);
  return {
    value: caseNumber(value),
    unit,
    timestamp: caseTime(timestamp),
    temperatureType: temperatureType ?? null,
  };
}

function spotCheck(bytes: Uint8Array): JsonObject {
  const value = parseSpotCheckMeasurement(bytes);
  return {
    ...pair(value),
    timestamp: caseTime(value.timestamp),
    ...oximetryStatus(value),
    deviceClockNotSet: value.deviceClockNotSet,
  };
}

function continuous(bytes: Uint8Array): JsonObject {
  const value = parseContinuousMeasurement(bytes);
  const { fast, slow } = value;
  return {
    ...pair(value),
    normal: pair(value),
    fast: fast ? pair(fast) : null,
    slow: slow ? pair(slow) : null,
    spo2Fast: caseNumber(fast?.spo2),
    pulseRateFastBpm: caseNumber(fast?.pulseRate),
    spo2Slow: caseNumber(slow?.spo2),
    pulseRateSlowBpm: caseNumber(slow?.pulseRate),
    ...oximetryStatus(value),
  };
}

function pair({ spo2, pulseRate }: OximetryPair): JsonObject {
  return { spo2: caseNumber(spo2), pulseRateBpm: caseNumber(pulseRate) };
}

function oximetryStatus(value: {
  readonly measurementStatus: number | undefined;
  readonly deviceAndSensorStatus: number | undefined;
  readonly pulseAmplitudeIndex: Parameters<typeof caseNumber>[0];
}): JsonObject {
  return {
    measurementStatus: value.measurementStatus ?? null,
    deviceAndSensorStatus: value.deviceAndSensorStatus ?? null,
    pulseAmplitudeIndex: caseNumber(value.pulseAmplitudeIndex),
    usable: !notUsable(value.measurementStatus),
  };
}

function run({ characteristic, hex }: JsonObject): JsonObject {
  const decode = typeof characteristic === 'string' ? DECODERS[characteristic.toUpperCase()] : undefined;
  if (decode === undefined) throw new UnknownCase(`characteristic ${String(characteristic)}`);
  return caseReject(() => decode(caseBytes(hex)));
}

const module: CaseModule = {
  protocol: 'ble-vitals-gatt',
  files: { 'cases.json': { list: 'cases', fields: ['characteristic', 'hex'], run } },
};
export default module;
