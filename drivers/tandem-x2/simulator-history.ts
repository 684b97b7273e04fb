import { type LayoutValues, layoutBytes } from '@onebox/driver-sdk/simulated/layout-bytes.js';
import { u16 } from '@onebox/driver-sdk/simulated/values.js';
import { RECORDS, type RecordName } from './history-records.js';

/** The practice pump's log: a day of sensor values, meals, automatic boluses and a cartridge, oldest first. */

export interface StoredRecord {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface HistoryOptions {
  /** Seconds since 2008 of the pump's clock, so long ago. */
  readonly clock: (secondsAgo: number) => number;
  readonly hours: number;
  /** The pump keeps values that are no numbers. */
  readonly notNumbers: boolean;
  /** Suspended by its user half an hour ago. */
  readonly suspended: boolean;
  /** Milliunits and seconds ago of the last bolus. */
  readonly lastBolus: { readonly amount: number; readonly ago: number; readonly id: number };
}

const FIRST_SEQUENCE = 180_001;
const MINUTE = 60;
const HOUR = 3600;
/** What the sensor shows now, and how it came there: mg/dL of the last steps of five minutes, newest first. */
const LAST_GLUCOSE = [64, 68, 73, 79, 86, 92, 99, 107, 114, 120, 127, 133, 138, 142, 147, 151, 153, 156, 158, 160];
const STEP = 5 * MINUTE;
/** A type that no document explains. */
const UNDOCUMENTED = 237;

export const PRESENT_GLUCOSE = { value: LAST_GLUCOSE[0]!, ago: 2 * MINUTE };

interface Event {
  readonly ago: number;
  readonly name: RecordName | typeof UNDOCUMENTED;
  readonly values: LayoutValues;
}

export function practiceHistory(options: HistoryOptions): readonly StoredRecord[] {
  const events = [...sensor(options), ...daily(options), ...meals(options)]
    .filter(({ ago }) => ago <= options.hours * HOUR)
    .sort((a, b) => b.ago - a.ago);
  return events.map((event, index) => stored(event, FIRST_SEQUENCE + index, options));
}

function sensor({ hours, notNumbers }: HistoryOptions): readonly Event[] {
  return Array.from({ length: Math.floor((hours * HOUR) / STEP) }, (_, index): Event => {
    const value = LAST_GLUCOSE[index] ?? 140 + Math.round(30 * Math.sin(index / 9));
    const ago = PRESENT_GLUCOSE.ago + index * STEP;
    const status = notNumbers ? 6 : 0;
    const values = { glucoseValueStatusRaw: status, cgmDataTypeRaw: 1, algorithmState: 6, rssi: -70 };
    return { ago, name: 'dexcomG6', values: { ...values, currentGlucoseDisplayValue: value, egvInfoBitmaskRaw: 481 } };
  });
}

function daily({ notNumbers, suspended }: HistoryOptions): readonly Event[] {
  const now: Event = { ago: HOUR / 2, name: 'pumpingSuspended', values: { insulinAmount: 118, reasonId: 0 } };
  return [
    ...(suspended ? [now] : []),
    { ago: 20 * HOUR, name: 'pumpingSuspended', values: { insulinAmount: 12, reasonId: 0 } },
    { ago: 20 * HOUR - 6 * MINUTE, name: 'cartridgeFilled', values: { insulinDisplay: 180, insulinActual: 185.6 } },
    { ago: 20 * HOUR - 9 * MINUTE, name: 'pumpingResumed', values: { insulinAmount: 180 } },
    { ago: 14 * HOUR, name: 'alertActivated', values: { alertId: 48 } },
    { ago: 9 * HOUR, name: 'alarmActivated', values: { alarmId: 2 } },
    {
      ago: 6 * HOUR,
      name: 'basalRateChange',
      values: {
        commandBasalRate: notNumbers ? Number.NaN : 0.85,
        baseBasalRate: 0.85,
        maxBasalRate: 5,
        changeTypeId: 1,
      },
    },
    { ago: 2 * HOUR, name: UNDOCUMENTED, values: {} },
    { ago: 70 * MINUTE, name: 'dailyBasal', values: { dailyTotalBasal: 8.036, lastBasalRate: 0.85, lipoMv: 3840 } },
    { ago: HOUR, name: UNDOCUMENTED, values: {} },
  ];
}

function meals({ lastBolus }: HistoryOptions): readonly Event[] {
  const bolus = (ago: number, amount: number, id: number, source: number, types: number): readonly Event[] => {
    const common = { bolusID: id, bolusTypeBitmask: types, bolusSource: source, requestedNow: amount };
    const units = amount / 1000;
    return [
      { ago: ago + MINUTE, name: 'bolusDelivery', values: { ...common, bolusDeliveryStatusId: 1 } },
      { ago, name: 'bolusDelivery', values: { ...common, deliveredTotal: amount } },
      {
        ago,
        name: 'bolusCompleted',
        values: { completionStatusId: 3, bolusId: id, insulinDelivered: units, insulinRequested: units },
      },
    ];
  };
  return [
    { ago: lastBolus.ago + 2 * MINUTE, name: 'carbEntered', values: { carbs: 45 } },
    ...bolus(lastBolus.ago, lastBolus.amount, lastBolus.id, 1, 1),
    ...bolus(5 * HOUR, 850, lastBolus.id - 1, 7, 2),
    { ago: 12 * HOUR + 2 * MINUTE, name: 'carbEntered', values: { carbs: 60 } },
    ...bolus(12 * HOUR, 6670, lastBolus.id - 2, 1, 3),
  ];
}

function stored({ ago, name, values }: Event, sequence: number, { clock }: HistoryOptions): StoredRecord {
  const at = clock(ago);
  const dated = name === 'dexcomG6' ? { ...values, timeStampSeconds: at } : values;
  const type = name === UNDOCUMENTED ? UNDOCUMENTED : RECORDS[name].type;
  const data = name === UNDOCUMENTED ? new Uint8Array(16).fill(0x5a) : layoutBytes(RECORDS[name].layout, dated);
  const head = [...u16(type), ...u16(at % 65_536), ...u16(Math.floor(at / 65_536))];
  return {
    sequence,
    bytes: Uint8Array.from([...head, ...u16(sequence % 65_536), ...u16(Math.floor(sequence / 65_536)), ...data]),
  };
}
