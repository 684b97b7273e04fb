import { CaseMismatch, type CaseModule, caseBytes, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import type { Message } from '@onebox/driver-sdk/parts/packet-table.js';
import type { Frame } from '@onebox/driver-sdk/parts/serial-framing.js';
import { framing, NORMAL_END, type Packets, packets, storedPoints } from './packets.js';

/** How the cases of `contec-cms50-v7-serial` are run: one packet each, or a capture of the stream. */
const cases: CaseModule = {
  protocol: 'contec-cms50-v7-serial',
  files: {
    'cases.json': { list: 'cases', fields: ['hex', 'kind', 'package'], run: runPacket },
    '*.hex': { fields: ['hex'], run: runCapture },
  },
};
export default cases;

function runPacket(input: JsonObject): JsonObject {
  const kind = input.kind ?? 'packet';
  const result = framing.decode(caseBytes(input.hex));
  if ('reject' in result) return { reject: result.reject };
  const { frame } = result;
  const plain = { type: frame.type, package: hex(frame.data), data: hex(frame.data) };
  if (kind === 'packet' || kind === 'end') return { ...plain, ...end(frame) };
  // Cases state the unpacked data too: the two must agree.
  if (input.package !== undefined && input.package !== plain.package) {
    throw new CaseMismatch({ path: 'package', reason: 'differs', expected: input.package, actual: plain.package });
  }
  if (kind === 'realtime') return { ...plain, ...realtime(frame) };
  if (kind === 'storage') return { ...plain, ...storage(frame) };
  if (kind === 'command') return { ...plain, ...command(frame) };
  throw new UnknownCase(`kind ${String(kind)}`);
}

/** What the packet says; undefined when it is none of the protocol's, or not a whole one. */
function decoded(frame: Frame): Message<Packets> | undefined {
  try {
    return packets.decode(frame);
  } catch (error) {
    if (error instanceof ValueRejected) return undefined;
    throw error;
  }
}

/** The packet with which the device ends the session; others have no reason. */
function end(frame: Frame): JsonObject {
  const message = decoded(frame);
  if (message?.kind !== 'sessionEnd') return {};
  const { reason } = message.fields;
  return { reason, reasonCode: reason, normalEnd: reason <= NORMAL_END };
}

function realtime(frame: Frame): JsonObject {
  const message = decoded(frame);
  return message?.kind === 'live' ? liveFields(message.fields) : { reject: 'length' };
}

type LiveSample = Message<Packets, 'live'>['fields'];

/** The fields under the names that the published readers of this protocol use. */
function liveFields(sample: LiveSample): JsonObject {
  return {
    signalStrength: sample.signalStrength,
    searchingTooLong: sample.searchingTooLong,
    searchingTimeTooLong: sample.searchingTooLong,
    searchTooLong: sample.searchingTooLong,
    searchTimeout: sample.searchingTooLong,
    searchTime: sample.searchingTooLong,
    searchingTime: sample.searchingTooLong,
    searchingTimeout: sample.searchingTooLong,
    lowSpO2: sample.lowSpo2,
    pulseBeep: sample.pulseBeep,
    beep: sample.pulseBeep,
    probeError: sample.probeError,
    pulseWaveform: sample.pleth,
    waveform: sample.pleth,
    pleth: sample.pleth,
    searchingPulse: sample.searchingPulse,
    searching: sample.searchingPulse,
    barGraph: sample.barGraph,
    piValid: sample.perfusionIndexValid,
    pulseRate: sample.pulseRate ?? null,
    pulseRateInvalid: sample.pulseRate === undefined,
    spO2: sample.spo2 ?? null,
    spO2Invalid: sample.spo2 === undefined,
    pi: sample.perfusionIndexRaw ?? null,
    piRaw: sample.perfusionIndexRaw ?? null,
    piInvalid: sample.perfusionIndexRaw === undefined,
  };
}

function storage(frame: Frame): JsonObject {
  const message = decoded(frame);
  if (message?.kind !== 'stored' && message?.kind !== 'storedPairs') return { reject: 'length' };
  const list = storedPoints(message).map(stored);
  const first = list[0];
  const alike = first !== undefined && list.every((point) => JSON.stringify(point) === JSON.stringify(first));
  return { points: list.length, each: alike ? first : null, list, values: list };
}

interface StoredPoint {
  readonly spo2: number | undefined;
  readonly pulseRate: number | undefined;
  readonly perfusionIndexRaw?: number | undefined;
}

function stored(point: StoredPoint): JsonObject {
  return {
    spO2: point.spo2 ?? null,
    spO2Invalid: point.spo2 === undefined,
    pulseRate: point.pulseRate ?? null,
    pulseRateInvalid: point.pulseRate === undefined,
    pi: point.perfusionIndexRaw ?? null,
    piInvalid: point.perfusionIndexRaw === undefined,
  };
}

/** Host to device. */
const COMMAND = 0x7d;
const COMMAND_DATA = 7;

function command({ type, data }: Frame): JsonObject {
  const code = data[0];
  if (type !== COMMAND || code === undefined) return { reject: 'command' };
  // Every command has its six parameter bytes.
  if (data.length !== COMMAND_DATA) return { reject: 'length' };
  const parameters = Array.from(data.subarray(1), (byte) => byte & 0x7f);
  return { command: code, parameters };
}

function runCapture(input: JsonObject): JsonObject {
  const framer = framing.framer();
  const results = [...framer.push(caseBytes(input.hex)), ...framer.flush()];
  const frames = results.flatMap((result) => ('frame' in result ? [result.frame] : []));
  const samples = frames.flatMap((frame) => {
    const message = decoded(frame);
    return message?.kind === 'live' ? [message.fields] : [];
  });
  return {
    packets: frames.length,
    rejects: results.length - frames.length,
    // The recorder of the capture listed wire byte 3 shifted right: with its sync bit, without its lowest bit.
    authorPpg: samples.map((sample) => (sample.pleth | 0x80) >> 1),
    pulseRate: distinct(samples.map((sample) => sample.pulseRate)),
    spO2: distinct(samples.map((sample) => sample.spo2)),
    pi: distinct(samples.map((sample) => sample.perfusionIndexRaw)),
    waveform: samples.map((sample) => sample.pleth),
  };
}

/** Different values in the order in which they came; invalid ones are left out. */
function distinct(values: readonly (number | undefined)[]): readonly number[] {
  return [...new Set(values)].filter((value) => value !== undefined);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
