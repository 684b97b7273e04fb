import type { ErrorReport } from '@onebox/protocol/errors.js';
import type { Packet } from './device.js';
import type { CallName, Calls } from './guest.js';

/**
 * How the calls of a driver cross the wall of the sandbox: a short JSON text and one run of bytes.
 * Decoding is strict, because the other side is not trusted.
 */
export interface Frame {
  readonly json: string;
  readonly bytes: Uint8Array;
}

export interface CallFrame extends Frame {
  readonly id: number;
  readonly name: string;
}

/** One answer: its head in JSON, its bytes in the run of bytes of all answers of the message. */
export interface AnswerHead {
  readonly id: number;
  readonly error?: ErrorReport;
  /** A stream number, or `idle`. */
  readonly value?: number | 'idle';
  /** For a read: length of the value. */
  readonly length?: number;
  /** For packets: channel, time and length of each. */
  readonly packets?: readonly (readonly [channel: string, at: number, length: number])[];
}

const NOTHING = new Uint8Array(0);

export function encodeCall<N extends CallName>(name: N, input: Calls[N]['in']): Frame {
  if (name !== 'report') return { json: JSON.stringify(input), bytes: NOTHING };
  const { findings } = input as Calls['report']['in'];
  return { json: JSON.stringify(findings.map((finding) => finding.length)), bytes: join(findings) };
}

/** A call as the host understands it; undefined when it is malformed. */
export type DecodedCall = { [N in CallName]: { readonly name: N; readonly input: Calls[N]['in'] } }[CallName];

export function decodeCall(name: string, json: string, bytes: Uint8Array): DecodedCall | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (name === 'report') return Array.isArray(value) ? decodeReport(value, bytes) : undefined;
  if (!isRecord(value)) return undefined;
  const { channel, channels, parameters, stream, idleMs, ms } = value;
  switch (name) {
    case 'read':
      return typeof channel === 'string' ? { name, input: { channel } } : undefined;
    case 'request':
      return typeof value.name === 'string' && isParameters(parameters)
        ? { name, input: { name: value.name, parameters } }
        : undefined;
    case 'subscribe':
      return Array.isArray(channels) && channels.every((one) => typeof one === 'string')
        ? { name, input: { channels } }
        : undefined;
    case 'next':
      return isCount(stream) && isCount(idleMs) ? { name, input: { stream, idleMs } } : undefined;
    case 'unsubscribe':
      return isCount(stream) ? { name, input: { stream } } : undefined;
    case 'sleep':
      return isCount(ms) ? { name, input: { ms } } : undefined;
    default:
      return undefined;
  }
}

function decodeReport(lengths: readonly unknown[], bytes: Uint8Array): DecodedCall | undefined {
  const findings: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    if (!isCount(length) || !Number.isInteger(length) || at + length > bytes.length) return undefined;
    findings.push(bytes.subarray(at, at + length));
    at += length;
  }
  return at === bytes.length ? { name: 'report', input: { findings } } : undefined;
}

/** The heads of the answers as JSON, and their bytes one after the other. */
export function encodeAnswers(
  answers: readonly { readonly id: number; readonly answer?: unknown; readonly error?: ErrorReport }[],
): Frame {
  const runs: Uint8Array[] = [];
  const heads = answers.map(({ id, answer, error }): AnswerHead => {
    if (error) return { id, error };
    if (answer instanceof Uint8Array) {
      runs.push(answer);
      return { id, length: answer.length };
    }
    if (Array.isArray(answer)) {
      const packets = answer as Packet[];
      runs.push(...packets.map((packet) => packet.bytes));
      return { id, packets: packets.map((packet) => [packet.channel, packet.at, packet.bytes.length]) };
    }
    return answer === undefined ? { id } : { id, value: answer as number | 'idle' };
  });
  return { json: JSON.stringify(heads), bytes: join(runs) };
}

/** Calls `deliver` for each answer, in order. The host is trusted here. */
export function decodeAnswers(
  json: string,
  bytes: Uint8Array,
  deliver: (head: AnswerHead, answer: unknown) => void,
): void {
  let at = 0;
  const next = (length: number): Uint8Array => {
    at += length;
    return bytes.slice(at - length, at);
  };
  for (const head of JSON.parse(json) as AnswerHead[]) {
    const packets = head.packets?.map(
      ([channel, time, length]): Packet => ({ channel, at: time, bytes: next(length) }),
    );
    deliver(head, packets ?? (head.length === undefined ? head.value : next(head.length)));
  }
}

function join(runs: readonly Uint8Array[]): Uint8Array {
  if (runs.length === 1) return runs[0]!;
  let length = 0;
  for (const run of runs) length += run.length;
  if (length === 0) return NOTHING;
  const all = new Uint8Array(length);
  let at = 0;
  for (const run of runs) {
    all.set(run, at);
    at += run.length;
  }
  return all;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isParameters(value: unknown): value is Record<string, number | string> {
  return isRecord(value) && Object.values(value).every((one) => typeof one === 'string' || typeof one === 'number');
}
