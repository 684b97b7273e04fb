import type { AirEnd } from './air-link.js';
import type { Controller } from './controller.js';
import { EVENT, LE, le16, STATUS } from './hci.js';

type Octets = readonly number[] | Buffer;

const BLUETOOTH_5_0 = [9, 0, 0, 9, 0xf1, 0x05, 0, 0];
const LE_ENCRYPTION = [0x01, 0, 0, 0, 0, 0, 0, 0];
const LE_ONLY = [0, 0, 0, 0, 0x60, 0, 0, 0];

/** What a controller with legacy LE commands knows without looking at its state: opcode to return parameters. */
const CONSTANT_ANSWERS: Readonly<Record<number, Octets>> = {
  3073: [], // Set Event Mask
  3171: [], // Set Event Mask Page 2
  3181: [], // Write LE Host Support
  8193: [], // LE Set Event Mask
  8241: [], // LE Set Default PHY
  8208: [], // filter accept list: clear, add, remove
  8209: [],
  8210: [],
  3180: [1, 0], // Read LE Host Support
  4097: BLUETOOTH_5_0, // Read Local Version
  4098: Buffer.alloc(64), // Read Local Supported Commands
  4099: LE_ONLY, // Read Local Supported Features
  4101: [0, 0, 0, 0, 0, 0, 0], // Read Buffer Size: no BR/EDR
  8195: LE_ENCRYPTION, // LE Read Local Supported Features
  8199: [0], // LE Read Advertising Channel Tx Power
  8207: [8], // LE Read Filter Accept List Size
  8220: Buffer.alloc(8, 0xff), // LE Read Supported States
};

/** Carries out one HCI command of the host. */
export function answerCommand(controller: Controller, opcode: number, p: Buffer): void {
  const complete = (status: number, ...result: Octets[]): void =>
    controller.event(EVENT.commandComplete, [1, ...le16(opcode), status], ...result);
  const status = (code: number): void => controller.event(EVENT.commandStatus, [code, 1, ...le16(opcode)]);
  const constant = CONSTANT_ANSWERS[opcode];
  if (constant) {
    complete(STATUS.ok, constant);
    return;
  }
  if (scanAndAdvertise(controller, opcode, p, complete)) return;
  if (connectAndCancel(controller, opcode, p, complete, status)) return;
  const end = p.length >= 2 ? controller.ends.get(p.readUInt16LE(0) & 0xfff) : undefined;
  if (!onConnection(controller, opcode, p, end, complete, status)) complete(STATUS.unknownCommand);
}

type Complete = (status: number, ...result: Octets[]) => void;
type Status = (code: number) => void;

function scanAndAdvertise(controller: Controller, opcode: number, p: Buffer, complete: Complete): boolean {
  const { advertisement, scan } = controller;
  const { aclLength, aclCount } = controller.radio.options;
  switch (opcode) {
    case 0x0c03: // Reset
      controller.reset();
      complete(STATUS.ok);
      return true;
    case 0x1009: // Read BD_ADDR
      complete(STATUS.ok, controller.octets);
      return true;
    case 0x2002: // LE Read Buffer Size
      complete(STATUS.ok, [...le16(aclLength), aclCount]);
      return true;
    case 0x2005: // LE Set Random Address
      controller.random = Buffer.from(p.subarray(0, 6));
      complete(STATUS.ok);
      return true;
    case 0x2006: // LE Set Advertising Parameters
      if (controller.isAdvertising) complete(STATUS.disallowed);
      else {
        advertisement.intervalMs = p.readUInt16LE(0) * 0.625;
        advertisement.type = p[4]!;
        advertisement.ownType = p[5]!;
        advertisement.peer = Buffer.from(p.subarray(7, 13));
        complete(STATUS.ok);
      }
      return true;
    case 0x2008: // LE Set Advertising Data
      advertisement.data = Buffer.from(p.subarray(1, 1 + p[0]!));
      complete(STATUS.ok);
      return true;
    case 0x2009: // LE Set Scan Response Data
      advertisement.scanResponse = Buffer.from(p.subarray(1, 1 + p[0]!));
      complete(STATUS.ok);
      return true;
    case 0x200a: // LE Set Advertising Enable
      complete(STATUS.ok);
      controller.advertise(p[0] === 1);
      return true;
    case 0x200b: // LE Set Scan Parameters
      if (scan.on) complete(STATUS.disallowed);
      else {
        scan.active = p[0] === 1;
        complete(STATUS.ok);
      }
      return true;
    case 0x200c: // LE Set Scan Enable
      Object.assign(scan, { on: p[0] === 1, filterDuplicates: p[1] === 1, seen: new Set<string>() });
      complete(STATUS.ok);
      return true;
    default:
      return false;
  }
}

