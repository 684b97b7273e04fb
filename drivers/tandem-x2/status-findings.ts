import { absent, coded, type Details, numeric, observation, setting } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { fromScaled } from '@onebox/protocol/decimal.js';
import type { Code, Finding, Limit } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { bolusQualifiers, own, termFor } from './codes.js';
import { BASAL_ICONS, BOLUS_ENDS, TREND_ICONS } from './enumerations.js';
import type { AnswerOf } from './messages.js';
import type { PumpTimeline } from './pump-time.js';

/** The present state of the pump: what it delivers, what still acts, what is left. `at` is the tablet's clock. */

const UNITS = '[iU]';
const MINUTE = 60_000;
/** The pump computes insulin on board and takes a sensor value every five minutes. */
const FRESH_IOB = 5 * MINUTE;
const FRESH_GLUCOSE = 10 * MINUTE;
/** Sensors of this pump report up to 400 mg/dL; anything far beyond is no glucose value. */
const HIGHEST_GLUCOSE = 600;

/** Thousandths, as the pump counts insulin. */
export const milli = (value: number) => fromScaled(value, -3);

export function batteryFindings(
  { currentBatteryAbc: actual, currentBatteryIbc: indicated }: AnswerOf<'currentBatteryV1'>,
  charging: number | undefined,
  at: number,
): readonly Finding[] {
  const field = charging === undefined ? 'op 53' : 'op 145';
  const details: Details = { at, source: field, component: 'battery' };
  const percent = (what: Code, value: number) =>
    value > 100 ? absent(what, 'not-a-number', details) : observation(what, value, '%', details);
  const states: readonly OneBoxTerm[] = ['battery.charge-state.discharging', 'battery.charge-state.charging'];
  return [
    percent(mdc('MDC_ATTR_VAL_BATT_CHARGE'), indicated),
    percent(own('battery', 'actual', 'actual battery charge'), actual),
    ...(charging === undefined
      ? []
      : [coded(term('battery.charge-state'), termFor(states[charging], own('charging-status', charging)), details)]),
  ];
}

/** Whole units, with the pump's own limit for "low". */
export function reservoirFinding(answer: AnswerOf<'insulinStatus'>, at: number): Finding {
  const { currentInsulinAmount, isEstimate, insulinLowAmount } = answer;
  const low: Limit = {
    kind: v1.Limit.Kind.KIND_LOW,
    value: numeric(insulinLowAmount, UNITS),
    owner: v1.Limit.Owner.OWNER_DEVICE,
  };
  return observation(mdc('MDC_INS_RESERVOIR'), currentInsulinAmount, UNITS, {
    at,
    source: 'op 37',
    component: 'reservoir',
    limits: [low],
    ...(isEstimate === 0 ? {} : { validity: 'estimated' as const }),
  });
}

export function basalFindings(answer: AnswerOf<'currentBasalStatus'>, at: number): readonly Finding[] {
  const details: Details = { at, source: 'op 41' };
  return [
    setting(mdc('MDC_INS_BASAL_RATE_SETTING'), milli(answer.profileBasalRate), '[iU]/h', details),
    observation(mdc('MDC_INS_BASAL'), milli(answer.currentBasalRate), '[iU]/h', { ...details, freshFor: FRESH_IOB }),
  ];
}

/** A temporary rate in percent of the profile, while it holds. */
export function temporaryBasal(answer: AnswerOf<'tempRate'>, timeline: PumpTimeline, at: number): readonly Finding[] {
  const { active, percentage, startTimeRaw, duration } = answer;
  if (!active) return [];
  const source = 'op 43';
  const start = timeline.status(startTimeRaw);
  return [
    setting(mdc('MDC_INS_BASAL_TEMP_REL'), percentage, '%', { at: start, source }),
    setting(term('insulin.temporary-basal'), percentage, '%', {
      at,
      source,
      qualifiers: [own('duration-seconds', duration)],
    }),
  ];
}

/** What the pump shows: by its type, one of two estimates. */
export function onBoard(answer: AnswerOf<'controlIqIob'>, at: number): readonly Finding[] {
  const { iobType, mudaliarIOB, swan6hrIOB, timeRemainingSeconds } = answer;
  const details: Details = { at, source: 'op 109', validity: 'estimated', freshFor: FRESH_IOB };
  if (iobType !== 0 && iobType !== 1)
    return [
      absent(term('insulin.on-board'), 'unknown', { at, source: 'op 109', qualifiers: [own('iob-type', iobType)] }),
    ];
  return [
    observation(term('insulin.on-board'), milli(iobType === 1 ? swan6hrIOB : mudaliarIOB), UNITS, details),
    observation(term('insulin.on-board-remaining'), timeRemainingSeconds, 's', details),
  ];
}

export function onBoardWithoutControl(answer: AnswerOf<'nonControlIqIob'>, at: number): readonly Finding[] {
  const details: Details = { at, source: 'op 39', validity: 'estimated', freshFor: FRESH_IOB };
  return [
    observation(term('insulin.on-board'), milli(answer.iob), UNITS, details),
    observation(term('insulin.on-board-remaining'), answer.timeRemaining, 's', details),
  ];
}

