import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { convert } from '@onebox/protocol/units.js';
import { coded, type Details, numeric, observation, time } from '../findings.js';
import { originOf } from './gatt-clock.js';
import { absentReason, measured } from './gatt-findings.js';
import type { MedFloat } from './gatt-values.js';
import { parseTemperatureMeasurement, TEMPERATURE_TYPES } from './health-thermometer.js';
import { LIVE_FRESH_MS, type VitalSource } from './vital-source.js';

const BODY = mdc('MDC_TEMP_BODY');
const SITE = term('temperature.site');
const INTERMEDIATE = term('temperature.intermediate');

/** Always degrees Celsius; what a Fahrenheit thermometer said stands beside it, with the same number of decimals. */
function temperature(what: Code, value: MedFloat, unit: 'C' | 'F', details: Details): Finding {
  if (unit === 'C' || absentReason(value) || typeof value === 'string') return measured(what, value, 'Cel', details);
  const digits = Math.max(1, -value.exponent);
  const celsius = convert(value, '[degF]', 'Cel', { digits });
  return observation(what, celsius, 'Cel', { ...details, original: numeric(value, '[degF]') });
}

function site(type: number | undefined): readonly Code[] {
  const name = type === undefined ? undefined : TEMPERATURE_TYPES[type];
  return name ? [term(name)] : [];
}

/** 2A1C. The place is in the value, or was read once from 2A1D. */
export const temperatureSource: VitalSource = {
  channel: '2A1C',
  continuous: false,
  code: BODY,
  findings({ bytes, at }, { timeline, order, qualifiers }): readonly Finding[] {
    const { value, unit, timestamp, hasTimestamp, temperatureType } = parseTemperatureMeasurement(bytes);
    const when = hasTimestamp ? timeline.place(timestamp, at, order) : time(at);
    const place = temperatureType === undefined ? qualifiers : site(temperatureType);
    const details: Details = {
      at: when,
      source: '2A1C',
      origin: originOf(when, at),
      qualifiers: place,
      instance: order - 1,
    };
    const where = site(temperatureType).map((name) => coded(SITE, name, { ...details, qualifiers: [] }));
    return [...where, temperature(BODY, value, unit, details)];
  },
};

/** 2A1E: on the way to the final value. */
export const intermediateTemperatureSource: VitalSource = {
  channel: '2A1E',
  continuous: false,
  intermediate: true,
  code: INTERMEDIATE,
  findings({ bytes, at }, { qualifiers }): readonly Finding[] {
    const { value, unit, temperatureType } = parseTemperatureMeasurement(bytes, '2A1E');
    const place = temperatureType === undefined ? qualifiers : site(temperatureType);
    const details: Details = { at, source: '2A1E', freshFor: LIVE_FRESH_MS, validity: 'ongoing', qualifiers: place };
    return [temperature(INTERMEDIATE, value, unit, details)];
  },
};
