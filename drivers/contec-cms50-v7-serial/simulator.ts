import type { ContentFault, SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { type LayoutValues, layoutBytes } from '@onebox/driver-sdk/simulated/layout-bytes.js';
import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';
import type { SerialLine, SerialSimulator, SerialUsb, SerialWire } from '@onebox/driver-sdk/simulator.js';
import { framing, type Packets, packets, SAMPLES_PER_SECOND } from './packets.js';
import { Finger } from './simulated-finger.js';

/** What the simulated oximeter does wrong on order; may be changed at any time. */
export interface Cms50Faults {
  /** Takes commands and says nothing. */
  readonly silent?: boolean;
  /** The first start is not heard, as on a device that was left in its menu. */
  readonly deafToFirstStart?: boolean;
  /** The finger is out. */
  readonly probeOff?: boolean;
  /** Part of the packets, 0 to 1, in which one bit is wrong. */
  readonly flippedBits?: number;
  /** Part of the bytes, 0 to 1, that do not arrive. */
  readonly lostBytes?: number;
  /** Sends nothing any more after so many live packets. */
  readonly silentAfter?: number;
  /** Ends the session with this reason after so many live packets. */
  readonly endAfter?: { readonly packets: number; readonly reason: number };
  /** The finger is in, and the values are those that say that there is none. */
  readonly noValues?: boolean;
  /** Sends packets of a kind that the driver does not know between the others. */
  readonly unknownPackets?: boolean;
}

export interface Cms50SimulatorOptions {
  readonly seed?: number;
  readonly spo2?: number;
  readonly pulseRate?: number;
  /** Seconds for which it searches before it has a pulse; 3 when not given. */
  readonly searchSeconds?: number;
  /** Seconds of the recording in its memory; 90 when not given. */
  readonly storedSeconds?: number;
  /** How much faster than a real device it runs, for tests; 1 when not given. */
  readonly speed?: number;
  readonly usb?: SerialUsb;
  readonly faults?: Cms50Faults;
}

/** Host to device. */
const COMMAND = 0x7d;
const TICK_MS = 25;
/** The device stops the live stream when it hears nothing for so long. */
const KEEP_ALIVE_MS = 5_500;
/** A packet type that the protocol does not have. */
const UNKNOWN = 0x7e;
const UNKNOWN_DATA = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);

/** A made-up CMS50 on a serial line. It obeys the five commands of a reader; others are kept in `refused`. */
export class Cms50Simulator implements SerialSimulator {
  readonly line: SerialLine = { baudRate: 115_200, xon: true, xoff: true };
  readonly usb?: SerialUsb;
  faults: Cms50Faults;
  /** Commands that it had, and those that no reader may send. */
  readonly commands: number[] = [];
  readonly refused: number[] = [];
  private readonly framer = framing.framer();
  private readonly noise: () => number;
  private wire: SerialWire | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private finger: Finger;
  private startedAt = 0;
  private heardAt = 0;
  private sent = 0;
  private starts = 0;

  constructor(private readonly options: Cms50SimulatorOptions = {}) {
    if (options.usb) this.usb = options.usb;
    this.faults = options.faults ?? {};
    this.noise = seededRandom((options.seed ?? 1) ^ 0x5eed);
    this.finger = this.newFinger();
  }

