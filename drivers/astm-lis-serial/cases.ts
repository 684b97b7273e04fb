import {
  CaseMismatch,
  type CaseModule,
  caseBytes,
  type Json,
  type JsonObject,
  UnknownCase,
} from '@onebox/driver-sdk/cases.js';
import { decodeAstmFrame, ENQ, EOT, NAK } from '@onebox/driver-sdk/parts/astm-frame.js';
import { AstmReceiver, type AstmSession } from '@onebox/driver-sdk/parts/astm-receiver.js';
import { type AstmRecord, AstmRecordReader, parseAstmRecord } from '@onebox/driver-sdk/parts/astm-records.js';
import { astmResult, astmSender } from '@onebox/driver-sdk/parts/astm-result.js';
import { latin1Bytes, latin1OrUtf8 } from '@onebox/driver-sdk/parts/text.js';
import { readCapture, readFrames, readMessage, readWholeRecords } from './cases-messages.js';
import { contourHeader, contourResult } from './contour.js';

/** How the cases of `astm-lis-serial` are run: frames, records, captured messages and whole sessions. */
const cases: CaseModule = {
  protocol: 'astm-lis-serial',
  files: {
    'cases.json': { list: 'cases', fields: ['kind', 'hex', 'text', 'frames', 'frameChecksums'], run: runCase },
    'sessions.json': { list: 'sessions', fields: ['steps'], run: runSession },
  },
};
export default cases;

function runCase(input: JsonObject): JsonObject {
  const bytes = bytesOf(input);
  switch (input.kind) {
    case 'frame':
      return runFrame(bytes);
    case 'frames':
      return runFrames(input, bytes);
    case 'record':
      return runRecord(latin1OrUtf8(bytes));
    case 'session-frames': {
      const message = readCapture(bytes, input.frameChecksums);
      return 'reject' in message ? { reject: message.reject } : { ...summary(message.records), frames: message.frames };
    }
    default:
      throw new UnknownCase(`kind ${String(input.kind)}`);
  }
}

/** The text of a case is its bytes, printed; a case may state it alone. */
function bytesOf({ hex, text }: JsonObject): Uint8Array {
  return hex === undefined && typeof text === 'string' ? latin1Bytes(text) : caseBytes(hex);
}

/** One frame; an EOT before it and an ENQ behind it belong to the session. */
function runFrame(bytes: Uint8Array): JsonObject {
  const start = bytes.findIndex((byte) => byte !== EOT && byte !== ENQ);
  const result = decodeAstmFrame(bytes.subarray(Math.max(start, 0)));
  if ('reject' in result) return { reject: result.reject };
  const { frame } = result;
  const message = readMessage([frame]);
  const first = message[0];
  return {
    ...(first === undefined ? {} : meaning(first)),
    records: message.map((record) => fields(record)),
    frameNumber: frame.number,
    terminator: frame.terminator,
    checksum: frame.checksum,
  };
}

/** Frames of one message: each must be right, and their text is joined. */
function runFrames(input: JsonObject, bytes: Uint8Array): JsonObject {
  const parts = Array.isArray(input.frames) ? input.frames.map((frame) => caseBytes(frame)) : [bytes];
  const frames = [];
  for (const part of parts) {
    const read = readFrames(part);
    if ('reject' in read) return { reject: read.reject };
    frames.push(...read);
  }
  return summary(readWholeRecords(frames));
}

function runRecord(text: string): JsonObject {
  const record = new AstmRecordReader().read(text.replace(/[\r\n]+$/, ''));
  return { ...meaning(record), fields: fields(record) };
}

function fields(record: AstmRecord): Json {
  return parseAstmRecord(record.text, record.delimiters) as Json;
}

/** What one record says, by the names of its fields. */
function meaning(record: AstmRecord): JsonObject {
  const delimiters = { ...record.delimiters };
  if (record.type === 'H') {
    const contour = contourHeader(record);
    const sender = { ...astmSender(record) };
    if (contour === undefined) return { recordType: 'H', delimiters, sender };
    const { limits, ...header } = contour;
    return {
      recordType: 'H',
      delimiters,
      ...header,
      X: limits === undefined ? (header.config.X ?? null) : { ...limits },
    };
  }
  if (record.type !== 'R') return { recordType: record.type };
  const result = contourResult(record);
  return {
    recordType: 'R',
    sequence: result.sequence,
    testId: result.test,
    value: result.number === null ? null : { decimal: result.number },
    valueText: result.value,
    unit: result.unit,
    referenceMethod: result.referenceMethod,
    markers: result.markers,
    control: result.control,
    isControl: result.control,
    outOfRange: result.outOfRange,
    display: result.outOfRange ?? result.value,
    status: astmResult(record).status,
    dateTime: result.dateTime,
  };
}

