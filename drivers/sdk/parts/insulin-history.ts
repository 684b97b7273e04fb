import { type Protection, protectionOf, readTrailer, type Trailer } from './e2e-crc.js';
import { choice, field, type Layout, type Names, readLayout } from './gatt-layout.js';
import { type LocalDateTime, localDateTime } from './gatt-time.js';
import { type MedFloat, ValueReader } from './gatt-values.js';
import {
  ANNUNCIATION_STATUS,
  BASAL_CONTEXTS,
  BOLUS_ACTIVATIONS,
  BOLUS_TYPES,
  type IddProfile,
  OPERATIONAL,
  TBR_TYPES,
  THERAPY_CONTROL,
} from './insulin-delivery.js';

/** IDD History Data 2B28 (IDS 1.0.2): events by number, their fields as data, and their times. */

export const RECORDING_REASONS: Names = {
  15: 'undetermined',
  51: 'set-date-time',
  60: 'periodic-recording',
  85: 'date-time-loss',
};
const BOLUS_ENDS: Names = { 15: 'undetermined', 51: 'completed', 60: 'canceled', 85: 'error-abort' };
const PRIMING_ENDS: Names = {
  15: 'undetermined',
  51: 'aborted-by-user',
  60: 'programmed-amount-reached',
  85: 'error-abort',
};

const BOLUS_1 = [
  field('bolusId', 'u16'),
  choice('bolusType', 'u8', BOLUS_TYPES),
  field('fast', 'amount'),
  field('extended', 'amount'),
  field('duration', 'u16'),
] as const;

interface EventKind {
  readonly name: string;
  /** Undefined: the data are passed on as bytes. */
  readonly fields?: Layout;
  /** u16 values behind the fields, as many as there are. */
  readonly tail?: readonly string[];
}

/** By event number. Those without fields are known by name only. */
export const HISTORY_EVENTS: Readonly<Record<number, EventKind>> = {
  15: {
    name: 'Reference Time',
    fields: [
      choice('recordingReason', 'u8', RECORDING_REASONS),
      field('dateTime', 'time'),
      field('timeZone', 'i8'),
      field('dst', 'u8'),
    ],
  },
  51: { name: 'Reference Time Base Offset' },
  60: { name: 'Bolus Calculated Part 1 of 2' },
  85: { name: 'Bolus Calculated Part 2 of 2' },
  90: { name: 'Bolus Programmed Part 1 of 2', fields: BOLUS_1 },
  102: {
    name: 'Bolus Programmed Part 2 of 2',
    fields: [
      field('flags', 'u8'),
      field('delay', 'u16', { bit: 0 }),
      field('template', 'u8', { bit: 1 }),
      choice('activation', 'u8', BOLUS_ACTIVATIONS, { bit: 2 }),
    ],
  },
  105: { name: 'Bolus Delivered Part 1 of 2', fields: BOLUS_1 },
  150: {
    name: 'Bolus Delivered Part 2 of 2',
    fields: [
      field('flags', 'u8'),
      field('startOffset', 'u32'),
      choice('activation', 'u8', BOLUS_ACTIVATIONS, { bit: 0 }),
      choice('endReason', 'u8', BOLUS_ENDS, { bit: 1 }),
      field('annunciationId', 'u16', { bit: 2 }),
    ],
  },
  153: {
    name: 'Delivered Basal Rate Changed',
    fields: [
      field('flags', 'u8'),
      field('oldRate', 'amount'),
      field('newRate', 'amount'),
      choice('context', 'u8', BASAL_CONTEXTS, { bit: 0 }),
    ],
  },
  165: {
    name: 'TBR Adjustment Started',
    fields: [
      field('flags', 'u8'),
      choice('tbrType', 'u8', TBR_TYPES),
      field('tbrValue', 'amount'),
      field('duration', 'u16'),
      field('template', 'u8', { bit: 0 }),
    ],
  },
  170: { name: 'TBR Adjustment Ended' },
  195: { name: 'TBR Adjustment Changed' },
  204: { name: 'Profile Template Activated' },
  240: { name: 'Basal Rate Profile Template Time Block Changed' },
  255: {
    name: 'Total Daily Insulin Delivery',
    fields: [
      field('flags', 'u8'),
      field('bolus', 'amount'),
      field('basal', 'amount'),
      field('year', 'u16'),
      field('month', 'u8'),
      field('day', 'u8'),
    ],
  },
  771: {
    name: 'Therapy Control State Changed',
    fields: [choice('oldTherapyState', 'u8', THERAPY_CONTROL), choice('newTherapyState', 'u8', THERAPY_CONTROL)],
  },
  780: {
    name: 'Operational State Changed',
    fields: [choice('oldOperationalState', 'u8', OPERATIONAL), choice('newOperationalState', 'u8', OPERATIONAL)],
  },
  816: { name: 'Reservoir Remaining Amount Changed', fields: [field('reservoir', 'amount')] },
  831: {
    name: 'Annunciation Status Changed Part 1 of 2',
    fields: [
      field('flags', 'u8'),
      field('annunciationId', 'u16'),
      field('rawType', 'u16'),
      choice('annunciationStatus', 'u8', ANNUNCIATION_STATUS),
    ],
    tail: ['aux1', 'aux2'],
  },
  854: {
    name: 'Annunciation Status Changed Part 2 of 2',
    fields: [field('flags', 'u8')],
    tail: ['aux3', 'aux4', 'aux5'],
  },
  857: { name: 'ISF Profile Template Time Block Changed' },
  869: { name: 'I2CHO Ratio Profile Template Time Block Changed' },
  874: { name: 'Target Glucose Range Profile Template Time Block Changed' },
  917: { name: 'Priming Started', fields: [field('programmed', 'amount')] },
  922: {
    name: 'Priming Done',
    fields: [
      field('flags', 'u8'),
      field('delivered', 'amount'),
      choice('endReason', 'u8', PRIMING_ENDS),
      field('annunciationId', 'u16', { bit: 0 }),
    ],
  },
  934: { name: 'Data Corruption', fields: [] },
  937: { name: 'Pointer Event' },
  960: { name: 'Bolus Template Changed Part 1 of 2' },
  975: { name: 'Bolus Template Changed Part 2 of 2' },
  1011: { name: 'TBR Template Changed' },
  1020: { name: 'Max Bolus Amount Changed', fields: [field('oldMaxBolus', 'amount'), field('newMaxBolus', 'amount')] },
};

