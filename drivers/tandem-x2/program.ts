import type { Device, RequestParameters } from '@onebox/driver-sdk/device.js';
import { coded, component, dateTime, fault, identity } from '@onebox/driver-sdk/findings.js';
import type { PhaseName } from '@onebox/driver-sdk/manifest.js';
import { phase } from '@onebox/driver-sdk/parts/gatt-findings.js';
import { readIdentity } from '@onebox/driver-sdk/parts/gatt-identity.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { type AlertKind, alertFindings, malfunction } from './alert-findings.js';
import { bitNumbers } from './enumerations.js';
import { HistoryPager, type Page } from './history.js';
import { ClockTrust, type Placed, placeRecords, recordFindings, sensorFindings } from './history-findings.js';
import type { AnswerName, AnswerOf } from './messages.js';
import { isPartial, PUMP_TIMES, Pump, type PumpTimes } from './pump.js';
import { PumpTimeline } from './pump-time.js';
import * as settings from './settings-findings.js';
import * as status from './status-findings.js';

/** Reads the pump on a link that the maker's authorisation has opened: what saves a life first, then the log. */
export async function* tandemPump(device: Device, times: PumpTimes = PUMP_TIMES): AsyncGenerator<Finding, void, void> {
  const pump = await Pump.open(device, times);
  try {
    yield* new Reading(device, pump).run();
  } finally {
    await pump.close();
  }
}

/** Of the newest records, so many seconds for the trend and so many records for events at most. */
const TREND_SECONDS = 3 * 3600;
const EVENT_SECONDS = 24 * 3600;
const MOST_TREND_RECORDS = 400;
const MOST_EVENT_RECORDS = 1000;

/** Longest time between two looks at the pump while somebody watches. */
const WATCH_MS = 20_000;
/** Events after which battery, reservoir, basal rate or automation may be others. */
const SUPPLIES: ReadonlySet<string> = new Set([
  'BATTERY',
  'REMAINING_INSULIN',
  'BASAL_CHANGE',
  'BOLUS_CHANGE',
  'CONTROL_IQ_INFO',
  'REMINDER',
  'MALFUNCTION',
]);

const { KIND_GENERATOR, KIND_BATTERY, KIND_RESERVOIR, KIND_SENSOR } = v1.Component.Kind;
const PARTS = [
  component({ id: 'pump', kind: KIND_GENERATOR, instance: 1 }),
  component({ id: 'battery', kind: KIND_BATTERY, instance: 1, parentId: 'pump' }),
  component({ id: 'reservoir', kind: KIND_RESERVOIR, instance: 1, parentId: 'pump' }),
  component({ id: 'sensor', kind: KIND_SENSOR, instance: 1, parentId: 'pump' }),
];

class Reading {
  private readonly timeline: PumpTimeline;
  private readonly trust = new ClockTrust();
  private pager: HistoryPager | undefined;
  /** Read for the trend, and not yet told as events. */
  private readonly placed: Placed[] = [];
  /** The alarms and alerts that the pump holds, as it sent them. */
  private readonly held = new Map<AlertKind, bigint>();
  private suspendedNow = false;
  /** Pump time of the newest record of the log. */
  private newestTime: number | undefined;

  constructor(
    private readonly device: Device,
    private readonly pump: Pump,
  ) {
    this.timeline = new PumpTimeline(device);
  }

  async *run(): AsyncGenerator<Finding, void, void> {
    const { device } = this;
    const api = await this.pump.ask('apiVersion');
    // Of every link: all times rest on the clock.
    const clock = await collect(this.part('identity', 'timeSinceReset', (answer) => this.learn(answer)));
    const modern = api.majorVersion > 2 || (api.majorVersion === 2 && api.minorVersion >= 5);
    yield* phase(device, 'identity', () => this.identity(clock));
    yield* phase(device, 'critical', () => this.critical(modern));
    yield* phase(device, 'present', () => this.present(modern));
    yield* phase(device, 'settings', () => this.settings());
    yield* phase(device, 'trends', () => this.trends());
    yield* phase(device, 'episodes', () => this.episodes());
    yield* phase(device, 'memory', () => this.memory());
    while (device.live) yield* this.watch(modern);
  }

  /** The present state again, when the pump says that something has changed and at the latest after some seconds. */
  private async *watch(modern: boolean): AsyncGenerator<Finding, void, void> {
    const changed = await this.pump.changes(WATCH_MS);
    yield* this.critical(modern);
    if (changed.some((name) => SUPPLIES.has(name))) yield* this.present(modern);
  }

