/**
 * Plain English for a terminal. The window has the reviewed wording; here an id that has no phrase is made
 * readable by rule, so that nothing of a card is ever left out.
 */

const PHRASES: Readonly<Record<string, string>> = {
  'clock.fast': 'device clock {minutes} min fast, times corrected',
  'clock.slow': 'device clock {minutes} min slow, times corrected',
  'clock.not-set': 'device clock not set, only the order of events is known',
  'ev.also-reported': 'also reported: {what}',
  'ev.at-width': 'at {value}',
  'ev.device-says': '{text}',
  'ev.electrodes': 'electrodes: {count}',
  'ev.error': 'OB-{error}',
  'ev.last-days': 'in the last {count} days',
  'ev.limit-high': 'limit {value}',
  'ev.limit-low': 'limit at least {value}',
  'ev.longevity': 'about {value} left',
  'ev.magnet-after': 'not for {value} after a read',
  'ev.reported-by': 'reported: {value}',
  'ev.site': '{value}',
  'ev.status': '{value}',
  'ev.value': '{value}',
  'ev.values': 'values: {count}',
  'ev.zones-on': '{count} of {total} zones on',
  'lead.alert': '{what}',
  'lead.alerts-not-read': 'alerts could not be read',
  'lead.battery-eos': 'battery: end of service (EOS)',
  'lead.battery-eri': 'battery: replacement time reached (ERI)',
  'lead.glucose-low': 'low glucose reported while delivering',
  'lead.high-rate-today': 'high-rate episodes today: {count}',
  'lead.no-alert': 'no alert reported by the device',
  'lead.reading': 'reading first values',
  'lead.shocks': 'shocks delivered: {count}',
  'lead.shocks-counted': 'shocks counted: {count}',
  'lead.shocks-since-yesterday': 'shocks since yesterday: {count}',
  'lead.shocks-today': 'shocks delivered today: {count}',
  'lead.stimulation-off': 'stimulation is OFF',
  'lead.therapy-off': 'shock therapy is OFF',
  'match.adapter': 'cable of a usual kind, USB {usb}',
  'match.anyPort': 'any port',
  'match.company': 'company {company}',
  'match.doNotTouch': 'its driver forbids this model',
  'match.fallback': 'only standard services can be read',
  'match.manufacturerData': 'data of the maker fit',
  'match.name': 'name fits {pattern}',
  'match.none': 'no rule of a driver fits',
  'match.service': 'sends service {service}',
  'match.serviceData': 'sends data of service {service}',
  'match.usb': 'USB {usb}',
  'match.usbSerial': 'USB serial number fits {pattern}',
  'tile.named': '{what} {where}',
};

const ABSENT: Readonly<Record<string, string>> = {
  'temp-unknown': 'reading',
  unknown: 'not known',
  unsupported: 'not in this device',
  'not-permitted': 'device refused',
  error: 'read failed',
  'not-performed': 'never measured',
  masked: 'hidden by policy',
  'not-a-number': 'no valid number',
  'positive-infinity': 'above range',
  'negative-infinity': 'below range',
};

const UNITS: Readonly<Record<string, string>> = {
  '1': '',
  Ohm: 'Ω',
  kOhm: 'kΩ',
  uV: 'µV',
  uA: 'µA',
  us: 'µs',
  d: 'days',
  mo: 'months',
  a: 'years',
  Cel: '°C',
  '[degF]': '°F',
  'mm[Hg]': 'mmHg',
};

/** Written as they are in the field. */
const NAMES: Readonly<Record<string, string>> = {
  spo2: 'SpO2',
  ...Object.fromEntries(
    ['rv', 'ra', 'lv', 'mr', 'rr', 'vf', 'vt', 'svt', 'atp', 'eri', 'eos', 'usb'].map((name) => [
      name,
      name.toUpperCase(),
    ]),
  ),
};

/** A phrase with its parameters, printed already. What the phrase has no place for is left out. */
export function phraseText(id: string, params: Readonly<Record<string, string>>): string {
  const phrase = PHRASES[id];
  if (phrase === undefined) return [readable(id), ...Object.values(params)].filter(Boolean).join(' ');
  return phrase.replace(/\{(\w+)\}/g, (_place, name: string) => params[name] ?? '').trim();
}

/** Why there is no value: FHIR data-absent-reason codes. */
export function absentText(code: string): string {
  return ABSENT[code] ?? readable(code);
}

/** A UCUM unit as it is printed: `{beats}/min` -> `/min`, `[iU]/h` -> `units/h`; others as they are. */
export function unitText(ucum: string): string {
  return UNITS[ucum] ?? ucum.replace(/\[iU\]|\[IU\]/g, 'units').replace(/\{[^{}]*\}/g, '');
}

/** `insulin.delivery.suspended` -> `suspended`, `rv-lead` -> `RV lead`. */
export function readable(id: string): string {
  const words = (id.split('.').at(-1) ?? id).split('-');
  return words.map((word) => NAMES[word] ?? word).join(' ');
}

const CODES: Readonly<Record<string, string>> = {
  MDC_ATTR_VAL_BATT_CHARGE: 'battery charge',
  MDC_CONC_GLU_ISF: 'glucose in tissue',
  MDC_LEN_BODY_ACTUAL: 'body height',
  MDC_MASS_BODY_ACTUAL: 'body weight',
  MDC_PULS_OXIM_PULS_RATE: 'pulse',
  MDC_PULS_OXIM_SAT_O2: 'SpO2',
  MDC_RATIO_MASS_BODY_LEN_SQ: 'body mass index',
};

/** `MDC_IDC_MSMT_BATTERY_VOLTAGE` -> `battery voltage`. */
export function codeText(refId: string): string {
  const known = CODES[refId];
  if (known !== undefined) return known;
  return refId
    .replace(/^MDC_(IDC_(MSMT|SET|STAT|ENUM|EPISODE)_|ATTR_)?/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
}
