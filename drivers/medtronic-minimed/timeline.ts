import { time } from '@onebox/driver-sdk/findings.js';
import type { DeviceTimeline } from '@onebox/driver-sdk/parts/gatt-clock.js';
import type { LocalDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';
import type { Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { losesClock } from './alarms.js';
import { type HistoryEvent, rawHex } from './history-page.js';

/**
 * How far the dates of a history can be trusted, from the newest event back. A changed clock moves what is older; a
 * lost clock, or a change whose new time is not there, takes every date from what is older.
 */

const PUMP_ALARM = 0x06;
const CHANGE_TIME = 0x17;
const NEW_TIME = 0x18;
/** Order of the newest event: older ones count down from it. */
const NEWEST = 1_000_000_000;
const { TIME_QUALITY_CORRECTED, TIME_QUALITY_DEVICE } = v1.TimeQuality;

export interface DatedEvent {
  readonly event: HistoryEvent;
  readonly time: Time;
  /** Place among all events; larger is later. */
  readonly order: number;
}

/** Takes events from the newest to the oldest, over all pages. */
class Backward {
  /** The clock was lost after these events, or changed in a way that is not known. */
  lost = false;
  /** What must be added to the pump's time, ms. */
  shift = 0;
  /** Time by the pump's clock of the newest event at which the clock was lost or changed. */
  since: number | undefined;
  private newTime: LocalDateTime | undefined;

  /** What the event means for what is older. */
  pass({ type, raw, time: at }: HistoryEvent): void {
    const lost = type.code === PUMP_ALARM && losesClock(raw[1] ?? 0);
    if (lost || type.code === NEW_TIME) this.since ??= at?.ms;
    if (lost) this.lost = true;
    else if (type.code === NEW_TIME) this.newTime = at;
    else if (type.code === CHANGE_TIME) {
      if (at === undefined || this.newTime === undefined) this.lost = true;
      else this.shift += this.newTime.ms - at.ms;
      this.newTime = undefined;
    }
  }
}

/** Events of one page, oldest first, of which the dates can be used: those from the newest lost clock on. */
export function trustedCount(events: readonly HistoryEvent[]): number {
  const back = new Backward();
  const oldest = events.findLastIndex((event) => {
    back.pass(event);
    return back.lost;
  });
  return events.length - Math.max(oldest, 0);
}

export class PumpHistory {
  private readonly back = new Backward();
  private readonly seen = new Set<string>();
  private order = NEWEST;

  /**
   * @param timeline the pump's clock against the tablet's
   * @param now the tablet's clock, milliseconds since 1970
   */
  constructor(
    private readonly timeline: DeviceTimeline,
    private readonly now: number,
  ) {}

  /**
   * Dates the events of the next older page. A record that came already, byte for byte, is left out.
   * @param events oldest first, as in the page
   * @returns newest first
   */
  older(events: readonly HistoryEvent[]): readonly DatedEvent[] {
    return events.toReversed().flatMap((event) => {
      const key = rawHex(event.raw);
      const repeated = this.seen.has(key);
      this.seen.add(key);
      this.order -= 1;
      // The time at which the clock was changed is stated by the clock of before.
      const before = event.type.code === CHANGE_TIME;
      if (before) this.back.pass(event);
      const dated = { event, time: this.date(event.time), order: this.order };
      if (!before) this.back.pass(event);
      return repeated ? [] : [dated];
    });
  }

  /** A page is missing: nothing that is older can be dated. */
  gap(): void {
    this.back.lost = true;
  }

  /** By the pump's clock: what was before was dated by another clock, as far as the pages read so far tell. */
  get trustedFrom(): number | undefined {
    return this.back.since;
  }

  private date(local: LocalDateTime | undefined): Time {
    const { lost, shift } = this.back;
    if (lost || local === undefined) return { ...time(0, 'order-only'), order: this.order };
    const placed = this.timeline.place({ text: local.text, ms: local.ms + shift }, this.now, this.order);
    const moved = shift !== 0 && placed.quality === TIME_QUALITY_DEVICE;
    return moved ? { ...placed, quality: TIME_QUALITY_CORRECTED } : placed;
  }
}
