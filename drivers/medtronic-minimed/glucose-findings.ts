import { absent, coded, type Details, observation, time } from '@onebox/driver-sdk/findings.js';
import type { DeviceTimeline } from '@onebox/driver-sdk/parts/gatt-clock.js';
import { glucoseTrend, strips } from '@onebox/driver-sdk/parts/glucose-strip.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Finding, Time } from '@onebox/protocol/messages.js';
import type { GlucoseRecord } from './glucose-page.js';

/** From glucose pages to findings: the newest reading, the trend, what was below and above the range. */

const GLUCOSE = mdc('MDC_CONC_GLU_ISF');
const FRESH_MS = 600_000;
const ORDER_OF_PAGE = 100_000;

/** Dates records of glucose pages, newest first; a changed clock leaves what is older without a date. */
export class GlucoseTimes {
  private changed = false;

  /**
   * @param timeline the pump's clock against the tablet's
   * @param trustedFrom by the pump's clock, ms: the history says that its clock was lost or changed then
   */
  constructor(
    private readonly timeline: DeviceTimeline,
    private readonly now: number,
    private readonly trustedFrom: number | undefined,
  ) {}

  date({ name, time: local }: GlucoseRecord, order: number): Time {
    const early = local !== undefined && this.trustedFrom !== undefined && local.ms < this.trustedFrom;
    const undated = this.changed || early || local === undefined;
    if (name === 'DateTimeChange') this.changed = true;
    return undated ? { ...time(0, 'order-only'), order } : this.timeline.place(local, this.now, order);
  }
}

export interface DatedRecord {
  readonly record: GlucoseRecord;
  readonly time: Time;
  readonly order: number;
}

/** @param page number of the page, 0 is the newest */
export function dated(records: readonly GlucoseRecord[], page: number, times: GlucoseTimes): readonly DatedRecord[] {
  return records.map((record, index) => {
    const order = (100 - page) * ORDER_OF_PAGE - index;
    return { record, time: times.date(record, order), order };
  });
}

/** The newest thing that the sensor said: a value, or why there is none. */
export function newestGlucose(records: readonly DatedRecord[]): readonly Finding[] {
  const newest = records.find(({ record }) => record.placed === 'relative');
  return newest ? [reading(newest, { freshFor: FRESH_MS })] : [];
}

/** Trends of the page, and one finding for each reading below or above the range, of a calibration and a lost sensor. */
export function pageFindings(records: readonly DatedRecord[], page: number): readonly Finding[] {
  const values = records.filter(({ record }) => record.name === 'GlucoseSensorData');
  const placed = values.filter(({ time: { unixMs } }) => unixMs);
  const trends = strips(placed.map(({ record, time: { unixMs } }) => ({ ms: unixMs!, mgPerDl: record.mgPerDl })));
  const quality = placed[0]?.time.quality;
  return [
    ...trends.map((strip) => {
      const at: Time = { unixMs: strip.from, endUnixMs: strip.to, ...(quality ? { quality } : {}) };
      return glucoseTrend(strip, at, { source: `glucose page ${page}` });
    }),
    // Without a date a reading stands alone, in its order.
    ...values.filter(({ time: { unixMs } }) => !unixMs).map((one) => reading(one, {})),
    ...records.flatMap(single),
  ];
}

function reading({ record, time: at, order }: DatedRecord, more: Partial<Details>): Finding {
  const details: Details = { at, source: `glucose record ${record.name}`, origin: 'stored', instance: order, ...more };
  if (record.name === 'GlucoseSensorData') return observation(GLUCOSE, record.mgPerDl!, 'mg/dL', details);
  if (record.name === 'SensorDataLow') return absent(GLUCOSE, 'negative-infinity', details);
  if (record.name === 'SensorDataHigh') return absent(GLUCOSE, 'positive-infinity', details);
  return absent(GLUCOSE, 'error', details);
}

function single(one: DatedRecord): readonly Finding[] {
  const { record, time: at, order } = one;
  const details: Details = { at, source: `glucose record ${record.name}`, origin: 'stored', instance: order };
  if (record.name === 'SensorDataLow' || record.name === 'SensorDataHigh') return [reading(one, {})];
  if (record.name === 'CalBGForGH' && record.mgPerDl)
    return [observation(term('cgm.value-entered'), record.mgPerDl, 'mg/dL', { ...details, origin: 'entered' })];
  if (record.name === 'SensorStatus' && record.kind === 'off')
    return [coded(term('cgm.sensor-state'), term('cgm.sensor-state.stopped'), details)];
  return [];
}
