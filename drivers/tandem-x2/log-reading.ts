import { coded, dateTime, fault } from '@onebox/driver-sdk/findings.js';
import type { PhaseName } from '@onebox/driver-sdk/manifest.js';
import { term } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { HistoryPager, type Page } from './history.js';
import { ClockTrust, type Placed, placeRecords, recordFindings, sensorFindings } from './history-findings.js';
import type { PumpTimeline } from './pump-time.js';
import type { Questions } from './questions.js';

/** Of the newest records, so many seconds for the trend and so many records for events at most. */
const TREND_SECONDS = 3 * 3600;
const EVENT_SECONDS = 24 * 3600;
const MOST_TREND_RECORDS = 400;
const MOST_EVENT_RECORDS = 1000;

/** The history log: the sensor's values of the last hours, the events of the last day, and the rest. */
export class LogReading {
  /** Delivery is suspended now, and nobody has told since when. */
  suspendedNow = false;
  private readonly trust = new ClockTrust();
  private pager: HistoryPager | undefined;
  /** Read for the trend, and not yet told as events. */
  private readonly placed: Placed[] = [];
  /** Pump time of the newest record of the log. */
  private newestTime: number | undefined;

  constructor(
    private readonly questions: Questions,
    private readonly timeline: PumpTimeline,
  ) {}

  /** Values of the sensor in the last hours. The records between them are kept for the events. */
  async *trends(): AsyncGenerator<Finding, void, void> {
    for await (const placed of this.records('trends', TREND_SECONDS, MOST_TREND_RECORDS)) {
      if (!Array.isArray(placed)) yield placed;
      else for (const one of placed) yield* sensorFindings(one);
    }
  }

  async *episodes(): AsyncGenerator<Finding, void, void> {
    for (const one of this.placed) yield* recordFindings(one);
    yield* this.suspension(this.placed);
    for await (const placed of this.records('episodes', EVENT_SECONDS, MOST_EVENT_RECORDS)) {
      if (!Array.isArray(placed)) yield placed;
      else for (const one of placed) yield* told(one);
      if (Array.isArray(placed)) yield* this.suspension(placed);
    }
  }

  /** The rest of the log. */
  async *memory(): AsyncGenerator<Finding, void, void> {
    for await (const placed of this.records('memory', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)) {
      if (!Array.isArray(placed)) yield placed;
      else for (const one of placed) yield* told(one);
    }
  }

  /** Since when and why delivery is suspended: by the newest record, where it is suspended now. */
  private *suspension(records: readonly Placed[]): Generator<Finding, void, void> {
    if (!this.suspendedNow) return;
    const newest = records.findLast(({ record: { known } }) => known && /^pumping/.test(known.name));
    if (newest === undefined) return;
    this.suspendedNow = false;
    const { known, type } = newest.record;
    if (known?.name !== 'pumpingSuspended') return;
    const details = { at: newest.at, source: `record ${type}`, origin: 'stored' } as const;
    yield dateTime(term('insulin.suspended-since'), newest.at, details);
    const by = SUSPENDED_BY[known.fields.reasonId];
    if (by) yield coded(term('insulin.suspended-by'), term(by), details);
  }

  /** Pages of the log, newest first, until they are older than `seconds`; faults for what did not come. */
  private async *records(
    name: PhaseName,
    seconds: number,
    most: number,
  ): AsyncGenerator<Finding | Placed[], void, void> {
    const pager = this.pager ?? (yield* this.openLog(name));
    this.pager = pager;
    for (let read = 0; pager && !pager.done && read < most; ) {
      const page = await pager.page();
      read += page.records.length + page.gaps.length;
      const placed = [...placeRecords(page.records, this.timeline, this.trust)];
      if (name === 'trends') this.placed.unshift(...placed);
      yield placed;
      yield* gapFaults(page, name);
      if (this.questions.pump.silent) throw page.error ?? new OneBoxError('LINK_TIMEOUT');
      this.newestTime ??= page.records.at(-1)?.pumpTime;
      const oldest = page.records[0]?.pumpTime;
      if (this.newestTime !== undefined && oldest !== undefined && this.newestTime - oldest > seconds) return;
    }
  }

  private async *openLog(name: PhaseName): AsyncGenerator<Finding, HistoryPager | undefined, void> {
    const status = yield* this.questions.part(name, 'historyLogStatus', () => []);
    return status && new HistoryPager(this.questions.pump, status);
  }
}

const SUSPENDED_BY: Readonly<Record<number, OneBoxTerm>> = {
  0: 'insulin.suspended-by.user',
  1: 'insulin.suspended-by.alarm',
  6: 'insulin.suspended-by.low-glucose',
};

function told(placed: Placed): readonly Finding[] {
  return [...sensorFindings(placed), ...recordFindings(placed)];
}

function gapFaults({ gaps, error }: Page, name: PhaseName): readonly Finding[] {
  if (error === undefined) return [];
  return gaps.map(({ first, last }) => fault(error, name, { detail: `records ${first} to ${last}` }));
}
