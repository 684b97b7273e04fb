import {
  CaseMismatch,
  type CaseModule,
  caseBytes,
  isJsonObject,
  type Json,
  type JsonObject,
  UnknownCase,
} from '@onebox/driver-sdk/cases.js';
import { caseReject } from '@onebox/driver-sdk/cases-gatt.js';
import { type ExactDecimal, toText } from '@onebox/protocol/decimal.js';
import { ALARMS } from './alarms.js';
import { pumpModel } from './event-types.js';
import { type GlucoseRecord, parseGlucosePage, parseGlucoseRecord } from './glucose-page.js';
import { duplicates, type HistoryEvent, parseHistoryPage, rawHex } from './history-page.js';
import { type HistoryValue, historyValue } from './history-values.js';
import { trustedCount } from './timeline.js';

/** How the cases of `medtronic-minimed-history` are run: whole pages, or one record of a glucose page. */
const cases: CaseModule = {
  protocol: 'medtronic-minimed-history',
  files: {
    'cases.json': {
      list: 'cases',
      fields: ['kind', 'model', 'hex', 'bytes', 'crcOk', 'qaIndependentWalk'],
      run: (input) => caseReject(() => run(input)),
    },
  },
  tables: ['event-types.json'],
};
export default cases;

function run(input: JsonObject): JsonObject {
  const bytes = caseBytes(input.hex);
  agrees('bytes', input.bytes, bytes.length);
  if (input.kind === 'history-page') return historyPage(bytes, input);
  if (input.kind === 'glucose-page') return glucosePage(bytes, input);
  if (input.kind === 'single') return single(bytes);
  throw new UnknownCase(`kind ${String(input.kind)}`);
}

function historyPage(bytes: Uint8Array, { model: stated, qaIndependentWalk }: JsonObject): JsonObject {
  const model = typeof stated === 'string' || typeof stated === 'number' ? pumpModel(`${stated}`) : undefined;
  if (model === undefined) throw new UnknownCase(`model ${String(stated)}`);
  const { events, problem } = parseHistoryPage(bytes, model);
  const classes = counted(events.map(({ type }) => type.className));
  agreesWalk(qaIndependentWalk, { events: events.length, classes });
  const rows = events.map((event, index) => ({
    index,
    type: event.type.className,
    name: event.type.name,
    fields: { ...times(event), ...fields(historyValue(event, model)), ...unabsorbed(event) },
    rawHex: rawHex(event.raw),
  }));
  return {
    eventCount: events.length,
    events: { byIndex: Object.fromEntries(rows.map((row) => [`${row.index}`, row])) },
    eventTypesAt: Object.fromEntries(rows.map(({ index, type }) => [`${index}`, type])),
    duplicateRawPairs: duplicates(events),
    trustedEventCount: trustedCount(events),
    partial: problem !== undefined,
    problem: problem ?? null,
    crcOk: true,
  };
}

function times({ time, date }: HistoryEvent): JsonObject {
  return { timestamp: time?.text ?? null, validDate: date ?? null };
}

function unabsorbed(event: HistoryEvent): JsonObject {
  const records = (event.unabsorbed ?? []).map(({ fortieths, minutes }) => ({
    amount: { decimal: toText({ coefficient: fortieths * 25, exponent: -3 }) },
    ageMinutes: minutes,
    ageSeconds: minutes * 60,
  }));
  return { unabsorbedInsulinRecords: records };
}

/** Under the names that the published readers of these records use. */
function fields(value: HistoryValue | undefined): JsonObject {
  switch (value?.kind) {
    case undefined:
      return {};
    case 'bolus':
      return {
        amount: number(value.amount),
        programmed: number(value.programmed),
        unabsorbedInsulinTotal: value.unabsorbed ? number(value.unabsorbed) : null,
        type: value.minutes > 0 ? 'square' : 'normal',
        durationSeconds: value.minutes * 60,
        durationMinutes: value.minutes,
        wasRemotelyTriggered: value.remote,
        interrupted: value.interrupted,
      };
    case 'prime': {
      const programmed = number(value.programmed);
      const primeType = value.manual ? 'manual' : 'fixed';
      return { amount: number(value.amount), programmedAmount: programmed, programmed, primeType };
    }
    case 'alarm': {
      const name = ALARMS[value.alarm]?.name ?? null;
      return { alarmType: name, alarm: name, alarmCode: value.alarm, rawType: value.alarm };
    }
    case 'daily-total':
      return { amount: number(value.amount) };
    case 'meter-glucose':
      return { amount: value.mgPerDl, meter: value.meter ?? null };
    case 'temp-basal':
      return {
        rateType: value.percent ? 'Percent' : 'Absolute',
        rate: number(value.rate),
        wasRemotelyTriggered: value.remote,
      };
    case 'temp-basal-duration':
      return { durationMinutes: value.minutes, durationSeconds: value.minutes * 60 };
    case 'basal-start': {
      const offsets = { timeOffsetSeconds: value.minutes * 60, timeOffsetMinutes: value.minutes };
      return { index: value.index, profileIndex: value.index, rate: number(value.rate), ...offsets };
    }
    case 'bolus-estimate':
      return {
        carbohydrates: value.carbohydrates,
        bloodGlucose: value.glucose,
        foodEstimate: number(value.food),
        correctionEstimate: number(value.correction),
        bolusEstimate: number(value.estimate),
        unabsorbedInsulinTotal: number(value.unabsorbed),
        bgTargetLow: value.targetLow,
        bgTargetHigh: value.targetHigh,
        insulinSensitivity: value.sensitivity,
        carbRatio: number(value.carbRatio),
      };
    case 'meal':
      return { carbUnits: value.exchanges ? 'Exchanges' : 'Grams', carbohydrates: number(value.amount) };
    case 'insulin-entry':
      return { amount: number(value.amount) };
  }
}

