import { time } from '@onebox/driver-sdk/findings.js';
import type { Time } from '@onebox/protocol/messages.js';

/** Transmitters count seconds and have no clock: their times are placed from the moment at which the count was heard. */

/** A count that lies so far ahead of the last one heard is not one of this device. */
const AHEAD_S = 60;

export class CountedTime {
  /** Tablet clock when the count was 0; undefined while the count is not known. */
  private zero: number | undefined;
  private heard = 0;

  /** The count as it stood when it came. */
  learn(seconds: number, at: number): void {
    this.zero = at - seconds * 1000;
    this.heard = seconds;
  }

  /** An instant of the past; in its order only while the count is not known, or when it lies ahead. */
  place(seconds: number): Time {
    const inOrder: Time = { ...time(0, 'order-only'), order: Math.min(seconds, 2 ** 31 - 2) + 1 };
    const at = this.at(seconds);
    return at === undefined || seconds > this.heard + AHEAD_S ? inOrder : at;
  }

  /** An instant that may lie ahead. */
  at(seconds: number): Time | undefined {
    const ms = this.zero === undefined ? 0 : this.zero + seconds * 1000;
    return ms > 0 ? { ...time(ms, 'reconstructed'), deviceText: `${seconds} s` } : undefined;
  }
}
