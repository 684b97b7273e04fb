import type { Device } from '@onebox/driver-sdk/device.js';
import { DeviceTimeline } from '@onebox/driver-sdk/parts/gatt-clock.js';
import { type LocalDateTime, localDateTime } from '@onebox/driver-sdk/parts/gatt-time.js';
import type { Finding, Time } from '@onebox/protocol/messages.js';

/** Seconds from 1970 to the beginning of the pump's time, 2008-01-01T00:00:00 on the pump's own clock. */
export const PUMP_EPOCH = 1_199_145_600;
/** 2012-01-01: no such pump was sold before, so a clock that stands there was not set. */
const FIRST_PLAUSIBLE = 126_230_400;
/** Later than anything that the history can hold. */
const NEWEST = 0x7fff_ffff;

/** Seconds of the pump as date and time; undefined for 0, which stands for "none". */
export function pumpTime(seconds: number): LocalDateTime | undefined {
  return seconds === 0 ? undefined : localDateTime((seconds + PUMP_EPOCH) * 1000);
}

/** Places the pump's times, which have no zone, on the tablet's time line. */
export class PumpTimeline {
  private readonly timeline: DeviceTimeline;

  constructor(private readonly device: Device) {
    this.timeline = new DeviceTimeline(device);
  }

  learn(seconds: number, at: number): Finding {
    return seconds < FIRST_PLAUSIBLE ? this.timeline.unset(at) : this.timeline.learn(pumpTime(seconds), at);
  }

  /** The time of a present status, e.g. of the last bolus. */
  status(seconds: number): Time {
    return this.timeline.place(pumpTime(seconds), this.device.now(), NEWEST);
  }

  /**
   * The time of a history record.
   * @param trusted false for a record from before the pump's clock was changed: only its place is known
   */
  record(seconds: number, sequence: number, trusted: boolean): Time {
    const order = Math.min(sequence + 1, NEWEST - 1);
    const said = seconds < FIRST_PLAUSIBLE ? undefined : pumpTime(seconds);
    const placed = this.timeline.place(trusted ? said : undefined, this.device.now(), order);
    return trusted || said === undefined ? placed : { ...placed, deviceText: said.text };
  }
}
