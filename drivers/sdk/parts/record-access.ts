import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import type { Device, Packet, PacketStream, RequestParameters } from '../device.js';
import { isLocal } from './gatt-findings.js';
import { ValueReader } from './gatt-values.js';

/**
 * Record Access Control Point 2A52 (GSS Record Access Control Point; used by Glucose, CGM and others).
 * A reader uses three operations: report records, report their number, abort. The one that deletes is known
 * here by its name only, so that a foreign message can be named; nothing here can send it.
 */

const OP_CODES: Readonly<Record<number, string>> = {
  1: 'reportStoredRecords',
  2: 'deleteStoredRecords',
  3: 'abortOperation',
  4: 'reportNumberOfStoredRecords',
  5: 'numberOfStoredRecordsResponse',
  6: 'responseCode',
};

const OPERATORS: Readonly<Record<number, string>> = {
  0: 'null',
  1: 'all',
  2: 'lessOrEqual',
  3: 'greaterOrEqual',
  4: 'range',
  5: 'first',
  6: 'last',
};

const RESPONSES: Readonly<Record<number, string>> = {
  1: 'success',
  2: 'op-code-not-supported',
  3: 'invalid-operator',
  4: 'operator-not-supported',
  5: 'invalid-operand',
  6: 'no-records-found',
  7: 'abort-unsuccessful',
  8: 'procedure-not-completed',
  9: 'operand-not-supported',
};

export const RESPONSE = 6;
export const NUMBER_RESPONSE = 5;
export const RESPONSE_SUCCESS = 1;
export const RESPONSE_NO_RECORDS = 6;

export interface RecordAccessMessage {
  readonly op: number;
  readonly opName: string | undefined;
  readonly operator: number;
  readonly operatorName: string | undefined;
  /** Of a report or number request with a condition: 1 sequence number, 2 user-facing time. */
  readonly filter: number | undefined;
  /** After the filter, or after the operator where there is none. */
  readonly operand: Uint8Array;
  /** Of op 5. */
  readonly numberOfRecords: number | undefined;
  /** Of op 6: what is answered, and how. */
  readonly requestOp: number | undefined;
  readonly response: number | undefined;
  readonly responseName: string | undefined;
}

/** A message of either direction. */
export function parseRecordAccess(bytes: Uint8Array): RecordAccessMessage {
  const reader = new ValueReader('2A52', bytes);
  const op = reader.u8();
  const operator = reader.u8();
  const numberOfRecords = op === NUMBER_RESPONSE ? reader.u16() : undefined;
  const requestOp = op === RESPONSE ? reader.u8() : undefined;
  const response = op === RESPONSE ? reader.u8() : undefined;
  const conditional = op !== NUMBER_RESPONSE && op !== RESPONSE && operator >= 2 && operator <= 4;
  const filter = conditional ? reader.u8() : undefined;
  const operand = reader.take(reader.left);
  if (op === NUMBER_RESPONSE || op === RESPONSE) new ValueReader('2A52', operand).end();
  return {
    op,
    opName: OP_CODES[op],
    operator,
    operatorName: OPERATORS[operator],
    filter,
    operand,
    numberOfRecords,
    requestOp,
    response,
    responseName: response === undefined ? undefined : RESPONSES[response],
  };
}

/** How a procedure ended. Only `success` and `no-records-found` mean that nothing is missing. */
export interface ProcedureEnd {
  /** Name of the response, or `incomplete` when it never came or the device did not finish. */
  readonly result: string;
  readonly complete: boolean;
  readonly response: number | undefined;
  readonly numberOfRecords: number | undefined;
  /** Why it is not complete. */
  readonly error: OneBoxError | undefined;
}

export interface ProcedureOptions {
  /** Longest silence after a request or a record, in milliseconds. The specification gives 30 s. */
  readonly idleMs?: number;
  /** 2A52 when not given. */
  readonly point?: RecordAccessPoint;
}

