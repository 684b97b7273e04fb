import type { MedFloat } from './gatt-values.js';
import { type AbsoluteTime, absoluteTime, type MderReader, readWhole } from './mder.js';
import { latin1OrUtf8 } from './text.js';

/** Attributes of the objects of a personal health device (IEEE 11073-20601, annex A; ids in 11073-10101). */

/** Ids of the attributes that have a name here; what has no decoder below is kept as bytes. */
export const ATTRIBUTE = {
  confirmMode: 0x0913,
  model: 0x0928,
  type: 0x092f,
  productionSpecification: 0x092d,
  measurementStatus: 0x0947,
  operationalState: 0x0953,
  systemId: 0x0984,
  absoluteTime: 0x0987,
  absoluteTimeStamp: 0x0990,
  unit: 0x0996,
  batteryCharge: 0x099c,
  configurationId: 0x0a44,
  sampleArray: 0x0a3c,
  metricSpecification: 0x0a46,
  sourceHandle: 0x0a47,
  enumeration: 0x0a49,
  simpleBits: 0x0a65,
  basicBits: 0x0a66,
  basicValue: 0x0a4c,
  scanHandleValueMap: 0x0a53,
  scanPeriod: 0x0a54,
  valueMap: 0x0a55,
  simpleValue: 0x0a56,
  specialisations: 0x0a5a,
  supplementalTypes: 0x0a61,
  metricStructure: 0x0a73,
  simpleCompound: 0x0a74,
  basicCompound: 0x0a75,
  metricIds: 0x0a76,
} as const;

/** A term of 11073-10101: its partition and the code within. */
export interface TypeCode {
  readonly partition: number;
  readonly code: number;
}

/** Which attributes the bytes of a fixed observation are, in order. */
export type ValueMap = readonly { readonly attribute: number; readonly length: number }[];

/** The same for the bytes of a group of observations. */
export type HandleValueMap = readonly { readonly handle: number; readonly map: ValueMap }[];

/** Kinds of `ProductionEntry`. */
export const PRODUCTION = { serial: 1, part: 2, hardware: 3, software: 4, firmware: 5, protocol: 6 } as const;

export interface ProductionEntry {
  readonly kind: number;
  readonly component: number;
  readonly text: string;
}

/** Attributes with their decoded values; what was not sent is undefined. */
export interface PhdAttributes {
  /** Every attribute by id, as it was sent. */
  readonly raw: ReadonlyMap<number, Uint8Array>;
  readonly type?: TypeCode;
  /** Code in partition 4 (dimensions). */
  readonly unit?: number;
  readonly valueMap?: ValueMap;
  readonly scanHandleValueMap?: HandleValueMap;
  /** Basic (SFLOAT) or simple (FLOAT) nu-observed value. */
  readonly value?: MedFloat;
  /** Compound nu-observed value; its parts stand in the order of `metricIds`. */
  readonly compound?: readonly MedFloat[];
  /** Simple enumeration: a code of the partition of the object's type. */
  readonly enumeration?: number;
  /** Enumeration of several conditions: bit 0 is the highest. */
  readonly bits?: { readonly raw: number; readonly width: 16 | 32 };
  readonly metricIds?: readonly number[];
  readonly timeStamp?: AbsoluteTime;
  /** Clock of the device. */
  readonly clock?: AbsoluteTime;
  /** MeasurementStatus, bit 0 is 0x8000. */
  readonly measurementStatus?: number;
  readonly systemId?: Uint8Array;
  readonly model?: { readonly manufacturer: string; readonly model: string };
  readonly production?: readonly ProductionEntry[];
  readonly configurationId?: number;
  readonly specialisations?: readonly { readonly type: number; readonly version: number }[];
  readonly supplementalTypes?: readonly TypeCode[];
  /** Percent. */
  readonly batteryCharge?: number;
}

type Decoded = { -readonly [Key in keyof PhdAttributes]: PhdAttributes[Key] };

