/**
 * What crosses between the host and the process of the sandbox. Host to sandbox is trusted; the other way is
 * checked by `readSandboxMessage`, because a driver that broke out could send anything.
 */

/** Makes the machine and runs the bundle; the driver itself starts later. */
export interface LoadMessage {
  readonly type: 'load';
  readonly seq: number;
  /** The bundle. */
  readonly code: string;
  readonly memoryMiB: number;
  /** Longest run of the driver between two calls. */
  readonly turnMs: number;
  readonly now: number;
}

export interface StartMessage {
  readonly type: 'start';
  readonly seq: number;
  /** `Opening` as JSON. */
  readonly opening: string;
  readonly now: number;
}

export interface AnswersMessage {
  readonly type: 'answers';
  readonly seq: number;
  readonly now: number;
  readonly json: string;
  readonly bytes: Uint8Array;
}

export type HostMessage = LoadMessage | StartMessage | AnswersMessage;

export interface RawCall {
  readonly id: number;
  readonly name: string;
  readonly json: string;
  readonly bytes: Uint8Array;
}

export type FatalReason = 'load' | 'interrupted' | 'memory' | 'stack' | 'flood' | 'crash';
const FATAL: readonly string[] = [
  'load',
  'interrupted',
  'memory',
  'stack',
  'flood',
  'crash',
] satisfies readonly FatalReason[];

/** The driver has done all it could after message `seq`, and wants these calls beside its reports. */
export interface TurnMessage {
  readonly type: 'turn';
  readonly seq: number;
  readonly calls: readonly RawCall[];
  readonly busyMs: number;
}

/** A call that hands findings over, while the turn goes on: the engine may never come back from it. */
export interface ReportMessage {
  readonly type: 'report';
  readonly call: RawCall;
}

/** The sandbox is over. */
export interface FatalMessage {
  readonly type: 'fatal';
  readonly reason: FatalReason;
  /** For the author of the driver; words of the driver, never to be stored. */
  readonly trace: string;
}

export type SandboxMessage = TurnMessage | ReportMessage | FatalMessage;

/** Bounds of one turn; the sandbox keeps them, the host does not trust it to. */
export const TURN_LIMITS = { calls: 256, bytes: 4 * 1024 * 1024, json: 256 * 1024 } as const;

/** The message if it has the right shape and size. */
export function readSandboxMessage(value: unknown): SandboxMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, seq, calls, call, busyMs, reason, trace } = value as Record<string, unknown>;
  if (type === 'turn' && Number.isSafeInteger(seq) && areRawCalls(calls) && typeof busyMs === 'number')
    return { type, seq: seq as number, calls, busyMs };
  if (type === 'report' && areRawCalls([call]) && (call as RawCall).name === 'report')
    return { type, call: call as RawCall };
  if (type === 'fatal' && typeof reason === 'string' && FATAL.includes(reason) && typeof trace === 'string')
    return { type, reason: reason as FatalReason, trace: trace.slice(0, 4000) };
  return undefined;
}

function areRawCalls(calls: unknown): calls is RawCall[] {
  if (!Array.isArray(calls) || calls.length > TURN_LIMITS.calls + 1 || !calls.every(isRawCall)) return false;
  let bytes = 0;
  for (const call of calls) bytes += call.bytes.length + call.json.length;
  return bytes <= TURN_LIMITS.bytes + TURN_LIMITS.json * calls.length;
}

function isRawCall(value: unknown): value is RawCall {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, json, bytes } = value as Record<string, unknown>;
  return (
    Number.isSafeInteger(id) &&
    typeof name === 'string' &&
    name.length <= 32 &&
    typeof json === 'string' &&
    bytes instanceof Uint8Array
  );
}
