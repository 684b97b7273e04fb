import { type AstmRecord, fieldComponents } from '@onebox/driver-sdk/parts/astm-records.js';
import {
  type AstmResult,
  astmDateTime,
  astmResult,
  firstDate,
  wholeNumber,
} from '@onebox/driver-sdk/parts/astm-result.js';

/** What meters of the Contour family (Bayer, Ascensia) write into ASTM records, beyond the standard. */

export interface ContourHeader {
  readonly productCode: string | null;
  readonly digitalVersion: string | null;
  readonly analogVersion: string | null;
  readonly agpVersion: string | null;
  readonly serialNumber: string | null;
  readonly sku: string | null;
  /** `K=V` pairs as printed. */
  readonly config: Readonly<Record<string, string>>;
  /** 0: mg/dL, 1: mmol/L, without the leading zero that some meters print. Results state their own unit. */
  readonly unitCode: string | null;
  /** Ends of the measuring range, mg/dL. */
  readonly lowBoundMgDl: number | null;
  readonly highBoundMgDl: number | null;
  /** Undefined when the eight limits are not in the known order: their text is in `config.X`. */
  readonly limits: ContourLimits | undefined;
  readonly totalResults: number | null;
  readonly processingId: string | null;
  readonly specVersion: string | null;
  readonly dateTime: string | null;
}

/** Limits that the user set, mg/dL. */
export interface ContourLimits {
  readonly hypoLimit: number;
  readonly overallLow: number;
  readonly preFoodLow: number;
  readonly postFoodLow: number;
  readonly overallHigh: number;
  readonly preFoodHigh: number;
  readonly postFoodHigh: number;
  readonly hyperLimit: number;
}

/** Reference method of a result: plasma, whole blood, other. */
export type ReferenceMethod = 'P' | 'B' | 'D';

export interface ContourResult extends AstmResult {
  readonly referenceMethod: string | null;
  /** In their order. Only B, A, D, C, E, > and < have a meaning that we know. */
  readonly markers: readonly string[];
  /** A test with control solution: never a value of the patient. */
  readonly control: boolean;
  /** Above or below the range of the meter: the printed number is its end, not a measurement. */
  readonly outOfRange: 'HI' | 'LO' | null;
}

/** Undefined when the header is not of a Contour meter. */
export function contourHeader(header: AstmRecord): ContourHeader | undefined {
  const { component, repeat } = header.delimiters;
  const product = (header.raw[4] ?? '').split(component);
  const versions = (product[1] ?? '').split(repeat);
  const config = configOf(header.raw[5] ?? '', component);
  if (header.type !== 'H' || versions.length !== 3 || Object.keys(config).length === 0) return undefined;
  const unit = config.U;
  const last = lastDate(header.raw);
  return {
    productCode: product[0] || null,
    digitalVersion: versions[0] || null,
    analogVersion: versions[1] || null,
    agpVersion: versions[2] || null,
    serialNumber: product[2] || null,
    sku: product[3] || null,
    config,
    unitCode: unit !== undefined && /^\d+$/.test(unit) ? String(Number(unit)) : (unit ?? null),
    ...bounds(config.V),
    limits: limits(config.X, product[0] ?? ''),
    totalResults: wholeNumber(header.raw[6]),
    processingId: last === undefined ? null : header.raw[last - 2] || null,
    specVersion: last === undefined ? null : header.raw[last - 1] || null,
    dateTime: last === undefined ? null : astmDateTime(header.raw[last]),
  };
}

/** A result record of another instrument, in the same form. `control`: its order says that it is quality control. */
export function plainResult(record: AstmRecord, control: boolean): ContourResult {
  return { ...astmResult(record), referenceMethod: null, markers: [], control, outOfRange: null };
}

/** A result record of a Contour meter. */
export function contourResult(record: AstmRecord): ContourResult {
  const plain = astmResult(record);
  const [unit, referenceMethod] = fieldComponents(record.raw[4], record.delimiters);
  const markers = (record.raw[6] ?? '').split('/').filter((marker) => marker !== '');
  const control = markers.includes('C') || record.raw.slice(5, 9).includes('E');
  return {
    ...plain,
    flags: [],
    status: null,
    dateTime: firstDate(record.raw, [8, 12, 11, 10]),
    unit: unit ?? null,
    referenceMethod: referenceMethod ?? null,
    markers,
    control,
    outOfRange: outOfRange(markers, record.raw[3] ?? ''),
  };
}

function outOfRange(markers: readonly string[], value: string): 'HI' | 'LO' | null {
  if (markers.includes('>') || /^(>|HI)/i.test(value)) return 'HI';
  return markers.includes('<') || /^(<|LO)/i.test(value) ? 'LO' : null;
}

function configOf(field: string, component: string): Readonly<Record<string, string>> {
  const pairs = field.split(component).flatMap((part): [string, string][] => {
    const match = /^([A-Z])=(.*)$/.exec(part);
    return match === null ? [] : [[match[1]!, match[2]!]];
  });
  return Object.fromEntries(pairs);
}

/** `10600`: from 10 to 600. The last three digits are the upper end. */
function bounds(text: string | undefined): Pick<ContourHeader, 'lowBoundMgDl' | 'highBoundMgDl'> {
  const match = /^(\d{1,3})(\d{3})$/.exec(text ?? '');
  return {
    lowBoundMgDl: match === null ? null : Number(match[1]),
    highBoundMgDl: match === null ? null : Number(match[2]),
  };
}

/**
 * Eight limits of three digits. Model 7350 prints them in another order that is not known; an order in which a
 * low limit is above its high one is not the known one either.
 */
function limits(text: string | undefined, product: string): ContourLimits | undefined {
  if (text === undefined || !/^\d{24}$/.test(text) || product.includes('7350')) return undefined;
  const [hypo, low, preLow, postLow, high, preHigh, postHigh, hyper] = text.match(/\d{3}/g)!.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const pairs = [
    [low, high],
    [preLow, preHigh],
    [postLow, postHigh],
  ] as const;
  if (hypo > hyper || pairs.some(([bottom, top]) => bottom >= top || bottom < hypo || top > hyper)) return undefined;
  return {
    hypoLimit: hypo,
    overallLow: low,
    preFoodLow: preLow,
    postFoodLow: postLow,
    overallHigh: high,
    preFoodHigh: preHigh,
    postFoodHigh: postHigh,
    hyperLimit: hyper,
  };
}

function lastDate(raw: readonly string[]): number | undefined {
  for (let index = raw.length - 1; index > 6; index -= 1) {
    if (astmDateTime(raw[index]) !== null) return index;
  }
  return undefined;
}
