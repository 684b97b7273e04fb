import { bitsSet, hasBit, ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { type ExactDecimal, fromScaled } from '@onebox/protocol/decimal.js';
import { DELIVERY, type Delivery, PROGRESS, type Progress, SUBTYPES } from './codes.js';

/**
 * Status payloads of Omnipod (Eros and DASH), big endian. Insulin is counted in pulses of 0.05 U, time in minutes
 * since activation. Source: OmniKit (ps2/rileylink_ios at 871ebd7, MIT licence).
 */

const POD_INFO = 0x02;
const STATUS_REQUEST = 0x0e;
const STATUS_RESPONSE = 0x1d;
/** Reservoir of a pod that has more than it can count. */
const ABOVE_50 = 0x3ff;
const NO_TIME = 0xffff;
const ENTRY_BYTES = 4;

/** International units, to the pulse; more than 50 where the pod does not count. */
export type Reservoir = ExactDecimal | 'above50';

/** What detailed status and status response have in common. */
export interface Delivered {
  readonly progress: Progress;
  readonly delivery: Delivery;
  readonly bolusNotDelivered: ExactDecimal;
  readonly sequence: number;
  readonly delivered: ExactDecimal;
  readonly reservoir: Reservoir;
  readonly minutesActive: number;
  /** Slots of alerts that nobody has confirmed, one bit each. */
  readonly alerts: number;
}

/** What the pod noted when it failed first. */
export interface ErrorEvent {
  readonly tableCorruption: boolean;
  readonly occlusionType: number;
  readonly bolusRunning: boolean;
  readonly progress: Progress;
}

export interface DetailedStatus extends Delivered {
  readonly kind: 'detailed-status';
  /** 0 is none. */
  readonly fault: number;
  /** Minutes since activation; undefined where the pod does not know. */
  readonly faultMinutes: number | undefined;
  readonly faultAccessingTables: boolean;
  readonly error: ErrorEvent | undefined;
  readonly receiverLowGain: number;
  readonly radioRssi: number;
}

export interface StatusResponse extends Delivered {
  readonly kind: 'status-response';
}

export interface ConfiguredAlerts {
  readonly kind: 'configured-alerts';
  /** One word for each slot 0 to 7; 0 is off. */
  readonly words: readonly number[];
}

export interface PulseLog {
  readonly kind: 'pulse-log';
  readonly subtype: 3 | 0x50 | 0x51;
  readonly entries: readonly number[];
  readonly indexLastEntry?: number;
  readonly fault?: number;
  readonly faultMinutes?: number | undefined;
  readonly minutesActive?: number;
  readonly maxEntries?: number;
}

export interface ActivationTime {
  readonly kind: 'activation-time';
  readonly fault: number;
  readonly minutesActive: number;
  /** By the clock of the controller that activated the pod: `2018-09-25T12:24:00`. */
  readonly local: string;
}

export interface StatusRequest {
  readonly kind: 'status-request';
  readonly subtype: number;
  readonly name: string;
}

export type PodMessage = DetailedStatus | StatusResponse | ConfiguredAlerts | PulseLog | ActivationTime | StatusRequest;

/**
 * Reads a block with type and length, or a payload that starts with its subtype. Bytes after the block are the
 * check sum of the message and are left alone. ValueRejected (`length`, `range`, `unknown`): nothing may be used.
 */
export function parsePodMessage(bytes: Uint8Array): PodMessage {
  const type = at(bytes, 0);
  if (type === STATUS_RESPONSE) return statusResponse(bytes);
  if (type === STATUS_REQUEST) return statusRequest(bytes);
  // A payload of detailed status has the progress in its second byte, which is at most 15; no block is so short.
  if (type === POD_INFO && at(bytes, 1) > 0x0f) return podInfo(block(bytes));
  return podInfo(bytes);
}

function podInfo(payload: Uint8Array): PodMessage {
  const subtype = at(payload, 0);
  if (subtype === 1) return configuredAlerts(payload);
  if (subtype === 2) return detailedStatus(payload);
  if (subtype === 3) return pulseLogPlus(payload);
  if (subtype === 5) return activationTime(payload);
  if (subtype === 0x50 || subtype === 0x51) return pulseLog(payload, subtype);
  throw new ValueRejected('unknown', `status ${subtype.toString(16)} is not known`);
}

function detailedStatus(bytes: Uint8Array): DetailedStatus {
  need(bytes, 22);
  const info = at(bytes, 17);
  const faultMinutes = u16(bytes, 9);
  return {
    kind: 'detailed-status',
    progress: progress(at(bytes, 1)),
    delivery: delivery(at(bytes, 2) & 0x0f),
    bolusNotDelivered: units(u16(bytes, 3) & 0x3ff),
    sequence: at(bytes, 5),
    delivered: units(u16(bytes, 6)),
    fault: at(bytes, 8),
    faultMinutes: faultMinutes === NO_TIME ? undefined : faultMinutes,
    reservoir: reservoir(u16(bytes, 11) & 0x3ff),
    minutesActive: u16(bytes, 13),
    alerts: at(bytes, 15),
    faultAccessingTables: hasBit(at(bytes, 16), 1),
    error: info === 0 ? undefined : errorEvent(info),
    receiverLowGain: at(bytes, 18) >> 6,
    radioRssi: at(bytes, 18) & 0x3f,
  };
}

function errorEvent(info: number): ErrorEvent {
  return {
    tableCorruption: hasBit(info, 7),
    occlusionType: (info >> 5) & 3,
    bolusRunning: hasBit(info, 4),
    progress: progress(info),
  };
}

function statusResponse(bytes: Uint8Array): StatusResponse {
  need(bytes, 10);
  const [, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0, b7 = 0, b8 = 0, b9 = 0] = bytes;
  return {
    kind: 'status-response',
    delivery: delivery(b1 >> 4),
    progress: progress(b1),
    delivered: units(((b2 & 0x0f) << 9) | (b3 << 1) | (b4 >> 7)),
    sequence: (b4 >> 3) & 0x0f,
    bolusNotDelivered: units(((b4 & 3) << 8) | b5),
    alerts: ((b6 & 0x7f) << 1) | (b7 >> 7),
    minutesActive: ((b7 & 0x7f) << 6) + (b8 >> 2),
    reservoir: reservoir(((b8 & 3) << 8) + b9),
  };
}

function configuredAlerts(bytes: Uint8Array): ConfiguredAlerts {
  need(bytes, 19);
  return { kind: 'configured-alerts', words: Array.from({ length: 8 }, (_, slot) => u16(bytes, 3 + 2 * slot)) };
}

function pulseLogPlus(bytes: Uint8Array): PulseLog {
  need(bytes, 8);
  const size = at(bytes, 6);
  if (size !== ENTRY_BYTES) throw new ValueRejected('range', `pulse log: entries of ${size} bytes`);
  const maxEntries = at(bytes, 7);
  const count = Math.floor((bytes.length - 8) / ENTRY_BYTES);
  if (count > maxEntries)
    throw new ValueRejected('length', `pulse log: ${count} entries, at most ${maxEntries} are due`);
  const faultMinutes = u16(bytes, 2);
  return {
    kind: 'pulse-log',
    subtype: 3,
    fault: at(bytes, 1),
    faultMinutes: faultMinutes === NO_TIME ? undefined : faultMinutes,
    minutesActive: u16(bytes, 4),
    maxEntries,
    entries: entries(bytes, 8, count),
  };
}

function pulseLog(bytes: Uint8Array, subtype: 0x50 | 0x51): PulseLog {
  need(bytes, 3);
  const stated = u16(bytes, 1);
  const there = Math.floor((bytes.length - 3) / ENTRY_BYTES);
  if (subtype === 0x50)
    return { kind: 'pulse-log', subtype, indexLastEntry: stated, entries: entries(bytes, 3, there) };
  if (there < stated) throw new ValueRejected('length', `pulse log: ${there} of ${stated} entries`);
  return { kind: 'pulse-log', subtype, entries: entries(bytes, 3, stated) };
}

function activationTime(bytes: Uint8Array): ActivationTime {
  need(bytes, 17);
  const [month, day, year, hour, minute] = bytes.subarray(12, 17) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  const two = (value: number) => String(value).padStart(2, '0');
  const local = `20${two(year)}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:00`;
  const ms = Date.UTC(2000 + year, month - 1, day, hour, minute);
  // What overflows is carried into the next field: an impossible date comes back as another one.
  if (year > 99 || new Date(ms).toISOString().slice(0, 19) !== local) {
    throw new ValueRejected('range', 'activation time: not a date');
  }
  return { kind: 'activation-time', fault: at(bytes, 1), minutesActive: u16(bytes, 2), local };
}

function statusRequest(bytes: Uint8Array): StatusRequest {
  const payload = block(bytes);
  const subtype = at(payload, 0);
  const name = Object.hasOwn(SUBTYPES, subtype) ? SUBTYPES[subtype] : undefined;
  if (name === undefined) throw new ValueRejected('unknown', `status request ${subtype.toString(16)} is not known`);
  return { kind: 'status-request', subtype, name };
}

/** What the length byte says is there, without what follows. */
function block(bytes: Uint8Array): Uint8Array {
  const length = at(bytes, 1);
  need(bytes, 2 + length);
  return bytes.subarray(2, 2 + length);
}

function entries(bytes: Uint8Array, from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const offset = from + index * ENTRY_BYTES;
    return u16(bytes, offset) * 65_536 + u16(bytes, offset + 2);
  });
}

