import { UNITS } from '@onebox/protocol/units.js';

/** Units of OBX-6 as senders write them beside UCUM. Only spellings with one meaning. */
const SPELLINGS: Readonly<Record<string, string>> = {
  volt: 'V',
  volts: 'V',
  v: 'V',
  millivolt: 'mV',
  mv: 'mV',
  ohm: 'Ohm',
  ohms: 'Ohm',
  '\u03a9': 'Ohm',
  '\u2126': 'Ohm',
  '[ohm]': 'Ohm',
  msec: 'ms',
  sec: 's',
  seconds: 's',
  joule: 'J',
  joules: 'J',
  j: 'J',
  percent: '%',
  '{%}': '%',
  month: 'mo',
  months: 'mo',
  mon: 'mo',
  year: 'a',
  years: 'a',
  bpm: '{beats}/min',
  ppm: '{beats}/min',
  'min-1': '{beats}/min',
  '1/min': '{beats}/min',
  '/min': '{beats}/min',
  '{bpm}': '{beats}/min',
  '{ppm}': '{beats}/min',
  'beats/min': '{beats}/min',
  '{beats}/m': '{beats}/min',
  '{pulses}/min': '{beats}/min',
  shocks: '{shocks}',
  '{shock}': '{shocks}',
  episodes: '{episodes}',
  '{episode}': '{episodes}',
  beats: '{beats}',
  '{beat}': '{beats}',
  sequences: '{seq}',
  '{sequences}': '{seq}',
  switches: '{switches}',
  '{switch}': '{switches}',
};

/** The UCUM code of what OBX-6 says, wherever in it the unit stands; undefined where none is known. */
export function statedUnit(components: readonly string[]): string | undefined {
  for (const component of components) {
    const text = component.trim();
    if (text === '') continue;
    if (UNITS.has(text)) return text;
    const key = text.toLowerCase();
    if (Object.hasOwn(SPELLINGS, key)) return SPELLINGS[key];
  }
  return undefined;
}

/** True for units that count things: the term says what, and no sender can mean another. */
export function isCount(ucum: string): boolean {
  return /^\{[a-z]+\}$/.test(ucum);
}

/** Whether two units measure the same kind of quantity. */
export function sameKind(a: string, b: string): boolean {
  return UNITS.get(a)?.kind === UNITS.get(b)?.kind;
}
