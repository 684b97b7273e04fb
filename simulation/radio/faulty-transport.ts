import { EventEmitter } from 'node:events';
import type { HciTransport } from './h4.js';
import { EVENT, le16, PACKET, STATUS } from './hci.js';

export const CID = { att: 4, signalling: 5, smp: 6 } as const;

/** What a device does with one ATT request instead of answering as it should: raw answer, nothing, or `undefined`: as it should. */
export type Misbehaviour = (attRequest: Uint8Array) => Uint8Array | 'ignore' | undefined;

/**
 * Stands between a host stack and its controller and makes the device misbehave on order: silence, packets that
 * break the rules, link loss after so many octets. It also keeps a fault of the host stack from ending the process.
 */
export class FaultyTransport extends EventEmitter implements HciTransport {
  misbehave: Misbehaviour | undefined;
  /** Swallows all that the device would send on a connection. */
  silent = false;
  /** Octets of ACL data that still leave; then `onSpent` runs and nothing leaves any more. */
  allowance = Number.POSITIVE_INFINITY;
  onSpent: () => void = () => {};
  #handle: number | undefined;

  constructor(readonly inner: HciTransport) {
    super();
    inner.on('data', (packet: Buffer) => this.#fromController(packet));
  }

  write(packet: Buffer): void {
    if (packet[0] !== PACKET.acl) {
      this.inner.write(packet);
      return;
    }
    const left = this.allowance;
    this.allowance -= packet.length - 5;
    if (this.silent || left <= 0) this.#swallow(packet.readUInt16LE(1) & 0xfff);
    else this.inner.write(packet);
    if (left > 0 && this.allowance <= 0) this.onSpent();
  }

  close(): void {
    this.inner.close();
  }

  /** Sends one L2CAP packet that the host stack knows nothing of. */
  sendRaw(channel: number, bytes: Uint8Array): void {
    if (this.#handle === undefined) return;
    const head = [
      PACKET.acl,
      ...le16(this.#handle),
      ...le16(bytes.length + 4),
      ...le16(bytes.length),
      ...le16(channel),
    ];
    this.inner.write(Buffer.concat([Buffer.from(head), bytes]));
  }

  #swallow(handle: number): void {
    this.emit('data', Buffer.from([PACKET.event, EVENT.completedPackets, 5, 1, ...le16(handle), ...le16(1)]));
  }

  #fromController(packet: Buffer): void {
    if (packet[0] === PACKET.event && packet[1] === EVENT.leMeta && packet[3] === 1 && packet[4] === STATUS.ok) {
      this.#handle = packet.readUInt16LE(5);
    }
    if (this.misbehave && packet[0] === PACKET.acl && packet.length > 9 && packet.readUInt16LE(7) === CID.att) {
      const answer = this.misbehave(packet.subarray(9));
      if (answer !== undefined && answer !== 'ignore') this.sendRaw(CID.att, answer);
      if (answer !== undefined) return;
    }
    try {
      this.emit('data', packet);
    } catch (error) {
      process.emitWarning(`simulated device: ${(error as Error).message}`, 'SimulationWarning');
      this.close();
    }
  }
}
