import { type CaseModule, caseBytes, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import { caseNumber, caseReject, caseTime } from '@onebox/driver-sdk/cases-gatt.js';
import {
  annunciation,
  CGM_ANNUNCIATION,
  CGM_FEATURE,
  type CgmProtection,
  type CgmRecord,
  DST_UNKNOWN,
  parseCgmFeature,
  parseCgmMeasurements,
  parseCgmRunTime,
  parseCgmSessionStart,
  parseCgmStatus,
  ZONE_UNKNOWN,
} from '@onebox/driver-sdk/parts/cgm.js';
import { type CrcCheck, type CrcVariant, checkCrc } from '@onebox/driver-sdk/parts/e2e-crc.js';
import { bitsSet, hasBit, ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { IDD_780G, IDD_SIG } from '@onebox/driver-sdk/parts/insulin-delivery.js';
import { parseRecordAccess } from '@onebox/driver-sdk/parts/record-access.js';
import { insulinDecoders } from '@onebox/drivers/bluetooth-insulin-delivery/cases-insulin.js';

/** Decode cases of the CGM and Insulin Delivery services: values of characteristics, and bare check sums. */

type Decoders = Readonly<Record<string, (bytes: Uint8Array) => JsonObject>>;

/** `e2eCrc: false`: the device does not protect its values; else its profile or the value itself tells. */
interface Profile {
  readonly variant: CrcVariant;
  readonly isProtected: boolean | undefined;
  readonly maker: boolean;
}

function profileOf({ variant, e2eCrc }: JsonObject): Profile {
  if (variant !== undefined && variant !== null && variant !== 'sig' && variant !== 'medtronic-780g') {
    throw new UnknownCase(`variant ${String(variant)}`);
  }
  const maker = variant === 'medtronic-780g';
  const isProtected = typeof e2eCrc === 'boolean' ? e2eCrc : undefined;
  return { variant: maker ? 'ccitt-false' : 'sig', isProtected, maker };
}

export function crcFields(check: CrcCheck | undefined): JsonObject {
  return {
    crc: check?.crc ?? null,
    crcOk: check ? true : null,
    crcVariant: check?.variant ?? null,
    otherCrcVariant: check?.otherVariant ?? null,
  };
}

/** A value whose last two bytes are the CRC of what stands before them. */
function bareCrc(bytes: Uint8Array, { variant }: Profile): JsonObject {
  const end = bytes.length - 2;
  if (end < 0) throw new ValueRejected('length', 'no CRC');
  const check = checkCrc('crc', bytes.subarray(0, end), bytes[end]! + bytes[end + 1]! * 256, variant);
  return { valid: true, ...crcFields(check) };
}

function glucoseDecoders(profile: Profile): Decoders {
  const { variant, maker } = profile;
  // The glucose values of that device are protected always.
  const crc = profile.isProtected ?? (maker ? true : undefined);
  const protection: CgmProtection = { variant, crc };
  return {
    crc: (bytes) => bareCrc(bytes, profile),
    '2AA7': (bytes) => {
      const records = parseCgmMeasurements(bytes, protection).map(record);
      return { ...records[0]!, records };
    },
    '2AA8': (bytes) => {
      const { features, type, sampleLocation, check } = parseCgmFeature(bytes, variant);
      const has = (bit: number) => hasBit(features, bit);
      return {
        features,
        e2eCrcSupported: has(CGM_FEATURE.e2eCrc),
        trendSupported: has(CGM_FEATURE.trend),
        qualitySupported: has(CGM_FEATURE.quality),
        calibrationSupported: has(0),
        type,
        sampleLocation,
        ...crcFields(check),
      };
    },
    '2AA9': (bytes) => {
      const { timeOffset, status, calTemp, warning, check } = parseCgmStatus(bytes, protection);
      const octets = { status, calTemp, warning };
      return { timeOffsetMin: timeOffset!, ...octetFields(octets), ...crcFields(check) };
    },
    '2AAA': (bytes) => {
      const { time, zone, dst, utcOffset, check } = parseCgmSessionStart(bytes, protection);
      return {
        dateTime: caseTime(time),
        timeZone: zone === ZONE_UNKNOWN ? 'unknown' : zone,
        dst: dst === DST_UNKNOWN ? 'unknown' : dst,
        utcOffsetMin: utcOffset ?? null,
        ...crcFields(check),
      };
    },
    '2AAB': (bytes) => {
      const { hours, check } = parseCgmRunTime(bytes, protection);
      return { runTimeHours: hours, runTimeH: hours, ...crcFields(check) };
    },
    '2A52': recordAccess,
  };
}

type Octets = { readonly [Octet in 'status' | 'calTemp' | 'warning']: number | undefined };

function octetFields(octets: Octets): JsonObject {
  const names = bitsSet(annunciation(octets), 24).map((bit) => CGM_ANNUNCIATION[bit] ?? `bit-${bit}`);
  const { status = null, calTemp = null, warning = null } = octets;
  return { status, calTemp, warning, annunciations: names };
}

function record(value: CgmRecord): JsonObject {
  return {
    glucoseMgDl: caseNumber(value.glucose),
    timeOffsetMin: value.timeOffset,
    ...octetFields(value),
    trendMgDlPerMin: caseNumber(value.trend),
    qualityRaw: caseNumber(value.quality),
    ...crcFields(value.check),
  };
}

function recordAccess(bytes: Uint8Array): JsonObject {
  const message = parseRecordAccess(bytes);
  const { operand } = message;
  const keys = Array.from(
    { length: Math.floor(operand.length / 2) },
    (_, index) => operand[2 * index]! + operand[2 * index + 1]! * 256,
  );
  return {
    opCode: message.opName ?? null,
    opCodeRaw: message.op,
    operator: message.operatorName ?? null,
    filterType: message.filter ?? null,
    timeOffsets: message.filter === 1 ? keys : null,
    numberOfRecords: message.numberOfRecords ?? null,
    requestOpCode: message.requestOp ?? null,
    responseValue: message.response ?? null,
    response: message.responseName ?? null,
  };
}

/** Names of the specification for the characteristics of the glucose service, as they may stand in a kind. */
const CGM_NAMES: Readonly<Record<string, string>> = {
  cgmmeasurement: '2aa7',
  cgmfeature: '2aa8',
  cgmfeatures: '2aa8',
  cgmstatus: '2aa9',
  cgmsessionstart: '2aaa',
  cgmsessionstarttime: '2aaa',
  cgmruntime: '2aab',
  cgmsessionruntime: '2aab',
  cgmracp: '2a52',
  racp: '2a52',
};

/** `IDD Status`, `IDDStatus` and `2B21` are the same. */
function run(input: JsonObject): JsonObject {
  const said = String(input.kind ?? input.characteristic)
    .replace(/[\s_-]/g, '')
    .toLowerCase();
  const kind = CGM_NAMES[said] ?? said;
  const profile = profileOf(input);
  const base = profile.maker ? IDD_780G : IDD_SIG;
  const decoders: Decoders = {
    ...glucoseDecoders(profile),
    ...insulinDecoders({ ...base, protected: profile.isProtected }, crcFields),
  };
  const found = Object.entries(decoders).find(([name]) => name.toLowerCase() === kind);
  if (found === undefined) throw new UnknownCase(`kind ${String(input.kind)}`);
  return caseReject(() => found[1](caseBytes(input.hex)));
}

const module: CaseModule = {
  protocol: 'ble-cgm-ids',
  files: {
    'cases.json': { list: 'cases', fields: ['kind', 'characteristic', 'hex', 'variant', 'e2eCrc'], run },
  },
};
export default module;
