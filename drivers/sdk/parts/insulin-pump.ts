import { mdc, term } from '@onebox/protocol/codes.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import type { Device, Packet } from '../device.js';
import { absent, fault } from '../findings.js';
import type { PhaseName } from '../manifest.js';
import { crcFindings } from './e2e-findings.js';
import { DeviceTimeline, readClock } from './gatt-clock.js';
import { isLocal, localFault, phase } from './gatt-findings.js';
import { readBattery, readIdentity } from './gatt-identity.js';
import { hasBit } from './gatt-values.js';
import {
  ACTIVE_BOLUS_IDS,
  type IddProfile,
  parseAnnunciation,
  parseIddFeatures,
  parseIddStatus,
} from './insulin-delivery.js';
import {
  activeBolusFindings,
  annunciationAlert,
  answerFindings,
  featureFindings,
  statusFindings,
} from './insulin-findings.js';
import { type HistoryEvent, parseHistoryEvent, ReferenceTimes } from './insulin-history.js';
import { historyFinding } from './insulin-history-findings.js';
import { insulinRecordAccess, type Protect, protectRequests } from './insulin-record-access.js';
import { askStatus, type ReaderRequest } from './insulin-status-reader.js';
import { type ProcedureEnd, type ProcedureOptions, procedureEnd, recordAccess } from './record-access.js';
import { recordPages } from './record-pages.js';

/**
 * The program of a pump with the Insulin Delivery Service: who it is; whether it delivers and what it warns of;
 * insulin on board, basal rate, running boluses and the last one; its whole history.
 */
export async function* insulinPump(
  device: Device,
  profile: IddProfile,
  options: ProcedureOptions = {},
): AsyncGenerator<Finding, void, void> {
  const pump = new Pump(device, profile, options);
  const type = mdc('MDC_DEV_SPEC_PROFILE_INSULIN_PUMP');
  // What everything else rests on is read on every link.
  const opening = await pump.open();
  yield* phase(device, 'identity', async function* () {
    yield* readIdentity(device, { deviceClass: 'insulin-pump', type });
    yield* opening.identity;
  });
  yield* phase(device, 'critical', async function* () {
    yield* pump.state();
    yield* readBattery(device);
  });
  yield* phase(device, 'present', () => pump.present());
  yield* phase(device, 'settings', async function* () {
    yield* opening.settings;
  });
  yield* phase(device, 'memory', () => pump.history());
}

/** Events that are looked at for the last bolus, newest first. */
const WINDOWS = [64, 1024];
const PAGE = 256;
const DELIVERED = 0x0069;
const REMAINING = 0x33;
const INSULIN_ON_BOARD_BIT = 15;

/** What is asked of the status reader, and what is missing when it does not answer. */
const QUESTIONS: readonly (readonly [ReaderRequest, Code])[] = [
  ['insulinOnBoard', term('insulin.on-board')],
  ['activeBasalRate', mdc('MDC_INS_BASAL_RATE_SETTING')],
  ['totalDailyInsulin', term('insulin.total-daily')],
  ['deliveredInsulin', term('insulin.delivered-bolus')],
];

class Pump {
  private readonly timeline: DeviceTimeline;
  private readonly references = new ReferenceTimes();
  private profile: IddProfile;
  private options: ProcedureOptions;
  private protect: Protect;
  private onBoard = true;

  constructor(
    private readonly device: Device,
    profile: IddProfile,
    private readonly given: ProcedureOptions,
  ) {
    this.timeline = new DeviceTimeline(device);
    this.profile = profile;
    this.protect = protectRequests(profile);
    this.options = this.access();
  }

  /** Features first: they say whether values and requests carry a counter and a CRC. */
  async open(): Promise<{ readonly identity: readonly Finding[]; readonly settings: readonly Finding[] }> {
    const identity: Finding[] = [];
    for await (const finding of readClock(this.device, this.timeline)) identity.push(finding);
    const settings = await this.value('settings', '2B23', mdc('MDC_INS_CONC'), (bytes) => {
      const features = parseIddFeatures(bytes, this.profile.variant);
      this.profile = { ...this.profile, protected: features.protected };
      this.onBoard = hasBit(features.flags, INSULIN_ON_BOARD_BIT);
      const at = this.device.now();
      return [...featureFindings(features, at), ...crcFindings(features.check, at, '2B23')];
    });
    this.protect = protectRequests(this.profile);
    this.options = this.access();
    return { identity, settings };
  }

  private access(): ProcedureOptions {
    return { ...this.given, point: insulinRecordAccess(this.profile, this.protect) };
  }

  async *state(): AsyncGenerator<Finding, void, void> {
    const at = () => this.device.now();
    yield* await this.value('critical', '2B21', term('insulin.delivery'), (bytes) =>
      statusFindings(parseIddStatus(bytes, this.profile), at()),
    );
    yield* await this.value('critical', '2B22', undefined, (bytes) =>
      annunciationAlert(parseAnnunciation(bytes, this.profile)),
    );
  }

  async *present(): AsyncGenerator<Finding, void, void> {
    if (this.device.channels.includes('2B24')) {
      for (const [name, code] of QUESTIONS) {
        if (name === 'insulinOnBoard' && !this.onBoard) {
          yield absent(code, 'unsupported', { at: this.device.now(), source: '2B23' });
          continue;
        }
        const { findings, silent } = await this.ask(name, code);
        yield* findings;
        // A pump that says nothing now says nothing to the next question either.
        if (silent) return;
      }
      yield* this.activeBoluses();
    }
    if (this.device.channels.includes('2B27')) yield* this.lastBolus();
  }

