import type { Device, PacketStream } from '@onebox/driver-sdk/device.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { type Frame, Framer } from './frames.js';

/** Silence after which the device is taken to be gone, ms. */
const SILENCE_MS = 3000;

/** Requests and the frames that answer them, over whatever link there is. */
export class Conversation {
  private readonly framer = new Framer();
  private readonly ready: { readonly frame: Frame; readonly at: number }[] = [];

  private constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
  ) {}

  /** Subscribes; ask only then. */
  static async begin(device: Device, channels: readonly string[]): Promise<Conversation> {
    return new Conversation(device, await device.packets(channels));
  }

  /** Sends a request of the manifest and waits for its answer. Throws LINK_TIMEOUT, LINK_MALFORMED. */
  async ask<T>(request: string, type: number, parse: (data: Uint8Array) => T | undefined): Promise<T> {
    await this.device.request(request);
    return (await this.next(type, parse)).content;
  }

  /** The next frame of a type; frames of other types are passed over. Throws LINK_TIMEOUT, LINK_MALFORMED. */
  async next<T>(
    type: number,
    parse: (data: Uint8Array) => T | undefined,
  ): Promise<{ readonly content: T; readonly at: number }> {
    const end = this.device.now() + SILENCE_MS;
    for (;;) {
      const next = this.ready.shift();
      const content = next?.frame.type === type ? parse(next.frame.data) : undefined;
      if (next && content !== undefined) return { content, at: next.at };
      if (!next) await this.receive(end - this.device.now());
    }
  }

  end(): Promise<void> {
    return this.stream.close();
  }

  private async receive(ms: number): Promise<void> {
    const packet = ms > 0 ? await this.stream.next(ms) : undefined;
    // Nothing came, or nothing but damaged frames.
    if (!packet) throw new OneBoxError(this.framer.dropped > 0 ? 'LINK_MALFORMED' : 'LINK_TIMEOUT');
    this.ready.push(...this.framer.push(packet.bytes).map((frame) => ({ frame, at: packet.at })));
  }
}
