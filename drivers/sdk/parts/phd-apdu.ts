import { type MderReader, MderRejected, readWhole } from './mder.js';
import { attributeList, type PhdAttributes } from './phd-attributes.js';
import { CONFIGURATION, type EventInfo, eventInfo } from './phd-events.js';

/**
 * APDUs of personal health devices (IEEE 11073-20601, clause 8 and annex A). Strict: every length, also those
 * within, must be that of the bytes that are there.
 */

export const APDU = {
  AARQ: 0xe200,
  AARE: 0xe300,
  RLRQ: 0xe400,
  RLRE: 0xe500,
  ABRT: 0xe600,
  PRST: 0xe700,
} as const;
export type ApduKind = keyof typeof APDU;

/** Protocol of the data exchange: IEEE 11073-20601 itself. */
export const PROTOCOL_20601 = 20601;

export const MESSAGE = {
  event: 0x0100,
  confirmedEvent: 0x0101,
  get: 0x0103,
  set: 0x0104,
  confirmedSet: 0x0105,
  action: 0x0106,
  confirmedAction: 0x0107,
  eventReply: 0x0201,
  getReply: 0x0203,
  setReply: 0x0205,
  actionReply: 0x0207,
  error: 0x0300,
  reject: 0x0400,
} as const;

/** What agent and manager tell of themselves when they associate. */
export interface AssociationInfo {
  readonly protocolVersion: number;
  /** Bits: 0x8000 MDER, 0x4000 XER, 0x2000 PER. */
  readonly encodingRules: number;
  readonly nomenclatureVersion: number;
  readonly functionalUnits: number;
  /** 0x00800000 agent, 0x80000000 manager. */
  readonly systemType: number;
  readonly systemId: Uint8Array;
  readonly configurationId: number;
  readonly requestModes: number;
  readonly agentRequests: number;
  readonly managerRequests: number;
  /** Option list by attribute id. */
  readonly options: PhdAttributes;
}

export interface DataProtocol {
  readonly id: number;
  /** Undefined for other protocols than 20601, and in an answer that rejects. */
  readonly info: AssociationInfo | undefined;
}

export type DataMessage =
  | {
      readonly kind: 'event';
      readonly confirmed: boolean;
      readonly handle: number;
      /** Ticks of 1/8 ms of the agent's relative clock; 0xFFFFFFFF for none. */
      readonly time: number;
      readonly eventType: number;
      readonly info: EventInfo;
    }
  | {
      readonly kind: 'event-reply';
      readonly handle: number;
      readonly time: number;
      readonly eventType: number;
      readonly configuration?: { readonly id: number; readonly result: number };
      readonly info: Uint8Array;
    }
  | { readonly kind: 'get'; readonly handle: number; readonly ids: readonly number[] }
  | { readonly kind: 'get-reply' | 'set-reply'; readonly handle: number; readonly attributes: PhdAttributes }
  | { readonly kind: 'set'; readonly handle: number; readonly changes: readonly AttributeChange[] }
  | {
      readonly kind: 'action' | 'action-reply';
      readonly handle: number;
      readonly actionType: number;
      readonly info: Uint8Array;
    }
  | { readonly kind: 'error'; readonly value: number; readonly info: Uint8Array }
  | { readonly kind: 'reject'; readonly problem: number };

export interface AttributeChange {
  readonly operator: number;
  readonly attribute: number;
  readonly value: Uint8Array;
}

export type Apdu =
  | { readonly kind: 'AARQ'; readonly version: number; readonly protocols: readonly DataProtocol[] }
  | { readonly kind: 'AARE'; readonly result: number; readonly protocol: DataProtocol }
  | { readonly kind: 'RLRQ' | 'RLRE' | 'ABRT'; readonly reason: number }
  | {
      readonly kind: 'PRST';
      readonly invokeId: number;
      /** Choice of the message, see MESSAGE. */
      readonly choice: number;
      readonly message: DataMessage;
    };

/** Decodes one whole APDU. Throws MderRejected; nothing is taken from an APDU of which anything is wrong. */
export function decodeApdu(bytes: Uint8Array): Apdu {
  return readWhole(bytes, 'APDU', (reader) => {
    const choice = reader.u16();
    return reader.within('APDU', (body) => apduBody(choice, body));
  });
}

