import { type FieldsOf, type FieldValue, type Layout, layout } from '@onebox/driver-sdk/parts/layout.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { type Message, PacketRejected } from './packets.js';

/**
 * Answers of the pump by the request that brings them: the request's op code (even; that of the answer is one
 * higher) and the layout of the answer's cargo. All of them read, none changes anything. Source of the op codes and
 * offsets: pumpX2 (MIT), which documents the protocol between the pump and its phone application.
 */
const BOLUS = 'status:u8 bolusId:u16 _:2 timestamp:u32 deliveredVolume:u32 bolusStatusId:u8 bolusSourceId:u8';
const CONTROL_IQ =
  'closedLoopEnabled:bool weight:u16 weightUnit:u8 totalDailyInsulin:u8 currentUserModeType:u8 byte6:u8 byte7:u8 byte8:u8 controlStateType:u8';

export const ANSWERS = {
  apiVersion: answer(32, 'ApiVersion', 'majorVersion:u16 minorVersion:u16'),
  currentEgvGuiData: answer(
    34,
    'CurrentEGVGuiData',
    'bgReadingTimestampSeconds:u32 cgmReading:u16 egvStatusId:u8 trendRate:i8',
  ),
  insulinStatus: answer(36, 'InsulinStatus', 'currentInsulinAmount:u16 isEstimate:u8 insulinLowAmount:u8'),
  nonControlIqIob: answer(38, 'NonControlIQIOB', 'iob:u32 timeRemaining:u32 totalIOB:u32'),
  currentBasalStatus: answer(
    40,
    'CurrentBasalStatus',
    'profileBasalRate:u32 currentBasalRate:u32 basalModifiedBitmask:u8',
  ),
  tempRate: answer(42, 'TempRate', 'active:bool percentage:u8 startTimeRaw:u32 duration:u32'),
  currentBolusStatus: answer(
    44,
    'CurrentBolusStatus',
    'statusId:u8 bolusId:u16 _:2 timestamp:u32 requestedVolume:u32 bolusSourceId:u8 bolusTypeBitmask:u8',
  ),
  extendedBolusStatus: answer(
    46,
    'ExtendedBolusStatus',
    'bolusStatus:u8 bolusId:u16 _:2 timestamp:u32 requestedVolume:u32 duration:u32 bolusSource:u8',
  ),
  lastBolusStatus: answer(48, 'LastBolusStatus', `${BOLUS} bolusTypeBitmask:u8 extendedBolusDuration:u32`),
  lastBg: answer(50, 'LastBG', 'bgTimestamp:u32 bgValue:u16 bgSourceId:u8'),
  currentBatteryV1: answer(52, 'CurrentBatteryV1', 'currentBatteryAbc:u8 currentBatteryIbc:u8'),
  timeSinceReset: answer(54, 'TimeSinceReset', 'currentTime:u32 pumpTimeSinceReset:u32'),
  homeScreenMirror: answer(
    56,
    'HomeScreenMirror',
    'cgmTrendIconId:u8 cgmAlertIconId:u8 statusIcon0Id:u8 statusIcon1Id:u8 bolusStatusIconId:u8 basalStatusIconId:u8 apControlStateIconId:u8 remainingInsulinPlusIcon:bool cgmDisplayData:bool',
  ),
  historyLogStatus: answer(58, 'HistoryLogStatus', 'numEntries:u32 firstSequenceNum:u32 lastSequenceNum:u32'),
  historyLog: answer(60, 'HistoryLog', 'status:u8 streamId:u8'),
  profileStatus: answer(
    62,
    'ProfileStatus',
    'numberOfProfiles:u8 idpSlot0Id:i8 idpSlot1Id:i8 idpSlot2Id:i8 idpSlot3Id:i8 idpSlot4Id:i8 idpSlot5Id:i8 activeSegmentIndex:u8',
  ),
  idpSettings: answer(
    64,
    'IDPSettings',
    'idpId:u8 name:ascii16 numberOfProfileSegments:u8 insulinDuration:u16 maxBolus:u16 carbEntry:bool',
  ),
  idpSegment: answer(
    66,
    'IDPSegment',
    'idpId:u8 segmentIndex:u8 profileStartTime:u16 profileBasalRate:u16 profileCarbRatio:u32 profileTargetBG:u16 profileISF:u16 idpStatusId:u8',
  ),
  alertStatus: answer(68, 'AlertStatus', 'intMap:u64'),
  alarmStatus: answer(70, 'AlarmStatus', 'intMap:u64'),
  reminderStatus: answer(72, 'ReminderStatus', 'intMap:u64'),
  cgmAlertStatus: answer(74, 'CGMAlertStatus', 'intMap:u64'),
  pumpFeaturesV1: answer(78, 'PumpFeaturesV1', 'intMap:u64'),
  pumpSettings: answer(
    82,
    'PumpSettings',
    'lowInsulinThreshold:u8 cannulaPrimeSize:u8 autoShutdownEnabled:u8 autoShutdownDuration:u16 featureLock:u8 oledTimeout:u8 status:u16',
  ),
  pumpVersion: answer(
    84,
    'PumpVersion',
    'armSwVer:u32 mspSwVer:u32 configABits:u32 configBBits:u32 serialNum:u32 partNum:u32 pumpRev:ascii8 pcbaSN:u32 pcbaRev:ascii8 modelNum:u32',
  ),
  pumpGlobals: answer(
    86,
    'PumpGlobals',
    'quickBolusEnabledRaw:u8 quickBolusIncrementUnits:u16 quickBolusIncrementCarbs:u16 quickBolusEntryType:u8 quickBolusStatus:u8 buttonAnnun:u8 quickBolusAnnun:u8 bolusAnnun:u8 reminderAnnun:u8 alertAnnun:u8 alarmAnnun:u8 fillTubingAnnun:u8',
  ),
  reminders: answer(
    88,
    'Reminders',
    'lowBGReminder:bytes11 highBGReminder:bytes11 siteChangeReminder:bytes11 missedBolusReminder0:bytes11 missedBolusReminder1:bytes11 missedBolusReminder2:bytes11 missedBolusReminder3:bytes11 afterBolusReminder:bytes11 additionalBolusReminder:bytes11 lowBGThreshold:u16 highBGThreshold:u16 siteChangeDays:u8 status:u8',
  ),
  cgmGlucoseAlertSettings: answer(
    90,
    'CGMGlucoseAlertSettings',
    'highGlucoseAlertThreshold:u16 highGlucoseAlertEnabled:u8 highGlucoseRepeatDuration:u16 highGlucoseAlertDefaultBitmask:u8 lowGlucoseAlertThreshold:u16 lowGlucoseAlertEnabled:u8 lowGlucoseRepeatDuration:u16 lowGlucoseAlertDefaultBitmask:u8',
  ),
  cgmRateAlertSettings: answer(
    92,
    'CGMRateAlertSettings',
    'riseRateThreshold:u8 riseRateEnabled:u8 riseRateDefaultBitmask:u8 fallRateThreshold:u8 fallRateEnabled:u8 fallRateDefaultBitmask:u8',
  ),
  cgmOorAlertSettings: answer(
    94,
    'CGMOORAlertSettings',
    'sensorTimeoutAlertThreshold:u8 sensorTimeoutAlertEnabled:u8 sensorTimeoutDefaultBitmask:u8',
  ),
  cgmHardwareInfo: answer(96, 'CGMHardwareInfo', 'hardwareInfoString:ascii16 lastByte:u8'),
  controlIqInfoV1: answer(104, 'ControlIQInfoV1', CONTROL_IQ),
  controlIqSleepSchedule: answer(
    106,
    'ControlIQSleepSchedule',
    'schedule0:bytes6 schedule1:bytes6 schedule2:bytes6 schedule3:bytes6',
  ),
  controlIqIob: answer(
    108,
    'ControlIQIOB',
    'mudaliarIOB:u32 timeRemainingSeconds:u32 mudaliarTotalIOB:u32 swan6hrIOB:u32 iobType:u8',
  ),
  bolusCalcDataSnapshot: answer(
    114,
    'BolusCalcDataSnapshot',
    'isUnacked:bool correctionFactor:u16 iob:u32 cartridgeRemainingInsulin:u16 targetBg:u16 isf:u16 carbEntryEnabled:bool carbRatio:u32 maxBolusAmount:u16 maxBolusHourlyTotal:u32 maxBolusEventsExceeded:bool maxIobEventsExceeded:bool unknown11bytes:bytes11 isAutopopAllowed:bool unknown8bytes:bytes8',
  ),
  highestAam: answer(120, 'HighestAam', 'aamId:u32 faultId:u32 remaining:rest', 2, 3),
  pumpVersionB: answer(
    132,
    'PumpVersionB',
    'softwareName:ascii20 configurationBitsA:u32 configurationBitsB:u32 serialNumber:u32 modelNumber:u32 pumpRevision:ascii8 pcbPartNumberA:u32 pcbSerialNumberA:u32 pcbRevisionNumberA:ascii8',
  ),
  basalLimitSettings: answer(138, 'BasalLimitSettings', 'basalLimit:u32 basalLimitDefault:u32'),
  globalMaxBolusSettings: answer(140, 'GlobalMaxBolusSettings', 'maxBolus:u16 maxBolusDefault:u16'),
  currentBatteryV2: answer(
    144,
    'CurrentBatteryV2',
    'currentBatteryAbc:u8 currentBatteryIbc:u8 chargingStatus:u8 unknown1:u16 unknown2:u16 unknown3:u16 unknown4:u16',
  ),
  lastBolusStatusV2: answer(
    164,
    'LastBolusStatusV2',
    `${BOLUS} bolusTypeBitmask:u8 extendedBolusDuration:u32 requestedVolume:u32`,
  ),
  localization: answer(
    166,
    'Localization',
    'glucoseUOM:u8 languageSelected:u8 regionSetting:u8 languagesAvailableBitmask:u32',
  ),
  controlIqInfoV2: answer(
    178,
    'ControlIQInfoV2',
    `${CONTROL_IQ} exerciseChoice:u8 exerciseDuration:u32 exerciseTimeRemaining:u32`,
  ),
} as const;

