import { type CrcVariant, checkCrc, type Protection, protectionOf, readTrailer, type Trailer } from './e2e-crc.js';
import { choice, field, type Layout, type Names, readLayout, type Values } from './gatt-layout.js';
import { hasBit, type MedFloat, ValueReader, ValueRejected } from './gatt-values.js';

/**
 * Insulin Delivery Service 183A (IDS 1.0.2): status, annunciation, features, and the answers of the Status Reader
 * Control Point. Enumerations have a Hamming distance of at least two: a number that is not listed is invalid.
 */

/** What the values of one device look like where devices differ: data of the device. */
export interface IddProfile {
  readonly variant: CrcVariant;
  /** Undefined: as many bytes as are there behind the fields. */
  readonly protected: boolean | undefined;
  /** Amounts that the specification gives as SFLOAT. */
  readonly amounts: 'sfloat' | 'float';
  /** Bytes of the maker behind the flags of the status. */
  readonly statusExtra: number;
}

export const IDD_SIG: IddProfile = { variant: 'sig', protected: undefined, amounts: 'sfloat', statusExtra: 0 };
/** Payloads of the 780G as its transport hands them over, opened; see the README of the driver. */
export const IDD_780G: IddProfile = { ...IDD_SIG, variant: 'ccitt-false', amounts: 'float', statusExtra: 2 };

function behind(name: string, bytes: Uint8Array, left: number, profile: IddProfile, kind: Protection): Trailer {
  const allowed: readonly Protection[] =
    profile.protected === undefined ? ['none', kind] : [profile.protected ? kind : 'none'];
  return readTrailer(name, bytes, protectionOf(name, left, allowed), profile.variant);
}

/** Reads a value whose fields are followed by counter and CRC, or by a CRC only, or by nothing. */
export function readProtected<L extends Layout>(
  name: string,
  bytes: Uint8Array,
  layout: L,
  profile: IddProfile,
  { skip = 0, kind = 'counter-crc' as Protection } = {},
): Values<L> & Trailer {
  const reader = new ValueReader(name, bytes);
  const values = readLayout(reader, layout, profile);
  reader.take(skip);
  return { ...values, ...behind(name, bytes, reader.left, profile, kind) };
}

export const THERAPY_CONTROL: Names = { 15: 'undetermined', 51: 'stop', 60: 'pause', 85: 'run' };
export const OPERATIONAL: Names = {
  15: 'undetermined',
  51: 'off',
  60: 'standby',
  85: 'preparing',
  90: 'priming',
  102: 'waiting',
  150: 'ready',
};
export const ANNUNCIATION_STATUS: Names = {
  15: 'undetermined',
  51: 'pending',
  60: 'snoozed',
  85: 'confirmed',
};
export const ANNUNCIATION_TYPES: Names = {
  15: 'system-issue',
  51: 'mechanical-issue',
  60: 'occlusion-detected',
  85: 'reservoir-issue',
  90: 'reservoir-empty',
  102: 'reservoir-low',
  105: 'priming-issue',
  150: 'infusion-set-incomplete',
  153: 'infusion-set-detached',
  165: 'power-source-insufficient',
  170: 'battery-empty',
  195: 'battery-low',
  204: 'battery-medium',
  240: 'battery-full',
  255: 'temperature-out-of-range',
  771: 'air-pressure-out-of-range',
  780: 'bolus-canceled',
  816: 'tbr-over',
  831: 'tbr-canceled',
  854: 'max-delivery',
  857: 'date-time-issue',
  869: 'temperature',
};
export const BOLUS_TYPES: Names = { 15: 'undetermined', 51: 'fast', 60: 'extended', 85: 'multiwave' };
export const BOLUS_SELECTIONS: Names = { 15: 'programmed', 51: 'remaining', 60: 'delivered' };
export const TBR_TYPES: Names = { 15: 'undetermined', 51: 'absolute', 60: 'relative' };
/** Who set a basal rate. */
export const BASAL_CONTEXTS: Names = {
  15: 'undetermined',
  51: 'device-based',
  60: 'remote-control',
  85: 'ap-controller',
};
/** Who gave a bolus, and on whose advice. */
export const BOLUS_ACTIVATIONS: Names = {
  15: 'undetermined',
  51: 'manual-bolus',
  60: 'recommended-bolus',
  85: 'manually-changed-recommended-bolus',
  90: 'commanded-bolus',
};

