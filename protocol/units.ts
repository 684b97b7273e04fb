import { asRatio, type ExactDecimal, fromScaled, multiply, type Ratio, type Rounding } from './decimal.js';
import { OneBoxError } from './errors.js';
import type { Decimal } from './messages.js';

/**
 * The units of the protocol: UCUM codes (ucum.org), case sensitive. A unit that is not here is refused, because
 * nobody could show or compare it. To add one, add a row: kind, size in the base unit of its kind, and the MDC
 * code of IEEE 11073-10101 (partition 4) where ours is verified.
 */
export interface Unit {
  /** Kind of quantity. Units of one kind convert into each other. */
  readonly kind: string;
  /** Size in the base unit of the kind; undefined where nothing is converted. */
  readonly factor?: Ratio;
  /** Added after the factor, for temperatures. */
  readonly offset?: Ratio;
  /** Context-free MDC code. */
  readonly mdc?: number;
  /** Message id under which the user interface has the printed form. */
  readonly message: string;
}

const ratio = (numerator: number, denominator = 1): Ratio => ({
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
});

type Row = readonly [message: string, kind: string, factor?: Ratio, mdc?: number, offset?: Ratio];

// mm[Hg]: UCUM defines m[Hg] as 133.3220 kPa.
const rows: Readonly<Record<string, Row>> = {
  '1': ['one', 'number', ratio(1), 262656],
  '%': ['percent', 'number', ratio(1, 100), 262688],
  '{beats}': ['beats', 'count of beats'],
  '{count}': ['count', 'count'],
  '{episodes}': ['episodes', 'count of episodes'],
  '{seq}': ['sequences', 'count of sequences'],
  '{shocks}': ['shocks', 'count of shocks'],
  '{switches}': ['switches', 'count of mode switches'],
  us: ['microsecond', 'time', ratio(1, 1_000_000), 264339],
  ms: ['millisecond', 'time', ratio(1, 1000), 264338],
  s: ['second', 'time', ratio(1), 264320],
  min: ['minute', 'time', ratio(60), 264352],
  h: ['hour', 'time', ratio(3600), 264384],
  d: ['day', 'time', ratio(86_400), 264416],
  wk: ['week', 'time', ratio(604_800)],
  // Months and years are calendar time: they do not convert into days.
  mo: ['month', 'calendar time', ratio(1)],
  a: ['year', 'calendar time', ratio(12)],
  '{beats}/min': ['beats-per-minute', 'rate of beats', ratio(1), 264864],
  '{breaths}/min': ['breaths-per-minute', 'rate of breaths', ratio(1), 264928],
  '{rotations}/min': ['rotations-per-minute', 'rate of rotations', ratio(1), 268960],
  '/d': ['per-day', 'rate of events', ratio(1, 24)],
  '/h': ['per-hour', 'rate of events', ratio(1)],
  Hz: ['hertz', 'frequency', ratio(1)],
  kHz: ['kilohertz', 'frequency', ratio(1000)],
  uV: ['microvolt', 'voltage', ratio(1, 1_000_000)],
  mV: ['millivolt', 'voltage', ratio(1, 1000), 266418],
  V: ['volt', 'voltage', ratio(1), 266400],
  uA: ['microampere', 'current', ratio(1, 1_000_000)],
  mA: ['milliampere', 'current', ratio(1, 1000)],
  A: ['ampere', 'current', ratio(1)],
  Ohm: ['ohm', 'resistance', ratio(1), 266432],
  kOhm: ['kiloohm', 'resistance', ratio(1000)],
  'mA.h': ['milliampere-hour', 'charge', ratio(1, 1000)],
  'A.h': ['ampere-hour', 'charge', ratio(1)],
  J: ['joule', 'energy', ratio(1), 266112],
  kJ: ['kilojoule', 'energy', ratio(1000)],
  mW: ['milliwatt', 'power', ratio(1, 1000)],
  W: ['watt', 'power', ratio(1), 266176],
  T: ['tesla', 'magnetic flux density'],
  kPa: ['kilopascal', 'pressure', ratio(1), 265987],
  'mm[Hg]': ['millimetre-of-mercury', 'pressure', ratio(133_322, 1_000_000), 266016],
  Cel: ['degree-celsius', 'temperature', ratio(1), 268192],
  '[degF]': ['degree-fahrenheit', 'temperature', ratio(5, 9), 266560, ratio(-160, 9)],
  ug: ['microgram', 'mass', ratio(1, 1_000_000)],
  mg: ['milligram', 'mass', ratio(1, 1000)],
  g: ['gram', 'mass', ratio(1), 263872],
  kg: ['kilogram', 'mass', ratio(1000), 263875],
  '[lb_av]': ['pound', 'mass', ratio(45_359_237, 100_000), 263904],
  mm: ['millimetre', 'length', ratio(1, 1000)],
  cm: ['centimetre', 'length', ratio(1, 100), 263441],
  m: ['metre', 'length', ratio(1), 263424],
  '[in_i]': ['inch', 'length', ratio(254, 10_000), 263520],
  'kg/m2': ['kilogram-per-square-metre', 'mass per area', ratio(1), 264096],
  uL: ['microlitre', 'volume', ratio(1, 1000)],
  mL: ['millilitre', 'volume', ratio(1), 263762],
  L: ['litre', 'volume', ratio(1000)],
  'mL/d': ['millilitre-per-day', 'flow', ratio(1, 24)],
  'mL/h': ['millilitre-per-hour', 'flow', ratio(1)],
  'mL/min': ['millilitre-per-minute', 'flow', ratio(60)],
  'L/min': ['litre-per-minute', 'flow', ratio(60_000), 265216],
  '[iU]': ['international-unit', 'arbitrary amount', ratio(1), 267616],
  '[iU]/h': ['international-unit-per-hour', 'arbitrary rate', ratio(24), 267840],
  '[iU]/d': ['international-unit-per-day', 'arbitrary rate', ratio(1)],
  '[iU]/mL': ['international-unit-per-millilitre', 'arbitrary concentration'],
  'g/[iU]': ['gram-per-international-unit', 'carbohydrate ratio'],
  'mg/dL/[iU]': ['milligram-per-decilitre-per-international-unit', 'insulin sensitivity by mass'],
  'mmol/L/[iU]': ['millimole-per-litre-per-international-unit', 'insulin sensitivity by amount'],
  'ug/d': ['microgram-per-day', 'dose rate', ratio(1, 1000)],
  'mg/d': ['milligram-per-day', 'dose rate', ratio(1)],
  'ug/kg/min': ['microgram-per-kilogram-per-minute', 'dose rate by body mass'],
  'ug/mL': ['microgram-per-millilitre', 'mass concentration', ratio(1, 10)],
  'mg/mL': ['milligram-per-millilitre', 'mass concentration', ratio(100)],
  'mg/L': ['milligram-per-litre', 'mass concentration', ratio(1, 10)],
  'mg/dL': ['milligram-per-decilitre', 'mass concentration', ratio(1), 264274],
  'g/L': ['gram-per-litre', 'mass concentration', ratio(100)],
  'kg/L': ['kilogram-per-litre', 'mass concentration', ratio(100_000)],
  'mmol/L': ['millimole-per-litre', 'amount concentration', ratio(1), 266866],
  'mol/L': ['mole-per-litre', 'amount concentration', ratio(1000)],
  'mg/dL/min': ['milligram-per-decilitre-per-minute', 'rate of mass concentration', ratio(1), 266868],
  'mmol/L/min': ['millimole-per-litre-per-minute', 'rate of amount concentration', ratio(1), 266872],
  'mg/g': ['milligram-per-gram', 'mass ratio', ratio(1)],
  'mmol/mol': ['millimole-per-mole', 'amount ratio', ratio(1)],
};