export type AnswerName = keyof typeof ANSWERS;
export type AnswerOf<Name extends AnswerName> =
  (typeof ANSWERS)[Name] extends Answer<infer Text> ? FieldsOf<Text> : never;

export interface Answer<Text extends string = string> {
  /** Op code of the request. */
  readonly request: number;
  /** Name of the request and answer in pumpX2, without `Request` and `Response`. */
  readonly name: string;
  readonly layout: Layout<Text>;
  /** Bytes after the known fields, least and most. */
  readonly rest: readonly [number, number];
}

function answer<const Text extends string>(
  request: number,
  name: string,
  text: Text,
  least = 0,
  most = 0,
): Answer<Text> {
  return { request, name, layout: layout(name, text), rest: [least, most] };
}

/** Reads the cargo of an answer. Throws PacketRejected `length` for another number of bytes than the table states. */
export function readAnswer<Name extends AnswerName>(name: Name, cargo: Uint8Array): AnswerOf<Name> {
  const { layout: due, rest } = ANSWERS[name] as Answer;
  const left = cargo.length - due.size;
  if (left < rest[0] || left > rest[1])
    throw new PacketRejected('length', `${due.name}: ${cargo.length} bytes of cargo, ${due.size + rest[0]} are due`);
  return due.read(cargo) as AnswerOf<Name>;
}

