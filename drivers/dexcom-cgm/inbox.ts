import type { Device, Packet, PacketStream } from '@onebox/driver-sdk/device.js';
import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { assembleBackfill } from './backfill.js';
import { CountedTime } from './clock.js';
import type { Heard, Session } from './findings.js';
import {
  type G5BackfillResponse,
  type G7Version,
  parseControl,
  parseG7Backfill,
  type StoredValue,
} from './messages.js';
import type { Generation } from './states.js';

/** What a sensor sends by itself, gathered as it comes. Nothing is ever sent to it. */

export const CONTROL = 'F8083534849E531CC59430F1F86A4EA5';
export const BACKFILL = 'F8083536849E531CC59430F1F86A4EA5';

export class Inbox {
  readonly clock = new CountedTime();
  /** The newest message with a value. */
  heard: Heard | undefined;
  generation: Generation | undefined;
  firmware: string | undefined;
  version: { readonly message: G7Version; readonly at: number } | undefined;
  /** Messages that were refused, and what a transfer of stored values had wrong. */
  readonly refused: unknown[] = [];
  private sessionStart: number | undefined;
  private response: G5BackfillResponse | undefined;
  private frames: Uint8Array[] = [];
  private values: StoredValue[] = [];

  constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
  ) {}

  /** Takes one packet; false when none came within `ms`. */
  async next(ms: number): Promise<boolean> {
    const packet = await this.packet(ms);
    if (packet === undefined) return false;
    try {
      if (packet.channel === CONTROL) this.control(packet);
      else this.backfill(packet.bytes);
    } catch (error) {
      if (!isOneBoxError(error, 'LINK_MALFORMED')) throw error;
      this.refused.push(error);
    }
    return true;
  }

  private async packet(ms: number): Promise<Packet | undefined> {
    try {
      return await this.stream.next(ms);
    } catch (error) {
      if (isOneBoxError(error, 'LINK_TIMEOUT')) return undefined;
      throw error;
    }
  }

  /** A value, and what it takes to say when it was measured. */
  get ready(): boolean {
    return this.heard !== undefined && (this.generation === 'g7' || this.counted);
  }

  get session(): Session {
    if (this.generation === 'g5') return { start: this.sessionStart, end: undefined };
    return { start: 0, end: this.version?.message.sessionLength };
  }

  private counted = false;

  private control({ bytes, at }: Packet): void {
    const message = parseControl(bytes);
    this.generation = message.kind.startsWith('g7') ? 'g7' : 'g5';
    switch (message.kind) {
      case 'g5-time':
        this.clock.learn(message.currentTime, at);
        this.counted = true;
        this.sessionStart = message.sessionStart;
        break;
      case 'g5-version':
        this.firmware = message.firmware.join('.');
        break;
      case 'g5-backfill':
        this.response = message;
        break;
      case 'g7-version':
        this.version = { message, at };
        break;
      case 'g7-glucose':
        this.clock.learn(message.timestamp, at);
        this.heard = { message, at };
        break;
      case 'g5-glucose':
        this.heard = { message, at };
        break;
    }
  }

  private backfill(bytes: Uint8Array): void {
    if (this.generation === 'g7') {
      this.values.push(parseG7Backfill(bytes));
      return;
    }
    // The radio may bring the same frame twice.
    const last = this.frames.at(-1);
    const again = last?.length === bytes.length && last.every((byte, index) => byte === bytes[index]);
    if (!again) this.frames.push(bytes);
  }

  /** All bytes that were announced have come, or nothing was announced. */
  get whole(): boolean {
    const length = this.frames.reduce((sum, frame) => sum + frame.length, 0);
    return this.response === undefined || length >= this.response.bufferLength;
  }

  /**
   * The stored values, once. ValueRejected when the transfer is damaged; `notGlucose` when it is right and yet holds
   * something else.
   */
  stored(): { readonly values: readonly StoredValue[]; readonly notGlucose: boolean } {
    const { frames, response, values } = this;
    this.frames = [];
    this.response = undefined;
    this.values = [];
    if (this.generation === 'g7') return { values: distinct(values), notGlucose: false };
    if (frames.length === 0 && !response) return { values: [], notGlucose: false };
    // Without the announcement there is no check sum, and nothing to say that these are the values that were asked for.
    if (!response) throw new ValueRejected('sequence', 'stored values came without their announcement');
    const { records, notGlucose } = assembleBackfill(frames, response);
    return { values: records, notGlucose };
  }

  now(): number {
    return this.device.now();
  }
}

/** In order of time; a value that came twice once. */
function distinct(values: readonly StoredValue[]): readonly StoredValue[] {
  const byTime = new Map(values.map((value) => [value.timestamp, value]));
  return [...byTime.values()].toSorted((a, b) => a.timestamp - b.timestamp);
}