/** All units, by UCUM code. */
export const UNITS: ReadonlyMap<string, Unit> = new Map(
  Object.entries(rows).map(([ucum, [message, kind, factor, mdc, offset]]) => [
    ucum,
    { kind, message: `unit.${message}`, ...(factor && { factor }), ...(offset && { offset }), ...(mdc && { mdc }) },
  ]),
);

export function knownUnit(ucum: string): boolean {
  return UNITS.has(ucum);
}

/** Throws UNIT_UNKNOWN. */
export function unit(ucum: string): Unit {
  const found = UNITS.get(ucum);
  if (!found) throw new OneBoxError('UNIT_UNKNOWN', ucum.slice(0, 40));
  return found;
}

export interface ConversionOptions {
  /** Digits after the point of the result, 0 to 18. Without it only steps of ten are taken, and every digit is kept. */
  readonly digits?: number;
  readonly rounding?: Rounding;
  /** Lets a mass concentration become an amount concentration, and the other way round. */
  readonly substance?: 'glucose';
}

const ONE: ExactDecimal = { coefficient: 1, exponent: 0 };
const times = (a: Ratio, b: Ratio): Ratio => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});
const inverse = (a: Ratio): Ratio => ({ numerator: a.denominator, denominator: a.numerator });

// 1 mmol/L = 18.02 mg/dL: the molar mass of glucose in g/mol, divided by ten, as glucose meters use it.
const GLUCOSE_MG_PER_DL = ratio(1802, 100);
const bridges: Readonly<Record<string, Ratio>> = {
  'mass concentration>amount concentration': inverse(GLUCOSE_MG_PER_DL),
  'amount concentration>mass concentration': GLUCOSE_MG_PER_DL,
  'rate of mass concentration>rate of amount concentration': inverse(GLUCOSE_MG_PER_DL),
  'rate of amount concentration>rate of mass concentration': GLUCOSE_MG_PER_DL,
};

