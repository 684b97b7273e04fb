import { clock } from '@onebox/driver-sdk/findings.js';
import type { Finding, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';

/**
 * Times of instruments: local, without a zone, to the minute or second. They are taken as of the tablet's zone,
 * and moved by what the instrument's clock was off when it stated its own time in the header.
 */
const MINUTE_MS = 60_000;
/** A clock that is off by more was never set rightly (UX specification, 3.3). */
const USELESS_MS = 26 * 60 * MINUTE_MS;
/** A year beyond this is a fault of the instrument. */
const LATEST = Date.UTC(2100, 0, 1);
const { TIME_QUALITY_DEVICE, TIME_QUALITY_CORRECTED } = v1.TimeQuality;

export class InstrumentClock {
  /** Instrument minus tablet, ms; undefined while the instrument has not stated its time. */
  private offset: number | undefined;

  constructor(private readonly utcOffsetMinutes: number) {}

  /** The header's time, and when it came. A time without seconds is good to the minute: less is no offset. */
  header(text: string | null, at: number): Finding | undefined {
    const device = this.parse(text);
    if (text === null || device === undefined) return undefined;
    const exact = device + (hasSeconds(text) ? 0 : MINUTE_MS / 2);
    const offset = exact - at;
    this.offset = Math.abs(offset) < MINUTE_MS ? 0 : offset;
    return clock(at, at + this.offset, text);
  }

  /**
   * A time of the instrument, as it stood at `at`. Undefined where only the order can be relied on: a text without
   * time of day, a clock that is more than 26 h off, a time in the future.
   */
  time(text: string | null, at: number): Time | undefined {
    const device = this.parse(text);
    const offset = this.offset ?? 0;
    if (text === null || device === undefined || Math.abs(offset) > USELESS_MS) return undefined;
    if (device - offset > at + MINUTE_MS) return undefined;
    const quality = offset === 0 ? TIME_QUALITY_DEVICE : TIME_QUALITY_CORRECTED;
    return { unixMs: device - offset, quality, deviceText: text };
  }

  private parse(text: string | null): number | undefined {
    if (text === null || !text.includes('T')) return undefined;
    const utc = Date.parse(`${hasSeconds(text) ? text : `${text}:00`}Z`);
    const ms = utc - this.utcOffsetMinutes * MINUTE_MS;
    return ms > 0 && ms < LATEST ? ms : undefined;
  }
}

function hasSeconds(text: string): boolean {
  return text.length > '2019-09-22T13:04'.length;
}