function connectAndCancel(
  controller: Controller,
  opcode: number,
  p: Buffer,
  complete: Complete,
  status: Status,
): boolean {
  if (opcode === 0x200d) {
    // LE Create Connection: waits for an advertisement of the peer for as long as nobody cancels
    if (controller.initiating) status(STATUS.disallowed);
    else {
      const parameters = { interval: p.readUInt16LE(15), latency: p.readUInt16LE(17), timeout: p.readUInt16LE(19) };
      controller.initiating = { peerType: p[5]!, peer: Buffer.from(p.subarray(6, 12)), ownType: p[12]!, ...parameters };
      status(STATUS.ok);
    }
    return true;
  }
  if (opcode === 0x200e) {
    // LE Create Connection Cancel
    const pending = controller.initiating;
    controller.initiating = undefined;
    complete(pending ? STATUS.ok : STATUS.disallowed);
    if (pending)
      controller.connectionComplete(STATUS.unknownConnection, 0, true, pending.peerType, pending.peer, pending);
    return true;
  }
  return false;
}

function onConnection(
  controller: Controller,
  opcode: number,
  p: Buffer,
  end: AirEnd | undefined,
  complete: Complete,
  status: Status,
): boolean {
  const known = end ? STATUS.ok : STATUS.unknownConnection;
  switch (opcode) {
    case 0x1405: // Read RSSI
      complete(known, p.subarray(0, 2), [end ? controller.radio.rssi(end.peer.controller) & 0xff : 0]);
      return true;
    case 0x0406: // Disconnect
      status(known);
      if (end) disconnect(controller, end, p[2] ?? STATUS.remoteUserEnded);
      return true;
    case 0x041d: // Read Remote Version Information
      status(known);
      if (end) controller.event(EVENT.remoteVersion, [STATUS.ok, ...le16(end.handle), 9, 0xf1, 0x05, 0, 0]);
      return true;
    case 0x2016: // LE Read Remote Features
      status(known);
      if (end) controller.event(EVENT.leMeta, [LE.remoteFeatures, STATUS.ok, ...le16(end.handle), ...LE_ENCRYPTION]);
      return true;
    case 0x2013: // LE Connection Update
      status(known);
      if (end) update(end, p);
      return true;
    case 0x2019: // LE Enable Encryption: random number, diversifier, key
      status(known);
      if (end) {
        end.ltk = Buffer.from(p.subarray(12, 28));
        end.peer.controller.event(EVENT.leMeta, [LE.longTermKeyRequest, ...le16(end.peer.handle)], p.subarray(2, 12));
      }
      return true;
    case 0x201a: // LE Long Term Key Request Reply
      complete(known, p.subarray(0, 2));
      if (end) encrypt(end, p.subarray(2, 18));
      return true;
    case 0x201b: // LE Long Term Key Request Negative Reply
      complete(known, p.subarray(0, 2));
      end?.peer.controller.event(EVENT.encryptionChange, [STATUS.keyMissing, ...le16(end.peer.handle), 0]);
      return true;
    default:
      return false;
  }
}

function disconnect(controller: Controller, end: AirEnd, reason: number): void {
  const heard = controller.radio.inRange(controller, end.peer.controller);
  end.end(STATUS.localHostEnded);
  if (heard) end.peer.end(reason);
  else end.peer.lose();
}

function update(end: AirEnd, p: Buffer): void {
  for (const side of [end, end.peer]) {
    side.supervisionMs = Math.min(p.readUInt16LE(8) * 10, side.controller.radio.options.maxSupervisionTimeoutMs);
    const values = [...le16(p.readUInt16LE(4)), ...le16(p.readUInt16LE(6)), ...le16(p.readUInt16LE(8))];
    side.controller.event(EVENT.leMeta, [LE.connectionUpdateComplete, STATUS.ok, ...le16(side.handle), ...values]);
  }
}

function encrypt(end: AirEnd, ltk: Buffer): void {
  if (end.peer.ltk?.equals(ltk)) {
    for (const side of [end, end.peer])
      side.controller.event(EVENT.encryptionChange, [STATUS.ok, ...le16(side.handle), 1]);
  } else {
    end.end(STATUS.micFailure);
    end.peer.end(STATUS.micFailure);
  }
}
