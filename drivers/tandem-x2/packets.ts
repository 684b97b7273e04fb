import { OneBoxError } from '@onebox/protocol/errors.js';
import { crc16 } from '@onebox/protocol/framing.js';

/**
 * How messages travel. A message is op code | transaction id | length of the cargo | cargo | CRC-16/CCITT-FALSE over
 * all before it, low byte first. It is cut into chunks; a packet is the number of packets still to come (low four
 * bits) | transaction id | chunk.
 */
export interface Message {
  readonly opCode: number;
  readonly transaction: number;
  readonly cargo: Uint8Array;
}

/**
 * `transaction`: a packet or message of another transaction. `order`: the number of packets still to come does not
 * fall by one. `length`: bytes are missing or left over. `checksum`: the CRC does not fit.
 */
export type PacketReject = 'transaction' | 'order' | 'length' | 'checksum';

export class PacketRejected extends OneBoxError {
  constructor(
    readonly reject: PacketReject,
    detail: string,
  ) {
    super('LINK_MALFORMED', detail);
  }
}

const PACKET_HEADER = 2;
const MESSAGE_HEADER = 3;
const CRC = 2;
/** Longest cargo that the length byte can state, with header and CRC. */
const LONGEST = MESSAGE_HEADER + 255 + CRC;
/** What fits into a notification of 20 bytes. */
export const CHUNK = 18;

/** Puts the packets of one characteristic together. Every packet is used at most once. */
export class Reassembly {
  private parts: Uint8Array[] = [];
  private size = 0;
  private due = 0;
  private transaction = 0;

  /** True in the middle of a message. */
  get pending(): boolean {
    return this.parts.length > 0;
  }

  /**
   * Takes a packet; gives the message that it completes. Throws PacketRejected when the message is refused as a
   * whole. A packet that does not continue the message before it is the first of the next one: `lost` says so.
   */
  take(packet: Uint8Array): { readonly message?: Message; readonly lost?: PacketRejected } {
    const [first, transaction] = packet;
    if (first === undefined || transaction === undefined || packet.length === PACKET_HEADER) {
      this.clear();
      throw new PacketRejected('length', `a packet of ${packet.length} bytes`);
    }
    const remaining = first & 0x0f;
    const lost = this.pending ? this.break(remaining, transaction) : undefined;
    if (lost) this.clear();
    this.due = remaining;
    this.transaction = transaction;
    this.parts.push(packet.subarray(PACKET_HEADER));
    this.size += packet.length - PACKET_HEADER;
    if (this.size > LONGEST) {
      this.clear();
      throw new PacketRejected('length', 'longer than a message can be');
    }
    if (remaining > 0) return lost ? { lost } : {};
    const whole = concatenate(this.parts, this.size);
    this.clear();
    try {
      return { message: parseMessage(whole, transaction), ...(lost ? { lost } : {}) };
    } catch (error) {
      // What came first is the reason: this packet was no beginning either.
      throw lost ?? error;
    }
  }

  clear(): void {
    this.parts = [];
    this.size = 0;
  }

  private break(remaining: number, transaction: number): PacketRejected | undefined {
    if (transaction !== this.transaction)
      return new PacketRejected('transaction', `transaction ${transaction} in the middle of ${this.transaction}`);
    if (remaining !== this.due - 1)
      return new PacketRejected('order', `${remaining} packets to come where ${this.due - 1} are due`);
    return undefined;
  }
}

/** All packets of exactly one message. Throws PacketRejected for the first thing that is wrong. */
export function readPackets(packets: readonly Uint8Array[]): Message {
  const reassembly = new Reassembly();
  let message: Message | undefined;
  for (const packet of packets) {
    if (message) throw new PacketRejected('length', 'packets after the last one');
    const taken = reassembly.take(packet);
    if (taken.lost) throw taken.lost;
    message = taken.message;
  }
  if (!message) throw new PacketRejected('length', 'the last packet is missing');
  return message;
}

/** A whole message whose packets had this transaction id. */
function parseMessage(bytes: Uint8Array, transaction: number): Message {
  const [opCode = 0, stated = 0, length = 0] = bytes;
  const whole = MESSAGE_HEADER + length + CRC;
  if (bytes.length < MESSAGE_HEADER + CRC || bytes.length !== whole)
    throw new PacketRejected('length', `${bytes.length} bytes where ${whole} are due`);
  const body = bytes.subarray(0, whole - CRC);
  if (crc16(body) !== bytes[whole - 2]! + bytes[whole - 1]! * 256)
    throw new PacketRejected('checksum', `op code ${opCode}`);
  if (stated !== transaction) throw new PacketRejected('transaction', `message ${stated} in packets of ${transaction}`);
  return { opCode, transaction, cargo: body.slice(MESSAGE_HEADER) };
}

/** The CRC of a message that is not cut, for a request of the manifest. */
export function messageCrc(opCode: number, transaction: number, cargo: Uint8Array): number {
  return crc16(Uint8Array.from([opCode, transaction, cargo.length, ...cargo]));
}

/** A message as packets of at most `chunk` bytes of it each. Sixteen packets at most. */
export function writePackets({ opCode, transaction, cargo }: Message, chunk = CHUNK): Uint8Array[] {
  const crc = messageCrc(opCode, transaction, cargo);
  const bytes = Uint8Array.from([opCode, transaction, cargo.length, ...cargo, crc & 0xff, crc >>> 8]);
  const count = Math.ceil(bytes.length / chunk);
  return Array.from({ length: count }, (_, index) =>
    Uint8Array.from([count - 1 - index, transaction, ...bytes.subarray(index * chunk, (index + 1) * chunk)]),
  );
}

function concatenate(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
