import type { Code, Finding } from '@onebox/protocol/messages.js';
import type { Packet } from '../device.js';
import type { DeviceTimeline } from './gatt-clock.js';

/** One characteristic that sends vital signs, and what its values mean. */
export interface VitalSource {
  readonly channel: string;
  /** Sends again and again while the sensor is worn; otherwise one value for each measurement. */
  readonly continuous: boolean;
  /** Values of a measurement that is still going on: shown, and not waited for. */
  readonly intermediate?: boolean;
  /** What is missing when nothing came. */
  readonly code: Code;
  /** Throws ValueRejected when the value breaks the rules of its characteristic. */
  findings(packet: Packet, context: VitalContext): readonly Finding[];
}

/** What a source needs to know besides the packet, and may remember from one packet to the next. */
export interface VitalContext {
  readonly timeline: DeviceTimeline;
  /** Where the sensor is worn, and the like: added to every value. */
  readonly qualifiers: readonly Code[];
  /** Place of this value among those of its channel, from 1. */
  readonly order: number;
  /** Kept for the channel over the session. */
  readonly memory: Map<string, unknown>;
}

/** How long a live value may be shown as present. */
export const LIVE_FRESH_MS = 5000;
