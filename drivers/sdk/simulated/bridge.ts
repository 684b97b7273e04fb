import { crc16 } from '@onebox/protocol/framing.js';
import { BRIDGE_MARK, HELLO, REFUSED } from '../parts/bridge.js';
import type { SerialLine, SerialSimulator, SerialUsb, SerialWire } from '../simulator.js';
import type { SimulationOptions } from './faults.js';

/** The maker's end of `parts/bridge.ts`: a bridge that has its device beside it. */

const NO_SUCH_ITEM = 1;

export interface SimulatedBridgeOptions extends SimulationOptions {
  readonly usb?: SerialUsb;
}

export interface BridgeRequest {
  readonly kind: number;
  readonly item: number;
  readonly payload: Uint8Array;
}

export abstract class SimulatedBridge implements SerialSimulator {
  readonly line: SerialLine = { baudRate: 115_200 };
  readonly usb?: SerialUsb;
  /** What it was asked, in order. */
  readonly asked: BridgeRequest[] = [];
  protected wire: SerialWire | undefined;
  private held: number[] = [];

  constructor(protected readonly options: SimulatedBridgeOptions) {
    if (options.usb) this.usb = options.usb;
  }

  /** Lines of `hello` after the family. */
  protected abstract hello(): Readonly<Record<string, string>>;
  /** The payload of the answer; undefined for what it does not have. */
  protected abstract answer(request: BridgeRequest): Uint8Array | undefined;

  start(wire: SerialWire): void {
    this.wire = wire;
    wire.onBytes((bytes) => {
      this.held.push(...bytes);
      for (let request = this.take(); request; request = this.take()) this.serve(request);
    });
  }

  stop(): void {
    this.wire = undefined;
  }

  private take(): BridgeRequest | undefined {
    while (this.held.length >= 2 && (this.held[0] !== BRIDGE_MARK[0] || this.held[1] !== BRIDGE_MARK[1]))
      this.held.shift();
    if (this.held.length < 6) return undefined;
    const length = this.held[4]! * 256 + this.held[5]!;
    if (this.held.length < 6 + length) return undefined;
    const [, , kind, item, , , ...payload] = this.held.splice(0, 6 + length);
    return { kind: kind!, item: item!, payload: Uint8Array.from(payload) };
  }

  private serve(request: BridgeRequest): void {
    this.asked.push(request);
    if (request.kind === HELLO) {
      const lines = Object.entries(this.hello()).map(([key, value]) => `${key} ${value}\n`);
      this.send(HELLO | 0x80, 0, new TextEncoder().encode(lines.join('')));
      return;
    }
    const payload = this.answer(request);
    if (payload === undefined) this.send(REFUSED, request.kind, Uint8Array.of(NO_SUCH_ITEM));
    else this.send(request.kind | 0x80, request.item, payload);
  }

  private send(kind: number, item: number, payload: Uint8Array): void {
    const frame = bridgeFrame(kind, item, payload);
    const { fault } = this.options;
    if (kind !== (HELLO | 0x80) && fault === 'wrong-checksum') frame[frame.length - 1]! ^= 0x5a;
    const ends = kind !== (HELLO | 0x80) && fault === 'ends-early';
    this.wire?.send(ends ? frame.subarray(0, frame.length >> 1) : frame);
  }
}

/** An answer as it goes over the line. */
export function bridgeFrame(kind: number, item: number, payload: Uint8Array): Uint8Array {
  const body = Uint8Array.of(kind, item, payload.length >> 8, payload.length & 0xff, ...payload);
  const crc = crc16(body);
  return Uint8Array.of(...BRIDGE_MARK, ...body, crc >> 8, crc & 0xff);
}
