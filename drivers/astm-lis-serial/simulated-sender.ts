import { ACK, ENQ, EOT, encodeAstmFrame, NAK } from '@onebox/driver-sdk/parts/astm-frame.js';
import { MAX_REPEATS } from '@onebox/driver-sdk/parts/astm-receiver.js';
import { latin1Bytes } from '@onebox/driver-sdk/parts/text.js';
import type { SerialLine, SerialSimulator, SerialUsb, SerialWire } from '@onebox/driver-sdk/simulator.js';

/** What the simulated sender does wrong on order; frames are counted from 1 in each upload. */
export interface SenderFaults {
  /** Says nothing. */
  readonly silent?: boolean;
  /** This frame goes out with a wrong checksum, so many times; once when `times` is not given. */
  readonly wrongChecksum?: { readonly frame: number; readonly times?: number };
  /** Our ACK of this frame is lost: it is sent again, once. */
  readonly lostAck?: number;
  /** EOT instead of this frame. */
  readonly endBefore?: number;
  /** Falls silent in the middle of this frame. */
  readonly cutIn?: number;
}

/**
 * `record`: one record per frame, each a message of its own (ETX). `burst`: the same with ETB but for the last,
 * and the header goes out with EOT and ENQ around it, as Contour meters do. `message`: all in one frame.
 * `chunks`: the message cut into frames of 240 characters, wherever a record ends.
 */
export type Framing = 'record' | 'burst' | 'message' | 'chunks';

export interface SenderOptions {
  readonly framing: Framing;
  /** Records of one upload; `now` is the simulation's clock. */
  readonly records: (now: number) => readonly string[];
  readonly line: SerialLine;
  readonly usb?: SerialUsb;
  readonly faults?: SenderFaults;
  /** Milliseconds before the first upload, and between the end of one and the next try: 500 and 8000. */
  readonly startMs?: number;
  readonly againMs?: number;
  /** How long it waits for a reply: 15 s by the standard. */
  readonly replyMs?: number;
}

const CHUNK = 240;
const ENQUIRE_MS = 3_000;

/** The sender's side of ASTM E1381 (CLSI LIS01-A2), section 6: uploads, again and again, to whoever answers. */
export class AstmSenderSimulator implements SerialSimulator {
  readonly line: SerialLine;
  readonly usb?: SerialUsb;
  faults: SenderFaults;
  /** Bytes that no receiver may send. */
  readonly refused: number[] = [];
  /** Uploads that were acknowledged to their end. */
  uploads = 0;
  private wire: SerialWire | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frames: readonly Uint8Array[] = [];
  private place = -1;
  private repeats = 0;
  private damaged = 0;
  private ackLost = false;

  constructor(private readonly options: SenderOptions) {
    this.line = options.line;
    if (options.usb) this.usb = options.usb;
    this.faults = options.faults ?? {};
  }

  start(wire: SerialWire): void {
    this.wire = wire;
    wire.onBytes((bytes) => {
      for (const byte of bytes) this.answer(byte);
    });
    this.later(this.options.startMs ?? 500, () => this.enquire());
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private later(ms: number, act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, ms);
  }

  private enquire(): void {
    if (this.faults.silent === true) return;
    const burst = this.options.framing === 'burst';
    this.frames = this.build();
    this.place = burst ? 0 : -1;
    this.repeats = this.damaged = 0;
    this.ackLost = false;
    this.wire?.send(burst ? Uint8Array.of(EOT, ...this.frames[0]!, ENQ) : Uint8Array.of(ENQ));
    // A sender may give up after 15 s; asking again soon lets a reader come in at any time.
    this.later(ENQUIRE_MS, () => this.enquire());
  }

  private answer(byte: number): void {
    if (byte !== ACK && byte !== NAK) {
      this.refused.push(byte);
      return;
    }
    if (this.frames.length === 0) return;
    if (byte === NAK) this.repeat();
    else if (this.faults.lostAck === this.place + 1 && !this.ackLost) {
      this.ackLost = true;
      this.sendFrame();
    } else {
      this.place += 1;
      this.repeats = 0;
      this.sendFrame();
    }
  }

  private repeat(): void {
    this.repeats += 1;
    const enquiring = this.place < (this.options.framing === 'burst' ? 1 : 0);
    if (enquiring || this.repeats > MAX_REPEATS) this.finish(false);
    else this.sendFrame();
  }

  private sendFrame(): void {
    const frame = this.frames[this.place];
    const number = this.place + 1;
    if (frame === undefined) this.finish(true);
    else if (this.faults.endBefore === number) this.finish(false);
    else if (this.faults.cutIn === number) {
      this.wire?.send(frame.subarray(0, frame.length >> 1));
      this.later(this.options.replyMs ?? 15_000, () => this.finish(false));
    } else {
      this.wire?.send(this.damage(frame, number));
      this.later(this.options.replyMs ?? 15_000, () => this.finish(false));
    }
  }

  private damage(frame: Uint8Array, number: number): Uint8Array {
    const { wrongChecksum } = this.faults;
    if (wrongChecksum?.frame !== number || this.damaged >= (wrongChecksum.times ?? 1)) return frame;
    this.damaged += 1;
    const wrong = frame.slice();
    wrong[2]! ^= 0x01;
    return wrong;
  }

  private finish(whole: boolean): void {
    if (whole) this.uploads += 1;
    this.frames = [];
    this.wire?.send(Uint8Array.of(EOT));
    this.later(this.options.againMs ?? 8_000, () => this.enquire());
  }

  private build(): readonly Uint8Array[] {
    const { framing } = this.options;
    const records = this.options.records(this.wire?.now() ?? 0).map((record) => `${record}\r`);
    const texts =
      framing === 'message' ? [records.join('')] : framing === 'chunks' ? chunks(records.join('')) : records;
    return texts.map((text, index) => {
      const last = index === texts.length - 1 || framing === 'record';
      return encodeAstmFrame((index + 1) & 7, latin1Bytes(text), last ? 'ETX' : 'ETB');
    });
  }
}

function chunks(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += CHUNK) parts.push(text.slice(start, start + CHUNK));
  return parts;
}