  private learn({ currentTime }: AnswerOf<'timeSinceReset'>): readonly Finding[] {
    return [this.timeline.learn(currentTime, this.device.now())];
  }

  /** One request; a refusal or a missing answer is a fault, and what comes after is read all the same. */
  private async *part<Name extends AnswerName>(
    name: PhaseName,
    request: Name,
    tell: (answer: AnswerOf<Name>, at: number) => readonly Finding[],
    { asked, missing }: { readonly asked?: RequestParameters; readonly missing?: Code } = {},
  ): AsyncGenerator<Finding, AnswerOf<Name> | undefined, void> {
    let answer: AnswerOf<Name>;
    try {
      answer = await this.pump.ask(request, asked);
    } catch (error) {
      if (!isPartial(error) || this.pump.silent) throw error;
      yield fault(error, name, { detail: error.detail || request, ...(missing ? { code: missing } : {}) });
      return undefined;
    }
    yield* tell(answer, this.device.now());
    return answer;
  }

  private async *identity(clock: readonly Finding[]): AsyncGenerator<Finding, void, void> {
    const kind = { deviceClass: 'insulin-pump', type: mdc('MDC_DEV_SPEC_PROFILE_INSULIN_PUMP') } as const;
    const stated = await collect(readIdentity(this.device, kind));
    const texts = stated.find((finding) => finding.identity)?.identity ?? {};
    const version = await collect(
      this.part('identity', 'pumpVersion', ({ serialNum, armSwVer, pumpRev, modelNum }) => [
        identity({
          ...texts,
          deviceClass: 'insulin-pump',
          serial: String(serialNum),
          firmware: String(armSwVer),
          ...(pumpRev === '' ? {} : { hardware: pumpRev }),
          ...(texts.model ? {} : { model: String(modelNum) }),
        }),
      ]),
    );
    if (!version.some((finding) => finding.identity)) yield identity({ ...texts, deviceClass: 'insulin-pump' });
    yield* version;
    yield* stated.filter((finding) => !finding.identity);
    yield* PARTS;
    yield* clock;
  }

  private async *critical(modern: boolean): AsyncGenerator<Finding, void, void> {
    const { timeline } = this;
    const phaseName = 'critical';
    for (const [request, kind] of [
      ['alarmStatus', 'alarm'],
      ['alertStatus', 'alert'],
      ['cgmAlertStatus', 'cgm-alert'],
    ] as const satisfies readonly (readonly [AnswerName, AlertKind])[])
      yield* this.part(phaseName, request, ({ intMap }) => {
        const before = this.held.get(kind);
        this.held.set(kind, intMap);
        return alertFindings(kind, intMap, before);
      });
    yield* this.part(
      phaseName,
      'homeScreenMirror',
      (answer, at) => {
        this.suspendedNow = answer.basalStatusIconId === 4 || answer.basalStatusIconId === 5;
        return status.homeScreenFindings(answer, at);
      },
      { missing: term('insulin.delivery') },
    );
    yield* this.onBoard();
    const missing = mdc('MDC_INS_BOLUS');
    if (modern)
      yield* this.part(phaseName, 'lastBolusStatusV2', (answer, at) => status.lastBolus(answer, timeline, at), {
        missing,
      });
    else
      yield* this.part(phaseName, 'lastBolusStatus', (answer, at) => status.lastBolus(answer, timeline, at), {
        missing,
      });
    yield* this.part(phaseName, 'currentEgvGuiData', (answer, at) => [status.glucoseFinding(answer, timeline, at)], {
      missing: mdc('MDC_CONC_GLU_ISF'),
    });
  }

  /** A pump without automatic dosing knows only the other request. */
  private async *onBoard(): AsyncGenerator<Finding, void, void> {
    const missing = term('insulin.on-board');
    const first = await collect(this.part('critical', 'controlIqIob', status.onBoard, { missing }));
    const refused = first.some(({ fault: found }) => found?.error === new OneBoxError('LINK_REFUSED').code);
    if (refused) yield* this.part('critical', 'nonControlIqIob', status.onBoardWithoutControl, { missing });
    else yield* first;
  }

