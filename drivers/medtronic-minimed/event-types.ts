/**
 * Records of the history of MiniMed pumps: number, name, class, length and where the time stands. Source:
 * MinimedKit (ps2/rileylink_ios at 871ebd7, MIT licence: PumpEventType.swift and PumpEvents).
 */

/** For pumps of generation 23 and later, and for older ones. */
type ByGeneration<T> = T | readonly [larger: T, smaller: T];

/**
 * Name, class without `PumpEvent`, length, and the offset of the time: of 5 bytes, or with a minus of a date of 2
 * bytes. A length of 0 stands in the second byte of the record; an offset of 0 is no time.
 */
type Row = readonly [name: string, className: string, length: ByGeneration<number>, time: ByGeneration<number>];

const ROWS: Readonly<Record<number, Row>> = {
  1: ['bolusNormal', 'BolusNormal', [13, 9], [8, 4]],
  3: ['prime', 'Prime', 10, 5],
  6: ['alarmPump', 'PumpAlarm', 9, 4],
  7: ['resultDailyTotal', 'ResultDailyTotal', [10, 7], -5],
  8: ['changeBasalProfilePattern', 'ChangeBasalProfilePattern', 152, 2],
  9: ['changeBasalProfile', 'ChangeBasalProfile', 152, 2],
  10: ['calBGForPH', 'CalBGForPH', 7, 2],
  11: ['alarmSensor', 'AlarmSensor', 8, 3],
  12: ['clearAlarm', 'ClearAlarm', 7, 2],
  20: ['selectBasalProfile', 'SelectBasalProfile', 7, 2],
  22: ['tempBasalDuration', 'TempBasalDuration', 7, 2],
  23: ['changeTime', 'ChangeTime', 7, 2],
  24: ['newTime', 'NewTime', 7, 2],
  25: ['journalEntryPumpLowBattery', 'JournalEntryPumpLowBattery', 7, 2],
  26: ['battery', 'Battery', 7, 2],
  27: ['setAutoOff', 'Placeholder', 7, 2],
  30: ['suspend', 'Suspend', 7, 2],
  31: ['resume', 'Resume', 7, 2],
  32: ['selftest', 'Placeholder', 7, 2],
  33: ['rewind', 'Rewind', 7, 2],
  34: ['clearSettings', 'Placeholder', 7, 2],
  35: ['changeChildBlockEnable', 'ChangeChildBlockEnable', 7, 2],
  36: ['changeMaxBolus', 'ChangeMaxBolus', 7, 2],
  38: ['enableDisableRemote', 'EnableDisableRemote', 21, 2],
  44: ['changeMaxBasal', 'ChangeMaxBasal', 7, 2],
  45: ['enableBolusWizard', 'EnableBolusWizard', 7, 2],
  49: ['changeBGReminderOffset', 'ChangeBGReminderOffset', 7, 2],
  50: ['changeAlarmClockTime', 'Placeholder', 7, 2],
  51: ['tempBasal', 'TempBasal', 8, 2],
  52: ['journalEntryPumpLowReservoir', 'JournalEntryPumpLowReservoir', 7, 2],
  53: ['alarmClockReminder', 'AlarmClockReminder', 7, 2],
  54: ['changeMeterId', 'ChangeMeterID', 21, 2],
  57: ['meterBGx15', 'BGReceived', 10, 2],
  59: ['questionable3b', 'Placeholder', 7, 2],
  60: ['changeParadigmLinkID', 'ChangeParadigmLinkID', 21, 2],
  63: ['bgReceived', 'BGReceived', 10, 2],
  64: ['journalEntryMealMarker', 'JournalEntryMealMarker', 9, 2],
  65: ['journalEntryExerciseMarker', 'JournalEntryExerciseMarker', 8, 2],
  66: ['journalEntryInsulinMarker', 'JournalEntryInsulinMarker', 8, 2],
  67: ['journalEntryOtherMarker', 'Placeholder', 7, 2],
  68: ['changeSensorAutoCalEnable', 'Placeholder', 7, 2],
  79: ['changeBolusWizardSetup', 'ChangeBolusWizardSetup', 39, 2],
  80: ['changeSensorSetup2', 'ChangeSensorSetup2', [41, 37], 2],
  81: ['restoreMystery51', 'Placeholder', 7, 2],
  82: ['restoreMystery52', 'Placeholder', 7, 2],
  83: ['changeSensorAlarmSilenceConfig', 'ChangeSensorAlarmSilenceConfig', 8, 2],
  84: ['restoreMystery54', 'RestoreMystery54', 64, 2],
  85: ['restoreMystery55', 'RestoreMystery55', 55, 2],
  86: ['changeSensorRateOfChangeAlertSetup', 'ChangeSensorRateOfChangeAlertSetup', 12, 2],
  87: ['changeBolusScrollStepSize', 'ChangeBolusScrollStepSize', 7, 2],
  90: ['bolusWizardSetup', 'BolusWizardSetup', [144, 124], 2],
  91: ['bolusWizardBolusEstimate', 'BolusWizardEstimate', [22, 20], 2],
  92: ['unabsorbedInsulin', 'UnabsorbedInsulin', 0, 0],
  93: ['saveSettings', 'Placeholder', 7, 2],
  94: ['changeVariableBolus', 'ChangeVariableBolus', 7, 2],
  95: ['changeAudioBolus', 'ChangeAudioBolus', 7, 2],
  96: ['changeBGReminderEnable', 'ChangeBGReminderEnable', 7, 2],
  97: ['changeAlarmClockEnable', 'ChangeAlarmClockEnable', 7, 2],
  98: ['changeTempBasalType', 'ChangeTempBasalType', 7, 2],
  99: ['changeAlarmNotifyMode', 'ChangeAlarmNotifyMode', 7, 2],
  100: ['changeTimeFormat', 'ChangeTimeFormat', 7, 2],
  101: ['changeReservoirWarningTime', 'ChangeReservoirWarningTime', 7, 2],
  102: ['changeBolusReminderEnable', 'ChangeBolusReminderEnable', 7, 2],
  103: ['changeBolusReminderTime', 'ChangeBolusReminderTime', 9, 2],
  104: ['deleteBolusReminderTime', 'DeleteBolusReminderTime', 9, 2],
  105: ['bolusReminder', 'BolusReminder', [9, 7], 2],
  106: ['deleteAlarmClockTime', 'Placeholder', 7, 2],
  108: ['dailyTotal515', 'DailyTotal515', 38, -1],
  109: ['dailyTotal522', 'DailyTotal522', 44, -1],
  110: ['dailyTotal523', 'DailyTotal523', 52, -1],
  111: ['changeCarbUnits', 'ChangeCarbUnits', 7, 2],
  123: ['basalProfileStart', 'BasalProfileStart', 10, 2],
  124: ['changeWatchdogEnable', 'ChangeWatchdogEnable', 7, 2],
  125: ['changeOtherDeviceID', 'ChangeOtherDeviceID', 37, 2],
  129: ['changeWatchdogMarriageProfile', 'ChangeWatchdogMarriageProfile', 12, 2],
  130: ['deleteOtherDeviceID', 'DeleteOtherDeviceID', 12, 2],
  131: ['changeCaptureEventEnable', 'ChangeCaptureEventEnable', 7, 2],
};

