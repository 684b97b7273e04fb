import { defineDriver } from '@onebox/driver-sdk/define.js';
import type { Device, PacketStream } from '@onebox/driver-sdk/device.js';
import { phaseOf } from '@onebox/driver-sdk/findings.js';
import { Hl7Stream } from '@onebox/driver-sdk/parts/hl7-stream.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import { messageFindings, TRUNCATED } from './findings.js';
import manifest from './manifest.json' with { type: 'json' };
import { OruMessage } from './oru.js';

/** Reads the IHE PCD-09 message that a programmer exports, from its line or from a file. Nothing is ever sent. */

/** How long a programmer has to start: a person presses "export". */
const START_MS = 120_000;
/** A pause after which a bare message is over, and one in a block was cut off. */
const BARE_QUIET_MS = 3_000;
const FRAMED_QUIET_MS = 10_000;

export default defineDriver(manifest, async function* (device) {
  const stream = await device.packets('line');
  try {
    const { message, flaws } = await new Receiver(device).receive(stream);
    for (const finding of messageFindings(message, device.now(), (phase) => device.wants(phaseOf(phase)), flaws)) {
      // A document is decoded piece by piece: the host takes each before the next one.
      if (finding.evidence) await device.report(finding);
      else yield finding;
    }
  } finally {
    await stream.close();
  }
});

interface Received {
  readonly message: OruMessage;
  /** What is wrong with it as a whole. */
  readonly flaws: readonly OneBoxError[];
}

class Receiver {
  readonly #stream = new Hl7Stream();
  readonly #message: OruMessage;
  readonly #flaws: OneBoxError[] = [];
  /** The message has ended. */
  #over = false;
  /** A bound of the stream was reached: nothing further is taken. */
  #flooded = false;

  constructor(readonly device: Device) {
    this.#message = new OruMessage(device.utcOffsetMinutes, device.transport !== 'file');
  }

  /** The first message. Throws LINK_TIMEOUT when none begins, PROTOCOL_DECODE when what came is none. */
  async receive(packets: PacketStream): Promise<Received> {
    const start = this.device.now();
    const file = this.device.transport === 'file';
    for (let ended = false; file ? !ended : !this.#over; ) {
      const packet = await packets.next(this.#stream.framed ? FRAMED_QUIET_MS : BARE_QUIET_MS);
      ended = packet?.bytes.length === 0;
      if (packet && !ended) this.#take(packet.bytes);
      else if (ended || this.#stream.inMessage) this.#finish();
      else if (this.device.now() - start >= START_MS) throw new OneBoxError('LINK_TIMEOUT', 'no message began');
    }
    const { cut, damaged, tooMany, observations } = this.#message;
    if (observations.length === 0) throw this.#flaws[0] ?? new OneBoxError('PROTOCOL_DECODE', 'no OBX segment');
    if (cut && !this.#flaws.some(({ kind }) => TRUNCATED.has(kind)))
      this.#flaws.push(new OneBoxError('FRAME_BROKEN', 'the last segment was cut off'));
    if (damaged) this.#flaws.push(new OneBoxError('FRAME_BROKEN', 'segments are damaged or missing'));
    if (tooMany) this.#flaws.push(new OneBoxError('MESSAGE_TOO_LARGE', 'too many OBX segments'));
    return { message: this.#message, flaws: this.#flaws };
  }

  #take(bytes: Uint8Array): void {
    if (this.#flooded) return;
    try {
      this.#follow(this.#stream.push(bytes));
    } catch (error) {
      // What was whole before a bound was reached is worth reading; what follows a message is not.
      const tooLarge = isOneBoxError(error, 'MESSAGE_TOO_LARGE');
      if (!tooLarge && !this.#over) throw error;
      if (tooLarge) this.#flaws.push(error);
      this.#over = this.#flooded = true;
    }
  }

  #finish(): void {
    this.#follow(this.#stream.finish());
    this.#over = true;
  }

  #follow(events: ReturnType<Hl7Stream['push']>): void {
    for (const event of events) {
      if (event.kind === 'segment' && !this.#over) this.#message.take(event.bytes, event.terminated);
      else if (event.kind === 'stray' && !this.#over) this.#message.damaged = true;
      else if (event.kind === 'start' && this.#over)
        this.#flaws.push(new OneBoxError('PROTOCOL_INVALID', 'a second message was not read'));
      else if (event.kind === 'end' && !this.#over) {
        this.#over = true;
        if (!event.whole) this.#flaws.push(new OneBoxError('FRAME_BROKEN', 'the message was cut off'));
      }
    }
  }
}
