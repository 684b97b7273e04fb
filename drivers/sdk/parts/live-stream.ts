import type { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import type { Device } from '../device.js';
import { progress } from '../findings.js';
import { secondFindings } from './live-findings.js';
import { type LiveSecond, type LiveTable, LiveWindow } from './live-window.js';
import type { PacketLine } from './packet-line.js';
import type { Message, PacketFields, PacketKinds } from './packet-table.js';
import { StateAlerts } from './state-alerts.js';

/** How a live source is started, which packets it sends, and what they mean. */
export interface LiveSource<Kinds extends PacketKinds, Kind extends keyof Kinds>
  extends LiveTable<Extract<keyof PacketFields<Kinds, Kind>, string>> {
  /** Kind of its packets. */
  readonly kind: Kind;
  /** The packet in the device's own terms. */
  readonly source: string;
  /** Requests of the manifest. */
  readonly start: string;
  readonly stop: string;
  /** The device is there when its first packet comes within this time after the start. */
  readonly answerMs: number;
  /** Without a packet for this long it has stopped. */
  readonly silenceMs: number;
  /** Seconds with valid values after which the present values count as read. */
  readonly enough: number;
  /** Seconds after which they count as read although none is valid: that is what the device says then. */
  readonly most: number;
  /** The error that it is when the device itself ends the live values by this message. */
  ended?(message: Message<Kinds>): OneBoxError | undefined;
}

/** A device that sends what it measures again and again, once it was started. */
export class LiveStream<Kinds extends PacketKinds, Kind extends keyof Kinds> {
  private readonly window: LiveWindow;
  private readonly alerts: StateAlerts<string>;
  private ready: LiveSecond[] = [];
  /** When the last live packet came. */
  private last = 0;
  private end: OneBoxError | undefined;

  constructor(
    private readonly device: Device,
    private readonly line: PacketLine<Kinds>,
    private readonly source: LiveSource<Kinds, Kind>,
  ) {
    this.window = new LiveWindow(source);
    this.alerts = new StateAlerts(source.source);
  }

  /** Starts it; a device that was left in another state gets one more try. Throws LINK_TIMEOUT, LINK_MALFORMED. */
  async start(): Promise<void> {
    await this.line.request(this.source.start);
    if (await this.answered()) return;
    await this.device.request(this.source.stop);
    await this.line.request(this.source.start);
    if (!(await this.answered())) throw this.line.silent('no live values after two starts');
  }

  /**
   * The phases critical and present: what state the device is in, then values until enough of them are valid, and how
   * good the line was.
   */
  async *present(): AsyncGenerator<Finding, void, void> {
    const { enough, most } = this.source;
    yield progress('critical', 'started');
    let second = await this.second();
    yield* this.states(second);
    yield progress('critical', 'done');
    yield progress('present', 'started', { expected: enough });
    let valid = 0;
    for (let count = 1; ; count += 1) {
      yield* secondFindings(this.source, second, this.source.source);
      if (second.valid) valid += 1;
      if (valid >= enough || count >= most) break;
      second = await this.second();
      yield* this.states(second);
    }
    yield* this.line.quality.findings(this.device.now());
    yield progress('present', 'done', { read: valid, expected: enough });
  }

  /** Some further seconds for a user who goes on watching. */
  async *watch(): AsyncGenerator<Finding, void, void> {
    for (let count = 0; count < this.source.enough; count += 1) {
      const second = await this.second();
      yield* this.states(second);
      yield* secondFindings(this.source, second, this.source.source);
    }
    yield* this.line.quality.findings(this.device.now());
  }

  private states(second: LiveSecond): Finding[] {
    return this.source.states.flatMap((state, index) =>
      this.alerts.update(state.of, second.states[index]!, second.from, state),
    );
  }

  /** True when a live packet came in time; what came before is forgotten. */
  private async answered(): Promise<boolean> {
    const until = this.device.now() + this.source.answerMs;
    this.line.take();
    this.window.take();
    this.ready = [];
    this.last = 0;
    this.end = undefined;
    while (this.last === 0) {
      const left = until - this.device.now();
      if (left <= 0) return false;
      await this.receive(left);
    }
    return true;
  }

  /** The next second of values. Throws when the device ends them or sends no more. */
  private async second(): Promise<LiveSecond> {
    const start = this.device.now();
    for (;;) {
      const second = this.ready.shift();
      if (second !== undefined) return second;
      if (this.end !== undefined) throw this.end;
      const quiet = this.device.now() - Math.max(start, this.last);
      if (quiet >= this.source.silenceMs) throw this.line.silent('the live values stopped');
      if (!(await this.receive(this.source.silenceMs))) this.hold(this.window.take());
    }
  }

  private async receive(ms: number): Promise<boolean> {
    const came = await this.line.receive(ms);
    for (const message of this.line.take()) {
      if (message.kind === this.source.kind) {
        this.last = message.at;
        this.hold(this.window.push(message.fields, message.at, message.lost));
      } else this.end ??= this.source.ended?.(message);
    }
    return came;
  }

  private hold(second: LiveSecond | undefined): void {
    if (second !== undefined) this.ready.push(second);
  }
}