/** A characteristic that gives records on request, and how its messages are written. */
export interface RecordAccessPoint {
  readonly channel: string;
  /** In the codes of 2A52. */
  parse(bytes: Uint8Array): RecordAccessMessage;
  /** The request of the manifest that asks for this, with all its parameters. */
  request(name: string, parameters: RequestParameters): readonly [string, RequestParameters];
}

export const RECORD_ACCESS: RecordAccessPoint = {
  channel: '2A52',
  parse: parseRecordAccess,
  request: (name, parameters) => [name, parameters],
};

const IDLE_MS = 30_000;
const PROCEDURE_NOT_COMPLETED = 8;
const ABORT = 3;

/**
 * Runs one procedure: subscribes to the control point and the channels of the records, sends the request
 * of the manifest by its name, and hands over every record until the control point answers. The result
 * says whether the device stated that it was all. A refusal or silence does not throw: it is an incomplete
 * end with its error. A lost link throws, so that the host can make another one.
 */
export async function* recordAccess(
  device: Device,
  recordChannels: readonly string[],
  request: string,
  parameters: RequestParameters = {},
  { idleMs = IDLE_MS, point = RECORD_ACCESS }: ProcedureOptions = {},
): AsyncGenerator<Packet, ProcedureEnd, void> {
  const { channel } = point;
  let stream: PacketStream | undefined;
  try {
    stream = await device.packets([...recordChannels, channel]);
    await device.request(...point.request(request, parameters));
    for (;;) {
      const packet = await stream.next(idleMs);
      if (packet === undefined) return incomplete(new OneBoxError('LINK_TIMEOUT', `${channel}: no answer`));
      if (packet.channel !== channel) {
        yield packet;
        continue;
      }
      const answer = point.parse(packet.bytes);
      if (answersTo(request, answer)) return ended(answer, channel);
    }
  } catch (error) {
    if (isLocal(error) || isOneBoxError(error, 'LINK_TIMEOUT')) return incomplete(error);
    throw error;
  } finally {
    await stream?.close().catch(() => undefined);
  }
}

/** Operation of a request by the first word of its name in the manifest. */
const OPERATIONS = { report: 1, abort: ABORT, count: 4 } as const;

/** A late answer to an earlier request must not end this one: its records would be missing unnoticed. */
function answersTo(request: string, { op, requestOp }: RecordAccessMessage): boolean {
  const due = Object.entries(OPERATIONS).find(([word]) => request.startsWith(word))?.[1];
  if (op === RESPONSE) return due === undefined || requestOp === due;
  return op === NUMBER_RESPONSE && (due === undefined || due === OPERATIONS.count);
}

function ended(message: RecordAccessMessage, channel: string): ProcedureEnd {
  const { op, response, numberOfRecords, requestOp } = message;
  if (op === NUMBER_RESPONSE) {
    return { result: 'success', complete: true, response: undefined, numberOfRecords, error: undefined };
  }
  if (response === PROCEDURE_NOT_COMPLETED) {
    return { ...incomplete(new OneBoxError('NOT_REACHED', `${channel}: procedure not completed`)), response };
  }
  const success = response === RESPONSE_SUCCESS;
  const aborted = success && requestOp === ABORT;
  const complete = (success && !aborted) || response === RESPONSE_NO_RECORDS;
  const result = aborted ? 'aborted' : (message.responseName ?? `response-${response}`);
  const error = complete
    ? undefined
    : new OneBoxError(aborted ? 'NOT_REACHED' : 'LINK_REFUSED', `${channel}: ${result}`);
  return { result, complete, response, numberOfRecords, error };
}

/** Runs a procedure whose records are of no interest. */
export async function procedureEnd(procedure: AsyncGenerator<Packet, ProcedureEnd, void>): Promise<ProcedureEnd> {
  let step = await procedure.next();
  while (!step.done) step = await procedure.next();
  return step.value;
}

function incomplete(error: OneBoxError): ProcedureEnd {
  return { result: 'incomplete', complete: false, response: undefined, numberOfRecords: undefined, error };
}
