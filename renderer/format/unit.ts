/** How a UCUM unit is printed and how it is spoken. An empty `shown` means: the number has no unit by nature. */
export interface UnitWords {
  readonly shown: string;
  readonly spoken: string;
}

const unit = (shown: string, spoken: string): UnitWords => ({ shown, spoken });

// Keys are case-sensitive UCUM (ucum.org). "units" is always a word: U and IU are misread as 0 and IV.
const UNITS: Readonly<Record<string, UnitWords>> = {
  '1': unit('', ''),
  '%': unit('%', 'percent'),
  Ohm: unit('Ω', 'ohm'),
  kOhm: unit('kΩ', 'kiloohm'),
  V: unit('V', 'volt'),
  mV: unit('mV', 'millivolt'),
  uV: unit('µV', 'microvolt'),
  A: unit('A', 'ampere'),
  mA: unit('mA', 'milliampere'),
  uA: unit('µA', 'microampere'),
  'A.h': unit('Ah', 'ampere hours'),
  'mA.h': unit('mAh', 'milliampere hours'),
  J: unit('J', 'joule'),
  W: unit('W', 'watt'),
  Hz: unit('Hz', 'hertz'),
  s: unit('s', 'seconds'),
  ms: unit('ms', 'milliseconds'),
  us: unit('µs', 'microseconds'),
  min: unit('min', 'minutes'),
  h: unit('h', 'hours'),
  d: unit('days', 'days'),
  wk: unit('weeks', 'weeks'),
  mo: unit('months', 'months'),
  a: unit('years', 'years'),
  '/min': unit('/min', 'per minute'),
  '{beats}/min': unit('/min', 'beats per minute'),
  '{beat}/min': unit('/min', 'beats per minute'),
  '{breaths}/min': unit('/min', 'breaths per minute'),
  '{rpm}': unit('rpm', 'revolutions per minute'),
  '{rev}/min': unit('rpm', 'revolutions per minute'),
  'mm[Hg]': unit('mmHg', 'millimetres of mercury'),
  Pa: unit('Pa', 'pascal'),
  kPa: unit('kPa', 'kilopascal'),
  'cm[H2O]': unit('cmH2O', 'centimetres of water'),
  Cel: unit('°C', 'degrees Celsius'),
  '[degF]': unit('°F', 'degrees Fahrenheit'),
  'mmol/L': unit('mmol/L', 'millimole per litre'),
  'mg/dL': unit('mg/dL', 'milligram per decilitre'),
  '[iU]': unit('units', 'units'),
  '[IU]': unit('units', 'units'),
  U: unit('units', 'units'),
  '[iU]/h': unit('units/h', 'units per hour'),
  '[IU]/h': unit('units/h', 'units per hour'),
  'U/h': unit('units/h', 'units per hour'),
  g: unit('g', 'gram'),
  kg: unit('kg', 'kilogram'),
  '[lb_av]': unit('lb', 'pounds'),
  'kg/m2': unit('kg/m²', 'kilograms per square metre'),
  mg: unit('mg', 'milligram'),
  ug: unit('µg', 'microgram'),
  L: unit('L', 'litre'),
  dL: unit('dL', 'decilitre'),
  mL: unit('mL', 'millilitre'),
  uL: unit('µL', 'microlitre'),
  'L/min': unit('L/min', 'litres per minute'),
  mol: unit('mol', 'mole'),
  mmol: unit('mmol', 'millimole'),
  m: unit('m', 'metre'),
  cm: unit('cm', 'centimetre'),
  mm: unit('mm', 'millimetre'),
  '[in_i]': unit('in', 'inches'),
  dB: unit('dB', 'decibel'),
  'dB[mW]': unit('dBm', 'decibel milliwatt'),
};

/** Words of a UCUM unit. Annotations lose their braces; what is not known passes through as the device sent it. */
export function unitWords(ucum: string): UnitWords {
  const exact = UNITS[ucum];
  if (exact) return exact;
  const annotation = /^\{([^{}]+)\}$/.exec(ucum)?.[1];
  if (annotation !== undefined) {
    const words = annotation.replaceAll('_', ' ');
    return unit(words, words);
  }
  const slash = ucum.indexOf('/');
  if (slash >= 0 && slash < ucum.length - 1) {
    const top = slash === 0 ? unit('', '') : unitWords(ucum.slice(0, slash));
    const bottom = unitWords(ucum.slice(slash + 1));
    return unit(`${top.shown}/${bottom.shown}`, `${top.spoken} per ${bottom.spoken}`.trim());
  }
  const plain = ucum.replace(/\{[^{}]*\}/g, '').trim();
  return unit(plain, plain);
}