  private async *present(modern: boolean): AsyncGenerator<Finding, void, void> {
    const { timeline } = this;
    const name = 'present';
    const missing = mdc('MDC_ATTR_VAL_BATT_CHARGE');
    if (modern)
      yield* this.part(
        name,
        'currentBatteryV2',
        (answer, at) => status.batteryFindings(answer, answer.chargingStatus, at),
        { missing },
      );
    else
      yield* this.part(name, 'currentBatteryV1', (answer, at) => status.batteryFindings(answer, undefined, at), {
        missing,
      });
    yield* this.part(name, 'insulinStatus', (answer, at) => [status.reservoirFinding(answer, at)], {
      missing: mdc('MDC_INS_RESERVOIR'),
    });
    yield* this.part(name, 'currentBasalStatus', status.basalFindings, { missing: mdc('MDC_INS_BASAL_RATE_SETTING') });
    yield* this.part(name, 'tempRate', (answer, at) => status.temporaryBasal(answer, timeline, at));
    yield* this.part(name, 'currentBolusStatus', (answer, at) => status.runningBolus(answer, timeline, at));
    yield* this.automation(modern);
    yield* this.part(name, 'reminderStatus', ({ intMap }) => alertFindings('reminder', intMap));
    yield* this.part(name, 'highestAam', ({ aamId, faultId }) =>
      faultId === 0 || this.holds(aamId) ? [] : [malfunction(aamId, faultId)],
    );
  }

  private holds(id: number): boolean {
    return [...this.held.values()].some((map) => bitNumbers(map).includes(id));
  }

  private async *automation(modern: boolean): AsyncGenerator<Finding, void, void> {
    const missing = term('insulin.automation');
    const tell = (field: string) => (answer: AnswerOf<'controlIqInfoV1'>, at: number) => [
      status.automationFinding(answer.closedLoopEnabled, field, at),
    ];
    const later = modern ? await collect(this.part('present', 'controlIqInfoV2', tell('op 179'), { missing })) : [];
    if (later.some((finding) => finding.setting)) yield* later;
    else yield* this.part('present', 'controlIqInfoV1', tell('op 105'), { missing });
  }

  private async *settings(): AsyncGenerator<Finding, void, void> {
    const name = 'settings';
    yield* this.part(name, 'globalMaxBolusSettings', (answer, at) => [settings.maxBolus(answer, at)]);
    yield* this.part(name, 'basalLimitSettings', (answer, at) => [settings.basalLimit(answer, at)]);
    yield* this.part(name, 'cgmGlucoseAlertSettings', settings.glucoseLimits);
    const profiles = yield* this.part(name, 'profileStatus', () => []);
    if (profiles === undefined || profiles.numberOfProfiles === 0 || profiles.idpSlot0Id < 0) return;
    // The first slot holds the active profile.
    const idp = profiles.idpSlot0Id;
    const profile = yield* this.part(name, 'idpSettings', (answer, at) => [settings.profileName(answer, at)], {
      asked: { idp },
    });
    for (let segment = 0; segment < Math.min(profile?.numberOfProfileSegments ?? 0, 16); segment += 1)
      yield* this.part(name, 'idpSegment', settings.segmentFindings, { asked: { idp, segment } });
  }

  /** Values of the sensor in the last hours. The records between them are kept for the events. */
  private async *trends(): AsyncGenerator<Finding, void, void> {
    for await (const placed of this.records('trends', TREND_SECONDS, MOST_TREND_RECORDS)) {
      if (!Array.isArray(placed)) yield placed;
      else for (const one of placed) yield* sensorFindings(one);
    }
  }

  private async *episodes(): AsyncGenerator<Finding, void, void> {
    for (const one of this.placed) yield* recordFindings(one);
    yield* this.suspension(this.placed);
    for await (const placed of this.records('episodes', EVENT_SECONDS, MOST_EVENT_RECORDS)) {
      if (!Array.isArray(placed)) yield placed;
      else for (const one of placed) yield* told(one);
      if (Array.isArray(placed)) yield* this.suspension(placed);
    }
  }

  /** The rest of the log. */
  private async *memory(): AsyncGenerator<Finding, void, void> {
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
      if (this.pump.silent) throw page.error ?? new OneBoxError('LINK_TIMEOUT');
      this.newestTime ??= page.records.at(-1)?.pumpTime;
      const oldest = page.records[0]?.pumpTime;
      if (this.newestTime !== undefined && oldest !== undefined && this.newestTime - oldest > seconds) return;
    }
  }

  private async *openLog(name: PhaseName): AsyncGenerator<Finding, HistoryPager | undefined, void> {
    const status = yield* this.part(name, 'historyLogStatus', () => []);
    return status && new HistoryPager(this.pump, status);
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

async function collect<T>(findings: AsyncGenerator<T, unknown, void>): Promise<T[]> {
  const all: T[] = [];
  for await (const finding of findings) all.push(finding);
  return all;
}
