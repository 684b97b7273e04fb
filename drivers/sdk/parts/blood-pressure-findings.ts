import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { bits, compound, type Details, observation, time } from '../findings.js';
import {
  BLOOD_PRESSURE_STATUS,
  type BloodPressureMeasurement,
  parseBloodPressureMeasurement,
  pulseRange,
} from './blood-pressure.js';
import { originOf } from './gatt-clock.js';
import { measured, numericOrAbsent } from './gatt-findings.js';
import { bitsSet } from './gatt-values.js';
import { LIVE_FRESH_MS, type VitalSource } from './vital-source.js';

const PRESSURE = mdc('MDC_PRESS_BLD_NONINV');
const STATUS = mdc('MDC_BLOOD_PRESSURE_MEASUREMENT_STATUS');
const CUFF = term('blood-pressure.cuff-pressure');
const UCUM = { mmHg: 'mm[Hg]', kPa: 'kPa' } as const;
const POSITIVE = { above: 0 };

/** Movement, a loose cuff and the wrong height spoil the value itself; an irregular pulse is a fact beside it. */
const SPOILING = [0, 1, 5];

function statusNames(status: number): { readonly bit: number; readonly meaning: Code }[] {
  const named = bitsSet(status, 16).flatMap((bit) => {
    const name = BLOOD_PRESSURE_STATUS[bit];
    return name ? [{ bit, meaning: term(name) }] : [];
  });
  const range = pulseRange(status);
  if (range === 'above') named.push({ bit: 3, meaning: term('blood-pressure.pulse-too-high') });
  if (range === 'below') named.push({ bit: 4, meaning: term('blood-pressure.pulse-too-low') });
  return named;
}

function pressures(value: BloodPressureMeasurement, details: Details): Finding {
  const unit = UCUM[value.unit];
  return compound(
    PRESSURE,
    [
      [mdc('MDC_PRESS_BLD_NONINV_SYS'), numericOrAbsent(value.systolic, unit, POSITIVE)],
      [mdc('MDC_PRESS_BLD_NONINV_DIA'), numericOrAbsent(value.diastolic, unit, POSITIVE)],
      [mdc('MDC_PRESS_BLD_NONINV_MEAN'), numericOrAbsent(value.meanArterialPressure, unit, POSITIVE)],
    ],
    details,
  );
}

/** 2A35, in the unit of the monitor. Monitors send stored measurements too: the time tells. */
export const bloodPressureSource: VitalSource = {
  channel: '2A35',
  continuous: false,
  code: PRESSURE,
  findings({ bytes, at }, { timeline, order, qualifiers }): readonly Finding[] {
    const value = parseBloodPressureMeasurement(bytes);
    const status = value.measurementStatus ?? 0;
    const when = value.hasTimestamp ? timeline.place(value.timestamp, at, order) : time(at);
    const spoilt = bitsSet(status, 16).some((bit) => SPOILING.includes(bit));
    const details: Details = {
      at: when,
      source: '2A35',
      origin: originOf(when, at),
      validity: spoilt ? 'questionable' : 'unqualified',
      qualifiers,
      instance: order - 1,
    };
    const plain: Details = { ...details, validity: 'unqualified' };
    const findings = [pressures(value, details)];
    if (value.pulseRate !== undefined) {
      findings.push(measured(mdc('MDC_PULS_RATE_NON_INV'), value.pulseRate, '{beats}/min', details, POSITIVE));
    }
    if (value.measurementStatus !== undefined) {
      findings.push(bits(STATUS, { raw: status, width: 16, set: statusNames(status) }, plain));
    }
    // 255: the device does not know which of its users it was.
    if (value.userId !== undefined && value.userId !== 255) {
      findings.push(observation(term('blood-pressure.user'), value.userId, '1', plain));
    }
    return findings;
  },
};

/** 2A36: the pressure in the cuff while it measures. */
export const cuffPressureSource: VitalSource = {
  channel: '2A36',
  continuous: false,
  intermediate: true,
  code: CUFF,
  findings({ bytes, at }): readonly Finding[] {
    const { systolic, unit } = parseBloodPressureMeasurement(bytes, '2A36');
    return [measured(CUFF, systolic, UCUM[unit], { at, source: '2A36', freshFor: LIVE_FRESH_MS, validity: 'ongoing' })];
  },
};