  start(wire: SerialWire): void {
    this.wire = wire;
    wire.onBytes((bytes) => {
      // A command has nine bytes: it is whole when they are there, without waiting for the next one.
      for (const result of [...this.framer.push(bytes), ...this.framer.flush()]) {
        if ('frame' in result && result.frame.type === COMMAND) this.obey(result.frame.data[0] ?? 0);
      }
    });
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private newFinger(): Finger {
    const { seed = 1, spo2 = 97, pulseRate = 72 } = this.options;
    return new Finger({ seed, spo2, pulseRate });
  }

  private obey(command: number): void {
    this.commands.push(command);
    this.heardAt = this.now();
    if (command === 0xa1) this.startLive();
    else if (command === 0xa2 || command === 0xa7) this.stop();
    else if (command === 0xa6) this.sendStored();
    else if (command !== 0xaf) this.refused.push(command);
  }

  private startLive(): void {
    this.starts += 1;
    if (this.faults.deafToFirstStart === true && this.starts === 1) return;
    this.stop();
    this.startedAt = this.now();
    this.sent = 0;
    this.finger = this.newFinger();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  private tick(): void {
    const now = this.now();
    if (now - this.heardAt > KEEP_ALIVE_MS) {
      this.stop();
      return;
    }
    const due = Math.floor(((now - this.startedAt) * SAMPLES_PER_SECOND * this.speed) / 1000);
    const { silentAfter = Number.POSITIVE_INFINITY, endAfter } = this.faults;
    while (this.sent < due && this.timer !== undefined) {
      if (this.sent >= silentAfter) return;
      if (endAfter !== undefined && this.sent >= endAfter.packets) {
        this.send(packet('sessionEnd', { reason: endAfter.reason }));
        this.stop();
        return;
      }
      this.send(this.livePacket());
      if (this.faults.unknownPackets === true) this.send(framing.encode({ type: UNKNOWN, data: UNKNOWN_DATA }));
      this.sent += 1;
    }
  }

  private livePacket(): Uint8Array {
    const searching = this.sent < (this.options.searchSeconds ?? 3) * SAMPLES_PER_SECOND;
    const tooLong = this.sent > 10 * SAMPLES_PER_SECOND;
    const sample = this.finger.next();
    if (this.faults.probeOff === true) return packet('live', { probeError: true, searchingTooLong: tooLong });
    if (searching) return packet('live', { pleth: 4, searchingPulse: true });
    const { beat, bar, ...measured } = sample;
    const values = this.faults.noValues === true ? {} : measured;
    const state = { signalStrength: 6, pulseBeep: beat, barGraph: bar, perfusionIndexValid: true };
    return packet('live', { ...state, pleth: sample.pleth, ...values });
  }

  /** Three points per packet; the last packet is filled up with zeros. */
  private sendStored(): void {
    this.stop();
    const seconds = this.options.storedSeconds ?? 90;
    const finger = this.newFinger();
    for (let first = 0; first < seconds; first += 3) {
      const data = new Uint8Array(6);
      for (let place = 0; place < 3 && first + place < seconds; place += 1) {
        const { spo2, pulseRate } = finger.next();
        for (let skip = 1; skip < SAMPLES_PER_SECOND; skip += 1) finger.next();
        data.set([spo2, pulseRate], place * 2);
      }
      this.send(framing.encode(packets.frame('storedPairs', data)));
    }
  }

  private send(packet: Uint8Array): void {
    const { silent, flippedBits = 0, lostBytes = 0 } = this.faults;
    if (silent === true) return;
    const bytes = packet.slice();
    if (flippedBits > 0 && this.noise() < flippedBits) {
      const bit = Math.floor(this.noise() * bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
    this.wire?.send(lostBytes === 0 ? bytes : bytes.filter(() => this.noise() >= lostBytes));
  }

  private get speed(): number {
    return this.options.speed ?? 1;
  }

  private now(): number {
    return this.wire?.now() ?? 0;
  }
}

function packet(kind: keyof Packets, values: LayoutValues): Uint8Array {
  return framing.encode(packets.frame(kind, layoutBytes(packets.layouts[kind], values)));
}

const FAULTS: Readonly<Partial<Record<ContentFault, Cms50Faults>>> = {
  'never-measured': { probeOff: true },
  'not-a-number': { noValues: true },
  'newer-firmware': { unknownPackets: true },
  'ends-early': { endAfter: { packets: 5 * SAMPLES_PER_SECOND, reason: 2 } },
};

const simulated: SimulatedDriver = {
  devices: {
    cms50: {
      transport: 'serial',
      make: ({ fault, ...options }) => new Cms50Simulator({ ...options, faults: (fault && FAULTS[fault]) ?? {} }),
    },
  },
  without: {
    'wrong-checksum': 'packets carry none',
    'wrong-unit': 'the units are fixed',
    'clock-off': 'the device tells no time',
    'clock-unset': 'the device tells no time',
    'battery-low': 'the protocol does not tell',
  },
};
export default simulated;