/**
 * The same quantity in another unit. Computed exactly and rounded once, at the end: to `digits`, ties to even
 * unless `rounding` says otherwise. Keep what the device said beside it (Observation.original).
 * Throws UNIT_UNKNOWN for an unknown code or units of different kinds, DECIMAL_INVALID for a result out of range
 * or, without `digits`, for a conversion that is not a step of ten.
 */
export function convert(value: Decimal, from: string, to: string, options: ConversionOptions = {}): ExactDecimal {
  const [source, target] = [unit(from), unit(to)];
  const bridge = source.kind === target.kind ? ratio(1) : options.substance && bridges[`${source.kind}>${target.kind}`];
  if (!bridge || !source.factor || !target.factor) {
    if (from === to) return convertBy(value, ratio(1), ratio(0), options);
    throw new OneBoxError('UNIT_UNKNOWN', `${from} to ${to}`);
  }
  const factor = times(times(source.factor, bridge), inverse(target.factor));
  const [before, after] = [source.offset ?? ratio(0), target.offset ?? ratio(0)];
  const difference: Ratio = {
    numerator: before.numerator * after.denominator - after.numerator * before.denominator,
    denominator: before.denominator * after.denominator,
  };
  return convertBy(value, factor, times(difference, inverse(target.factor)), options);
}

function convertBy(value: Decimal, factor: Ratio, offset: Ratio, options: ConversionOptions): ExactDecimal {
  if (options.digits === undefined) return stepOfTen(value, factor, offset);
  // value x factor + offset as one fraction, so that there is one rounding only.
  const scaled = times(asRatio(value), factor);
  const sum: Ratio = {
    numerator: scaled.numerator * offset.denominator + offset.numerator * scaled.denominator,
    denominator: scaled.denominator * offset.denominator,
  };
  return multiply(ONE, sum, options.digits, options.rounding ?? 'half-even');
}

function stepOfTen(value: Decimal, factor: Ratio, offset: Ratio): ExactDecimal {
  for (let step = -12; offset.numerator === 0n && step <= 12; step += 1) {
    const [numerator, denominator] = step < 0 ? [1n, 10n ** BigInt(-step)] : [10n ** BigInt(step), 1n];
    if (factor.numerator * denominator !== factor.denominator * numerator) continue;
    return fromScaled(value.coefficient ?? 0, (value.exponent ?? 0) + step);
  }
  throw new OneBoxError('DECIMAL_INVALID', 'digits are needed for this conversion');
}
