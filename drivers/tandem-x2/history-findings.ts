import { absent, code, type Details, episode, evidence, observation, text } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { equals, rescale } from '@onebox/protocol/decimal.js';
import type { Code, Decimal, Finding, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { alertCode, alertWords } from './alert-findings.js';
import { bolusQualifiers, own } from './codes.js';
import {
  type HistoryRecord,
  type KnownRecord,
  RECORDS,
  type RecordFields,
  SUSPEND_REASONS,
} from './history-records.js';
import type { PumpTimeline } from './pump-time.js';
import { CHANNELS } from './requests.js';
import { milli } from './status-findings.js';

/**
 * What one record of the history says. A record of a type that is not known, or whose meaning nobody has documented,
 * stands with its bytes: nothing is dropped.
 */

const UNITS = '[iU]';
const HIGHEST_GLUCOSE = 600;

export interface Placed {
  readonly record: HistoryRecord;
  readonly at: Time;
}

/** Times of a run of records, newest last. Where the clock went back, what lies before has no time. */
export function placeRecords(
  records: readonly HistoryRecord[],
  timeline: PumpTimeline,
  trust: ClockTrust,
): readonly Placed[] {
  return records
    .toReversed()
    .map((record) => ({ record, at: timeline.record(record.pumpTime, record.sequence, trust.of(record)) }))
    .reverse();
}

/** Seconds by which a record may be dated before the one before it: they are written out of order within a message. */
const JITTER = 60;

/** Walks from the newest record to older ones: times are good as far back as the clock was not changed. */
export class ClockTrust {
  private trusted = true;
  private newer = Number.POSITIVE_INFINITY;

  of(record: HistoryRecord): boolean {
    if (record.pumpTime > this.newer + JITTER) this.trusted = false;
    this.newer = record.pumpTime;
    const { trusted } = this;
    if (record.known?.name === 'dateChange') this.trusted = false;
    return trusted;
  }
}

/** Values of the glucose sensor that the pump kept. */
export function sensorFindings({ record, at }: Placed): readonly Finding[] {
  const { known, sequence } = record;
  if (known?.name !== 'dexcomG6' && known?.name !== 'dexcomG7') return [];
  const { glucoseValueStatusRaw: status, currentGlucoseDisplayValue: value } = known.fields;
  const what = mdc('MDC_CONC_GLU_ISF');
  const details: Details = { at, source: `record ${record.type}`, origin: 'stored', component: 'sensor' };
  const numbered: Details = { ...details, instance: sequence };
  if (status === 1) return [absent(what, 'positive-infinity', numbered)];
  if (status === 2) return [absent(what, 'negative-infinity', numbered)];
  if (status !== 0 || value === 0 || value > HIGHEST_GLUCOSE) return [absent(what, 'not-a-number', numbered)];
  return [observation(what, value, 'mg/dL', numbered)];
}

/** Everything that is no value of the sensor. */
export function recordFindings(placed: Placed): readonly Finding[] {
  const { known } = placed.record;
  if (known?.name === 'dexcomG6' || known?.name === 'dexcomG7') return [];
  return (known && knownFindings(known, placed)) ?? rawFindings(placed);
}

function knownFindings(known: KnownRecord, placed: Placed): readonly Finding[] | undefined {
  switch (known.name) {
    case 'alarmActivated':
      return [event(placed, alertCode('alarm', known.fields.alarmId), alertWords('alarm', known.fields.alarmId))];
    case 'alertActivated':
      return [event(placed, alertCode('alert', known.fields.alertId), alertWords('alert', known.fields.alertId))];
    case 'pumpingSuspended':
      return suspended(known.fields, placed);
    case 'pumpingResumed':
      return [event(placed, term('insulin.delivery.delivering'), 'Pumping Resumed')];
    case 'bolusDelivery':
      return delivery(known.fields, placed);
    case 'bolusCompleted':
      return completed(known.fields, placed);
    case 'basalRateChange':
      return [
        event(placed, mdc('MDC_INS_BASAL_PRGM'), 'Basal Rate Change'),
        ...amount(mdc('MDC_INS_BASAL_PRGM'), known.fields.commandBasalRate, '[iU]/h', placed),
      ];
    case 'carbEntered':
      return amount(term('carbohydrate'), known.fields.carbs, 'g', placed, 'entered');
    case 'bg':
      return bloodGlucose(known.fields, placed);
    case 'cartridgeFilled':
      return [
        event(placed, own('event', 'cartridge-filled', 'Cartridge Filled'), 'Cartridge Filled'),
        ...amount(own('cartridge', 'filled'), known.fields.insulinActual, UNITS, placed),
      ];
    case 'dailyBasal':
      return amount(term('insulin.total-daily-basal'), known.fields.dailyTotalBasal, UNITS, placed);
    case 'dateChange':
      return [event(placed, own('event', 'date-change', 'Date Change'), 'Date Change')];
    default:
      return undefined;
  }
}

/** A thing that happened, in the order of the log. */
function event({ record, at }: Placed, type: Code, vendorType: string, outcome?: Code): Finding {
  return episode({
    id: `record.${record.sequence}`,
    number: record.sequence,
    time: at,
    type,
    vendorType,
    ...(outcome ? { outcome } : {}),
    source: { origin: v1.Source.Origin.ORIGIN_STORED, field: `record ${record.type}` },
  });
}

function suspended({ reasonId }: RecordFields<'pumpingSuspended'>, placed: Placed): readonly Finding[] {
  const reason = SUSPEND_REASONS[reasonId] ?? `reason ${reasonId}`;
  return [event(placed, term('insulin.delivery.suspended'), `Pumping Suspended ${reason}`)];
}

/** A bolus that was given; the record of its beginning (status 1) is an event without an amount. */
function delivery(fields: RecordFields<'bolusDelivery'>, placed: Placed): readonly Finding[] {
  const { bolusDeliveryStatusId: status, bolusTypeBitmask, bolusSource, deliveredTotal, bolusID } = fields;
  const words = `Bolus ${bolusID}`;
  const happened = event(placed, mdc('MDC_INS_BOLUS'), status === 1 ? `${words} started` : words);
  if (status !== 0) return [happened];
  const details = { ...stored(placed), qualifiers: bolusQualifiers(bolusTypeBitmask, bolusSource) };
  return [happened, observation(mdc('MDC_INS_BOLUS'), milli(deliveredTotal), UNITS, details)];
}

/** The same bolus by another record: what was asked for, for a bolus that was stopped. */
function completed(fields: RecordFields<'bolusCompleted'>, placed: Placed): readonly Finding[] {
  return amount(term('insulin.bolus-programmed'), fields.insulinRequested, UNITS, placed);
}

function bloodGlucose({ bg }: RecordFields<'bg'>, placed: Placed): readonly Finding[] {
  const what = mdc('MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD');
  const details: Details = { ...stored(placed), origin: 'entered' };
  return [
    bg === 0 || bg > HIGHEST_GLUCOSE ? absent(what, 'not-a-number', details) : observation(what, bg, 'mg/dL', details),
  ];
}

/** A number that the pump keeps as a 32-bit float: shown to the thousandth, with the float beside it. */
function amount(
  what: Code,
  value: Decimal | undefined,
  unit: string,
  placed: Placed,
  origin: 'stored' | 'entered' = 'stored',
): readonly Finding[] {
  const details: Details = { ...stored(placed), origin };
  if (value === undefined || (value.coefficient ?? 0) < 0) return [absent(what, 'not-a-number', details)];
  if ((value.exponent ?? 0) >= -3) return [observation(what, value, unit, details)];
  const rounded = rescale(value, 3, 'half-even');
  const original = equals(rounded, value) ? {} : { original: { value, unit } };
  return [observation(what, rounded, unit, { ...details, ...original })];
}

function stored({ record, at }: Placed): Details {
  return {
    at,
    source: `record ${record.type}`,
    origin: 'stored',
    instance: record.sequence,
    episode: `record.${record.sequence}`,
  };
}

/** The bytes, and that they are there. */
function rawFindings({ record, at }: Placed): readonly Finding[] {
  const { type, sequence, bytes, known } = record;
  const id = `record.${sequence}`;
  const name = known ? RECORDS[known.name].name : undefined;
  const what = code('urn:onebox:tandem-x2:record', type, name ? { display: name } : {});
  const from = { origin: v1.Source.Origin.ORIGIN_STORED, field: `record ${type}`, evidenceId: id };
  return [
    evidence(id, CHANNELS.history, bytes),
    text(what, hex(bytes.subarray(10)), { at, source: from, instance: sequence }),
  ];
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
