import type { RequestParameters } from '../device.js';
import { e2eCrc } from './e2e-crc.js';
import { field } from './gatt-layout.js';
import { ValueReader } from './gatt-values.js';
import { type IddProfile, readProtected } from './insulin-delivery.js';
import {
  NUMBER_RESPONSE,
  RESPONSE,
  RESPONSE_SUCCESS,
  type RecordAccessMessage,
  type RecordAccessPoint,
} from './record-access.js';

/**
 * IDD Record Access Control Point 2B27: the same procedures as 2A52 with codes of a larger Hamming distance and
 * 32-bit sequence numbers. Messages are given in the codes of 2A52, so that one procedure serves both.
 */

const OPS: Readonly<Record<number, number>> = { 51: 1, 60: 2, 85: 3, 90: 4, 102: NUMBER_RESPONSE, 15: RESPONSE };
const OPERATORS: Readonly<Record<number, number>> = {
  15: 0,
  51: 1,
  60: 2,
  85: 3,
  90: 4,
  102: 5,
  105: 6,
};
const NAMES = [
  '',
  'reportStoredRecords',
  'deleteStoredRecords',
  'abortOperation',
  'reportNumberOfStoredRecords',
  'numberOfStoredRecordsResponse',
  'responseCode',
];
const OPERATOR_NAMES = ['null', 'all', 'lessOrEqual', 'greaterOrEqual', 'range', 'first', 'last'];
const RESPONSES: Readonly<Record<number, string>> = {
  240: 'success',
  2: 'op-code-not-supported',
  3: 'invalid-operator',
  4: 'operator-not-supported',
  5: 'invalid-operand',
  6: 'no-records-found',
  7: 'abort-unsuccessful',
  8: 'procedure-not-completed',
  9: 'operand-not-supported',
  10: 'procedure-not-applicable',
};
const SUCCESS = 0xf0;
export const IDD_FILTERS: Readonly<Record<number, string>> = {
  15: 'sequence-number',
  51: 'reference-time-only',
  60: 'non-reference-time-only',
};

const HEAD = [field('op', 'u8'), field('operator', 'u8')] as const;
const PLAIN = HEAD;
const FILTERED = [...HEAD, field('filter', 'u8')] as const;
const LIMIT = [...FILTERED, field('first', 'u32')] as const;
const RANGE = [...LIMIT, field('last', 'u32')] as const;
const COUNT = [...HEAD, field('count', 'u32')] as const;
const ANSWER = [...HEAD, field('requestOp', 'u8'), field('code', 'u8')] as const;

type Fields = Partial<Record<'filter' | 'count' | 'requestOp' | 'code', number | undefined>>;

function layoutOf(op: number, operator: number, length: number) {
  if (op === NUMBER_RESPONSE) return COUNT;
  if (op === RESPONSE) return ANSWER;
  if (operator === 4) return RANGE;
  if (operator === 2 || operator === 3) return LIMIT;
  // A filter without an operand: one byte more than the plain form, with and without counter and CRC.
  return length === 3 || length === 6 ? FILTERED : PLAIN;
}

/** A message of either direction. An operation or operator that is not listed stands as 0. */
export function parseInsulinRecordAccess(bytes: Uint8Array, profile: IddProfile): RecordAccessMessage {
  const name = '2B27';
  const reader = new ValueReader(name, bytes);
  const op = OPS[reader.u8()] ?? 0;
  const operator = OPERATORS[reader.u8()] ?? 0;
  const isResponse = op === RESPONSE;
  const conditional = op !== NUMBER_RESPONSE && !isResponse && operator >= 2 && operator <= 4;
  const head = { op, opName: NAMES[op], operator, operatorName: OPERATOR_NAMES[operator] };
  const values: Fields = readProtected(name, bytes, layoutOf(op, operator, bytes.length), profile);
  const operand = conditional ? bytes.slice(3, operator === 4 ? 11 : 7) : new Uint8Array();
  return {
    ...head,
    filter: values.filter,
    operand,
    numberOfRecords: values.count,
    requestOp: isResponse ? (OPS[values.requestOp!] ?? 0) : undefined,
    response: values.code === SUCCESS ? RESPONSE_SUCCESS : values.code,
    responseName: values.code === undefined ? undefined : RESPONSES[values.code],
  };
}

/**
 * Where the pump protects its values, every request of the manifest has a second form with `Protected` behind its
 * name, which ends with a counter and a CRC over what stands before it.
 */
export function insulinRecordAccess(profile: IddProfile, protect: Protect): RecordAccessPoint {
  return {
    channel: '2B27',
    parse: (bytes) => parseInsulinRecordAccess(bytes, profile),
    request: (name, parameters) => protect(name, parameters, requestBytes(name, parameters)),
  };
}

/** The request of the manifest for these bytes, with what protects them. */
export type Protect = (
  name: string,
  parameters: RequestParameters,
  bytes: readonly number[],
) => readonly [string, RequestParameters];

/** A counter from 1 to 255 and again, over all requests of a link. */
export function protectRequests({ protected: on, variant }: IddProfile): Protect {
  let counter = 0;
  return (name, parameters, bytes) => {
    if (!on) return [name, parameters];
    counter = (counter % 255) + 1;
    const crc = e2eCrc(Uint8Array.from([...bytes, counter]), variant);
    return [`${name}Protected`, { ...parameters, counter, crc }];
  };
}

const REQUESTS: Readonly<Record<string, readonly number[]>> = {
  countAll: [0x5a, 0x33],
  countUpTo: [0x5a, 0x3c, 0x0f],
  reportLast: [0x33, 0x69],
  reportFirst: [0x33, 0x66],
  reportRange: [0x33, 0x5a, 0x0f],
  reportReferencesUpTo: [0x33, 0x3c, 0x33],
  abort: [0x55, 0x0f],
};

function requestBytes(name: string, parameters: RequestParameters): readonly number[] {
  const keys = ['sequence', 'first', 'last'].flatMap((key) => (key in parameters ? [Number(parameters[key])] : []));
  return [...(REQUESTS[name] ?? []), ...keys.flatMap(u32Bytes)];
}

const littleEndian = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
const u32Bytes = (value: number): number[] => littleEndian(value, 4);
export const u16Bytes = (value: number): number[] => littleEndian(value, 2);
