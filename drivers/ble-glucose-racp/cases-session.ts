import { CaseMismatch, caseBytes, isJsonObject, type JsonObject, UnknownCase } from '@onebox/driver-sdk/cases.js';
import type { Device, Packet, PacketStream, RequestParameters } from '@onebox/driver-sdk/device.js';
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
    const { name, parameters, described } = requestFor(player.nextWrite()!);
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

/** The request of the manifest that these bytes are. What the manifest does not list cannot be sent. */
function requestFor({ bytes }: Step): { name: string; parameters: RequestParameters; described: string | undefined } {
  const { op, operator, filter, operand } = parseRecordAccess(bytes);
  const number = (index: number) => operand[index]! + operand[index + 1]! * 256;
  const bySequence = filter === 1 && operand.length === (operator === 4 ? 4 : 2);
  if (op === 4 && operator === 1) return { name: 'countAll', parameters: {}, described: undefined };
  if (op === 3) return { name: 'abort', parameters: {}, described: undefined };
  if (op === 1 && operator === 1) return { name: 'reportAll', parameters: {}, described: undefined };
  if (op === 1 && operator === 5) return { name: 'reportFirst', parameters: {}, described: undefined };
  if (op === 1 && operator === 6) return { name: 'reportLast', parameters: {}, described: undefined };
  if (op === 1 && bySequence && operator === 2) {
    return { name: 'reportUpTo', parameters: { sequence: number(0) }, described: `sequence<=${number(0)}` };
  }
  if (op === 1 && bySequence && operator === 3) {
    return { name: 'reportFrom', parameters: { sequence: number(0) }, described: `sequence>=${number(0)}` };
  }
  if (op === 1 && bySequence && operator === 4) {
    const parameters = { first: number(0), last: number(2) };
    return { name: 'reportRange', parameters, described: `sequence ${parameters.first}..${parameters.last}` };
  }
  throw new UnknownCase(`a request of operation ${op} with operator ${operator}`);
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
    const template = manifest.requests[name as keyof typeof manifest.requests];
    const sent = hex(fillTemplate(parseTemplate(template.bytes), parameters));
    while (this.steps[this.position]?.kind !== 'write') this.position += 1;
    const due = this.steps[this.position]!;
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