  private async ask(name: ReaderRequest, code: Code) {
    try {
      const answer = await askStatus(this.device, this.profile, this.protect, name);
      const at = this.device.now();
      const none = absent(code, 'unsupported', { at, source: '2B24' });
      return { findings: answer ? answerFindings(answer, at) : [none], silent: false };
    } catch (error) {
      return { findings: [askFault(error, code)], silent: isOneBoxError(error, 'LINK_TIMEOUT') };
    }
  }

  private async *activeBoluses(): AsyncGenerator<Finding, void, void> {
    const code = term('insulin.active-boluses');
    try {
      const running = await askStatus(this.device, this.profile, this.protect, 'activeBolusIds');
      if (running?.op !== ACTIVE_BOLUS_IDS) return;
      yield* answerFindings(running, this.device.now());
      for (const bolus of running.values.ids) {
        const operands = { bolus, selection: REMAINING };
        const answer = await askStatus(this.device, this.profile, this.protect, 'activeBolusDelivery', operands);
        if (answer?.op === 0x0359) yield* activeBolusFindings(answer.values, this.device.now());
      }
    } catch (error) {
      yield askFault(error, code);
    }
  }

  /** The last bolus stands in the history; its newest part is looked at, with the reference times for its time. */
  private async *lastBolus(): AsyncGenerator<Finding, void, void> {
    const {
      events: [last],
      end,
    } = await this.collect('reportLast');
    if (last === undefined) {
      if (!end.complete) yield ending(end, 'present');
      else yield absent(mdc('MDC_INS_BOLUS'), 'unknown', { at: this.device.now(), source: '2B28' });
      return;
    }
    const newest = last.sequence;
    await this.readReferences(newest);
    for (const size of WINDOWS) {
      const parameters = { first: Math.max(0, newest - size + 1), last: newest };
      const window = await this.collect('reportRange', parameters);
      const bolus = window.events.findLast(({ event }) => event === DELIVERED);
      if (bolus) yield this.found(bolus);
      else if (!window.end.complete) yield ending(window.end, 'present');
      if (bolus || !window.end.complete || parameters.first === 0) break;
    }
  }

  async *history(): AsyncGenerator<Finding, void, void> {
    if (!this.device.channels.includes('2B27')) return;
    const first = await this.collect('reportFirst');
    const last = await this.collect('reportLast');
    const broken = [first, last].find(({ end }) => !end.complete);
    if (broken) yield ending(broken.end, 'memory');
    if (broken || !first.events[0] || !last.events[0]) return;
    await this.readReferences(last.events[0].sequence);
    const pages = recordPages(this.device, 'memory', {
      channels: ['2B28'],
      first: first.events[0].sequence,
      last: last.events[0].sequence,
      pageKeys: PAGE,
      key: (packet) => this.parse(packet)?.sequence,
      options: this.options,
    });
    let step = await pages.next();
    for (; !step.done; step = await pages.next()) {
      try {
        const event = parseHistoryEvent(step.value.bytes, this.profile);
        this.references.learn(event);
        yield this.found(event);
      } catch (error) {
        yield localFault(error, 'memory', '2B28', term('insulin.history-event'));
      }
    }
    if (!step.value.complete) yield ending(step.value, 'memory');
  }

  private found(event: HistoryEvent): Finding {
    return historyFinding(event, this.references, this.timeline, this.device.now());
  }

  private async readReferences(sequence: number): Promise<void> {
    const { events } = await this.collect('reportReferencesUpTo', { sequence });
    for (const event of events) this.references.learn(event);
  }

  private async collect(request: string, parameters: Readonly<Record<string, number>> = {}) {
    const procedure = recordAccess(this.device, ['2B28'], request, parameters, this.options);
    const events: HistoryEvent[] = [];
    let step = await procedure.next();
    for (; !step.done; step = await procedure.next()) {
      const event = this.parse(step.value);
      if (event) events.push(event);
    }
    if (step.value.result === 'incomplete') {
      // The pump may still be at it: it refuses the next request unless this one is called off.
      await procedureEnd(recordAccess(this.device, [], 'abort', {}, { ...this.options, idleMs: 5000 }));
    }
    return { events, end: step.value };
  }

  private parse({ bytes }: Packet): HistoryEvent | undefined {
    try {
      return parseHistoryEvent(bytes, this.profile);
    } catch {
      return undefined;
    }
  }

  /** Reads one characteristic where it is there; what is wrong with it is a finding. */
  private async value(
    name: PhaseName,
    channel: string,
    code: Code | undefined,
    use: (bytes: Uint8Array) => readonly Finding[],
  ): Promise<readonly Finding[]> {
    if (!this.device.channels.includes(channel)) return [];
    try {
      return use(await this.device.read(channel));
    } catch (error) {
      return [localFault(error, name, channel, code)];
    }
  }
}

function ending(end: ProcedureEnd, name: PhaseName): Finding {
  return fault(end.error ?? new OneBoxError('NOT_REACHED'), name, { detail: `2B27 ${end.result}` });
}

function askFault(error: unknown, code: Code): Finding {
  if (!isLocal(error) && !isOneBoxError(error, 'LINK_TIMEOUT')) throw error;
  return fault(error, 'present', { detail: '2B24', code });
}