/** Real MDERs: what has no decoder is not looked into. */
const DECODERS: Readonly<Record<number, (reader: MderReader, into: Decoded) => void>> = {
  [ATTRIBUTE.type]: (reader, into) => {
    into.type = typeCode(reader);
  },
  [ATTRIBUTE.unit]: (reader, into) => {
    into.unit = reader.u16();
  },
  [ATTRIBUTE.valueMap]: (reader, into) => {
    into.valueMap = valueMap(reader);
  },
  [ATTRIBUTE.scanHandleValueMap]: (reader, into) => {
    into.scanHandleValueMap = reader.list('handle value map', (item) => ({ handle: item.u16(), map: valueMap(item) }));
  },
  [ATTRIBUTE.basicValue]: (reader, into) => {
    into.value = reader.sfloat();
  },
  [ATTRIBUTE.simpleValue]: (reader, into) => {
    into.value = reader.float();
  },
  [ATTRIBUTE.basicCompound]: (reader, into) => {
    into.compound = reader.list('compound value', (item) => item.sfloat());
  },
  [ATTRIBUTE.simpleCompound]: (reader, into) => {
    into.compound = reader.list('compound value', (item) => item.float());
  },
  [ATTRIBUTE.enumeration]: (reader, into) => {
    into.enumeration = reader.u16();
  },
  [ATTRIBUTE.basicBits]: (reader, into) => {
    into.bits = { raw: reader.u16(), width: 16 };
  },
  [ATTRIBUTE.simpleBits]: (reader, into) => {
    into.bits = { raw: reader.u32(), width: 32 };
  },
  [ATTRIBUTE.metricIds]: (reader, into) => {
    into.metricIds = reader.list('metric ids', (item) => item.u16());
  },
  [ATTRIBUTE.absoluteTimeStamp]: (reader, into) => {
    into.timeStamp = absoluteTime(reader);
  },
  [ATTRIBUTE.absoluteTime]: (reader, into) => {
    into.clock = absoluteTime(reader);
  },
  [ATTRIBUTE.measurementStatus]: (reader, into) => {
    into.measurementStatus = reader.u16();
  },
  [ATTRIBUTE.systemId]: (reader, into) => {
    into.systemId = reader.octets();
  },
  [ATTRIBUTE.model]: (reader, into) => {
    into.model = { manufacturer: text(reader), model: text(reader) };
  },
  [ATTRIBUTE.productionSpecification]: (reader, into) => {
    into.production = reader.list('production specification', (item) => ({
      kind: item.u16(),
      component: item.u16(),
      text: text(item),
    }));
  },
  [ATTRIBUTE.configurationId]: (reader, into) => {
    into.configurationId = reader.u16();
  },
  [ATTRIBUTE.specialisations]: (reader, into) => {
    into.specialisations = reader.list('specialisations', (item) => ({ type: item.u16(), version: item.u16() }));
  },
  [ATTRIBUTE.supplementalTypes]: (reader, into) => {
    into.supplementalTypes = reader.list('supplemental types', typeCode);
  },
  [ATTRIBUTE.batteryCharge]: (reader, into) => {
    into.batteryCharge = reader.u16();
  },
};

/** An attribute list: count u16, length u16, {id u16, length u16, value}. */
export function attributeList(reader: MderReader): PhdAttributes {
  return decodeAttributes(reader.list('attribute list', (item) => [item.u16(), item.octets()] as const));
}

/** Decodes attributes from their bytes. A known one of a wrong length rejects them all. */
export function decodeAttributes(entries: Iterable<readonly [number, Uint8Array]>): PhdAttributes {
  const raw = new Map(entries);
  const decoded: Decoded = { raw };
  for (const [id, bytes] of raw) {
    const decode = DECODERS[id];
    if (decode) readWhole(bytes, `attribute 0x${id.toString(16)}`, (reader) => decode(reader, decoded));
  }
  return decoded;
}

/** Later attributes over earlier ones: an observation over the configuration of its object. */
export function mergeAttributes(earlier: PhdAttributes, later: PhdAttributes): PhdAttributes {
  return { ...earlier, ...later, raw: new Map([...earlier.raw, ...later.raw]) };
}

function valueMap(reader: MderReader): ValueMap {
  return reader.list('value map', (item) => ({ attribute: item.u16(), length: item.u16() }));
}

function typeCode(reader: MderReader): TypeCode {
  return { partition: reader.u16(), code: reader.u16() };
}

/** Text of a device: agents pad with NULs or blanks to an even length. */
function text(reader: MderReader): string {
  return latin1OrUtf8(reader.octets()).replace(/[\0 ]+$/, '');
}
