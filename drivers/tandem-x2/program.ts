import type { Device } from '@onebox/driver-sdk/device.js';
import { component, identity } from '@onebox/driver-sdk/findings.js';
import { phase } from '@onebox/driver-sdk/parts/gatt-findings.js';
import { readIdentity } from '@onebox/driver-sdk/parts/gatt-identity.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { type AlertKind, alertFindings, malfunction } from './alert-findings.js';
import { bitNumbers } from './enumerations.js';
import { LogReading } from './log-reading.js';
import type { AnswerName, AnswerOf } from './messages.js';
import { PUMP_TIMES, Pump, type PumpTimes } from './pump.js';
import { PumpTimeline } from './pump-time.js';
import { Questions } from './questions.js';
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
  private readonly questions: Questions;
  private readonly log: LogReading;
  /** The alarms and alerts that the pump holds, as it sent them. */
  private readonly held = new Map<AlertKind, bigint>();

  constructor(
    private readonly device: Device,
    private readonly pump: Pump,
  ) {
    this.timeline = new PumpTimeline(device);
    this.questions = new Questions(device, pump);
    this.log = new LogReading(this.questions, this.timeline);
  }

  async *run(): AsyncGenerator<Finding, void, void> {
    const { device } = this;
    const api = await this.pump.ask('apiVersion');
    // Of every link: all times rest on the clock.
    const clock = await collect(this.questions.part('identity', 'timeSinceReset', (answer) => this.learn(answer)));
    const modern = api.majorVersion > 2 || (api.majorVersion === 2 && api.minorVersion >= 5);
    yield* phase(device, 'identity', () => this.identity(clock));
    yield* phase(device, 'critical', () => this.critical(modern));
    yield* phase(device, 'present', () => this.present(modern));
    yield* phase(device, 'settings', () => this.settings());
    yield* phase(device, 'trends', () => this.log.trends());
    yield* phase(device, 'episodes', () => this.log.episodes());
    yield* phase(device, 'memory', () => this.log.memory());
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

  private async *identity(clock: readonly Finding[]): AsyncGenerator<Finding, void, void> {
    const kind = { deviceClass: 'insulin-pump', type: mdc('MDC_DEV_SPEC_PROFILE_INSULIN_PUMP') } as const;
    const stated = await collect(readIdentity(this.device, kind));
    const texts = stated.find((finding) => finding.identity)?.identity ?? {};
    const version = await collect(
      this.questions.part('identity', 'pumpVersion', ({ serialNum, armSwVer, pumpRev, modelNum }) => [
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
      yield* this.questions.part(phaseName, request, ({ intMap }) => {
        const before = this.held.get(kind);
        this.held.set(kind, intMap);
        return alertFindings(kind, intMap, before);
      });
    yield* this.questions.part(
      phaseName,
      'homeScreenMirror',
      (answer, at) => {
        this.log.suspendedNow = answer.basalStatusIconId === 4 || answer.basalStatusIconId === 5;
        return status.homeScreenFindings(answer, at);
      },
      { missing: term('insulin.delivery') },
    );
    yield* this.onBoard();
    const missing = mdc('MDC_INS_BOLUS');
    if (modern)
      yield* this.questions.part(
        phaseName,
        'lastBolusStatusV2',
        (answer, at) => status.lastBolus(answer, timeline, at),
        {
          missing,
        },
      );
    else
      yield* this.questions.part(phaseName, 'lastBolusStatus', (answer, at) => status.lastBolus(answer, timeline, at), {
        missing,
      });
    yield* this.questions.part(
      phaseName,
      'currentEgvGuiData',
      (answer, at) => [status.glucoseFinding(answer, timeline, at)],
      {
        missing: mdc('MDC_CONC_GLU_ISF'),
      },
    );
  }

  /** A pump without automatic dosing knows only the other request. */
  private async *onBoard(): AsyncGenerator<Finding, void, void> {
    const missing = term('insulin.on-board');
    const first = await collect(this.questions.part('critical', 'controlIqIob', status.onBoard, { missing }));
    const refused = first.some(({ fault: found }) => found?.error === new OneBoxError('LINK_REFUSED').code);
    if (refused) yield* this.questions.part('critical', 'nonControlIqIob', status.onBoardWithoutControl, { missing });
    else yield* first;
  }

  private async *present(modern: boolean): AsyncGenerator<Finding, void, void> {
    const { timeline } = this;
    const name = 'present';
    const missing = mdc('MDC_ATTR_VAL_BATT_CHARGE');
    if (modern)
      yield* this.questions.part(
        name,
        'currentBatteryV2',
        (answer, at) => status.batteryFindings(answer, answer.chargingStatus, at),
        { missing },
      );
    else
      yield* this.questions.part(
        name,
        'currentBatteryV1',
        (answer, at) => status.batteryFindings(answer, undefined, at),
        {
          missing,
        },
      );
    yield* this.questions.part(name, 'insulinStatus', (answer, at) => [status.reservoirFinding(answer, at)], {
      missing: mdc('MDC_INS_RESERVOIR'),
    });
    yield* this.questions.part(name, 'currentBasalStatus', status.basalFindings, {
      missing: mdc('MDC_INS_BASAL_RATE_SETTING'),
    });
    yield* this.questions.part(name, 'tempRate', (answer, at) => status.temporaryBasal(answer, timeline, at));
    yield* this.questions.part(name, 'currentBolusStatus', (answer, at) => status.runningBolus(answer, timeline, at));
    yield* this.automation(modern);
    yield* this.questions.part(name, 'reminderStatus', ({ intMap }) => alertFindings('reminder', intMap));
    yield* this.questions.part(name, 'highestAam', ({ aamId, faultId }) =>
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
    const later = modern
      ? await collect(this.questions.part('present', 'controlIqInfoV2', tell('op 179'), { missing }))
      : [];
    if (later.some((finding) => finding.setting)) yield* later;
    else yield* this.questions.part('present', 'controlIqInfoV1', tell('op 105'), { missing });
  }

  private async *settings(): AsyncGenerator<Finding, void, void> {
    const name = 'settings';
    yield* this.questions.part(name, 'globalMaxBolusSettings', (answer, at) => [settings.maxBolus(answer, at)]);
    yield* this.questions.part(name, 'basalLimitSettings', (answer, at) => [settings.basalLimit(answer, at)]);
    yield* this.questions.part(name, 'cgmGlucoseAlertSettings', settings.glucoseLimits);
    const profiles = yield* this.questions.part(name, 'profileStatus', () => []);
    if (profiles === undefined || profiles.numberOfProfiles === 0 || profiles.idpSlot0Id < 0) return;
    // The first slot holds the active profile.
    const idp = profiles.idpSlot0Id;
    const profile = yield* this.questions.part(
      name,
      'idpSettings',
      (answer, at) => [settings.profileName(answer, at)],
      {
        asked: { idp },
      },
    );
    for (let segment = 0; segment < Math.min(profile?.numberOfProfileSegments ?? 0, 16); segment += 1)
      yield* this.questions.part(name, 'idpSegment', settings.segmentFindings, { asked: { idp, segment } });
  }
}

async function collect<T>(findings: AsyncGenerator<T, unknown, void>): Promise<T[]> {
  const all: T[] = [];
  for await (const finding of findings) all.push(finding);
  return all;
}
