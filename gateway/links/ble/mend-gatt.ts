import type { GattCommand, NobleGatt } from './noble-types.js';

/** Opcodes and error codes of the Attribute Protocol (Bluetooth Core, Vol 3 Part F, 3.4). */
const ATT = {
  channel: 4,
  error: 0x01,
  mtuRequest: 0x02,
  mtuResponse: 0x03,
  findInformationResponse: 0x05,
  readByTypeResponse: 0x09,
  readByGroupTypeResponse: 0x11,
  readRequest: 0x0a,
  readBlobRequest: 0x0c,
  notification: 0x1b,
  indication: 0x1d,
  confirmation: 0x1e,
} as const;
const REQUEST_NOT_SUPPORTED = 0x06;
const NEEDS_SECURITY = new Set([0x05, 0x08, 0x0f]);
const END_OF_LONG_VALUE = new Set([0x07, 0x0b]);
const MAX_VALUE = 512;
/** Octets that each element of a list has at least: the handle, or both of a group, before its value. */
const HANDLE = 2;
const GROUP = 4;
/** With the header of L2CAP it fills one packet of the air with data length extension, 251 octets; noble's 256 takes two. */
const MTU = 247;

/** The device refused a request: emitted by a mended `Gatt` as `refused`. */
export interface AttRefusal {
  readonly request: number;
  readonly code: number;
}

/**
 * Mends noble's attribute client, from outside, before the first use:
 * - the MTU of the link is the smaller of both sides', not the server's (long values were cut silently), and
 *   no more than what crosses the air in one piece;
 * - lengths are checked, those of the elements of a list too: one of 0 octets would be read for ever, into all of the
 *   memory; a notification that is too short is dropped; an answer that does not fit its request is
 *   reported as `malformed`, after which the link is of no more use;
 * - every error response is reported as `refused` and completes its request, also 0x04 (it left the queue stuck);
 * - a device that refuses pairing completes the request that wanted it, instead of blocking the link;
 * - a value that never ends is stopped at 512 octets.
 */
export function mendGatt(prototype: NobleGatt): void {
  const exchangeMtu = prototype.exchangeMtu;
  prototype.exchangeMtu = function (this: NobleGatt) {
    this._desired_mtu = MTU;
    let mtu = this._mtu;
    Object.defineProperty(this, '_mtu', {
      configurable: true,
      get: () => mtu,
      set: (value: number) => {
        mtu = Math.max(23, Math.min(value, this._desired_mtu));
      },
    });
    exchangeMtu.call(this);
  };

  prototype.onAclStreamData = function (this: NobleGatt, channel: number, data: Buffer) {
    if (channel !== ATT.channel) return;
    const opcode = data[0];
    if (opcode === undefined) return;
    if (opcode === ATT.notification || opcode === ATT.indication) pushed(this, opcode, data);
    else if (opcode % 2 === 0) requested(this, opcode);
    else if (this._currentCommand) answered(this, this._currentCommand, data);
  };

  prototype.onAclStreamEncrypt = function (this: NobleGatt, encrypted: unknown) {
    if (!encrypted) {
      this.onAclStreamEncryptFail();
      return;
    }
    this._security = 'medium';
    delete this.refusal;
    if (this._currentCommand) this.writeAtt(this._currentCommand.buffer);
  };

  prototype.onAclStreamEncryptFail = function (this: NobleGatt) {
    const refusal = this.refusal;
    delete this.refusal;
    this._security = 'medium'; // pairing is tried once per link
    if (refusal && this._currentCommand) answered(this, this._currentCommand, refusal);
  };
}

/** A notification or indication. */
function pushed(gatt: NobleGatt, opcode: number, data: Buffer): void {
  if (data.length < 3) return;
  const handle = data.readUInt16LE(1);
  const value = data.subarray(3);
  if (opcode === ATT.indication) gatt._queueCommand(Buffer.from([ATT.confirmation]), null, () => {});
  for (const [service, characteristics] of Object.entries(gatt._characteristics)) {
    for (const [uuid, { valueHandle }] of Object.entries(characteristics)) {
      if (valueHandle === handle) gatt.emit('notification', gatt._address, service, uuid, value);
    }
  }
}

/** The device asks something of us: we have no table of our own. Commands (bit 6) get no answer. */
function requested(gatt: NobleGatt, opcode: number): void {
  if (opcode & 0x40 || opcode === ATT.confirmation) return;
  if (opcode === ATT.mtuRequest) {
    gatt.writeAtt(Buffer.from([ATT.mtuResponse, gatt._desired_mtu & 0xff, gatt._desired_mtu >> 8]));
  } else gatt.writeAtt(Buffer.from([ATT.error, opcode, 0, 0, REQUEST_NOT_SUPPORTED]));
}

function answered(gatt: NobleGatt, command: GattCommand, data: Buffer): void {
  const request = command.buffer[0]!;
  if (data[0] === ATT.error) {
    if (data.length < 5 || data[1] !== request) {
      gatt.emit('malformed', 'error response without a request');
      return;
    }
    const code = data[4]!;
    if (NEEDS_SECURITY.has(code) && gatt._security !== 'medium') {
      gatt.refusal = data;
      gatt._aclStream.encrypt();
      return;
    }
    const complete = request === ATT.readBlobRequest && END_OF_LONG_VALUE.has(code);
    if (!complete) gatt.emit('refused', { request, code } satisfies AttRefusal);
  } else if (data[0] !== request + 1) {
    gatt.emit('malformed', `answer ${data[0]} to request ${request}`);
    return;
  } else if (!isWholeList(data)) {
    gatt.emit('malformed', `list in answer to request ${request}`);
    return;
  } else if (request === ATT.readBlobRequest && command.buffer.readUInt16LE(3) + data.length - 1 > MAX_VALUE) {
    gatt.emit('malformed', 'value of more than 512 octets');
    return;
  }
  gatt._currentCommand = null;
  try {
    command.callback?.(data);
  } catch {
    gatt.emit('malformed', `answer to request ${request}`);
  }
  next(gatt);
}

/** At least one element, and none that is cut; true of what is no list. */
function isWholeList(data: Buffer): boolean {
  const [opcode, said = 0] = data;
  switch (opcode) {
    case ATT.findInformationResponse:
      // Format 1: handle and UUID of 16 bits; format 2: of 128 bits.
      return (said === 1 || said === 2) && isFilledBy(data, said === 1 ? 4 : 18);
    case ATT.readByTypeResponse:
      return said >= HANDLE && isFilledBy(data, said);
    case ATT.readByGroupTypeResponse:
      return said >= GROUP && isFilledBy(data, said);
    default:
      return true;
  }
}

const isFilledBy = (data: Buffer, octets: number): boolean => data.length > 2 && (data.length - 2) % octets === 0;

/** Sends what waits, up to the next request that wants an answer. */
function next(gatt: NobleGatt): void {
  while (gatt._currentCommand === null) {
    const command = gatt._commandQueue.shift();
    if (!command) return;
    gatt.writeAtt(command.buffer);
    if (command.callback) gatt._currentCommand = command;
    else command.writeCallback?.();
  }
}
