import type { Device, Packet, PacketStream, RequestParameters } from '@onebox/driver-sdk/device.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import { readQualifyingEvents } from './events.js';
import { HISTORY_STREAM } from './history-records.js';
import { ANSWERS, type AnswerName, type AnswerOf, readAnswer, readError, refusal, refuses } from './messages.js';
import { type Message, PacketRejected, Reassembly } from './packets.js';
import { CHANNELS, requestParameters } from './requests.js';

export interface PumpTimes {
  /** Longest wait for an answer, in milliseconds. */
  readonly answerMs: number;
  /** Silence after which a stream of records has ended, in milliseconds. */
  readonly quietMs: number;
}

export const PUMP_TIMES: PumpTimes = { answerMs: 4000, quietMs: 3000 };
const TRIES = 2;
/** Answers that may stay out one after the other before the link counts as dead. */
const SILENT = 3;

/**
 * One link to the pump: requests and their answers by transaction id, and the stream of history records. A message
 * whose packets do not fit together is dropped and asked for again; the packets after it are used.
 */
export class Pump {
  /** Events since the last look, by name. */
  private readonly changed = new Set<string>();
  private readonly assemblies = new Map<string, Reassembly>();
  private readonly streamed: Message[] = [];
  private transaction = 0;
  private unanswered = 0;
  private dropped = 0;

  private constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
    readonly times: PumpTimes,
  ) {}

  static async open(device: Device, times: PumpTimes): Promise<Pump> {
    const { status, events, history } = CHANNELS;
    const channels = [status, events, history].filter((id) => id === status || device.channels.includes(id));
    return new Pump(device, await device.packets(channels), times);
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  /**
   * Asks, and once more when no answer or a damaged one comes. Throws LINK_REFUSED when the pump refuses, LINK_TIMEOUT
   * or LINK_MALFORMED when no answer could be used.
   */
  async ask<Name extends AnswerName>(name: Name, asked: RequestParameters = {}): Promise<AnswerOf<Name>> {
    let error: OneBoxError = new OneBoxError('LINK_TIMEOUT', `${name}: no answer`);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const before = this.dropped;
      const message = await this.exchange(name, asked);
      if (message === undefined) {
        const damaged = this.dropped > before;
        error = new OneBoxError(damaged ? 'LINK_MALFORMED' : 'LINK_TIMEOUT', `${name}: no whole answer`);
        continue;
      }
      this.unanswered = 0;
      if (refuses(message, ANSWERS[name].request)) throw refusal(readError(message.cargo));
      return readAnswer(name, message.cargo);
    }
    this.unanswered += 1;
    throw error;
  }

  /** True when the pump has left several requests without an answer: more of them are of no use. */
  get silent(): boolean {
    return this.unanswered >= SILENT;
  }

  /** What the pump says has changed since the last look; none when it said nothing for `ms`. */
  async changes(ms: number): Promise<readonly string[]> {
    const until = this.device.now() + ms;
    for (let left = ms; left > 0 && this.changed.size === 0; left = until - this.device.now()) {
      const packet = await this.stream.next(left);
      if (packet === undefined) break;
      this.take(packet);
    }
    const names = [...this.changed];
    this.changed.clear();
    return names;
  }

  /** The next message of the history stream; undefined when the line was quiet. */
  async history(): Promise<Message | undefined> {
    for (;;) {
      const waiting = this.streamed.shift();
      if (waiting) return waiting;
      const packet = await this.stream.next(this.times.quietMs);
      if (packet === undefined) return undefined;
      this.take(packet);
    }
  }

  /** Records that came for an earlier request are of no use any more. */
  forgetStream(): void {
    this.streamed.length = 0;
    this.assemblies.delete(CHANNELS.history);
  }

  private async exchange(name: AnswerName, asked: RequestParameters): Promise<Message | undefined> {
    this.transaction = (this.transaction + 1) % 256;
    const { transaction } = this;
    const { request } = ANSWERS[name];
    await this.device.request(name, requestParameters(name, transaction, asked));
    const until = this.device.now() + this.times.answerMs;
    const before = this.dropped;
    for (let left = this.times.answerMs; left > 0; left = until - this.device.now()) {
      const packet = await this.stream.next(left);
      if (packet === undefined) return undefined;
      const message = this.take(packet);
      const answers = message && (message.opCode === request + 1 || refuses(message, request));
      if (answers && message.transaction === transaction) return message;
      // The answer was damaged: no need to wait for the end of the time.
      if (this.dropped > before && packet.channel === CHANNELS.status && !this.assemblies.get(packet.channel)?.pending)
        return undefined;
    }
    return undefined;
  }

  /** Sorts a packet; gives the message that it completes on the channel of answers. */
  private take(packet: Packet): Message | undefined {
    try {
      if (packet.channel === CHANNELS.events) {
        for (const name of readQualifyingEvents(packet.bytes).names) this.changed.add(name);
        return undefined;
      }
      const assembly = this.assemblyOf(packet.channel);
      const { message, lost } = assembly.take(packet.bytes);
      if (lost) this.dropped += 1;
      if (message === undefined || packet.channel === CHANNELS.status) return message;
      if (message.opCode === HISTORY_STREAM) this.streamed.push(message);
      return undefined;
    } catch (error) {
      if (!(error instanceof PacketRejected)) throw error;
      this.dropped += 1;
      return undefined;
    }
  }

  private assemblyOf(channel: string): Reassembly {
    const known = this.assemblies.get(channel);
    if (known) return known;
    const assembly = new Reassembly();
    this.assemblies.set(channel, assembly);
    return assembly;
  }
}

/** An answer that could not be had leaves the link as it is, unless the link itself has gone. */
export function isPartial(error: unknown): error is OneBoxError {
  return (
    isOneBoxError(error, 'LINK_REFUSED') ||
    isOneBoxError(error, 'LINK_TIMEOUT') ||
    isOneBoxError(error, 'LINK_MALFORMED')
  );
}
