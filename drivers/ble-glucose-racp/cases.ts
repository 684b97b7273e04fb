import { type CaseModule, caseBytes, type Json, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import { caseNumber, caseReject, caseTime } from '@onebox/driver-sdk/cases-gatt.js';
import { sfloat, ValueReader } from '@onebox/driver-sdk/parts/gatt-values.js';
import {
  type GlucoseConcentration,
  glucoseValue,
  isControlSolution,
  parseGlucoseContext,
  parseGlucoseFeature,
  parseGlucoseMeasurement,
} from '@onebox/driver-sdk/parts/glucose.js';
import { parseRecordAccess } from '@onebox/driver-sdk/parts/record-access.js';
import type { rescale } from '@onebox/protocol/decimal.js';
import { convert } from '@onebox/protocol/units.js';
import { runSession } from './cases-session.js';

/** Decode cases of the Glucose Service: characteristic values, and whole procedures of the control point. */

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => JsonObject>> = {
  '2A18': measurement,
  '2A34': context,
  '2A51': (bytes) => ({ features: parseGlucoseFeature(bytes) }),
  '2A52': controlPoint,
  SFLOAT: bareConcentration,
};

function measurement(bytes: Uint8Array): JsonObject {
  const value = parseGlucoseMeasurement(bytes);
  const { concentration } = value;
  const controlSolution = isControlSolution(concentration);
  return {
    sequenceNumber: value.sequenceNumber,
    baseTime: caseTime(value.baseTime),
    timeOffsetMin: value.timeOffset ?? null,
    userFacingTime: caseTime(value.userFacingTime),
    ...concentrationFields(concentration),
    type: concentration?.type ?? null,
    sampleLocation: concentration?.sampleLocation ?? null,
    sensorStatus: value.sensorStatus ?? null,
    contextFollows: value.contextFollows,
    controlSolution,
    patientValue: glucoseValue(concentration) !== undefined && !controlSolution,
  };
}

/** The two bytes of a concentration alone, in the unit that meters send: kg/L. */
function bareConcentration(bytes: Uint8Array): JsonObject {
  const reader = new ValueReader('SFLOAT', bytes);
  const raw = reader.u16();
  reader.end();
  const value = sfloat(raw);
  return {
    value: caseNumber(value),
    ...concentrationFields({ unit: 'kg/L', value, raw, type: 0, sampleLocation: 0 }),
  };
}

function concentrationFields(concentration: GlucoseConcentration | undefined): JsonObject {
  const glucose = glucoseValue(concentration);
  const raw = caseNumber(concentration?.value);
  return {
    concentrationKgPerL: concentration?.unit === 'kg/L' ? raw : null,
    concentrationMolPerL: concentration?.unit === 'mol/L' ? raw : null,
    unit: concentration?.unit ?? null,
    sfloatRaw: concentration?.raw ?? null,
    plausibleGlucose: glucose !== undefined,
    mgPerDl: glucose ? caseNumber(glucose.unit === 'mg/dL' ? glucose.value : inMgPerDl(glucose.value)) : null,
    mmolPerL: glucose ? caseNumber(glucose.unit === 'mmol/L' ? glucose.value : inMmolPerL(glucose)) : null,
    mmolPerL1dp: glucose ? caseNumber(inMmolPerL(glucose)) : null,
  };
}

/** Whole mg/dL, as meters show it. */
function inMgPerDl(mmolPerL: Parameters<typeof rescale>[0]) {
  return convert(mmolPerL, 'mmol/L', 'mg/dL', { digits: 0, rounding: 'half-up', substance: 'glucose' });
}

function inMmolPerL({ value, unit }: NonNullable<ReturnType<typeof glucoseValue>>) {
  return convert(value, unit, 'mmol/L', { digits: 1, rounding: 'half-up', substance: 'glucose' });
}

function context(bytes: Uint8Array): JsonObject {
  const value = parseGlucoseContext(bytes);
  const { carbohydrate, exercise, medication } = value;
  return {
    sequenceNumber: value.sequenceNumber,
    extendedFlags: value.extendedFlags ?? null,
    carbohydrateId: carbohydrate?.id ?? null,
    carbohydrateKg: caseNumber(carbohydrate?.kilograms),
    meal: value.meal ?? null,
    tester: value.tester ?? null,
    health: value.health ?? null,
    exerciseDurationSeconds: exercise?.seconds ?? null,
    exerciseIntensityPercent: exercise?.percent ?? null,
    medicationId: medication?.id ?? null,
    medicationKg: caseNumber(medication?.unit === 'kg' ? medication.value : undefined),
    medicationL: caseNumber(medication?.unit === 'L' ? medication.value : undefined),
    hba1cPercent: caseNumber(value.hba1c),
  };
}

function controlPoint(bytes: Uint8Array): JsonObject {
  const message = parseRecordAccess(bytes);
  const sequences = message.filter === 1 ? operandNumbers(message.operand) : null;
  return {
    opCode: message.opName ?? null,
    opCodeRaw: message.op,
    operator: message.operatorName ?? null,
    filterType: message.filter ?? null,
    sequenceNumbers: sequences,
    numberOfRecords: message.numberOfRecords ?? null,
    count: message.numberOfRecords ?? null,
    requestOpCode: message.requestOp ?? null,
    responseValue: message.response ?? null,
    response: message.responseName ?? null,
  };
}

function operandNumbers(operand: Uint8Array): Json {
  return Array.from(
    { length: Math.floor(operand.length / 2) },
    (_, index) => operand[2 * index]! + operand[2 * index + 1]! * 256,
  );
}

function runValue({ characteristic, hex }: JsonObject): JsonObject {
  const decode = typeof characteristic === 'string' ? DECODERS[characteristic.toUpperCase()] : undefined;
  if (decode === undefined) throw new UnknownCase(`characteristic ${String(characteristic)}`);
  return caseReject(() => decode(caseBytes(hex)));
}

const module: CaseModule = {
  protocol: 'ble-glucose-racp',
  files: {
    'cases.json': { list: 'cases', fields: ['characteristic', 'hex'], run: runValue },
    'racp-sessions.json': { list: 'sessions', fields: ['steps'], run: runSession },
  },
};
export default module;
