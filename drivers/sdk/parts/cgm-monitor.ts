import { mdc, term } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import type { Device, Packet } from '../device.js';
import { dateTime, fault } from '../findings.js';
import type { PhaseName } from '../manifest.js';
import {
  annunciation,
  CGM_FEATURE,
  CGM_SIG,
  type CgmProtection,
  type CgmRecord,
  parseCgmFeature,
  parseCgmMeasurements,
  parseCgmRunTime,
  parseCgmSessionStart,
  parseCgmStatus,
} from './cgm.js';
import {
  annunciationFindings,
  type CgmKind,
  cgmKind,
  glucoseOf,
  recordFindings,
  runTimeFindings,
} from './cgm-findings.js';
import { CgmTimeline } from './cgm-timeline.js';
import type { CrcVariant } from './e2e-crc.js';
import { crcFindings } from './e2e-findings.js';
import { DeviceTimeline, readClock } from './gatt-clock.js';
import { localFault, phase } from './gatt-findings.js';
import { readBattery, readIdentity } from './gatt-identity.js';
import { hasBit } from './gatt-values.js';
import { type ProcedureEnd, type ProcedureOptions, procedureEnd, recordAccess } from './record-access.js';
import { recordPages } from './record-pages.js';

/**
 * The program of a glucose monitor with the CGM Service: who it is; its state, alerts and session; the last record;
 * the last three hours; everything. The manifest lists `reportLast`, `reportRange`, `countUpTo` and `abort`.
 */
export interface CgmProfile {
  /** The rule of the E2E-CRC that this device uses. */
  readonly crc: CrcVariant;
  readonly options?: ProcedureOptions;
}

const LAST_HOURS = 180;
const DAY = 1440;
const LARGEST_OFFSET = 0xffff;
const MINUTE_MS = 60_000;

export async function* glucoseMonitor(device: Device, profile: CgmProfile): AsyncGenerator<Finding, void, void> {
  const monitor = new Monitor(device, profile);
  const type = mdc('MDC_DEV_SPEC_PROFILE_CGM');
  // What the records rest on is read on every link.
  const session = await monitor.session();
  yield* phase(device, 'identity', async function* () {
    yield* readIdentity(device, { deviceClass: 'cgm', type });
    yield* session.identity;
  });
  yield* phase(device, 'critical', async function* () {
    yield* session.critical;
    yield* readBattery(device);
  });
  yield* phase(device, 'present', () => monitor.last());
  yield* phase(device, 'trends', () => monitor.records('trends', LAST_HOURS));
  yield* phase(device, 'memory', () => monitor.records('memory', LARGEST_OFFSET));
  if (device.live) yield* monitor.watch();
}

interface Session {
  readonly identity: readonly Finding[];
  readonly critical: readonly Finding[];
}

class Monitor {
  private readonly clock: DeviceTimeline;
  private readonly timeline: CgmTimeline;
  private protection: CgmProtection;
  private kind: CgmKind = cgmKind(undefined);
  private newest: number | undefined;

  constructor(
    private readonly device: Device,
    private readonly profile: CgmProfile,
  ) {
    this.clock = new DeviceTimeline(device);
    this.timeline = new CgmTimeline(device, this.clock);
    this.protection = { ...CGM_SIG, variant: profile.crc };
  }

  /** Feature first: it says whether the other values carry a CRC. */
  async session(): Promise<Session> {
    const identity: Finding[] = [];
    const critical: Finding[] = [];
    for await (const finding of readClock(this.device, this.clock)) identity.push(finding);
    const clockIsKnown = identity.some((finding) => finding.clock);
    await this.value(identity, 'identity', '2AA8', undefined, (bytes) => {
      const feature = parseCgmFeature(bytes, this.profile.crc);
      this.protection = { variant: this.profile.crc, crc: hasBit(feature.features, CGM_FEATURE.e2eCrc) };
      this.kind = cgmKind(feature);
      return crcFindings(feature.check, this.device.now(), '2AA8');
    });
    await this.value(critical, 'critical', '2AAA', term('cgm.session-start'), (bytes) => {
      this.timeline.learnStart(parseCgmSessionStart(bytes, this.protection));
      return [];
    });
    let status: { readonly raw: number; readonly at: number } | undefined;
    await this.value(critical, 'critical', '2AA9', mdc('MDC_CGM_DEV_STAT'), (bytes) => {
      const value = parseCgmStatus(bytes, this.protection);
      const at = this.device.now();
      status = { raw: annunciation(value), at };
      this.newest = value.timeOffset;
      // The offset of a session that has stopped stands still.
      if (!hasBit(status.raw, 0)) identity.push(...this.timeline.learnNow(value.timeOffset!, at, clockIsKnown));
      return [];
    });
    const starts = this.timeline.placeAhead(0);
    if (starts) {
      critical.push(dateTime(term('cgm.session-start'), starts, { at: this.device.now(), source: '2AAA' }));
    }
    let over = false;
    await this.value(critical, 'critical', '2AAB', mdc('MDC_CGM_SENSOR_RUN_TIME'), (bytes) => {
      const { hours } = parseCgmRunTime(bytes, this.protection);
      const now = this.device.now();
      const ends = this.timeline.placeAhead(hours * 60);
      over = ends !== undefined && (ends.unixMs ?? now) + MINUTE_MS < now;
      return runTimeFindings(hours, ends, now);
    });
    if (status) critical.push(...annunciationFindings(status.raw, status.at, '2AA9', over));
    return { identity, critical };
  }

