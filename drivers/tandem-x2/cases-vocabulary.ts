import type { Json, JsonObject } from '@onebox/driver-sdk/cases.js';
import type { FieldValue } from '@onebox/driver-sdk/parts/layout.js';
import { toText } from '@onebox/protocol/decimal.js';
import * as names from './enumerations.js';
import {
  BASAL_CHANGES,
  CGM_DATA_TYPES,
  EGV_INFO,
  G7_STATES,
  GLUCOSE_STATES,
  SUSPEND_REASONS,
} from './history-records.js';
import type { AnswerFields, AnswerName } from './messages.js';

/** How fields stand in the case files: names of the fields there, numbers with their names, sets of bits. */

/** A number that has a name: met by `{ "enum": NAME }` and by the number. */
type Meaning =
  | { readonly enumerated: names.Names; readonly as: string }
  | { readonly bits: names.Names; readonly as: string };

const one = (enumerated: names.Names, as: string): Meaning => ({ enumerated, as });
const set = (bits: names.Names, as: string): Meaning => ({ bits, as });

const BOLUS: Readonly<Record<string, Meaning>> = {
  bolusStatusId: one(names.BOLUS_ENDS, 'bolusStatus'),
  bolusSourceId: one(names.BOLUS_SOURCES, 'bolusSource'),
  bolusTypeBitmask: set(names.BOLUS_TYPES, 'bolusType'),
};

const CGM: Readonly<Record<string, Meaning>> = {
  glucoseValueStatusRaw: one(GLUCOSE_STATES, 'glucoseValueStatus'),
  cgmDataTypeRaw: one(CGM_DATA_TYPES, 'cgmDataType'),
  egvInfoBitmaskRaw: set(EGV_INFO, 'egvInfo'),
};

const ANNUNCIATION = ['button', 'quickBolus', 'bolus', 'reminder', 'alert', 'alarm', 'fillTubing'];

/** By the name of an answer or of a record. */
const MEANINGS: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  alarmStatus: { intMap: set(names.ALARMS, 'alarms') },
  alertStatus: { intMap: set(names.ALERTS, 'alerts') },
  cgmAlertStatus: { intMap: set(names.CGM_ALERTS, 'cgmAlerts') },
  reminderStatus: { intMap: set(names.REMINDERS, 'reminders') },
  pumpFeaturesV1: { intMap: set(names.FEATURES, 'primaryFeatures') },
  controlIqIob: { iobType: one(names.IOB_TYPES, 'iobType') },
  currentBolusStatus: { ...BOLUS, statusId: one(names.BOLUS_STATES, 'status') },
  lastBolusStatus: BOLUS,
  lastBolusStatusV2: BOLUS,
  currentEgvGuiData: { egvStatusId: one(names.EGV_STATES, 'egvStatus') },
  lastBg: { bgSourceId: one(names.BG_SOURCES, 'bgSource') },
  idpSegment: { idpStatusId: set(names.SEGMENT_STATES, 'idpStatus') },
  homeScreenMirror: {
    cgmTrendIconId: one(names.TREND_ICONS, 'cgmTrendIcon'),
    cgmAlertIconId: one(names.CGM_ICONS, 'cgmAlertIcon'),
    statusIcon0Id: one(names.STATUS_ICONS_0, 'statusIcon0'),
    statusIcon1Id: one(names.STATUS_ICONS_1, 'statusIcon1'),
    bolusStatusIconId: one(names.BOLUS_ICONS, 'bolusStatusIcon'),
    basalStatusIconId: one(names.BASAL_ICONS, 'basalStatusIcon'),
    apControlStateIconId: one(names.CONTROL_ICONS, 'apControlStateIcon'),
  },
  pumpGlobals: Object.fromEntries(
    ANNUNCIATION.map((what) => [`${what}Annun`, one(names.ANNUNCIATIONS, `${what}Annunciation`)]),
  ),
  alarmActivated: { alarmId: one(names.ALARMS, 'alarmResponseType') },
  alertActivated: { alertId: one(names.ALERTS, 'alertResponseType') },
  pumpingSuspended: { reasonId: one(SUSPEND_REASONS, 'reason') },
  basalRateChange: { changeTypeId: set(BASAL_CHANGES, 'changeType') },
  bg: { bgSourceId: one(names.BG_SOURCES, 'bgSource') },
  bolusCompleted: { completionStatusId: one(names.BOLUS_ENDS, 'completionStatus') },
  dexcomG6: CGM,
  dexcomG7: { ...CGM, algorithmState: one(G7_STATES, 'algorithmState') },
  bolusDelivery: {
    bolusTypeBitmask: set(names.BOLUS_TYPES, 'bolusTypes'),
    bolusSource: one(names.BOLUS_SOURCES, 'bolusSource'),
  },
};