export interface PumpModel {
  /** The last two digits of the model number: 54 of a 754. */
  readonly generation: number;
  /** Records of generation 23 and later: insulin in 1/40 U, longer records. */
  readonly larger: boolean;
}

/** Undefined for what is no model of this family, or one that came after it. */
export function pumpModel(model: string): PumpModel | undefined {
  const digits = /^[57](\d\d)$/.exec(model)?.[1];
  const generation = Number(digits ?? 0);
  return generation >= 8 && generation <= 54 ? { generation, larger: generation >= 23 } : undefined;
}

export interface EventType {
  readonly code: number;
  readonly name: string;
  readonly className: string;
  /** Bytes; undefined where the record says it in its second byte. */
  readonly length: number | undefined;
  /** Offset of the 5 bytes of a time. */
  readonly time?: number;
  /** Offset of the 2 bytes of a date. */
  readonly date?: number;
}

/** Sensor set-up is longer from this generation on. */
const LONG_SETUP_GENERATION = 51;
const SENSOR_SETUP_2 = 0x50;

export function eventType(code: number, { generation, larger }: PumpModel): EventType | undefined {
  const row = Object.hasOwn(ROWS, code) ? ROWS[code] : undefined;
  if (row === undefined) return undefined;
  const [name, className, lengths, times] = row;
  const long = code === SENSOR_SETUP_2 ? generation >= LONG_SETUP_GENERATION : larger;
  const of = (value: ByGeneration<number>) => (typeof value === 'number' ? value : value[long ? 0 : 1]);
  const length = of(lengths);
  const offset = of(times);
  return {
    code,
    name,
    className: `${className}PumpEvent`,
    length: length === 0 ? undefined : length,
    ...(offset > 0 ? { time: offset } : {}),
    ...(offset < 0 ? { date: -offset } : {}),
  };
}