function apduBody(choice: number, reader: MderReader): Apdu {
  switch (choice) {
    case APDU.AARQ:
      return { kind: 'AARQ', version: reader.u32(), protocols: reader.list('data protocols', dataProtocol) };
    case APDU.AARE:
      return { kind: 'AARE', result: reader.u16(), protocol: dataProtocol(reader) };
    case APDU.RLRQ:
      return { kind: 'RLRQ', reason: reader.u16() };
    case APDU.RLRE:
      return { kind: 'RLRE', reason: reader.u16() };
    case APDU.ABRT:
      return { kind: 'ABRT', reason: reader.u16() };
    case APDU.PRST:
      return reader.within('data APDU', presentation);
    default:
      throw new MderRejected('choice', `APDU 0x${choice.toString(16)} is not known`);
  }
}

function dataProtocol(reader: MderReader): DataProtocol {
  const id = reader.u16();
  const bytes = reader.octets();
  if (id !== PROTOCOL_20601 || bytes.length === 0) return { id, info: undefined };
  return { id, info: readWhole(bytes, 'association', associationInfo) };
}

function associationInfo(reader: MderReader): AssociationInfo {
  return {
    protocolVersion: reader.u32(),
    encodingRules: reader.u16(),
    nomenclatureVersion: reader.u32(),
    functionalUnits: reader.u32(),
    systemType: reader.u32(),
    systemId: reader.octets(),
    configurationId: reader.u16(),
    requestModes: reader.u16(),
    agentRequests: reader.u8(),
    managerRequests: reader.u8(),
    options: attributeList(reader),
  };
}

function presentation(reader: MderReader): Apdu {
  const invokeId = reader.u16();
  const choice = reader.u16();
  return { kind: 'PRST', invokeId, choice, message: reader.within('message', (body) => message(choice, body)) };
}

function message(choice: number, reader: MderReader): DataMessage {
  switch (choice) {
    case MESSAGE.event:
    case MESSAGE.confirmedEvent:
      return event(choice === MESSAGE.confirmedEvent, reader);
    case MESSAGE.eventReply:
      return eventReply(reader);
    case MESSAGE.get:
      return { kind: 'get', handle: reader.u16(), ids: reader.list('attribute ids', (item) => item.u16()) };
    case MESSAGE.getReply:
    case MESSAGE.setReply:
      return {
        kind: choice === MESSAGE.getReply ? 'get-reply' : 'set-reply',
        handle: reader.u16(),
        attributes: attributeList(reader),
      };
    case MESSAGE.set:
    case MESSAGE.confirmedSet:
      return { kind: 'set', handle: reader.u16(), changes: reader.list('changes', change) };
    case MESSAGE.action:
    case MESSAGE.confirmedAction:
    case MESSAGE.actionReply:
      return {
        kind: choice === MESSAGE.actionReply ? 'action-reply' : 'action',
        handle: reader.u16(),
        actionType: reader.u16(),
        info: reader.octets(),
      };
    case MESSAGE.error:
      return { kind: 'error', value: reader.u16(), info: reader.left > 0 ? reader.octets() : new Uint8Array() };
    case MESSAGE.reject:
      return { kind: 'reject', problem: reader.u16() };
    default:
      throw new MderRejected('choice', `message 0x${choice.toString(16)} is not known`);
  }
}

function event(confirmed: boolean, reader: MderReader): DataMessage {
  const head = { handle: reader.u16(), time: reader.u32(), eventType: reader.u16() };
  return { kind: 'event', confirmed, ...head, info: reader.within('event', (info) => eventInfo(head.eventType, info)) };
}

function eventReply(reader: MderReader): DataMessage {
  const head = { kind: 'event-reply', handle: reader.u16(), time: reader.u32(), eventType: reader.u16() } as const;
  const info = reader.octets();
  if (head.eventType !== CONFIGURATION) return { ...head, info };
  const configuration = readWhole(info, 'configuration reply', (body) => ({ id: body.u16(), result: body.u16() }));
  return { ...head, configuration, info };
}

function change(reader: MderReader): AttributeChange {
  return { operator: reader.u16(), attribute: reader.u16(), value: reader.octets() };
}
