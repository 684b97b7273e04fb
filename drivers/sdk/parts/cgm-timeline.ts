import type { Finding, Time } from '@onebox/protocol/messages.js';
import type { Device } from '../device.js';
import { time } from '../findings.js';
import type { CgmSessionStart } from './cgm.js';
import type { DeviceTimeline } from './gatt-clock.js';
import { type LocalDateTime, localDateTime } from './gatt-time.js';

const MINUTE = 60_000;

/**
 * Times of a glucose sensor: minutes since the start of its session. The start is known by the device's clock, or by
 * the tablet's from the offset that the running session has now, or not at all.
 */
export class CgmTimeline {
  private start: LocalDateTime | undefined;
  private hasStart = false;
  /** Tablet clock at the start of the session. */
  private anchor: number | undefined;
  private readonly zone: number;

  constructor(
    device: Pick<Device, 'utcOffsetMinutes'>,
    private readonly clock: DeviceTimeline,
  ) {
    this.zone = device.utcOffsetMinutes;
  }

  /** A start with a zone is moved to the tablet's zone, in which the clock of the device is read. */
  learnStart({ time: start, utcOffset }: CgmSessionStart): void {
    this.hasStart = true;
    this.start = start && utcOffset !== undefined ? localDateTime(start.ms + (this.zone - utcOffset) * MINUTE) : start;
  }

  /**
   * The offset of a session that runs, as it is at `at` by the tablet's clock: the device counts whole minutes, so
   * half of one has passed on average. Tells how the clocks stand where the device has no other way to say it.
   */
  learnNow(offset: number, at: number, clockIsKnown: boolean): readonly Finding[] {
    const elapsed = offset * MINUTE + MINUTE / 2;
    this.anchor = at - elapsed;
    if (clockIsKnown || !this.hasStart) return [];
    return [this.start ? this.clock.learn(localDateTime(this.start.ms + elapsed), at) : this.clock.unset(at)];
  }

  /**
   * @param offset minutes since the start of the session; also the place in the order when no time is known
   * @param now the tablet's clock
   */
  place(offset: number, now: number): Time {
    const placed = this.clock.place(this.local(offset), now, offset + 1);
    return placed.unixMs || this.anchor === undefined ? placed : this.reconstructed(offset, placed);
  }

  /** As `place`, for a time that may lie ahead. */
  placeAhead(offset: number): Time | undefined {
    if (this.anchor !== undefined) return this.reconstructed(offset, {});
    const local = this.local(offset);
    return local && { ...time(local.ms - this.zone * MINUTE, 'device'), deviceText: local.text };
  }

  private reconstructed(offset: number, { deviceText }: Pick<Time, 'deviceText'>): Time {
    const at = time(this.anchor! + offset * MINUTE, 'reconstructed');
    return deviceText ? { ...at, deviceText } : at;
  }

  private local(offset: number): LocalDateTime | undefined {
    return this.start && localDateTime(this.start.ms + offset * MINUTE);
  }
}
