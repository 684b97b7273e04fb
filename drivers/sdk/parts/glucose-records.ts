import { mdc } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import type { Device, Packet, RequestParameters } from '../device.js';
import { fault, phaseOf, progress } from '../findings.js';
import type { PhaseName } from '../manifest.js';
import { DeviceTimeline, readClock } from './gatt-clock.js';
import { localFault, phase } from './gatt-findings.js';
import { readBattery, readIdentity } from './gatt-identity.js';
import { type GlucoseMeasurement, parseGlucoseContext, parseGlucoseMeasurement } from './glucose.js';
import { glucoseFindings } from './glucose-findings.js';
import { type ProcedureEnd, type ProcedureOptions, procedureEnd, recordAccess } from './record-access.js';

/**
 * The program of a meter with the Glucose Service: who it is, its clock and battery, the last record, then
 * all records. The manifest lists the requests `countAll`, `reportLast`, `reportAll` and `abort`.
 */
export async function* glucoseMeter(
  device: Device,
  options: ProcedureOptions = {},
): AsyncGenerator<Finding, void, void> {
  const timeline = new DeviceTimeline(device);
  const kind = { deviceClass: 'glucose-meter', type: mdc('MDC_DEV_SPEC_PROFILE_GLUCOSE') } as const;
  // Times of records rest on the clock, which is read on every link.
  const clock: Finding[] = [];
  for await (const finding of readClock(device, timeline)) clock.push(finding);
  yield* phase(device, 'identity', async function* () {
    yield* readIdentity(device, kind);
    yield* clock;
  });
  yield* phase(device, 'critical', () => readBattery(device));
  const records = new RecordReader(device, timeline, options);
  yield* phase(device, 'present', () => records.read('present', 'reportLast'));
  if (device.wants(phaseOf('trends'))) {
    const expected = await records.count();
    yield* phase(device, 'trends', async function* () {
      if (expected !== undefined) yield progress('trends', 'started', { read: 0, expected });
      yield* records.read('trends', 'reportAll');
    });
  }
}

class RecordReader {
  constructor(
    private readonly device: Device,
    private readonly timeline: DeviceTimeline,
    private readonly options: ProcedureOptions,
  ) {}

  /** How many records there are; undefined when the meter does not say. */
  async count(): Promise<number | undefined> {
    const end = await procedureEnd(recordAccess(this.device, [], 'countAll', {}, { idleMs: 5000, ...this.options }));
    return end.complete ? end.numberOfRecords : undefined;
  }

  /**
   * Reports the records that a request brings, each with its context. Findings that the host has from an
   * earlier link are left out: the records come in the same order again.
   */
  async *read(
    phaseName: PhaseName,
    request: string,
    parameters: RequestParameters = {},
  ): AsyncGenerator<Finding, void, void> {
    let skip = this.device.received(phaseOf(phaseName));
    const channels = ['2A18', '2A34'].filter((channel) => this.device.channels.includes(channel));
    const procedure = recordAccess(this.device, channels, request, parameters, this.options);
    let waiting: GlucoseMeasurement | undefined;
    let end: ProcedureEnd | undefined;
    while (end === undefined) {
      const step = await procedure.next();
      const findings: Finding[] = [];
      if (step.done) {
        end = step.value;
        if (waiting) findings.push(...this.record(waiting));
      } else {
        const outcome = this.take(step.value, waiting, phaseName);
        waiting = outcome.waiting;
        findings.push(...outcome.findings);
      }
      for (const finding of findings) {
        if (skip > 0) skip -= 1;
        else yield finding;
      }
    }
    if (end.complete) return;
    yield fault(end.error ?? new OneBoxError('NOT_REACHED'), phaseName, { detail: `2A52 ${end.result}` });
    if (end.result === 'incomplete') await this.abort();
  }

  /** A measurement with a context waits for it; another measurement or the end shows that it will not come. */
  private take(packet: Packet, waiting: GlucoseMeasurement | undefined, phaseName: PhaseName) {
    const findings: Finding[] = [];
    try {
      if (packet.channel === '2A34') {
        const context = parseGlucoseContext(packet.bytes);
        if (waiting?.sequenceNumber !== context.sequenceNumber) return { waiting, findings };
        return {
          waiting: undefined,
          findings: [...glucoseFindings(waiting, context, this.timeline, this.device.now())],
        };
      }
      if (waiting) findings.push(...this.record(waiting));
      const measurement = parseGlucoseMeasurement(packet.bytes);
      if (measurement.contextFollows) return { waiting: measurement, findings };
      return { waiting: undefined, findings: [...findings, ...this.record(measurement)] };
    } catch (error) {
      const spared = packet.channel === '2A34' && waiting ? this.record(waiting) : [];
      return { waiting: undefined, findings: [...findings, ...spared, localFault(error, phaseName, packet.channel)] };
    }
  }

  private record(measurement: GlucoseMeasurement): readonly Finding[] {
    return glucoseFindings(measurement, undefined, this.timeline, this.device.now());
  }

  /** The meter may still be at it: it refuses the next request unless this one is called off. */
  private async abort(): Promise<void> {
    await procedureEnd(recordAccess(this.device, [], 'abort', {}, { idleMs: 5000 }));
  }
}