  /** The newest record. A device that has none says so. */
  async *last(): AsyncGenerator<Finding, void, void> {
    const procedure = recordAccess(this.device, ['2AA7'], 'reportLast', {}, this.profile.options);
    const end = yield* this.take(procedure, 'present', (record) => {
      this.newest = Math.max(this.newest ?? 0, record.timeOffset);
      return this.findings(record, 'stored');
    });
    yield* this.ending(end, 'present');
    if (end.result === 'incomplete') await this.abort();
  }

  /** The records of the last so many minutes, one finding each. */
  async *records(name: PhaseName, minutes: number): AsyncGenerator<Finding, void, void> {
    const newest = this.newest ?? LARGEST_OFFSET;
    const procedure = recordPages(this.device, name, {
      channels: ['2AA7'],
      first: Math.max(0, newest - minutes),
      last: newest,
      pageKeys: DAY,
      key: ({ bytes }) => this.parse(bytes)?.at(-1)?.timeOffset,
      ...(this.profile.options ? { options: this.profile.options } : {}),
    });
    yield* this.ending(yield* this.take(procedure, name, (record) => [this.stored(record)]), name);
  }

  /** What the sensor sends by itself, until the host stops it. */
  async *watch(): AsyncGenerator<Finding, void, void> {
    const stream = await this.device.packets('2AA7');
    try {
      for (;;) {
        const packet = await stream.next(30_000);
        if (packet) yield* this.decoded(packet, 'present', (record) => this.findings(record, 'live'));
      }
    } finally {
      await stream.close().catch(() => undefined);
    }
  }

  private findings(record: CgmRecord, origin: 'live' | 'stored'): readonly Finding[] {
    const at = this.timeline.place(record.timeOffset, this.device.now());
    return recordFindings(record, this.kind, { at, origin });
  }

  private stored(record: CgmRecord): Finding {
    const at = this.timeline.place(record.timeOffset, this.device.now());
    return glucoseOf(record, this.kind, { at, origin: 'stored' });
  }

  private parse(bytes: Uint8Array): readonly CgmRecord[] | undefined {
    try {
      return parseCgmMeasurements(bytes, this.protection);
    } catch {
      return undefined;
    }
  }

  private async *take(
    procedure: AsyncGenerator<Packet, ProcedureEnd, void>,
    name: PhaseName,
    use: (record: CgmRecord) => readonly Finding[],
  ): AsyncGenerator<Finding, ProcedureEnd, void> {
    let step = await procedure.next();
    for (; !step.done; step = await procedure.next()) yield* this.decoded(step.value, name, use);
    return step.value;
  }

  private *decoded(packet: Packet, name: PhaseName, use: (record: CgmRecord) => readonly Finding[]) {
    try {
      for (const record of parseCgmMeasurements(packet.bytes, this.protection)) yield* use(record);
    } catch (error) {
      yield localFault(error, name, packet.channel, this.kind.code);
    }
  }

  private *ending(end: ProcedureEnd, name: PhaseName) {
    if (end.complete) return;
    yield fault(end.error ?? new OneBoxError('NOT_REACHED'), name, { detail: `2A52 ${end.result}` });
  }

  /** The device may still be at it: it refuses the next request unless this one is called off. */
  private async abort(): Promise<void> {
    await procedureEnd(recordAccess(this.device, [], 'abort', {}, { ...this.profile.options, idleMs: 5000 }));
  }

  /** Reads one characteristic, if it is wanted and there; what is wrong with it is a finding. */
  private async value(
    into: Finding[],
    name: PhaseName,
    channel: string,
    code: Code | undefined,
    use: (bytes: Uint8Array) => readonly Finding[],
  ): Promise<void> {
    if (!this.device.channels.includes(channel)) return;
    try {
      into.push(...use(await this.device.read(channel)));
    } catch (error) {
      into.push(localFault(error, name, channel, code));
    }
  }
}
