import {
  absent,
  alert,
  coded,
  type Details,
  dateTime,
  episode,
  numeric,
  observation,
  setting,
  statistic,
} from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Alert, Code, Finding } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { v1 } from '@onebox/protocol/wire.js';
import { ALARMS } from './alarms.js';
import type { PumpModel } from './event-types.js';
import { type BolusEstimate, type HistoryValue, historyValue } from './history-values.js';
import { type KnownAlarm, type PumpState, RESUME, SUSPEND } from './state.js';
import type { DatedEvent } from './timeline.js';

/** From the history of a pump to findings. */

const EVENTS = 'urn:onebox:minimed:event';
const { STATE_ACTIVE, STATE_ENDED } = v1.Alert.State;
const { SEVERITY_CHECK, SEVERITY_CRITICAL } = v1.Severity;

/** Events for which we have a term; the others keep the pump's number and name. */
const TERMS: Readonly<Record<number, Code>> = {
  1: mdc('MDC_INS_BOLUS'),
  3: term('insulin.primed'),
  7: term('insulin.total-daily'),
  10: mdc('MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD'),
  [SUSPEND]: term('insulin.delivery.suspended'),
  [RESUME]: term('insulin.delivery.delivering'),
  25: term('alert.battery-low'),
  51: term('insulin.temporary-basal'),
  52: term('alert.reservoir-low'),
  57: mdc('MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD'),
  63: mdc('MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD'),
  64: term('carbohydrate'),
  66: term('insulin.entry'),
};

/** What the history says of now: delivery, alarms, the last bolus, a temporary basal rate. */
export function criticalFindings(state: PumpState, model: PumpModel, now: number): readonly Finding[] {
  const { lowBattery, lowReservoir, lastBolus } = state;
  return [
    ...state.alarms.map(alarmFinding),
    ...(lowBattery ? [warning('alert.battery-low', lowBattery)] : []),
    ...(lowReservoir ? [warning('alert.reservoir-low', lowReservoir)] : []),
    ...deliveryFindings(state, now),
    ...(lastBolus ? valueFindings(lastBolus, model) : []),
    ...tempBasalFindings(state, now),
  ];
}

/** The newest value of a blood glucose meter, and what pages of history do not hold. */
export function presentFindings({ lastMeterGlucose }: PumpState, model: PumpModel, now: number): readonly Finding[] {
  const nowhere: Details = { at: now, source: 'history' };
  return [
    ...(lastMeterGlucose ? valueFindings(lastMeterGlucose, model) : []),
    absent(term('insulin.on-board'), 'unsupported', nowhere),
    absent(mdc('MDC_INS_RESERVOIR'), 'unsupported', nowhere),
  ];
}

function deliveryFindings({ delivery }: PumpState, now: number): readonly Finding[] {
  const what = term('insulin.delivery');
  if (delivery === undefined) return [absent(what, 'unknown', { at: now, source: 'history page 0' })];
  const { state, dated } = delivery;
  const details: Details = { at: dated.time, source: sourceOf(dated), origin: 'derived' };
  // After an alarm that stops delivery the history does not tell what the pump does now.
  if (state === 'alarm') return [absent(what, 'unknown', { ...details, at: now })];
  if (state === 'resumed') return [coded(what, term('insulin.delivery.delivering'), details)];
  return [
    alert({ ...plainAlert('alert.delivery-suspended', dated), vendorText: dated.event.type.name }),
    coded(what, term('insulin.delivery.suspended'), details),
    ...(dated.time.unixMs ? [dateTime(term('insulin.suspended-since'), dated.time, details)] : []),
  ];
}

function tempBasalFindings({ tempBasal }: PumpState, now: number): readonly Finding[] {
  if (tempBasal === undefined) return [];
  const { dated, minutesLeft } = tempBasal;
  const details: Details = { at: now, source: sourceOf(dated), origin: 'derived' };
  return [observation(term('insulin.temporary-basal-remaining'), minutesLeft, 'min', details)];
}

function alarmFinding({ dated, alarm, cleared }: KnownAlarm): Finding {
  const type = ALARMS[alarm];
  return alert({
    ...plainAlert(type?.term ?? 'alert.device-own', dated),
    severity: type?.stops && !cleared ? SEVERITY_CRITICAL : SEVERITY_CHECK,
    state: cleared ? STATE_ENDED : STATE_ACTIVE,
    vendorText: `alarm ${alarm}${type ? ` ${type.name}` : ''}`,
  });
}

function warning(name: OneBoxTerm, dated: DatedEvent): Finding {
  return alert({ ...plainAlert(name, dated), vendorText: dated.event.type.name });
}

