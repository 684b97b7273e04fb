import type { Time } from '@onebox/protocol/messages.js';
import { ALARMS } from './alarms.js';
import type { PumpModel } from './event-types.js';
import { type HistoryValue, historyValue, type PumpAlarm, type TempBasal } from './history-values.js';
import type { DatedEvent } from './timeline.js';

/** What the newest events of the history say about now. A history says what happened, not what is: nothing is guessed. */

export const SUSPEND = 0x1e;
export const RESUME = 0x1f;
const CLEAR_ALARM = 0x0c;
const LOW_BATTERY = 0x19;
const LOW_RESERVOIR = 0x34;
/** Events that show that the reservoir was changed or the tubing filled: warnings of before are over. */
const REWIND = 0x21;
const BATTERY = 0x1a;
const MINUTE = 60_000;

export interface KnownAlarm {
  readonly dated: DatedEvent;
  readonly alarm: number;
  readonly cleared: boolean;
}

export interface PumpState {
  /** By the newest of suspend, resume and the alarms that stop delivery; undefined when there is none. */
  readonly delivery?: { readonly state: 'suspended' | 'resumed' | 'alarm'; readonly dated: DatedEvent };
  readonly lastBolus?: DatedEvent;
  readonly lastMeterGlucose?: DatedEvent;
  /** A temporary basal rate that is not over yet. */
  readonly tempBasal?: { readonly dated: DatedEvent; readonly rate: TempBasal; readonly minutesLeft: number };
  /** Newest of each type. */
  readonly alarms: readonly KnownAlarm[];
  readonly lowBattery?: DatedEvent;
  readonly lowReservoir?: DatedEvent;
}

/**
 * @param events newest first
 * @param now the tablet's clock, milliseconds since 1970
 */
export function pumpState(events: readonly DatedEvent[], model: PumpModel, now: number): PumpState {
  const value = (dated: DatedEvent) => historyValue(dated.event, model);
  const newest = (matches: (dated: DatedEvent) => boolean) => events.find(matches);
  const coded = (code: number) => newest(({ event }) => event.type.code === code);
  const of = (kind: HistoryValue['kind']) => newest((dated) => value(dated)?.kind === kind);
  const warning = (code: number, over: number) => {
    const [raised, ended] = [coded(code), coded(over)];
    return raised && (ended === undefined || ended.order < raised.order) ? raised : undefined;
  };
  const delivery = deliveryOf(events, value);
  const tempBasal = runningTempBasal(events, value, now);
  return {
    ...(delivery ? { delivery } : {}),
    ...optional('lastBolus', of('bolus')),
    ...optional('lastMeterGlucose', of('meter-glucose')),
    ...(tempBasal ? { tempBasal } : {}),
    ...optional('lowBattery', warning(LOW_BATTERY, BATTERY)),
    ...optional('lowReservoir', warning(LOW_RESERVOIR, REWIND)),
    alarms: alarmsOf(events, value),
  };
}

type ValueOf = (dated: DatedEvent) => HistoryValue | undefined;

function deliveryOf(events: readonly DatedEvent[], value: ValueOf): PumpState['delivery'] {
  for (const dated of events) {
    const { code } = dated.event.type;
    if (code === SUSPEND) return { state: 'suspended', dated };
    if (code === RESUME) return { state: 'resumed', dated };
    const alarm = value(dated);
    if (alarm?.kind === 'alarm' && ALARMS[alarm.alarm]?.stops) return { state: 'alarm', dated };
  }
  return undefined;
}

function alarmsOf(events: readonly DatedEvent[], value: ValueOf): readonly KnownAlarm[] {
  const cleared = events.find(({ event }) => event.type.code === CLEAR_ALARM)?.order ?? 0;
  const newest = new Map<number, KnownAlarm>();
  for (const dated of events) {
    const alarm = value(dated) as PumpAlarm | undefined;
    if (alarm?.kind !== 'alarm' || newest.has(alarm.alarm)) continue;
    newest.set(alarm.alarm, { dated, alarm: alarm.alarm, cleared: cleared > dated.order });
  }
  return [...newest.values()];
}

/** The pump notes rate and duration as two events, the duration last. */
function runningTempBasal(events: readonly DatedEvent[], value: ValueOf, now: number): PumpState['tempBasal'] {
  const at = events.findIndex((dated) => value(dated)?.kind === 'temp-basal');
  const dated = events[at];
  const rate = dated && value(dated);
  const duration = events
    .slice(0, Math.max(at, 0))
    .map(value)
    .findLast((one) => one?.kind === 'temp-basal-duration');
  if (dated === undefined || rate?.kind !== 'temp-basal' || duration?.kind !== 'temp-basal-duration') return undefined;
  const end = endOf(dated.time, duration.minutes);
  if (end === undefined || end <= now) return undefined;
  return { dated, rate, minutesLeft: Math.ceil((end - now) / MINUTE) };
}

function endOf(start: Time, minutes: number): number | undefined {
  return start.unixMs ? start.unixMs + minutes * MINUTE : undefined;
}

function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}
