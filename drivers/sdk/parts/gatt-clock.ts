import type { Finding, Time } from '@onebox/protocol/messages.js';
import type { Device } from '../device.js';
import { clock, type OriginName, time } from '../findings.js';
import { localFault } from './gatt-findings.js';
import { type LocalDateTime, parseCurrentTime, parseDateTime } from './gatt-time.js';

/**
 * Places what a device dates by its own clock on the tablet's time line. The clock of such a device has
 * no zone: it is read as the tablet's local time.
 */

const MINUTE = 60_000;
const RECENT = 2 * MINUTE;
/** Up to here the clocks agree, and up to here times are corrected (UX specification, 3.3). */
const AGREES = MINUTE;
const CORRECTABLE = 26 * 60 * MINUTE;

export class DeviceTimeline {
  private readonly zone: number;
  /** Device minus tablet in ms; undefined when the clock was not read. */
  private offset: number | undefined;
  private notSet = false;

  constructor(device: Pick<Device, 'utcOffsetMinutes'>) {
    this.zone = device.utcOffsetMinutes * MINUTE;
  }

  /** Tells the time line what the device's clock said when the tablet's said `at`. */
  learn(local: LocalDateTime | undefined, at: number): Finding {
    this.notSet = local === undefined;
    this.offset = local && local.ms - this.zone - at;
    return clock(at, local && local.ms - this.zone, local?.text);
  }

  /** The device says that its clock was never set: its times mean nothing. */
  unset(at: number): Finding {
    return this.learn(undefined, at);
  }

  /**
   * @param local what the device states; undefined when it states none
   * @param now the tablet's clock, milliseconds since 1970
   * @param order place among the events of the device, for when nothing else is known
   */
  place(local: LocalDateTime | undefined, now: number, order: number): Time {
    const inOrder = { ...time(0, 'order-only'), order, ...(local ? { deviceText: local.text } : {}) };
    if (local === undefined || this.notSet) return inOrder;
    const stated = local.ms - this.zone;
    const offset = this.offset ?? 0;
    if (Math.abs(offset) > CORRECTABLE) return inOrder;
    const agrees = Math.abs(offset) <= AGREES;
    const at = agrees ? stated : stated - offset;
    // What has been measured lies in the past. A time that does not shows that the clock cannot be trusted.
    if (at > now + AGREES || at <= 0) return inOrder;
    return { ...time(at, agrees ? 'device' : 'corrected'), deviceText: local.text };
  }
}

/** A value is live when its time is that of its arrival; devices send stored ones through the same channel. */
export function originOf(when: Time, now: number): OriginName {
  return when.unixMs && Math.abs(now - when.unixMs) <= RECENT ? 'live' : 'stored';
}

/** Reads the clock of the device where it has one, and tells the time line. */
export async function* readClock(device: Device, timeline: DeviceTimeline): AsyncGenerator<Finding, void, void> {
  const channel = ['2A2B', '2A08'].find((id) => device.channels.includes(id));
  if (channel === undefined) return;
  try {
    const bytes = await device.read(channel);
    const local = channel === '2A2B' ? parseCurrentTime(bytes).time : parseDateTime(bytes);
    yield timeline.learn(local, device.now());
  } catch (error) {
    yield localFault(error, 'identity', channel);
  }
}