/** Bits of Status Changed 2B20. */
export const STATUS_CHANGED = [
  'therapyControlStateChanged',
  'operationalStateChanged',
  'reservoirStatusChanged',
  'annunciationStatusChanged',
  'totalDailyInsulinStatusChanged',
  'activeBasalRateStatusChanged',
  'activeBolusStatusChanged',
  'historyEventRecorded',
] as const;

const CHANGED = [field('flags', 'u16')] as const;
const STATUS = [
  choice('therapyControlState', 'u8', THERAPY_CONTROL),
  choice('operationalState', 'u8', OPERATIONAL),
  field('reservoir', 'amount'),
  field('flags', 'u8'),
] as const;
const ANNUNCIATION = [
  field('flags', 'u8'),
  field('instance', 'u16'),
  field('rawType', 'u16'),
  choice('status', 'u8', ANNUNCIATION_STATUS),
  field('aux1', 'u16', { bit: 1 }),
  field('aux2', 'u16', { bit: 2 }),
  field('aux3', 'u16', { bit: 3 }),
  field('aux4', 'u16', { bit: 4 }),
  field('aux5', 'u16', { bit: 5 }),
] as const;
const NO_ANNUNCIATION = [field('flags', 'u8')] as const;

/** 2B20. */
export const parseStatusChanged = (bytes: Uint8Array, profile: IddProfile) =>
  readProtected('2B20', bytes, CHANGED, profile);

/** 2B21. Bit 0 of the flags: a reservoir is attached. */
export const parseIddStatus = (bytes: Uint8Array, profile: IddProfile) =>
  readProtected('2B21', bytes, STATUS, profile, { skip: profile.statusExtra });

export type IddStatus = ReturnType<typeof parseIddStatus>;
export type IddAnnunciation = Partial<Values<typeof ANNUNCIATION>> & Trailer & { readonly flags: number | undefined };

/** 2B22. With bit 0 of the flags clear there is none, and nothing behind the flags need be sent. */
export function parseAnnunciation(bytes: Uint8Array, profile: IddProfile): IddAnnunciation {
  const none = bytes.length > 0 && !hasBit(bytes[0]!, 0) && bytes.length <= 4;
  return readProtected('2B22', bytes, none ? NO_ANNUNCIATION : ANNUNCIATION, profile);
}

export interface IddFeatures {
  readonly crc: number;
  readonly counter: number;
  readonly check: Trailer['check'];
  /** IU/mL. */
  readonly concentration: MedFloat;
  /** As they stand, extensions included. */
  readonly flags: number;
  readonly protected: boolean;
}

const EXTENSION = 0x80;

/** 2B23: CRC and counter stand in front; 0xFFFF and 0 where the device does not protect its values. */
export function parseIddFeatures(bytes: Uint8Array, variant: CrcVariant): IddFeatures {
  const reader = new ValueReader('2B23', bytes);
  const crc = reader.u16();
  const counter = reader.u8();
  const concentration = reader.sfloat();
  const octets = [...reader.take(3)];
  while ((octets.at(-1)! & EXTENSION) !== 0) octets.push(reader.u8());
  reader.end();
  const flags = octets.reduce((sum, octet, index) => sum + octet * 2 ** (8 * index), 0);
  if (flags > Number.MAX_SAFE_INTEGER) throw new ValueRejected('length', '2B23: too many extensions');
  const covered = (octets[0]! & 1) === 1;
  const check = covered ? checkCrc('2B23', bytes.subarray(2), crc, variant) : undefined;
  return { crc, counter, check, concentration, flags, protected: covered };
}

/** Names of the feature bits, by number. */
export const IDD_FEATURES: Names = {
  0: 'e2eProtection',
  1: 'basalRate',
  2: 'tbrAbsolute',
  3: 'tbrRelative',
  4: 'tbrTemplate',
  5: 'fastBolus',
  6: 'extendedBolus',
  7: 'multiwaveBolus',
  8: 'bolusDelayTime',
  9: 'bolusTemplate',
  10: 'bolusActivationType',
  11: 'multipleBond',
  12: 'isfProfileTemplate',
  13: 'i2choRatioProfileTemplate',
  14: 'targetGlucoseRangeProfileTemplate',
  15: 'insulinOnBoard',
  23: 'featureExtension',
};