/** Delivered amount at its own time; `requested` only where the pump states it. */
export function lastBolus(
  answer: AnswerOf<'lastBolusStatus'> & { readonly requestedVolume?: number },
  timeline: PumpTimeline,
  at: number,
): readonly Finding[] {
  const source = answer.requestedVolume === undefined ? 'op 49' : 'op 165';
  const what = mdc('MDC_INS_BOLUS');
  if (answer.timestamp === 0) return [absent(what, 'not-performed', { at, source })];
  const details: Details = {
    at: timeline.status(answer.timestamp),
    source,
    origin: 'stored',
    qualifiers: [
      ...bolusQualifiers(answer.bolusTypeBitmask, answer.bolusSourceId),
      own('bolus-end', answer.bolusStatusId, BOLUS_ENDS[answer.bolusStatusId]),
    ],
  };
  return [
    observation(what, milli(answer.deliveredVolume), UNITS, details),
    ...(answer.requestedVolume === undefined
      ? []
      : [observation(term('insulin.bolus-programmed'), milli(answer.requestedVolume), UNITS, details)]),
  ];
}

/** A bolus that is being given at this moment. */
export function runningBolus(
  answer: AnswerOf<'currentBolusStatus'>,
  timeline: PumpTimeline,
  at: number,
): readonly Finding[] {
  const { statusId, timestamp, requestedVolume, bolusTypeBitmask, bolusSourceId } = answer;
  if (statusId === 0) return [observation(term('insulin.active-boluses'), 0, '1', { at, source: 'op 45' })];
  return [
    observation(term('insulin.active-boluses'), 1, '1', { at, source: 'op 45', freshFor: MINUTE }),
    observation(mdc('MDC_INS_BOLUS_COMMANDED'), milli(requestedVolume), UNITS, {
      at: timeline.status(timestamp),
      source: 'op 45',
      qualifiers: bolusQualifiers(bolusTypeBitmask, bolusSourceId),
    }),
  ];
}

/** The value of the sensor that the pump is linked to, at the sensor's time. */
export function glucoseFinding(answer: AnswerOf<'currentEgvGuiData'>, timeline: PumpTimeline, at: number): Finding {
  const { bgReadingTimestampSeconds: seconds, cgmReading, egvStatusId } = answer;
  const what = mdc('MDC_CONC_GLU_ISF');
  const details: Details = {
    at: seconds === 0 ? at : timeline.status(seconds),
    source: 'op 35',
    component: 'sensor',
    freshFor: FRESH_GLUCOSE,
  };
  if (egvStatusId === 2) return absent(what, 'negative-infinity', details);
  if (egvStatusId === 3) return absent(what, 'positive-infinity', details);
  if (egvStatusId !== 1) return absent(what, egvStatusId === 0 ? 'not-a-number' : 'unknown', details);
  if (seconds === 0 || cgmReading === 0 || cgmReading > HIGHEST_GLUCOSE) return absent(what, 'not-a-number', details);
  return observation(what, cgmReading, 'mg/dL', details);
}

const TRENDS: Readonly<Record<number, OneBoxTerm>> = {
  1: 'glucose.trend.rising-fast',
  2: 'glucose.trend.rising',
  3: 'glucose.trend.rising',
  4: 'glucose.trend.steady',
  5: 'glucose.trend.falling',
  6: 'glucose.trend.falling',
  7: 'glucose.trend.falling-fast',
};

const DELIVERY: Readonly<Record<number, OneBoxTerm>> = {
  0: 'insulin.delivery.delivering',
  1: 'insulin.delivery.basal-zero',
  2: 'insulin.delivery.delivering',
  3: 'insulin.delivery.basal-zero',
  4: 'insulin.delivery.suspended',
  5: 'insulin.delivery.suspended',
  6: 'insulin.delivery.delivering',
  7: 'insulin.delivery.delivering',
};
const SUSPENDED_FOR_LOW_GLUCOSE = 5;

/** Icons of the home screen: the only place where the pump says whether it delivers, and which way the arrow points. */
export function homeScreenFindings(answer: AnswerOf<'homeScreenMirror'>, at: number): readonly Finding[] {
  const { basalStatusIconId: basal, cgmTrendIconId: trend, cgmDisplayData } = answer;
  const source = 'op 57';
  const delivery = term('insulin.delivery');
  const arrow: Details = { at, source, component: 'sensor', freshFor: FRESH_GLUCOSE };
  return [
    DELIVERY[basal]
      ? coded(delivery, termFor(DELIVERY[basal], own('basal-icon', basal, BASAL_ICONS[basal])), { at, source })
      : absent(delivery, 'unknown', { at, source, qualifiers: [own('basal-icon', basal, BASAL_ICONS[basal])] }),
    ...(basal === SUSPENDED_FOR_LOW_GLUCOSE
      ? [coded(term('insulin.suspended-by'), term('insulin.suspended-by.low-glucose'), { at, source })]
      : []),
    TRENDS[trend] && cgmDisplayData
      ? coded(term('glucose.trend'), termFor(TRENDS[trend], own('trend-icon', trend, TREND_ICONS[trend])), arrow)
      : absent(term('glucose.trend'), 'unknown', arrow),
  ];
}

export function automationFinding(closedLoopEnabled: boolean, source: string, at: number): Finding {
  const state = closedLoopEnabled ? 'insulin.automation.on' : 'insulin.automation.off';
  return coded(term('insulin.automation'), term(state), { at, source, as: 'setting' });
}
