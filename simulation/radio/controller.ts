import { EventEmitter } from 'node:events';
import { type AirEnd, AirLink, type ConnectionParameters } from './air-link.js';
import { answerCommand } from './commands.js';
import type { HciTransport } from './h4.js';
import { ADVERTISING, EVENT, formatAddress, LE, le16, PACKET, STATUS } from './hci.js';
import type { Radio } from './radio.js';

export interface Initiating extends ConnectionParameters {
  readonly peerType: number;
  readonly peer: Buffer;
  readonly ownType: number;
}

let ids = 0;

/** One LE controller: HCI towards its host, the radio towards the others. */
export class Controller extends EventEmitter implements HciTransport {
  readonly id: number;
  readonly ends = new Map<number, AirEnd>();
  random: Buffer = Buffer.alloc(6);
  advertisement = {
    intervalMs: 100,
    type: ADVERTISING.connectable as number,
    ownType: 0,
    peer: Buffer.alloc(6) as Buffer,
    data: Buffer.alloc(0) as Buffer,
    scanResponse: Buffer.alloc(0) as Buffer,
  };
  scan = { on: false, active: false, filterDuplicates: false, seen: new Set<string>() };
  initiating: Initiating | undefined;
  #advertising: NodeJS.Timeout | undefined;
  #handles = 0x40;
  #toHost: Buffer[] = [];

  constructor(
    readonly radio: Radio,
    readonly octets: Buffer,
  ) {
    super();
    ids += 1;
    this.id = ids;
  }

  get address(): string {
    return formatAddress(this.octets);
  }

  get isAdvertising(): boolean {
    return this.#advertising !== undefined;
  }

  newHandle(): number {
    this.#handles = this.#handles >= 0xeff ? 0x40 : this.#handles + 1;
    return this.#handles;
  }

  /** From the host. */
  write(packet: Buffer): void {
    if (packet[0] === PACKET.command && packet.length >= 4) {
      answerCommand(this, packet.readUInt16LE(1), packet.subarray(4, 4 + packet[3]!));
    } else if (packet[0] === PACKET.acl && packet.length >= 5) {
      this.ends.get(packet.readUInt16LE(1) & 0xfff)?.send(Buffer.from(packet));
    }
  }

  /** To the host, but never from inside its own call. */
  toHost(packet: Buffer): void {
    if (this.#toHost.push(packet) > 1) return;
    setImmediate(() => {
      const batch = this.#toHost;
      this.#toHost = [];
      for (const one of batch) this.emit('data', one);
    });
  }

  event(code: number, ...parts: (readonly number[] | Buffer)[]): void {
    const data = Buffer.concat(parts.map((part) => Buffer.from(part)));
    this.toHost(Buffer.concat([Buffer.from([PACKET.event, code, data.length]), data]));
  }

  /** The controller disappears without a goodbye on air. */
  close(): void {
    this.reset();
    this.radio.detach(this);
    this.emit('close');
  }

  reset(): void {
    this.advertise(false);
    this.scan.on = false;
    this.initiating = undefined;
    for (const end of [...this.ends.values()]) {
      this.ends.delete(end.handle);
      end.found();
      end.peer.lose(); // the peer only finds out by silence
    }
  }

  advertise(on: boolean): void {
    clearInterval(this.#advertising);
    this.#advertising = undefined;
    if (!on) return;
    const interval = Math.min(this.advertisement.intervalMs, this.radio.options.maxAdvertisingIntervalMs);
    this.#advertising = setInterval(() => this.#advertisingEvent(), Math.max(1, interval));
    this.#advertising.unref();
  }

  #advertisingEvent(): void {
    const { type, ownType, peer, data, scanResponse } = this.advertisement;
    const own = ownType & 1 ? this.random : this.octets;
    const rssi = this.radio.rssi(this);
    for (const other of this.radio.controllers) {
      if (!this.radio.inRange(this, other)) continue;
      if (type === ADVERTISING.directed && !peer.equals(other.octets)) continue;
      if (other.scan.on) {
        other.hear(type, ownType & 1, own, data, rssi);
        const answers = type === ADVERTISING.connectable || type === ADVERTISING.scannable;
        if (other.scan.active && answers) other.hear(ADVERTISING.scanResponse, ownType & 1, own, scanResponse, rssi);
      }
      const wanted = other.initiating;
      if (wanted && type <= ADVERTISING.directed && wanted.peer.equals(own) && wanted.peerType === (ownType & 1)) {
        other.connect(this, wanted);
        return;
      }
    }
  }

  hear(type: number, addressType: number, address: Buffer, data: Buffer, rssi: number): void {
    const key = `${type}${address.toString('hex')}`;
    if (this.scan.filterDuplicates && this.scan.seen.has(key)) return;
    this.scan.seen.add(key);
    this.event(EVENT.leMeta, [LE.advertisingReport, 1, type, addressType], address, [data.length], data, [rssi & 0xff]);
  }

  connect(peer: Controller, wanted: Initiating): void {
    this.initiating = undefined;
    peer.advertise(false);
    const { central, peripheral } = new AirLink(this, peer, wanted);
    const own = wanted.ownType & 1 ? this.random : this.octets;
    peer.connectionComplete(STATUS.ok, peripheral.handle, false, wanted.ownType & 1, own, wanted);
    this.connectionComplete(STATUS.ok, central.handle, true, wanted.peerType, wanted.peer, wanted);
  }

  connectionComplete(
    status: number,
    handle: number,
    central: boolean,
    peerType: number,
    peer: Buffer,
    parameters: ConnectionParameters,
  ): void {
    const head = [LE.connectionComplete, status, ...le16(handle), central ? 0 : 1, peerType];
    const { interval, latency, timeout } = parameters;
    this.event(EVENT.leMeta, head, peer, [...le16(interval), ...le16(latency), ...le16(timeout), 0]);
  }
}
