import { MLLP_END, MLLP_START } from '@onebox/driver-sdk/parts/hl7-stream.js';
import type { SimulatedDriver, SimulationOptions } from '@onebox/driver-sdk/simulated/faults.js';
import type { SerialLine, SerialSimulator, SerialUsb, SerialWire } from '@onebox/driver-sdk/simulator.js';
import { practiceMessage } from './practice-message.js';

/** A practice programmer that exports the message of a practice ICD over its serial port, again and again. */

export interface ProgrammerOptions extends SimulationOptions {
  readonly usb?: SerialUsb;
  /** In MLLP blocks, or bare. */
  readonly framing?: 'mllp' | 'bare';
  /** Between segments: CR by the standard. */
  readonly terminator?: '\r' | '\n' | '\r\n';
  /** Milliseconds before the first message, and between the end of one and the next: 500 and 20 000. */
  readonly startMs?: number;
  readonly againMs?: number;
}

const LINE = { baudRate: 115_200 } as const;
const CR = 0x0d;

export class ProgrammerSimulator implements SerialSimulator {
  readonly line: SerialLine = LINE;
  readonly usb?: SerialUsb;
  /** Bytes that a reader sent: there should be none. */
  readonly received: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wire: SerialWire | undefined;

  constructor(readonly options: ProgrammerOptions = {}) {
    if (options.usb) this.usb = options.usb;
  }

  /** The bytes of one export, in its framing. `now`: the programmer's clock. */
  message(now: number): Uint8Array {
    const { seed = 1, fault, terminator = '\r', framing = 'mllp' } = this.options;
    const text = practiceMessage(now, seed, fault)
      .map((segment) => `${segment}${terminator}`)
      .join('');
    const body = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const whole = framing === 'bare' ? body : Uint8Array.of(MLLP_START, ...body, MLLP_END, 0x0d);
    // In the middle of an OBX.
    return fault === 'ends-early' ? whole.subarray(0, text.indexOf('OBX|40|') + 60) : whole;
  }

  start(wire: SerialWire): void {
    this.#wire = wire;
    wire.onBytes((bytes) => void this.received.push(...bytes));
    this.#later(this.options.startMs ?? 500);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#wire = undefined;
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => this.#export(), ms);
  }

  #export(): void {
    const wire = this.#wire;
    if (!wire) return;
    const bytes = this.message(wire.now());
    // Segment by segment, as programmers write.
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(CR, at) + 1 || bytes.length;
      wire.send(bytes.subarray(at, end));
      at = end;
    }
    // What was cut off is not sent again: the programmer has stopped.
    if (this.options.fault !== 'ends-early') this.#later(this.options.againMs ?? 20_000);
  }
}

export default {
  devices: { idco: { transport: 'serial', make: (options) => new ProgrammerSimulator(options) } },
  without: {
    'wrong-checksum': 'HL7 v2 messages carry none',
    'clock-off': 'a message states no clock beside another',
  },
} satisfies SimulatedDriver;
