import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import type { Device } from '../device.js';
import { evidence, fault, phaseOf, progress } from '../findings.js';
import { DeviceTimeline } from './gatt-clock.js';
import { type AgentEvent, PhdAgent } from './phd-agent.js';
import type { PhdAttributes } from './phd-attributes.js';
import type { Configuration } from './phd-configuration.js';
import { batteryFindings, measurementFindings, notMeasured, phdIdentity } from './phd-findings.js';

/**
 * Reads a personal health device (IEEE 11073-20601) over a byte pipe. The device talks first: it associates when
 * somebody switches it on, and reports when it has measured. We answer.
 */

/** How long an agent has to associate: it tries again every ten seconds or so. */
const START_MS = 30_000;
/** How long a person has to measure. */
const MEASURE_MS = 120_000;
/** A pause after a measurement after which there are no further ones. */
const PAUSE_MS = 5_000;
/** A stream of values counts as read after this. */
const STREAM_MS = 10_000;

/**
 * The whole read: identity, battery, measurements. The manifest lists the requests of `Answer` (phd-manager.ts).
 * @param channel that carries the bytes; `line` on serial
 */
export async function* personalHealthDevice(device: Device, channel: string): AsyncGenerator<Finding, void, void> {
  const reader = new PhdReader(device, channel, new PhdAgent(device, await device.packets(channel)));
  try {
    yield* reader.identify();
    yield* reader.critical();
    if (device.wants(phaseOf('present'))) yield* reader.present();
    while (device.live) yield* reader.watch();
  } finally {
    await reader.close();
  }
}

class PhdReader {
  private readonly timeline: DeviceTimeline;
  private configuration: Configuration | undefined;
  private mds: PhdAttributes | undefined;
  /** Reports that came before the device had said what it is. */
  private readonly early: AgentEvent[] = [];
  private reports = 0;

  constructor(
    private readonly device: Device,
    private readonly channel: string,
    private readonly agent: PhdAgent,
  ) {
    this.timeline = new DeviceTimeline(device);
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  /** Until the agent has associated, is configured, and has said or refused to say what it is. */
  async *identify(): AsyncGenerator<Finding, void, void> {
    yield progress('identity', 'started');
    const until = this.device.now() + START_MS;
    for (let known = false; !known; ) {
      const next = await this.agent.next(Math.max(until - this.device.now(), 0));
      if (next === undefined) throw this.agent.silent('no device associated');
      const { event, at } = next;
      if (event.kind === 'measured' || event.kind === 'other') this.early.push(next);
      else if (event.kind === 'refused') yield fault(event.error, 'identity', { detail: event.error.detail });
      else if (event.kind === 'operating') this.configuration = event.configuration;
      else if (event.kind === 'mds') yield* this.learn(event.attributes, at);
      // It may try again: the time that it has goes on.
      else if (event.kind === 'ended' && event.by !== 'manager') this.early.length = 0;
      known = event.kind === 'mds' || event.kind === 'no-mds';
    }
    yield phdIdentity(this.mds, this.configuration?.types ?? []);
    yield progress('identity', 'done');
  }

  async *critical(): AsyncGenerator<Finding, void, void> {
    if (!this.device.wants(phaseOf('critical'))) return;
    yield progress('critical', 'started');
    const findings = batteryFindings(this.mds, this.device.now());
    yield* findings;
    yield progress('critical', findings.length > 0 ? 'done' : 'not-supported');
  }

  /** Until it has released the association, paused after a measurement, or streamed for a while. */
  async *present(): AsyncGenerator<Finding, void, void> {
    yield progress('present', 'started');
    const start = this.device.now();
    let first: number | undefined;
    for (;;) {
      const left = first === undefined ? start + MEASURE_MS - this.device.now() : PAUSE_MS;
      const next = this.early.shift() ?? (await this.agent.next(Math.max(left, 0)));
      if (next === undefined) break;
      yield* this.report(next);
      if (next.event.kind === 'measured') first ??= next.at;
      if (next.event.kind === 'ended') {
        if (next.event.by === 'release') break;
        throw aborted(next.event.by === 'manager' && this.agent.refused > 0, next.event.reason);
      }
      if (first !== undefined && next.at - first >= STREAM_MS) break;
    }
    if (this.reports === 0) yield* notMeasured(this.configuration?.types ?? [], this.device.now());
    yield progress('present', 'done', { read: this.reports });
  }

  /** What comes next, for a user who goes on watching; the device may go and come back. */
  async *watch(): AsyncGenerator<Finding, void, void> {
    const next = await this.agent.next(PAUSE_MS);
    if (next === undefined) return;
    if (next.event.kind === 'operating') this.configuration = next.event.configuration;
    if (next.event.kind === 'mds') yield* this.learn(next.event.attributes, next.at);
    yield* this.report(next);
  }

  private *learn(attributes: PhdAttributes, at: number): Generator<Finding, void, void> {
    this.mds = attributes;
    if (attributes.clock) yield this.timeline.learn(attributes.clock.local, at);
  }

  private *report({ event, at }: AgentEvent): Generator<Finding, void, void> {
    if (event.kind === 'measured') {
      this.reports += 1;
      const context = { timeline: this.timeline, at, order: this.reports };
      for (const measurement of event.measurements) yield* measurementFindings(measurement, context);
    } else if (event.kind === 'other') {
      yield evidence(`event ${event.eventType.toString(16)} at ${at}`, this.channel, event.bytes);
    } else if (event.kind === 'refused') {
      yield fault(event.error, 'present', { detail: event.error.detail });
    }
  }
}

function aborted(malformed: boolean, reason: number): OneBoxError {
  if (malformed) return new OneBoxError('LINK_MALFORMED', 'the device sent what cannot be used', { reason });
  return new OneBoxError('LINK_LOST', 'the association was aborted', { reason });
}
