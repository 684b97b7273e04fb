import { absent, type Details, setting, text } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { own } from './codes.js';
import type { AnswerOf } from './messages.js';
import { milli } from './status-findings.js';

/** What is programmed. */

const UNITS = '[iU]';
/** Bits of a segment: which of its values are set. */
const SET = { basal: 1, carbRatio: 2, target: 4, sensitivity: 8 } as const;

export function maxBolus(answer: AnswerOf<'globalMaxBolusSettings'>, at: number): Finding {
  return setting(term('insulin.bolus-limit'), milli(answer.maxBolus), UNITS, { at, source: 'op 141' });
}

export function basalLimit(answer: AnswerOf<'basalLimitSettings'>, at: number): Finding {
  return setting(term('insulin.basal-limit'), milli(answer.basalLimit), '[iU]/h', { at, source: 'op 139' });
}

export function profileName(answer: AnswerOf<'idpSettings'>, at: number): Finding {
  return text(term('insulin.profile'), answer.name, { at, source: 'op 65', as: 'setting' });
}

/** One segment of the active profile, from its start until the next one. */
export function segmentFindings(answer: AnswerOf<'idpSegment'>, at: number): readonly Finding[] {
  const { profileStartTime: minutes, idpStatusId, segmentIndex } = answer;
  const two = (value: number) => String(value).padStart(2, '0');
  const start = own('segment-start', `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`);
  const details: Details = { at, source: 'op 67', instance: segmentIndex, qualifiers: [start] };
  const value = (bit: number, what: Code, unit: string, amount: Parameters<typeof setting>[1]) =>
    (idpStatusId & bit) === 0
      ? absent(what, 'off', { ...details, as: 'setting' })
      : setting(what, amount, unit, details);
  return [
    value(SET.basal, mdc('MDC_INS_BASAL_RATE_SCHED'), '[iU]/h', milli(answer.profileBasalRate)),
    value(SET.carbRatio, mdc('MDC_INS_I2CHO_SCHED'), 'g/[iU]', milli(answer.profileCarbRatio)),
    value(SET.sensitivity, mdc('MDC_INS_ISF_SCHED'), 'mg/dL/[iU]', answer.profileISF),
    value(SET.target, term('glucose.target'), 'mg/dL', answer.profileTargetBG),
  ];
}

/** Limits at which the pump warns of a sensor value; switched off ones are absent. */
export function glucoseLimits(answer: AnswerOf<'cgmGlucoseAlertSettings'>, at: number): readonly Finding[] {
  const details: Details = { at, source: 'op 91', component: 'sensor' };
  const limit = (what: Code, enabled: number, threshold: number) =>
    enabled === 0 ? absent(what, 'off', { ...details, as: 'setting' }) : setting(what, threshold, 'mg/dL', details);
  return [
    limit(mdc('MDC_CONC_GLU_PATIENT_THRESHOLD_LOW'), answer.lowGlucoseAlertEnabled, answer.lowGlucoseAlertThreshold),
    limit(mdc('MDC_CONC_GLU_PATIENT_THRESHOLD_HIGH'), answer.highGlucoseAlertEnabled, answer.highGlucoseAlertThreshold),
  ];
}
