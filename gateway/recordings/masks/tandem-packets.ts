import { crc16 } from '@onebox/protocol/framing.js';
import type { ContentMask } from './pieces.js';
import { PADS, StandIns } from './stand-in.js';

/**
 * Messages of Tandem pumps in packets (drivers/tandem-x2/packets.ts): op code, transaction, length, cargo, CRC-16 with
 * its low byte first; a packet is the number of packets still to come, the transaction, and a piece of the message.
 */
const PACKET_HEADER = 2;
const MESSAGE_HEADER = 3;
const CRC = 2;
const STREAM = 129;
const RECORD = 26;
const RECORD_DATA = 10;

/** Answers that stay as they are: states, amounts, times and settings. Of one that is not listed the cargo goes. */
const STAY: ReadonlySet<number> = new Set([
  ...[33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63, 67, 69, 71, 73, 75, 79, 83, 87, 89, 91],
  ...[93, 95, 105, 107, 109, 115, 139, 141, 145, 165, 167, 179],
]);
/** Stretches of the cargo that go, by op code of the answer. */
const GO: Readonly<Record<number, readonly (readonly [from: number, to: number])[]>> = {
  // A profile has the name that its user gave it.
  65: [[1, 17]],
  // A refusal: behind the two codes a signature.
  77: [[2, 255]],
  // Serial numbers of the pump and of its board.
  85: [
    [16, 20],
    [32, 36],
  ],
  // The transmitter.
  97: [[0, 16]],
  121: [[8, 255]],
  133: [
    [28, 32],
    [48, 52],
  ],
};
/** Types of records of the history whose data are known; of others they go. */
const RECORDS: ReadonlySet<number> = new Set([
  3, 4, 5, 11, 12, 14, 16, 20, 33, 36, 48, 55, 64, 65, 66, 81, 256, 280, 399,
]);

/** Answers and history of a pump. */
export function tandemMask(): ContentMask {
  const standIns = new StandIns();
  return (pieces) => {
    const out = pieces.map((piece) => Uint8Array.from(piece));
    /** Packets of the message that has begun. */
    let begun: Uint8Array[] = [];
    for (const packet of out) {
      const before = begun.at(-1);
      if (before && !follows(before, packet)) begun = cover(begun);
      begun.push(packet);
      if (packet.length < PACKET_HEADER || (packet[0]! & 0x0f) > 0) continue;
      const message = Buffer.concat(begun.map((one) => one.subarray(PACKET_HEADER)));
      maskMessage(message, standIns);
      spread(message, begun);
      begun = [];
    }
    cover(begun);
    return out;
  };
}

function follows(before: Uint8Array, packet: Uint8Array): boolean {
  return before[1] === packet[1] && (packet[0]! & 0x0f) === (before[0]! & 0x0f) - 1;
}

function cover(packets: readonly Uint8Array[]): [] {
  for (const packet of packets) packet.fill(PADS[0]!, packet.length < PACKET_HEADER ? 0 : PACKET_HEADER);
  return [];
}

function spread(message: Uint8Array, packets: readonly Uint8Array[]): void {
  let at = 0;
  for (const packet of packets) {
    const length = Math.max(packet.length - PACKET_HEADER, 0);
    packet.set(message.subarray(at, at + length), Math.min(PACKET_HEADER, packet.length));
    at += length;
  }
}

/** Masks a message in place. A right CRC is made right again, and what was damaged stays so. */
function maskMessage(message: Uint8Array, standIns: StandIns): void {
  const [opCode = 0, , length = 0] = message;
  const end = MESSAGE_HEADER + length;
  if (message.length !== end + CRC) {
    message.fill(PADS[0]!);
    return;
  }
  const sound = crcOf(message, end) === stated(message, end);
  const cargo = message.subarray(MESSAGE_HEADER, end);
  // In a damaged message the op code may be another one's.
  if (sound) maskCargo(opCode, cargo, standIns);
  else cargo.fill(PADS[0]!);
  const crc = crcOf(message, end) ^ (sound ? 0 : 1);
  message.set([crc & 0xff, crc >>> 8], end);
}

const crcOf = (message: Uint8Array, end: number): number => crc16(message.subarray(0, end));
const stated = (message: Uint8Array, end: number): number => message[end]! + message[end + 1]! * 256;

function maskCargo(opCode: number, cargo: Uint8Array, standIns: StandIns): void {
  if (opCode === STREAM) maskStream(cargo, standIns);
  else if (Object.hasOwn(GO, opCode)) for (const [from, to] of GO[opCode]!) letters(cargo.subarray(from, to), standIns);
  else if (!STAY.has(opCode)) letters(cargo, standIns);
}

/** Number of records, stream, records. */
function maskStream(cargo: Uint8Array, standIns: StandIns): void {
  const [count = 0] = cargo;
  const whole = cargo.length === 2 + count * RECORD;
  if (!whole) letters(cargo.subarray(2), standIns);
  else
    for (let at = 2; at < cargo.length; at += RECORD) {
      const type = (cargo[at]! + cargo[at + 1]! * 256) & 0x0fff;
      if (!RECORDS.has(type)) letters(cargo.subarray(at + RECORD_DATA, at + RECORD), standIns);
    }
}

function letters(bytes: Uint8Array, standIns: StandIns): void {
  bytes.set(standIns.of(bytes));
}
