import { mdc, term } from '@onebox/protocol/codes.js';
import { multiply } from '@onebox/protocol/decimal.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { coded, type Details, observation } from '../findings.js';
import { measured } from './gatt-findings.js';
import { parseHeartRateMeasurement } from './heart-rate.js';
import { LIVE_FRESH_MS, type VitalSource } from './vital-source.js';

const HEART_RATE = mdc('MDC_ECG_HEART_RATE');
const RR_INTERVAL = term('heart-rate.rr-interval');
const CONTACT = term('heart-rate.sensor-contact');

/** 1/1024 s in ms; rounded to the millisecond, which is as fine as the device counts. */
const MS_PER_UNIT = { numerator: 1000n, denominator: 1024n };

/**
 * 2A37. Without contact to the skin the rate is questionable; a rate of zero is what sensors send that have
 * none, and is no value.
 */
export const heartRateSource: VitalSource = {
  channel: '2A37',
  continuous: true,
  code: HEART_RATE,
  findings({ bytes, at }, { qualifiers, memory }): readonly Finding[] {
    const { heartRate, sensorContact, energyExpended, rrIntervals } = parseHeartRateMeasurement(bytes);
    const lost = sensorContact === 'supported-not-detected';
    const validity = lost ? 'questionable' : 'unqualified';
    const details: Details = { at, source: '2A37', freshFor: LIVE_FRESH_MS, validity, qualifiers };
    const findings: Finding[] = [];
    if (memory.get('contact') !== sensorContact && sensorContact !== 'not-supported') {
      const state = term(lost ? 'heart-rate.sensor-contact.not-detected' : 'heart-rate.sensor-contact.detected');
      findings.push(coded(CONTACT, state, { at, source: '2A37' }));
    }
    memory.set('contact', sensorContact);
    const rate = { coefficient: heartRate, exponent: 0 };
    findings.push(measured(HEART_RATE, rate, '{beats}/min', details, { above: 0 }));
    for (const [instance, interval] of rrIntervals.entries()) {
      const ms = multiply({ coefficient: interval, exponent: 0 }, MS_PER_UNIT, 0, 'half-even');
      findings.push(observation(RR_INTERVAL, ms, 'ms', { ...details, instance }));
    }
    if (energyExpended !== undefined && memory.get('energy') !== energyExpended) {
      memory.set('energy', energyExpended);
      const energy = { at, source: '2A37', as: 'statistic' } as const;
      findings.push(observation(term('heart-rate.energy-expended'), energyExpended, 'kJ', energy));
    }
    return findings;
  },
};
