import {
  type BridgeRequest,
  SimulatedBridge,
  type SimulatedBridgeOptions,
} from '@onebox/driver-sdk/simulated/bridge.js';
import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';

/**
 * A made-up pod behind a bridge: it was activated two and a half days ago and found an occlusion two hours ago, while
 * a bolus was running. A bridge of practice is authorised from the start.
 */

export interface PodOptions extends SimulatedBridgeOptions {
  /** `running` delivers its basal rate; `occluded` has stopped. */
  readonly state?: 'occluded' | 'running';
}

const TO_POD = 0x10;
const MINUTE = 60_000;
const FAULT_AT = 3_596;
const ACTIVE = FAULT_AT + 120;
const OCCLUSION_ABOVE_THRESHOLD = 0x6a;
/** A number that no table has, as of a newer firmware. */
const UNHEARD_OF = 0xf3;

export class OmnipodSimulator extends SimulatedBridge {
  private readonly began: number;

  constructor(protected override readonly options: PodOptions = {}) {
    super(options);
    this.began = Date.now();
  }

  protected hello(): Readonly<Record<string, string>> {
    return { family: 'omnipod', model: 'DASH', firmware: this.options.fault === 'newer-firmware' ? '9.9.9' : '2.9.1' };
  }

  protected answer({ kind, payload }: BridgeRequest): Uint8Array | undefined {
    if (kind !== TO_POD || payload[0] !== 0x0e || payload[1] !== 1) return undefined;
    const body = this.podInfo(payload[2] ?? 0);
    // The check sum of the pod's own message follows; a reader of blocks leaves it alone.
    return body && Uint8Array.of(0x02, body.length, ...body, 0x12, 0x34);
  }

  private podInfo(subtype: number): readonly number[] | undefined {
    if (subtype === 1) return [1, 0, 0, ...[0, 0, 0, 4_200, 0, 0, 0, 4_320].flatMap(u16be)];
    if (subtype === 2) return this.detailedStatus();
    if (subtype === 3) return [3, this.fault, ...u16be(this.faultAt), ...u16be(this.active), 4, 60, ...this.log(12)];
    if (subtype === 5) return this.activation();
    if (subtype === 0x50) return [0x50, ...u16be(34), ...this.log(35)];
    if (subtype === 0x51) return [0x51, ...u16be(20), ...this.log(20)];
    return undefined;
  }

  private detailedStatus(): readonly number[] {
    const { fault } = this.options;
    const running = this.options.state === 'running';
    const delivery = fault === 'not-a-number' ? 3 : running ? 1 : 0;
    const event = running ? 0 : 0b0011_1001;
    return [
      2,
      running ? 9 : 13,
      delivery,
      ...u16be(running ? 0 : 21),
      4,
      ...u16be(2_027),
      this.fault,
      ...u16be(this.faultAt),
      ...u16be(756),
      ...u16be(this.active),
      running ? 0 : 0b0000_1000,
      0,
      event,
      0,
      0,
      0xa5,
      0xa5,
      0xa5,
    ].slice(0, 22);
  }

  private get fault(): number {
    if (this.options.state === 'running') return 0;
    return this.options.fault === 'newer-firmware' ? UNHEARD_OF : OCCLUSION_ABOVE_THRESHOLD;
  }

  private get faultAt(): number {
    if (this.options.state === 'running') return 0;
    return this.options.fault === 'never-measured' ? 0xffff : FAULT_AT;
  }

  private get active(): number {
    return ACTIVE + Math.floor((this.now() - this.began) / MINUTE);
  }

  private now(): number {
    return this.wire?.now() ?? this.began;
  }

  private activation(): readonly number[] {
    const { fault } = this.options;
    const zone = -new Date(this.began).getTimezoneOffset() * MINUTE;
    const at = new Date(this.began - ACTIVE * MINUTE + zone + (fault === 'clock-off' ? 40 * MINUTE : 0));
    const date = [
      at.getUTCMonth() + 1,
      at.getUTCDate(),
      at.getUTCFullYear() - 2000,
      at.getUTCHours(),
      at.getUTCMinutes(),
    ];
    return [
      5,
      this.fault,
      ...u16be(this.active),
      ...Array<number>(8).fill(0),
      ...(fault === 'clock-unset' ? [0, 0, 0, 0, 0] : date),
    ];
  }

  private log(count: number): readonly number[] {
    const noise = seededRandom(this.options.seed ?? 1);
    return Array.from({ length: count * 4 }, () => Math.floor(noise() * 256));
  }
}

function u16be(value: number): readonly number[] {
  return [value >> 8, value & 0xff];
}

const BRIDGE = { vendorId: '1209', productId: '0005', manufacturer: 'Practice', product: 'Pod Bridge' } as const;

export function omnipodBridge(options: PodOptions = {}): OmnipodSimulator {
  return new OmnipodSimulator({ usb: BRIDGE, ...options });
}

const simulated: SimulatedDriver = {
  devices: { omnipod: { transport: 'serial', make: omnipodBridge } },
  without: {
    'wrong-unit': 'the protocol has one unit, the pulse',
    'battery-low': 'a pod states no battery',
  },
};
export default simulated;