function glucosePage(bytes: Uint8Array, { qaIndependentWalk }: JsonObject): JsonObject {
  const { records, needsTimestamp, cut } = parseGlucosePage(bytes);
  const values = records.flatMap(({ mgPerDl, placed }) => (placed === 'relative' && mgPerDl ? [mgPerDl] : []));
  const names = counted(records.map(({ name }) => name));
  const dates = records.flatMap(({ time }) => (time ? [time.text] : [])).sort();
  const walk = {
    events: records.length,
    names,
    first: dates[0] ?? null,
    last: dates.at(-1) ?? null,
    sgvMin: values.length > 0 ? Math.min(...values) : null,
    sgvMax: values.length > 0 ? Math.max(...values) : null,
  };
  const weak = names[WEAK_SIGNAL];
  const { [WEAK_SIGNAL]: _, ...others } = names;
  const published = weak === undefined ? names : { ...others, [`Sensor${WEAK_SIGNAL}`]: weak };
  const usesPublished = hasName(qaIndependentWalk, `Sensor${WEAK_SIGNAL}`);
  agreesWalk(qaIndependentWalk, usesPublished ? { ...walk, names: published } : walk);
  const rows = records.map((record, index) => ({ index, ...recordFields(record) }));
  return {
    ...walk,
    needsTimestamp,
    eventCount: records.length,
    events: { byIndex: Object.fromEntries(rows.map((row) => [`${row.index}`, row])) },
    partial: cut,
    crcOk: true,
  };
}

function single(bytes: Uint8Array): JsonObject {
  const record = parseGlucoseRecord(bytes);
  return record === undefined ? { reject: 'length' } : recordFields(record);
}

function recordFields({ name, time, mgPerDl, factor, kind, raw }: GlucoseRecord): JsonObject {
  return {
    name: name === WEAK_SIGNAL ? { anyOf: [name, `Sensor${name}`] } : name,
    timestamp: time?.text ?? null,
    amount: name === 'CalBGForGH' ? (mgPerDl ?? null) : null,
    sgv: name === 'CalBGForGH' ? null : (mgPerDl ?? null),
    factor: factor === undefined ? null : { decimal: toText({ coefficient: factor, exponent: -3 }) },
    ...(kind === undefined ? {} : { [KIND_FIELDS[name] ?? 'kind']: kind }),
    rawHex: rawHex(raw),
  };
}

/** Called so in the description of the pages, with `Sensor` in front by the published readers. */
const WEAK_SIGNAL = 'WeakSignal';

const KIND_FIELDS: Readonly<Record<string, string>> = {
  SensorCal: 'calibrationType',
  SensorPacket: 'packetType',
  SensorError: 'errorType',
  SensorTimestamp: 'timestampType',
  SensorStatus: 'statusType',
  SensorSync: 'syncType',
  CalBGForGH: 'originType',
};

function number(value: ExactDecimal): Json {
  return { decimal: toText(value) };
}

function counted(names: readonly string[]): { [name: string]: number } {
  const counts: { [name: string]: number } = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** A second count of the page stands beside the expectation: every number of it must be ours. */
function agreesWalk(stated: Json | undefined, ours: JsonObject): void {
  if (typeof stated !== 'object' || stated === null || Array.isArray(stated)) return;
  for (const [key, value] of Object.entries(stated)) agrees(`qaIndependentWalk.${key}`, value, ours[key] ?? null);
}

function hasName(walk: Json | undefined, name: string): boolean {
  return isJsonObject(walk) && isJsonObject(walk.names) && Object.hasOwn(walk.names, name);
}

function agrees(path: string, stated: Json | undefined, ours: Json): void {
  if (stated === undefined || sorted(stated) === sorted(ours)) return;
  throw new CaseMismatch({ path, reason: 'differs', expected: stated, actual: ours });
}

function sorted(value: Json): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
