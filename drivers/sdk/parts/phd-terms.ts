import { MDC, mdc, mdcCode } from '@onebox/protocol/codes.js';
import type { Code } from '@onebox/protocol/messages.js';
import { UNITS } from '@onebox/protocol/units.js';
import type { ValidityName } from '../findings.js';
import type { DeviceClassName } from '../manifest.js';
import type { Bounds } from './gatt-findings.js';
import type { TypeCode } from './phd-attributes.js';
import { LIVE_FRESH_MS } from './vital-source.js';

/** What the codes of personal health devices mean here. A code is partition x 65536 + code within it. */

const PARTITION_DIMENSION = 4;
const PARTITION_SPECIALISATION = 8;

export function termOf({ partition, code }: TypeCode): number {
  return partition * 0x10000 + code;
}

const UCUM: ReadonlyMap<number, string> = new Map(
  [...UNITS].flatMap(([ucum, { mdc: number }]) => (number === undefined ? [] : [[number, ucum] as const])),
);

/** UCUM code of a unit code; undefined for one that is not in our table. */
export function unitOf(code: number | undefined): string | undefined {
  return code === undefined ? undefined : UCUM.get(termOf({ partition: PARTITION_DIMENSION, code }));
}

/** What a measurement of a known type must look like; anything else is not shown as one. */
export interface KnownTerm {
  readonly units: readonly string[];
  readonly bounds: Bounds;
  /** For values that a worn sensor sends again and again. */
  readonly freshFor?: number;
}

const POSITIVE: Bounds = { above: 0 };
const PULSE: KnownTerm = { units: ['{beats}/min'], bounds: POSITIVE };
const GLUCOSE: KnownTerm = { units: ['mg/dL', 'mmol/L', 'kg/L', 'mol/L'], bounds: POSITIVE };
const TEMPERATURE: KnownTerm = { units: ['Cel', '[degF]'], bounds: {} };

const KNOWN: ReadonlyMap<number, KnownTerm> = new Map([
  [MDC.PULS_OXIM_SAT_O2, { units: ['%'], bounds: { above: 0, atMost: 100 }, freshFor: LIVE_FRESH_MS }],
  [MDC.PULS_OXIM_PULS_RATE, { ...PULSE, freshFor: LIVE_FRESH_MS }],
  [MDC.PULS_OXIM_PERF_REL, { units: ['%', '1'], bounds: { above: -1 }, freshFor: LIVE_FRESH_MS }],
  [MDC.ECG_HEART_RATE, { ...PULSE, freshFor: LIVE_FRESH_MS }],
  [MDC.PULS_RATE_NON_INV, PULSE],
  [MDC.PRESS_BLD_NONINV, { units: ['mm[Hg]', 'kPa'], bounds: POSITIVE }],
  [MDC.MASS_BODY_ACTUAL, { units: ['kg', 'g', '[lb_av]'], bounds: POSITIVE }],
  [MDC.LEN_BODY_ACTUAL, { units: ['cm', 'm', '[in_i]'], bounds: POSITIVE }],
  [MDC.BODY_FAT, { units: ['%'], bounds: { above: 0, atMost: 100 } }],
  [MDC.RATIO_MASS_BODY_LEN_SQ, { units: ['kg/m2'], bounds: POSITIVE }],
  ...[MDC.TEMP_BODY, MDC.TEMP_TYMP, MDC.TEMP_RECT, MDC.TEMP_ORAL, MDC.TEMP_EAR, MDC.TEMP_AXILLA].map(
    (code) => [code, TEMPERATURE] as const,
  ),
  ...[
    MDC.CONC_GLU_CAPILLARY_WHOLEBLOOD,
    MDC.CONC_GLU_CAPILLARY_PLASMA,
    MDC.CONC_GLU_VENOUS_WHOLEBLOOD,
    MDC.CONC_GLU_VENOUS_PLASMA,
    MDC.CONC_GLU_ARTERIAL_WHOLEBLOOD,
    MDC.CONC_GLU_ARTERIAL_PLASMA,
    MDC.CONC_GLU_UNDETERMINED_WHOLEBLOOD,
    MDC.CONC_GLU_UNDETERMINED_PLASMA,
    MDC.CONC_GLU_ISF,
    MDC.CONC_GLU_CONTROL,
  ].map((code) => [code, GLUCOSE] as const),
]);

export function knownTerm(code: number): KnownTerm | undefined {
  return KNOWN.get(code);
}

/** Parts of a compound whose object does not name them: systolic, diastolic, mean (11073-10407). */
export const COMPOUND_PARTS: Readonly<Record<number, readonly number[]>> = {
  [MDC.PRESS_BLD_NONINV]: [MDC.PRESS_BLD_NONINV_SYS, MDC.PRESS_BLD_NONINV_DIA, MDC.PRESS_BLD_NONINV_MEAN],
};

/** Bits of the measurement status, bit 0 being 0x8000 (11073-20601, MeasurementStatus). */
const STATUS: readonly (readonly [mask: number, validity: ValidityName])[] = [
  [0x8000, 'invalid'],
  [0x4000, 'questionable'],
  [0x2000, 'invalid'],
  [0x1000, 'calibrating'],
  [0x0800, 'test'],
  [0x0400, 'demo'],
  [0x0080, 'validated'],
  [0x0040, 'early'],
  [0x0020, 'ongoing'],
];

/** What the device says of the worth of its value. */
export function validityOf(status: number | undefined): readonly ValidityName[] {
  const set = STATUS.filter(([mask]) => ((status ?? 0) & mask) !== 0).map(([, name]) => name);
  return set.length > 0 ? [...new Set(set)] : ['unqualified'];
}

type Profile = readonly [type: number, deviceClass: DeviceClassName];
/** The specialisation is undefined where the device names none and none fits. */
type Specialisation = readonly [type: number | undefined, deviceClass: DeviceClassName];

/** Device specialisations (11073-10101, partition 8) that have a class here. */
const PROFILES: readonly Profile[] = [
  [4100, 'pulse-oximeter'],
  [4102, 'heart-rate-monitor'],
  [4103, 'blood-pressure-monitor'],
  [4104, 'thermometer'],
  [4111, 'scale'],
  [4113, 'glucose-meter'],
  [4115, 'insulin-pump'],
  [4121, 'cgm'],
];

/** Class of a device by its specialisations; where it names none, by what it measures. */
export function deviceClassOf(specialisations: readonly number[], types: readonly TypeCode[]): Specialisation {
  const named = PROFILES.find(([type]) => specialisations.includes(type));
  if (named) return named;
  const measured = new Set(types.map(termOf));
  const found = MEASURES.find(([code]) => measured.has(code));
  const profile = found && PROFILES.find(([, name]) => name === found[1]);
  return profile ?? [specialisations[0], 'generic'];
}

const MEASURES: readonly (readonly [number, DeviceClassName])[] = [
  [MDC.PULS_OXIM_SAT_O2, 'pulse-oximeter'],
  [MDC.PRESS_BLD_NONINV, 'blood-pressure-monitor'],
  [MDC.MASS_BODY_ACTUAL, 'scale'],
  [MDC.TEMP_BODY, 'thermometer'],
  ...[...KNOWN].flatMap(([code, known]) => (known === GLUCOSE ? [[code, 'glucose-meter'] as const] : [])),
];

/** Code of a specialisation, e.g. MDC_DEV_SPEC_PROFILE_PULS_OXIM for 4100. */
export function specialisationCode(type: number): Code {
  return mdcCode(termOf({ partition: PARTITION_SPECIALISATION, code: type }));
}

export const BATTERY = mdc('MDC_ATTR_VAL_BATT_CHARGE');
