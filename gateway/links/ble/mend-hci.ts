import type { NobleHci } from './noble-types.js';

const POLL_MS = 1000;
/** What noble sends to an adapter that is up, in its order. */
const START = [
  'setSocketFilter',
  'setEventMask',
  'setLeEventMask',
  'readLocalVersion',
  'writeLeHostSupported',
  'readLeHostSupported',
  'readLeBufferSize',
  'readBdAddr',
] as const;
const RESET = 0x0c03;
const ACL = 2;
const ACL_HEADER = 5;
const L2CAP_HEADER = 4;

/**
 * Mends noble's HCI layer, from outside, before the first use:
 * - a packet that makes noble throw is dropped (any peer could end the process);
 * - data for a connection that has just gone is dropped (an unhandled rejection ended the process);
 * - with HCI_CHANNEL_USER=1 the buffer size is asked for (no data was ever sent);
 * - the poll for the adapter can be stopped, and does not keep the process alive.
 */
export function mendHci(prototype: NobleHci): void {
  const onSocketData = prototype.onSocketData;
  prototype.onSocketData = function (this: NobleHci, packet: Buffer) {
    if (this.stopped) return;
    try {
      onSocketData.call(this, packet);
    } catch {
      // a packet that breaks the rules: what waits for a better one has its deadline
    }
  };

  const processCommandComplete = prototype.processCmdCompleteEvent;
  prototype.processCmdCompleteEvent = function (this: NobleHci, command: number, ...rest: unknown[]) {
    processCommandComplete.call(this, command, ...rest);
    if (command === RESET) this.readLeBufferSize();
  };

  prototype.pollIsDevUp = function (this: NobleHci) {
    if (this.stopped) return;
    const up = isUp(this);
    if (up !== this._isDevUp) {
      this._isDevUp = up;
      if (up) {
        this._state = null;
        for (const step of START) this[step]();
      } else this.emit('stateChange', 'poweredOff');
    }
    this.pollTimer = setTimeout(() => this.pollIsDevUp(), POLL_MS);
    this.pollTimer.unref();
  };

  prototype.writeAclDataPkt = async function (this: NobleHci, handle: number, channel: number, data: Buffer) {
    const { length } = await this.getAclBuffers();
    if (!this._aclConnections.has(handle)) return;
    const payload = Buffer.alloc(L2CAP_HEADER + data.length);
    payload.writeUInt16LE(data.length, 0);
    payload.writeUInt16LE(channel, 2);
    data.copy(payload, L2CAP_HEADER);
    for (let at = 0; at < payload.length; at += length) {
      const piece = payload.subarray(at, at + length);
      const packet = Buffer.alloc(ACL_HEADER + piece.length);
      packet[0] = ACL;
      packet.writeUInt16LE(handle | (at > 0 ? 0x1000 : 0), 1);
      packet.writeUInt16LE(piece.length, 3);
      piece.copy(packet, ACL_HEADER);
      this._aclQueue.push({ handle, packet });
    }
    await this.flushAcl();
  };

  prototype.flushAcl = async function (this: NobleHci) {
    const { num } = await this.getAclBuffers();
    const pending = (): number => [...this._aclConnections.values()].reduce((sum, one) => sum + one.pending, 0);
    while (this._aclQueue.length > 0 && pending() < num && !this.stopped) {
      const { handle, packet } = this._aclQueue.shift()!;
      const connection = this._aclConnections.get(handle);
      if (!connection) continue;
      connection.pending += 1;
      this._socket.write(packet);
    }
  };
}

function isUp(hci: NobleHci): boolean {
  try {
    return hci._socket.isDevUp();
  } catch {
    return false; // the adapter went
  }
}