const READER_ERRORS: Names = {
  15: 'success',
  112: 'op-code-not-supported',
  113: 'invalid-operand',
  114: 'procedure-not-completed',
  115: 'parameter-out-of-range',
  116: 'procedure-not-applicable',
};

/** Answers of the Status Reader Control Point 2B24, by op code. */
export const READER_ANSWERS = {
  771: {
    name: 'response',
    layout: [field('requestOp', 'u16'), choice('response', 'u8', READER_ERRORS)] as const,
  },
  857: {
    name: 'active-bolus-delivery',
    layout: [
      field('flags', 'u8'),
      field('bolusId', 'u16'),
      choice('bolusType', 'u8', BOLUS_TYPES),
      field('fast', 'amount'),
      field('extended', 'amount'),
      field('duration', 'u16'),
      field('delay', 'u16', { bit: 0 }),
      field('template', 'u8', { bit: 1 }),
      choice('activation', 'u8', BOLUS_ACTIVATIONS, { bit: 2 }),
    ] as const,
  },
  874: {
    name: 'active-basal-rate',
    layout: [
      field('flags', 'u8'),
      field('template', 'u8'),
      field('rate', 'amount'),
      choice('tbrType', 'u8', TBR_TYPES, { bit: 0 }),
      field('tbrValue', 'amount', { bit: 0 }),
      field('tbrProgrammed', 'u16', { bit: 0 }),
      field('tbrRemaining', 'u16', { bit: 0 }),
      field('tbrTemplate', 'u8', { bit: 1 }),
      choice('context', 'u8', BASAL_CONTEXTS, { bit: 2 }),
    ] as const,
  },
  922: {
    name: 'total-daily-insulin',
    layout: [field('bolus', 'amount'), field('basal', 'amount'), field('total', 'amount')] as const,
  },
  975: {
    name: 'delivered-insulin',
    layout: [field('bolus', 'float'), field('basal', 'float')] as const,
  },
  1020: {
    name: 'insulin-on-board',
    layout: [field('flags', 'u8'), field('onBoard', 'amount'), field('remaining', 'u16', { bit: 0 })] as const,
  },
} as const;

export const ACTIVE_BOLUS_IDS = 0x033f;

type AnswerOp = keyof typeof READER_ANSWERS;

/** An answer whose fields are those of its op code. */
export type ReaderAnswer =
  | {
      [Op in AnswerOp]: { readonly op: Op; readonly values: Values<(typeof READER_ANSWERS)[Op]['layout']> & Trailer };
    }[AnswerOp]
  | { readonly op: typeof ACTIVE_BOLUS_IDS; readonly values: { readonly ids: readonly number[] } & Trailer };

/** 2B24, indication. An op code that no request of ours has as its answer is refused. */
export function parseReaderAnswer(bytes: Uint8Array, profile: IddProfile): ReaderAnswer {
  const op = new ValueReader('2B24', bytes).u16();
  if (op === ACTIVE_BOLUS_IDS) return { op, values: bolusIds(bytes, profile) };
  if (!Object.hasOwn(READER_ANSWERS, op)) throw new ValueRejected('range', `2B24: answer 0x${op.toString(16)}`);
  const { layout } = READER_ANSWERS[op as AnswerOp];
  const values = readProtected('2B24', bytes, [field('op', 'u16'), ...layout], profile);
  return { op, values } as unknown as ReaderAnswer;
}

/** A count and as many ids; the answer of a pump without a running bolus ends behind a count of 0. */
function bolusIds(bytes: Uint8Array, profile: IddProfile): { readonly ids: readonly number[] } & Trailer {
  const reader = new ValueReader('2B24', bytes);
  reader.u16();
  const ids = Array.from({ length: reader.u8() }, () => reader.u16());
  return { ids, ...behind('2B24', bytes, reader.left, profile, 'counter-crc') };
}