function summary(records: readonly AstmRecord[]): JsonObject {
  const header = records.find((record) => record.type === 'H');
  return {
    records: records.map((record) => fields(record)),
    recordTypes: records.map((record) => record.type),
    sender: header === undefined ? null : { ...astmSender(header) },
    results: records.filter((record) => record.type === 'R').map((record) => resultOf(record)),
  };
}

function resultOf(record: AstmRecord): JsonObject {
  const { test, value, unit, status, sequence, flags, dateTime } = astmResult(record);
  return { test, value, unit, status, sequence, flags, dateTime };
}

/** Plays the device's side; what our receiver sends must be the reader's side. */
function runSession(input: JsonObject): JsonObject {
  if (!Array.isArray(input.steps)) throw new UnknownCase('a session without steps');
  const receiver = new AstmReceiver();
  const records: string[] = [];
  const sessions: AstmSession[] = [];
  const sent: number[] = [];
  const take = (events: ReturnType<AstmReceiver['receive']>): void => {
    for (const event of events) {
      if (event.kind === 'record') records.push(event.text);
      else if (event.kind === 'answer') sent.push(event.byte);
      else if (event.kind === 'ended') sessions.push(event.session);
    }
  };
  for (const [index, step] of (input.steps as readonly Json[]).entries()) {
    const { dir, hex } = step as JsonObject;
    const bytes = caseBytes(hex);
    const next = input.steps[index + 1] as JsonObject | undefined;
    if (dir === 'D' && !receiver.open && isBusy(bytes, next)) sent.push(NAK);
    else if (dir === 'D') take(receiver.receive(bytes));
    else if (dir !== 'R') throw new UnknownCase(`step ${index} without a direction`);
    else {
      if (sent.length === 0) take(receiver.silence());
      const answer = sent.splice(0, bytes.length);
      if (hexOf(answer) !== hexOf(bytes)) {
        throw new CaseMismatch({
          path: `steps[${index}]`,
          reason: 'the answer differs',
          expected: hexOf(bytes),
          actual: hexOf(answer),
        });
      }
    }
  }
  // Behind the last step nothing comes: the receiver's time runs out.
  take(receiver.giveUp('timeout'));
  if (sent.length > 0) {
    throw new CaseMismatch({
      path: 'steps',
      reason: 'an answer that is not expected',
      expected: '',
      actual: hexOf(sent),
    });
  }
  return sessionResult(records, sessions);
}

/** Whether a reader is busy when it is asked, no byte of the session tells: the case does, by its answer to ENQ. */
function isBusy(bytes: Uint8Array, next: JsonObject | undefined): boolean {
  return bytes.length === 1 && bytes[0] === ENQ && next?.dir === 'R' && hexOf(caseBytes(next.hex)) === hexOf([NAK]);
}

function sessionResult(texts: readonly string[], sessions: readonly AstmSession[]): JsonObject {
  const reader = new AstmRecordReader();
  const sum = (count: (session: AstmSession) => number): number =>
    sessions.reduce((total, session) => total + count(session), 0);
  const warnings = [...new Set(sessions.flatMap((session) => session.warnings))];
  return {
    ...summary(texts.map((text) => reader.read(text))),
    complete: sessions.length > 0 && sessions.every((session) => session.complete),
    naks: sum((session) => session.naks),
    duplicates: sum((session) => session.duplicates),
    duplicatesDropped: sum((session) => session.duplicates),
    frames: sum((session) => session.frames),
    warnings,
    numbering: warnings.includes('numbering') ? 'warning' : null,
    numberingWarning: warnings.includes('numbering'),
    timeout: sessions.some((session) => session.end === 'timeout'),
  };
}

function hexOf(bytes: readonly number[] | Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