function plainAlert(name: OneBoxTerm, dated: DatedEvent): Alert {
  return {
    code: term(name),
    origin: v1.Alert.Origin.ORIGIN_DEVICE,
    severity: SEVERITY_CHECK,
    state: STATE_ACTIVE,
    since: dated.time,
    source: { origin: v1.Source.Origin.ORIGIN_STORED, field: sourceOf(dated) },
  };
}

/** One event of the time line, and its values. */
export function eventFindings(dated: DatedEvent, model: PumpModel): readonly Finding[] {
  const { event, time } = dated;
  const { type } = event;
  const value = historyValue(event, model);
  const own = { system: EVENTS, code: String(type.code), display: type.name };
  const known = value?.kind === 'alarm' ? term(ALARMS[value.alarm]?.term ?? 'alert.device-own') : TERMS[type.code];
  const minutes = value?.kind === 'bolus' || value?.kind === 'temp-basal-duration' ? value.minutes : 0;
  const row = episode({
    id: idOf(dated),
    time,
    type: { coding: [...(known?.coding ?? []), own] },
    vendorType: value?.kind === 'alarm' ? `${type.name} ${value.alarm}` : type.name,
    source: { origin: v1.Source.Origin.ORIGIN_STORED, field: sourceOf(dated) },
    ...(minutes > 0 ? { duration: numeric(minutes, 'min') } : {}),
  });
  return [row, ...valueFindings(dated, model)];
}

/** The numbers of an event. */
export function valueFindings(dated: DatedEvent, model: PumpModel): readonly Finding[] {
  const value = historyValue(dated.event, model);
  const details: Details = {
    at: dated.time,
    source: sourceOf(dated),
    origin: 'stored',
    instance: dated.order,
    episode: idOf(dated),
  };
  return value ? numbersOf(value, details) : [];
}

function numbersOf(value: HistoryValue, details: Details): readonly Finding[] {
  const units = (what: Code, amount: { coefficient: number; exponent: number }) =>
    observation(what, amount, '[iU]', details);
  switch (value.kind) {
    case 'bolus': {
      const kind = term(value.minutes > 0 ? 'insulin.bolus-type.extended' : 'insulin.bolus-type.fast');
      return [
        observation(mdc('MDC_INS_BOLUS'), value.amount, '[iU]', { ...details, qualifiers: [kind] }),
        units(term('insulin.bolus-programmed'), value.programmed),
        ...(value.unabsorbed ? [units(term('insulin.unabsorbed'), value.unabsorbed)] : []),
      ];
    }
    case 'prime':
      return [units(term('insulin.primed'), value.amount)];
    case 'daily-total':
      return [statistic(term('insulin.total-daily'), value.amount, '[iU]', details)];
    case 'meter-glucose': {
      const glucose = mdc('MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD');
      return value.mgPerDl === 0
        ? [absent(glucose, 'not-a-number', details)]
        : [observation(glucose, value.mgPerDl, 'mg/dL', { ...details, origin: value.meter ? 'stored' : 'entered' })];
    }
    case 'temp-basal':
      return [observation(term('insulin.temporary-basal'), value.rate, value.percent ? '%' : '[iU]/h', details)];
    case 'basal-start':
      return [setting(mdc('MDC_INS_BASAL_RATE_SETTING'), value.rate, '[iU]/h', details)];
    case 'bolus-estimate':
      return estimate(value, details);
    case 'meal': {
      const unit = value.exchanges ? '1' : 'g';
      return [observation(term('carbohydrate'), value.amount, unit, { ...details, origin: 'entered' })];
    }
    case 'insulin-entry':
      return [observation(term('insulin.entry'), value.amount, '[iU]', { ...details, origin: 'entered' })];
    case 'alarm':
    case 'temp-basal-duration':
      return [];
  }
}

function estimate(value: BolusEstimate, details: Details): readonly Finding[] {
  const estimated: Details = { ...details, validity: 'estimated' };
  const entered: Details = { ...details, origin: 'entered' };
  return [
    observation(term('insulin.bolus-estimate'), value.estimate, '[iU]', estimated),
    observation(term('insulin.unabsorbed'), value.unabsorbed, '[iU]', estimated),
    ...(value.carbohydrates > 0 ? [observation(term('carbohydrate'), value.carbohydrates, 'g', entered)] : []),
  ];
}

function idOf({ order }: DatedEvent): string {
  return `event.${order}`;
}

function sourceOf({ event }: DatedEvent): string {
  return `history record 0x${event.type.code.toString(16).padStart(2, '0')} at ${event.offset}`;
}
