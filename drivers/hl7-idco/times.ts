import type { Hl7Time } from '@onebox/driver-sdk/parts/hl7-types.js';
import { hl7Time } from '@onebox/driver-sdk/parts/hl7-types.js';
import { MDC } from '@onebox/protocol/codes.js';
import type { Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import type { Obx, OruMessage } from './oru.js';
import { timesOf } from './terms.js';

/**
 * When a value was measured, counted or read. IDCO states it in OBX-14, in a `_DTM` term of the same group, or in
 * the time of the session, the nearest first. The times are of the device or of its programmer.
 */

/** A time that lies further ahead than zones and slow clocks can explain says nothing but an order. */
const AHEAD_MS = 26 * 3_600_000;
const LATEST = Date.UTC(2100, 0, 1);
const { TIME_QUALITY_DEVICE, TIME_QUALITY_RECONSTRUCTED, TIME_QUALITY_ORDER_ONLY } = v1.TimeQuality;

export class MessageTimes {
  readonly #stated = new Map<string, Hl7Time>();

  constructor(
    readonly message: OruMessage,
    /** Tablet clock, milliseconds since 1970. */
    readonly now: number,
  ) {
    for (const { number, group, values, status } of message.observations) {
      const time = number === undefined || status === 'X' ? undefined : this.parse(values[0]?.[0] ?? '');
      if (time) this.#stated.set(`${number} ${group}`, time);
    }
  }

  parse(text: string): Hl7Time | undefined {
    return hl7Time(text, this.message.utcOffsetMinutes);
  }

  of(obx: Obx): Time {
    if (obx.time) return this.time(obx.time, obx.place);
    for (const dtm of obx.number === undefined ? [] : timesOf(obx.number)) {
      const found = this.#interval(dtm, obx);
      if (found) return this.time(found, obx.place);
    }
    return obx.session ? this.time(obx.session, obx.place) : this.ofMessage(obx.place);
  }

  /** For what stands in no session. The message was written after what it says. */
  ofMessage(order: number): Time {
    const { written } = this.message;
    const session = this.message.session ?? this.#stated.get(`${MDC.IDC_SESS_DTM} 1`);
    if (session) return this.time(session, order);
    const time = written && this.time(written, order);
    return time?.quality === TIME_QUALITY_DEVICE
      ? { ...time, quality: TIME_QUALITY_RECONSTRUCTED }
      : (time ?? { quality: TIME_QUALITY_ORDER_ONLY, order });
  }

  /** A stated time as a finding has it; `order` is its place where the clock that it is of means nothing. */
  time({ from, to, text }: Hl7Time, order: number): Time {
    if (from <= 0 || to >= LATEST || from > this.now + AHEAD_MS)
      return { quality: TIME_QUALITY_ORDER_ONLY, order, deviceText: text };
    return { unixMs: from, ...(to > from ? { endUnixMs: to } : {}), quality: TIME_QUALITY_DEVICE, deviceText: text };
  }

  /** What `_DTM` or `_DTM_START` and `_DTM_END` of this group say; of another group where this one has none. */
  #interval(dtm: number, { group, session }: Obx): Hl7Time | undefined {
    const find = (number: number) => this.#stated.get(`${number} ${group}`) ?? this.#stated.get(`${number} 1`);
    const [at, start, end] = [find(dtm), find(dtm + 1), find(dtm + 2) ?? session];
    if (!start) return at ?? find(dtm + 2);
    if (!end || end.to < start.from) return start;
    return { from: start.from, to: end.to, text: `${start.text}/${end.text}` };
  }
}