/** Slots of the alert bits, lowest first. */
export function alertSlots(alerts: number): readonly number[] {
  return bitsSet(alerts, 8);
}

/** The pod has stopped for good: it says a fault, or that its time is over, or that it is switched off. */
export function hasStopped(status: Delivered): boolean {
  const fault = 'fault' in status && status.fault !== 0;
  return fault || ['faultEventOccurred', 'activationTimeExceeded', 'inactive'].includes(status.progress);
}

function progress(byte: number): Progress {
  return PROGRESS[byte & 0x0f]!;
}

function delivery(nibble: number): Delivery {
  if (!(nibble in DELIVERY)) throw new ValueRejected('range', `delivery ${nibble} is not known`);
  return DELIVERY[nibble as keyof typeof DELIVERY];
}

function units(pulses: number): ExactDecimal {
  return fromScaled(pulses * 5, -2);
}

function reservoir(pulses: number): Reservoir {
  return pulses === ABOVE_50 ? 'above50' : units(pulses);
}

function need(bytes: Uint8Array, length: number): void {
  if (bytes.length < length) throw new ValueRejected('length', `${bytes.length} bytes, at least ${length} are due`);
}

function at(bytes: Uint8Array, index: number): number {
  need(bytes, index + 1);
  return bytes[index]!;
}

function u16(bytes: Uint8Array, index: number): number {
  return at(bytes, index) * 256 + at(bytes, index + 1);
}
