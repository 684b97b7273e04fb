import { type CaseModule, caseBytes, type Json, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import { caseReject } from '@onebox/driver-sdk/cases-gatt.js';
import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { toText } from '@onebox/protocol/decimal.js';
import { assembleBackfill } from './backfill.js';
import { type ControlMessage, parseControl, parseG7Backfill, type StoredValue } from './messages.js';
import { type Generation, sensorState } from './states.js';

/** How the cases of `dexcom-cgm-ble` are run: one message each, or a transfer of stored values in frames. */
const cases: CaseModule = {
  protocol: 'dexcom-cgm-ble',
  files: {
    'cases.json': {
      list: 'cases',
      fields: ['kind', 'hex', 'frames', 'frameIdentifier'],
      run: (input) => caseReject(() => run(input)),
    },
  },
};
export default cases;

const KINDS: Readonly<Record<string, ControlMessage['kind']>> = {
  'g5-glucose': 'g5-glucose',
  'g5-time': 'g5-time',
  'g5-version': 'g5-version',
  'g7-glucose': 'g7-glucose',
  'g7-extended-version': 'g7-version',
};

function run({ kind, hex, frames }: JsonObject): JsonObject {
  if (kind === 'g5-backfill') return backfill(hex, frames);
  if (kind === 'g7-backfill') return stored(parseG7Backfill(caseBytes(hex)), 'g7');
  const due = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (due === undefined) throw new UnknownCase(`kind ${String(kind)}`);
  return fields(expectKind(parseControl(caseBytes(hex)), due));
}

function expectKind<K extends ControlMessage['kind']>(message: ControlMessage, kind: K): ControlMessage & { kind: K } {
  if (message.kind !== kind) throw new ValueRejected('unknown', 'this is another message');
  return message as ControlMessage & { kind: K };
}

function fields(message: ControlMessage): JsonObject {
  switch (message.kind) {
    case 'g5-glucose': {
      const { status, sequence, timestamp, glucose, displayOnly, state, trend = null } = message;
      return { status, sequence, timestamp, glucose, displayOnly, state, trend, ...stateFields('g5', state) };
    }
    case 'g5-time': {
      const { status, currentTime, sessionStart = null } = message;
      return { status, currentTime, sessionStartTime: sessionStart, inSession: sessionStart !== null };
    }
    case 'g5-version':
      return { status: message.status, firmwareVersion: message.firmware };
    case 'g5-backfill':
      return {
        status: message.status,
        backfillStatus: message.backfillStatus,
        identifier: message.identifier,
        startTime: message.startTime,
        endTime: message.endTime,
        bufferLength: message.bufferLength,
        bufferCRC: message.bufferCrc,
      };
    case 'g7-glucose': {
      const { timestamp, sequence, age, state, predicted = null } = message;
      return {
        ...stored(message, 'g7'),
        messageTimestamp: timestamp,
        // The clock of whoever logged the message, within two seconds.
        logTimestamp: { decimal: String(timestamp), within: 2 },
        glucoseTimestamp: timestamp - age,
        sequence,
        ageSeconds: age,
        age,
        predicted,
        state,
      };
    }
    case 'g7-version':
      return {
        sessionLengthSeconds: message.sessionLength,
        sessionLengthDays: message.sessionLength / 86_400,
        warmupSeconds: message.warmup,
        warmupMinutes: message.warmup / 60,
        algorithmVersion: message.algorithm,
        hardwareVersion: message.hardware,
        maxLifetimeDays: message.longestDays,
      };
  }
}

function stored({ timestamp, glucose, displayOnly, state, trend }: StoredValue, generation: Generation): JsonObject {
  return {
    timestamp,
    glucose: glucose ?? null,
    displayOnly,
    state,
    trend: trend ?? null,
    trendMgDlPerMin: trend === undefined ? null : { decimal: toText({ coefficient: trend, exponent: -1 }) },
    ...stateFields(generation, state),
  };
}

function stateFields(generation: Generation, number: number): JsonObject {
  const state = sensorState(generation, number);
  return {
    algorithmState: state?.name ?? `unknown(${number})`,
    reliable: state !== undefined && state.reliable !== 'no',
  };
}

function backfill(hex: Json | undefined, frames: Json | undefined): JsonObject {
  const list = Array.isArray(frames) ? frames.map((frame: Json) => caseBytes(frame)) : [];
  // Nothing is there of the answer in the cases of single frames.
  const bytes = caseBytes(hex ?? '');
  const response = bytes.length > 0 ? expectKind(parseControl(bytes), 'g5-backfill') : undefined;
  const { records, wholeRecords, notGlucose } = assembleBackfill(list, response);
  const rows = records.map((record) => {
    const { timestamp, glucose = null, state, trend = null, displayOnly } = record;
    return { timestamp, glucose, state, trend, displayOnly };
  });
  return {
    ...(response ? fields(response) : {}),
    // Without the answer nothing says which times are due: a case then counts what came, not what can be used.
    count: response ? records.length : wholeRecords,
    notGlucose,
    records: rows,
    readings: rows,
    timestamps: rows.map(({ timestamp }) => timestamp),
    glucose: rows.map(({ glucose }) => glucose),
  };
}
