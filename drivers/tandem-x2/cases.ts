import {
  type CaseFile,
  type CaseModule,
  caseBytes,
  isJsonObject,
  type Json,
  type JsonObject,
  UnknownCase,
} from '@onebox/driver-sdk/cases.js';
import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { caseFields, expectedField } from './cases-vocabulary.js';
import { readQualifyingEvents } from './events.js';
import { HISTORY_STREAM, RECORDS, readRecord, readStream } from './history-records.js';
import { ANSWERS, answerName, ERROR_ANSWER, readAnswer, readError } from './messages.js';
import { type Message, PacketRejected, readPackets } from './packets.js';
import { isRequest, requestPacket, requestParameters } from './requests.js';

/** Decode cases of the pump: answers from their packets, history records, requests, qualifying events. */

/** What a case of `cases.json` states of the message beside its fields. */
const STATED = ['message', 'txId', 'opCode', 'cargo'] as const;

const messages: CaseFile = {
  list: 'cases',
  fields: ['kind', 'packets', 'record', 'characteristic', 'coreForEmergencyReader'],
  expectation: {
    fields: ['expected', 'alsoAsserted', ...STATED],
    of: ({ expected, alsoAsserted, ...content }) => {
      if (!isJsonObject(expected) || expected.reject !== undefined) return expected;
      const fields = Object.entries(expected).map(([key, value]) => [key, expectedField(key, value)]);
      const stated = STATED.flatMap((key) => (content[key] === undefined ? [] : [[key, unsigned(content[key])]]));
      return Object.fromEntries([...fields, ...stated, ...(alsoAsserted ? [['alsoAsserted', alsoAsserted]] : [])]);
    },
  },
  run: (input) => refusable(() => (input.record === undefined ? message(input) : record(caseBytes(input.record)))),
};

/** The library behind the cases has signed bytes: transaction 215 stands there as -41. */
const unsignedByte = (value: number) => value & 0xff;

function unsigned(value: Json): Json {
  return typeof value === 'number' ? unsignedByte(value) : value;
}

function message({ packets }: JsonObject): JsonObject {
  const read = readPackets(packetsOf(packets));
  const { opCode, transaction, cargo } = read;
  return { txId: transaction, opCode, cargo: hex(cargo), ...content(read) };
}

function content({ opCode, cargo }: Message): JsonObject {
  if (opCode === HISTORY_STREAM) {
    const { count, streamId, records } = readStream(cargo);
    const bytes = records.map((one) => ({ hex: hex(one) }));
    const decoded = records.map((one) => record(one));
    const fields = { numberOfHistoryLogs: count, streamId, historyLogStreamBytes: bytes, records: decoded };
    return { message: 'HistoryLogStreamResponse', ...fields, alsoAsserted: fields };
  }
  if (opCode === ERROR_ANSWER) {
    const { requestOpCode, errorCode, error } = readError(cargo);
    const fields = { requestOpCode, errorCode, requestCodeId: requestOpCode, errorCodeId: errorCode };
    return { message: 'ErrorResponse', ...fields, alsoAsserted: { ...fields, error: error ?? null } };
  }
  const name = answerName(opCode);
  if (name === undefined) throw new UnknownCase(`op code ${opCode}`);
  return { message: `${ANSWERS[name].name}Response`, ...caseFields(name, readAnswer(name, cargo)) };
}

function record(bytes: Uint8Array): JsonObject {
  const { type, pumpTime, sequence, known } = readRecord(bytes);
  const head = { typeId: type, pumpTimeSec: pumpTime, sequenceNum: sequence };
  if (known === undefined) return { message: 'HistoryLog', ...head, raw: hex(bytes), alsoAsserted: head };
  return { message: `${RECORDS[known.name].name}HistoryLog`, ...head, ...caseFields(known.name, known.fields) };
}

/** What is sent is filled into the manifest's own patterns: a case shows the bytes that the host would write. */
const requests: CaseFile = {
  list: 'cases',
  fields: ['request', 'txId', 'args'],
  expectation: {
    fields: ['packets', 'opCode'],
    of: ({ packets, opCode }) => ({
      packets: packets ?? null,
      ...(opCode === undefined ? {} : { opCode: unsigned(opCode) }),
    }),
  },
  run({ request, txId, args }) {
    const name = typeof request === 'string' ? requestName(request) : '';
    if (!isRequest(name) || typeof txId !== 'number') throw new UnknownCase(`request ${String(request)}`);
    const packet = requestPacket(name, requestParameters(name, txId & 0xff, asked(args)));
    return { packets: [hex(packet)], opCode: packet[2]! };
  },
};

/** `IDPSegmentRequest` is `idpSegment` in the manifest. */
function requestName(request: string): string {
  const words = request.replace(/Request$/, '').replace(/CGMOOR/, 'CgmOor');
  return words
    .replace(/IQIOB/, 'IqIob')
    .replace(/[A-Z]{2,}(?=[A-Z][a-z]|\d|$)/g, (run) => run[0] + run.slice(1).toLowerCase())
    .replace(/IQ/g, 'Iq')
    .replace(/^[A-Z]/, (first) => first.toLowerCase());
}

const PARAMETERS: Readonly<Record<string, string>> = {
  idpId: 'idp',
  segmentIndex: 'segment',
  mcuTypeId: 'mcu',
  startLog: 'start',
  numberOfLogs: 'count',
};

function asked(args: Json | undefined): Record<string, number> {
  if (args === undefined) return {};
  if (!isJsonObject(args)) throw new UnknownCase('the arguments are no object');
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const number = isJsonObject(value) ? caseBytes(value.hex)[0] : value;
      if (typeof number !== 'number') throw new UnknownCase(`argument ${name}`);
      return [PARAMETERS[name] ?? name, number < 0 ? unsignedByte(number) : number];
    }),
  );
}

const events: CaseFile = {
  list: 'cases',
  fields: ['hex', 'characteristic'],
  expectation: {
    fields: ['expectedEvents', 'expected'],
    of: ({ expectedEvents, expected }) =>
      Array.isArray(expectedEvents) ? { events: expectedEvents.toSorted() } : expected,
  },
  run: ({ hex: bytes }) => refusable(() => ({ events: readQualifyingEvents(caseBytes(bytes)).names })),
};

function packetsOf(packets: Json | undefined): readonly Uint8Array[] {
  if (!Array.isArray(packets)) throw new UnknownCase('the packets are no list');
  return packets.map((packet: Json) => caseBytes(packet));
}

function refusable(decode: () => JsonObject): JsonObject {
  try {
    return decode();
  } catch (error) {
    if (error instanceof PacketRejected || error instanceof ValueRejected) return { reject: error.reject };
    throw error;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const module: CaseModule = {
  protocol: 'tandem-x2-ble',
  files: {
    'cases.json': messages,
    'segmented.json': messages,
    'read-requests.json': requests,
    'qualifying-events.json': events,
  },
  tables: ['messages.json', 'history-log-types.json'],
};
export default module;