/** Names that the case files use beside those of the tables. */
const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cgmAlertStatus: { intMap: 'cgmAlertBitmask' },
  reminderStatus: { intMap: 'reminderBitmask' },
  idpSegment: { idpStatusId: 'statusId' },
  dailyBasal: { batteryChargeRaw: 'actualBatteryCharge' },
  dexcomG6: { egvInfoBitmaskRaw: 'egvInfoBitmask' },
  dexcomG7: {
    egvInfoBitmaskRaw: 'egvInfoBitmask',
    algorithmState: 'algorithmStateRaw',
    timeStampSeconds: 'egvTimestamp',
  },
};

/** Alerts and alarms without a name of their own are called so by the author of the cases. */
const UNNAMED: Readonly<Record<string, string>> = { alertActivated: 'DEFAULT_ALERT', alarmActivated: 'DEFAULT_ALARM' };

/** Layouts inside the byte fields of two answers, as widths of their numbers. */
const ARGUMENTS: Readonly<Partial<Record<AnswerName, readonly number[]>>> = {
  controlIqSleepSchedule: [1, 1, 2, 2],
  reminders: [4, 2, 2, 1, 1, 1],
};

/** All fields of a message or record, under every name by which a case may ask for them. */
export function caseFields(name: string, fields: AnswerFields): JsonObject {
  const result: Record<string, Json> = {};
  const said: Record<string, Json> = {};
  for (const [field, value] of Object.entries(fields)) {
    const meaning = MEANINGS[name]?.[field];
    const written = caseValue(name, value, meaning);
    result[field] = written;
    const alias = ALIASES[name]?.[field];
    if (alias) result[alias] = written;
    if (meaning) Object.assign(said, asserted(meaning, words(name, value, meaning), written));
  }
  // A bolus record is expected by the names of its source and types, not by their numbers.
  if (name === 'bolusDelivery') {
    result.bolusTypes = words(name, fields.bolusTypeBitmask, MEANINGS.bolusDelivery!.bolusTypeBitmask!);
    result.bolusSource = { anyOf: [said.bolusSource!, result.bolusSource!] };
  }
  return { ...result, alsoAsserted: { ...result, ...said } };
}

/** What the author asserts of a number with a name: the name or the number; of a set the names, or its only one. */
function asserted(meaning: Meaning, said: Json, written: Json): JsonObject {
  if (!Array.isArray(said)) return { [meaning.as]: { anyOf: [said, written] } };
  const notations = { anyOf: [said, ...(said.length === 1 ? said : []), written] };
  return { [meaning.as]: notations, [`${meaning.as.replace(/s$/, '')}s`]: notations };
}

function caseValue(name: string, value: FieldValue, meaning: Meaning | undefined): Json {
  if (value === undefined) return null;
  if (value instanceof Uint8Array) return bytesValue(name, value);
  if (typeof value === 'object') return { decimal: toText(value) };
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (meaning === undefined) return { decimal: String(value) };
  if ('bits' in meaning) return { decimal: String(value), bitmaskOf: names.bitNames(value, meaning.bits) };
  return { decimal: String(value), enum: meaning.enumerated[Number(value)] ?? null };
}

function words(name: string, value: FieldValue, meaning: Meaning): Json {
  const number = typeof value === 'bigint' ? value : Number(value);
  if ('bits' in meaning) return names.bitNames(number, meaning.bits).filter((bit) => !bit.startsWith('BIT_'));
  const prefix = UNNAMED[name];
  return meaning.enumerated[Number(number)] ?? (prefix ? `${prefix}_${number}` : null);
}

function bytesValue(name: string, bytes: Uint8Array): Json {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const widths = ARGUMENTS[name as AnswerName];
  if (widths === undefined) return { hex };
  let at = 0;
  const args = widths.map((width) => {
    const part = bytes.subarray(at, at + width);
    at += width;
    return part.reduceRight((sum, byte) => sum * 256 + byte, 0);
  });
  return { args, hex };
}

/**
 * An expectation in one notation: `ZERO` of the author's language is the number 0, and sets of bits stand in
 * alphabetical order.
 */
function expectedValue(value: Json): Json {
  if (value === 'ZERO') return 0;
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'bitmaskOf' in value && Array.isArray(value.bitmaskOf))
    return { ...value, bitmaskOf: value.bitmaskOf.toSorted() };
  return value;
}

/** Fields that are signed: rates and trends, and places of profiles, where -1 is none. */
const SIGNED = /^(rate|trendRate|rssi|idpSlot\dId)$/;

/** The library behind the cases reads single bytes as signed ones: 200 stands there as -56. */
export function expectedField(name: string, value: Json): Json {
  const byte = typeof value === 'number' && Number.isInteger(value) && value < 0 && value >= -128;
  return byte && !SIGNED.test(name) ? value + 256 : expectedValue(value);
}
