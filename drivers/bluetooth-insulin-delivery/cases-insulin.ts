import type { Json, JsonObject } from '@onebox/driver-sdk/cases.js';
import { caseNumber, caseTime } from '@onebox/driver-sdk/cases-gatt.js';
import type { CrcCheck } from '@onebox/driver-sdk/parts/e2e-crc.js';
import type { LocalDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';
import { bitsSet, hasBit, type MedFloat } from '@onebox/driver-sdk/parts/gatt-values.js';
import {
  ANNUNCIATION_TYPES,
  IDD_FEATURES,
  type IddProfile,
  parseAnnunciation,
  parseIddFeatures,
  parseIddStatus,
  parseReaderAnswer,
  parseStatusChanged,
  READER_ANSWERS,
  STATUS_CHANGED,
} from '@onebox/driver-sdk/parts/insulin-delivery.js';
import { type HistoryValue, parseHistoryEvent } from '@onebox/driver-sdk/parts/insulin-history.js';
import { IDD_FILTERS, parseInsulinRecordAccess } from '@onebox/driver-sdk/parts/insulin-record-access.js';

/** How values of the Insulin Delivery Service stand in case files. */

type Check = (check: CrcCheck | undefined) => JsonObject;
type Decoder = (bytes: Uint8Array) => JsonObject;

interface Trailed {
  readonly check: CrcCheck | undefined;
  readonly counter: number | undefined;
}

/** Names of case files for fields with a unit. */
const UNITS: Readonly<Record<string, string>> = {
  reservoir: 'reservoirIU',
  fast: 'fastIU',
  extended: 'extendedIU',
  duration: 'durationMin',
  delay: 'delayMin',
  rate: 'basalRateIUperH',
  oldRate: 'oldRateIUperH',
  newRate: 'newRateIUperH',
  tbrProgrammed: 'tbrProgrammedMin',
  tbrRemaining: 'tbrRemainingMin',
  bolus: 'bolusIU',
  basal: 'basalIU',
  total: 'totalIU',
  onBoard: 'insulinOnBoardIU',
  remaining: 'remainingMin',
  startOffset: 'startOffsetSeconds',
  programmed: 'programmedIU',
  delivered: 'deliveredIU',
  oldMaxBolus: 'oldMaxBolusIU',
  newMaxBolus: 'newMaxBolusIU',
};

/** Fields that readers of this service also know by a shorter or a longer name. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  fast: ['fastAmountIU'],
  extended: ['extendedAmountIU'],
  rate: ['rateIUperH'],
  template: ['templateNumber'],
  onBoard: ['iobIU'],
  remaining: ['remainingDurationMin'],
  bolus: ['bolusSumIU'],
  basal: ['basalSumIU'],
  total: ['totalSumIU'],
};

/** Messages of the Status Reader Control Point: by its name, and by what is answered. */
const ANSWER_KINDS = [
  '2B24',
  ...['', 'CP', 'ControlPoint', 'Response', 'Answer'].map((form) => `IDDStatusReader${form}`),
  ...['SRCP', 'ActiveBolusIds', 'ActiveBolus', 'ActiveBolusDelivery', 'ActiveBasal', 'ActiveBasalRate'].map(iddKind),
  ...['BasalRate', 'TotalDaily', 'TotalDailyInsulin', 'DeliveredInsulin', 'InsulinOnBoard', 'IOB'].map(iddKind),
];

function iddKind(name: string): string {
  return `IDD${name}`;
}

/** Kinds of cases by the name of the characteristic and by its number. */
export function insulinDecoders(profile: IddProfile, check: Check): Readonly<Record<string, Decoder>> {
  const tail = (value: Trailed): JsonObject => ({ e2eCounter: value.counter ?? null, ...check(value.check) });
  const changed: Decoder = (bytes) => {
    const value = parseStatusChanged(bytes, profile);
    const flags = value.flags ?? 0;
    return { flags, changed: bitsSet(flags, 8).map((bit) => STATUS_CHANGED[bit] ?? `bit-${bit}`), ...tail(value) };
  };
  const status: Decoder = (bytes) => {
    const { check: _check, counter: _counter, ...value } = parseIddStatus(bytes, profile);
    const trailer = tail({ check: _check, counter: _counter });
    return { ...fields(value), reservoirAttached: hasBit(value.flags ?? 0, 0), ...trailer };
  };
  const annunciation: Decoder = (bytes) => {
    const value = parseAnnunciation(bytes, profile);
    const type = value.rawType;
    return {
      annunciationPresent: hasBit(value.flags ?? 0, 0),
      flags: value.flags ?? null,
      instance: value.instance ?? null,
      annunciationId: value.instance ?? null,
      type: type === undefined ? null : (ANNUNCIATION_TYPES[type] ?? 'invalid'),
      annunciationType: type === undefined ? null : (ANNUNCIATION_TYPES[type] ?? 'invalid'),
      rawType: type ?? null,
      status: value.status ?? null,
      auxInfo: [value.aux1, value.aux2, value.aux3, value.aux4, value.aux5].flatMap((aux) =>
        aux === undefined ? [] : [aux],
      ),
      ...tail(value),
    };
  };
  const features: Decoder = (bytes) => {
    const value = parseIddFeatures(bytes, profile.variant);
    return {
      ...check(value.check),
      e2eCrc: value.crc,
      e2eCounter: value.counter,
      insulinConcentrationIUperMl: caseNumber(value.concentration),
      flags: value.flags,
      e2eProtection: value.protected,
      supported: bitsSet(value.flags, 24).flatMap((bit) => IDD_FEATURES[bit] ?? []),
    };
  };
  const reader: Decoder = (bytes) => {
    const answer = parseReaderAnswer(bytes, profile);
    const { check: _check, counter: _counter, ...rest } = answer.values;
    const name = answer.op === 0x033f ? 'active-bolus-ids' : READER_ANSWERS[answer.op].name;
    const { op: _op, ...values } = rest as Readonly<Record<string, HistoryValue>>;
    const ids =
      answer.op === 0x033f ? { ids: [...answer.values.ids], bolusIds: [...answer.values.ids] } : fields(values);
    return { opCode: answer.op, answer: name, ...ids, ...tail({ check: _check, counter: _counter }) };
  };
  const history: Decoder = (bytes) => {
    const event = parseHistoryEvent(bytes, profile);
    const type = event.values.rawType;
    const named = typeof type === 'number' ? { annunciationType: ANNUNCIATION_TYPES[type] ?? 'invalid' } : {};
    return {
      event: event.name ?? null,
      eventType: event.event,
      manufacturer: event.manufacturer,
      sequence: event.sequence,
      relativeOffset: event.relativeOffset,
      ...fields(event.values),
      ...named,
      data: Array.from(event.data, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      ...check(event.check),
    };
  };
  const access: Decoder = (bytes) => {
    const message = parseInsulinRecordAccess(bytes, profile);
    const number = (at: number) =>
      [0, 1, 2, 3].reduce((sum, index) => sum + (message.operand[at + index] ?? 0) * 256 ** index, 0);
    return {
      opCode: message.opName ?? null,
      opCodeRaw: bytes[0]!,
      operator: message.operatorName ?? null,
      filterType: message.filter === undefined ? null : (IDD_FILTERS[message.filter] ?? 'invalid'),
      sequenceNumbers: Array.from({ length: message.operand.length / 4 }, (_, index) => number(4 * index)),
      numberOfRecords: message.numberOfRecords ?? null,
      response: message.responseName ?? null,
    };
  };
  const answers = Object.fromEntries(ANSWER_KINDS.map((kind) => [kind, reader]));
  return {
    ...answers,
    IDDStatusChanged: changed,
    '2B20': changed,
    IDDStatus: status,
    '2B21': status,
    IDDAnnunciationStatus: annunciation,
    IDDAnnunciation: annunciation,
    '2B22': annunciation,
    IDDFeatures: features,
    IDDFeature: features,
    '2B23': features,
    IDDRACP: access,
    IDDRecordAccessControlPoint: access,
    '2B27': access,
    IDDHistory: history,
    IDDHistoryEvent: history,
    IDDHistoryData: history,
    '2B28': history,
  };
}

/** By the names of the layout, with the unit behind those that have one. */
function fields(values: Readonly<Record<string, HistoryValue>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const read = json(name, value);
      return [UNITS[name] ?? name, ...(OTHER_NAMES[name] ?? [])].map((key) => [key, read]);
    }),
  );
}

function json(name: string, value: HistoryValue): Json {
  if (typeof value === 'number') return value;
  if (name === 'dateTime') return caseTime(value as LocalDateTime | undefined);
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  return caseNumber(value as MedFloat);
}