/** Events of the maker that the profile with FLOAT amounts has. */
const SHORT_REFERENCE_TIME = 0xf00e;
const MAKER_EVENTS: Readonly<Record<number, EventKind>> = {
  [SHORT_REFERENCE_TIME]: {
    name: 'Reference Time',
    fields: [choice('recordingReason', 'u8', RECORDING_REASONS), field('dateTime', 'time')],
  },
};
const MAKER_FIRST = 0xf000;

export type HistoryValue = number | string | MedFloat | LocalDateTime | undefined;

export interface HistoryEvent extends Trailer {
  readonly event: number;
  /** Undefined for an event that is neither of the specification nor of the profile. */
  readonly name: string | undefined;
  readonly manufacturer: boolean;
  readonly sequence: number;
  /** Seconds since the last reference time. */
  readonly relativeOffset: number;
  /** By the names of the fields; empty where the layout of the event is not known. */
  readonly values: Readonly<Record<string, HistoryValue>>;
  /** Data of an event without a known layout. */
  readonly data: Uint8Array;
}

/** 2B28, notification. The E2E-CRC has no counter. */
export function parseHistoryEvent(bytes: Uint8Array, profile: IddProfile): HistoryEvent {
  const name = '2B28';
  const reader = new ValueReader(name, bytes);
  const head = { event: reader.u16(), sequence: reader.u32(), relativeOffset: reader.u16() };
  const { event } = head;
  const kind = HISTORY_EVENTS[event] ?? (profile.amounts === 'float' ? MAKER_EVENTS[event] : undefined);
  const known = kind?.fields !== undefined;
  const values = (known ? { ...readLayout(reader, kind.fields!, profile) } : {}) as Record<string, HistoryValue>;
  // What may follow in any length leaves open whether a CRC ends it: then the CRC itself tells.
  const open = !known || kind.tail !== undefined;
  const protection = open
    ? openProtection(bytes, reader.left, profile)
    : protectionOf(
        name,
        reader.left,
        profile.protected === undefined ? ['none', 'crc'] : [profile.protected ? 'crc' : 'none'],
      );
  const trailer = readTrailer(name, bytes, protection, profile.variant);
  const data = reader.take(reader.left - (protection === 'crc' ? 2 : 0));
  if (kind?.tail) readTail(values, kind.tail, data);
  return {
    ...head,
    ...trailer,
    name: kind?.name,
    manufacturer: event >= MAKER_FIRST,
    values,
    data: known ? new Uint8Array() : data,
  };
}

function openProtection(bytes: Uint8Array, left: number, profile: IddProfile): Protection {
  if (profile.protected === false || left < 2) return profile.protected ? protectionOf('2B28', left, ['crc']) : 'none';
  if (profile.protected) return 'crc';
  try {
    readTrailer('2B28', bytes, 'crc', profile.variant);
    return 'crc';
  } catch {
    return 'none';
  }
}

function readTail(values: Record<string, HistoryValue>, names: readonly string[], data: Uint8Array): void {
  const reader = new ValueReader('2B28', data);
  for (const name of names) if (reader.left > 0) values[name] = reader.u16();
  reader.end();
}

/** Time of an event: the reference time before it, moved by the offset. */
export interface EventTime {
  /** By the pump's clock; undefined when nothing before it says a time. */
  readonly local: LocalDateTime | undefined;
  /** The clock was lost: the time that the pump counts on from is not right. */
  readonly uncertain: boolean;
}

/** Gives events their times: that of the last reference time at or before them, by sequence number. */
export class ReferenceTimes {
  /** By ascending sequence number. */
  private readonly known: HistoryEvent[] = [];

  /** Takes note of a reference time; other events change nothing. */
  learn(event: HistoryEvent): void {
    if (event.name !== 'Reference Time') return;
    const place = this.known.findLastIndex(({ sequence }) => sequence <= event.sequence);
    if (this.known[place]?.sequence !== event.sequence) this.known.splice(place + 1, 0, event);
  }

  timeOf({ sequence, relativeOffset }: Pick<HistoryEvent, 'sequence' | 'relativeOffset'>): EventTime {
    const reference = this.known.findLast((event) => event.sequence <= sequence);
    const time = reference?.values.dateTime as LocalDateTime | undefined;
    return {
      local: time && localDateTime(time.ms + relativeOffset * 1000),
      uncertain: reference?.values.recordingReason === 'date-time-loss',
    };
  }
}