const BY_OP_CODE = new Map(
  (Object.keys(ANSWERS) as AnswerName[]).map((name) => [ANSWERS[name].request + 1, name] as const),
);

/** Which answer a message is, by its op code. */
export function answerName(opCode: number): AnswerName | undefined {
  return BY_OP_CODE.get(opCode);
}

export type AnswerFields = Readonly<Record<string, FieldValue>>;

/** The pump refuses a request: op code 77. */
export const ERROR_ANSWER = 77;
/** Bytes of cargo of its two forms; the longer one carries a signature that a reader has no key for. */
const ERROR_SIZES = [2, 26];

const ERRORS: Readonly<Record<number, string>> = {
  0: 'undefined error',
  1: 'CRC mismatch',
  3: 'transaction id mismatch',
  4: 'bad cargo length',
  6: 'bad op code',
  7: 'invalid required parameter',
  8: 'message buffer full',
  9: 'invalid authentication',
};

export interface ErrorAnswer {
  /** Op code of the request that is refused. */
  readonly requestOpCode: number;
  readonly errorCode: number;
  /** Undefined for a number that is not documented. */
  readonly error: string | undefined;
}

/** Reads the cargo of op code 77. */
export function readError(cargo: Uint8Array): ErrorAnswer {
  const [requestOpCode, errorCode] = cargo;
  if (requestOpCode === undefined || errorCode === undefined || !ERROR_SIZES.includes(cargo.length))
    throw new PacketRejected('length', `error answer: ${cargo.length} bytes of cargo`);
  return { requestOpCode, errorCode, error: ERRORS[errorCode] };
}

/** As the error of the link that it is. */
export function refusal({ requestOpCode, errorCode, error }: ErrorAnswer): OneBoxError {
  return new OneBoxError('LINK_REFUSED', `op code ${requestOpCode}: error ${errorCode}${error ? `, ${error}` : ''}`);
}

/** True when this message answers that request with a refusal. */
export function refuses(message: Message, request: number): boolean {
  return message.opCode === ERROR_ANSWER && message.cargo[0] === request;
}
