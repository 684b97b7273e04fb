import { CaseMismatch, caseBytes, isJsonObject, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import type { Device, Packet, PacketStream, RequestParameters } from '@onebox/driver-sdk/device.js';
import { parseDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';
import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { parseGlucoseMeasurement } from '@onebox/driver-sdk/parts/glucose.js';
import { parseRecordAccess, recordAccess } from '@onebox/driver-sdk/parts/record-access.js';
import { fillTemplate, parseTemplate } from '@onebox/driver-sdk/template.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import manifest from './manifest.json' with { type: 'json' };

/** Runs one procedure of the control point as the driver does, against a device that plays the steps of a case. */

interface Step {
  readonly kind: 'write' | 'notify' | 'indicate';
  readonly channel: string;
  readonly bytes: Uint8Array;
}

export async function runSession({ steps }: JsonObject): Promise<JsonObject> {
  const script = readSteps(steps);
  const player = new Player(script);
  let records = 0;
  let contexts = 0;
  const sequenceNumbers: number[] = [];
  let count: number | null = null;
  let last: { result: string; complete: boolean; response: number | undefined } | undefined;
  let filter: string | null = null;
  while (player.nextWrite() !== undefined) {
    const asked = requestFor(player.nextWrite()!);
    if (asked === undefined) return { reject: 'request' };
    const { name, parameters, described } = asked;
    filter = described ?? filter;
    const procedure = recordAccess(player, ['2A18', '2A34'], name, parameters);
    let step = await procedure.next();
    for (; !step.done; step = await procedure.next()) {
      if (step.value.channel === '2A34') contexts += 1;
      else {
        try {
          sequenceNumbers.push(parseGlucoseMeasurement(step.value.bytes).sequenceNumber);
          records += 1;
        } catch (error) {
          if (!(error instanceof ValueRejected)) throw error;
        }
      }
    }
    last = step.value;
    count = step.value.numberOfRecords ?? count;
  }
  if (last === undefined) throw new UnknownCase('a session without a request');
  return {
    records,
    contexts,
    sequenceNumbers,
    count,
    numberOfRecords: count,
    result: last.result,
    complete: last.complete,
    responseValue: last.response ?? null,
    filter,
  };
}

function readSteps(steps: unknown): Step[] {
  if (!Array.isArray(steps)) throw new UnknownCase('a session without steps');
  return steps.map((step: unknown) => {
    if (!isJsonObject(step)) throw new UnknownCase('a step that is not an object');
    const kind = (['write', 'notify', 'indicate'] as const).find((key) => typeof step[key] === 'string');
    const strange = Object.keys(step).find((key) => key !== kind && key !== 'hex' && key !== 'note');
    if (kind === undefined || strange !== undefined) throw new UnknownCase(`a step with ${strange ?? 'no direction'}`);
    return { kind, channel: String(step[kind]).toUpperCase(), bytes: caseBytes(step.hex) };
  });
}

interface AskedRequest {
  /** Of the manifest where our driver asks this, else the bare kind of the request. */
  readonly name: string;
  readonly parameters: RequestParameters;
  readonly described: string | undefined;
}

const KINDS: Readonly<Record<number, string>> = { 1: 'report', 3: 'abort', 4: 'count' };
/** Size of an operand by filter: sequence number, user-facing time. */
const OPERAND_SIZES: Readonly<Record<number, number>> = { 1: 2, 2: 7 };

/** The request that these bytes are; undefined for one that a reader does not send, such as deleting. */
function requestFor({ bytes }: Step): AskedRequest | undefined {
  const message = readRequest(bytes);
  if (message === undefined) return undefined;
  const { op, operator, filter, operand } = message;
  const kind = KINDS[op];
  if (kind === undefined || !isWellFormed(op, operator, filter, operand)) return undefined;
  const number = (index: number) => operand[index]! + operand[index + 1]! * 256;
  const asks = (name: string, parameters: RequestParameters = {}, described?: string) => {
    // What the driver does not ask for is played as the case states it: the answers are taken in the same way.
    const own = `${kind}${name}`;
    return own in manifest.requests ? { name: own, parameters, described } : { name: kind, parameters: {}, described };
  };
  if (op === 3) return { name: kind, parameters: {}, described: undefined };
  if (operator === 1) return asks('All');
  if (operator === 5) return asks('First');
  if (operator === 6) return asks('Last');
  if (filter === 2) return asks('ByTime', {}, describedTime(operator, operand));
  if (operator === 2) return asks('UpTo', { sequence: number(0) }, `sequence<=${number(0)}`);
  if (operator === 3) return asks('From', { sequence: number(0) }, `sequence>=${number(0)}`);
  const parameters = { first: number(0), last: number(2) };
  return asks('Range', parameters, `sequence ${parameters.first}..${parameters.last}`);
}

function readRequest(bytes: Uint8Array): ReturnType<typeof parseRecordAccess> | undefined {
  try {
    return parseRecordAccess(bytes);
  } catch (error) {
    if (error instanceof ValueRejected) return undefined;
    throw error;
  }
}

function isWellFormed(op: number, operator: number, filter: number | undefined, operand: Uint8Array): boolean {
  if (op === 3) return operator === 0 && operand.length === 0;
  if (filter === undefined) return [1, 5, 6].includes(operator) && operand.length === 0;
  return operand.length === (OPERAND_SIZES[filter] ?? Number.NaN) * (operator === 4 ? 2 : 1);
}

function describedTime(operator: number, operand: Uint8Array): string {
  const [first, last] = [operand.subarray(0, 7), operand.subarray(7)].map((bytes) =>
    bytes.length === 7 ? (parseDateTime(bytes)?.text ?? 'unknown') : '',
  );
  return operator === 4 ? `time ${first}..${last}` : `time${operator === 2 ? '<=' : '>='}${first}`;
}

/** A device that answers a request with the steps after it, and compares what is sent with what is due. */
class Player implements Device {
  readonly transport = 'ble' as const;
  readonly channels = ['2A18', '2A34', '2A52'];
  readonly services = ['1808'];
  readonly live = false;
  readonly utcOffsetMinutes = 0;
  private position = 0;

  constructor(private readonly steps: readonly Step[]) {}

  /** The request that is due next; undefined at the end of the script. */
  nextWrite(): Step | undefined {
    return this.steps.slice(this.position).find(({ kind }) => kind === 'write');
  }

  wants(): boolean {
    return true;
  }

  received(): number {
    return 0;
  }

  async read(): Promise<Uint8Array> {
    throw new OneBoxError('LINK_NO_CHANNEL');
  }

  async readText(): Promise<string> {
    throw new OneBoxError('LINK_NO_CHANNEL');
  }

  async request(name: string, parameters: RequestParameters = {}): Promise<void> {
    while (this.steps[this.position]?.kind !== 'write') this.position += 1;
    const due = this.steps[this.position]!;
    const template = Object.hasOwn(manifest.requests, name)
      ? manifest.requests[name as keyof typeof manifest.requests]
      : undefined;
    const sent = template ? hex(fillTemplate(parseTemplate(template.bytes), parameters)) : hex(due.bytes);
    if (hex(due.bytes) !== sent) {
      throw new CaseMismatch({
        path: `steps[${this.position}]`,
        reason: 'another request was sent',
        expected: hex(due.bytes),
        actual: sent,
      });
    }
    this.position += 1;
  }

  async packets(): Promise<PacketStream> {
    const next = async (): Promise<Packet | undefined> => {
      const step = this.steps[this.position];
      if (step === undefined || step.kind === 'write') return undefined;
      this.position += 1;
      return { channel: step.channel, bytes: step.bytes, at: 0 };
    };
    return {
      next,
      close: async () => undefined,
      async *[Symbol.asyncIterator]() {
        for (let packet = await next(); packet !== undefined; packet = await next()) yield packet;
      },
    };
  }

  now(): number {
    return 0;
  }

  async sleep(): Promise<void> {}

  async report(): Promise<void> {}
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
