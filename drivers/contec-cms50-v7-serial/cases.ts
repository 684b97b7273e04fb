import { CaseMismatch, type CaseModule, caseBytes, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import { type LiveSample, parseLive } from './live.js';
import { COMMAND, decodePacket, type Packet, PacketFramer } from './packets.js';
import { parseStored, type StoredPoint, sessionEnd } from './storage.js';

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
  const result = decodePacket(caseBytes(input.hex));
  if ('reject' in result) return { reject: result.reject };
  const { packet } = result;
  const plain = { type: packet.type, package: hex(packet.data), data: hex(packet.data) };
  if (kind === 'packet' || kind === 'end') return { ...plain, ...end(packet) };
  // Cases state the unpacked data too: the two must agree.
  if (input.package !== undefined && input.package !== plain.package) {
    throw new CaseMismatch({ path: 'package', reason: 'differs', expected: input.package, actual: plain.package });
  }
  if (kind === 'realtime') return { ...plain, ...realtime(packet) };
  if (kind === 'storage') return { ...plain, ...storage(packet) };
  if (kind === 'command') return { ...plain, ...command(packet) };
  throw new UnknownCase(`kind ${String(kind)}`);
}

/** The packet with which the device ends the session; others have no reason. */
function end(packet: Packet): JsonObject {
  const reason = sessionEnd(packet);
  if (reason === undefined) return {};
  return { reason, reasonCode: reason, normalEnd: reason <= 1 };
}

function realtime(packet: Packet): JsonObject {
  const sample = parseLive(packet);
  return sample === undefined ? { reject: 'length' } : liveFields(sample);
}

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

function storage(packet: Packet): JsonObject {
  const points = parseStored(packet);
  if (points === undefined) return { reject: 'length' };
  const list = points.map(stored);
  const first = list[0];
  const alike = first !== undefined && list.every((point) => JSON.stringify(point) === JSON.stringify(first));
  return { points: list.length, each: alike ? first : null, list, values: list };
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

const COMMAND_DATA = 7;

function command(packet: Packet): JsonObject {
  const code = packet.data[0];
  if (packet.type !== COMMAND || code === undefined) return { reject: 'command' };
  // Every command has its six parameter bytes.
  if (packet.data.length !== COMMAND_DATA) return { reject: 'length' };
  const parameters = Array.from(packet.data.subarray(1), (byte) => byte & 0x7f);
  return { command: code, parameters };
}

function runCapture(input: JsonObject): JsonObject {
  const framer = new PacketFramer();
  const bytes = caseBytes(input.hex);
  const results = [...framer.push(bytes), ...framer.flush()];
  const packets = results.flatMap((result) => ('packet' in result ? [result.packet] : []));
  const samples = packets.flatMap((packet) => parseLive(packet) ?? []);
  return {
    packets: packets.length,
    rejects: results.length - packets.length,
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
