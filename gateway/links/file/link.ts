import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Channel, ChannelId, Link, LinkEnd, OperationOptions, PacketListener } from '../link.js';
import { LINE } from '../serial/link.js';

const CHANNEL: Channel = {
  id: LINE,
  service: '',
  canRead: false,
  canNotify: true,
  canIndicate: false,
  canWrite: false,
  canWriteWithoutResponse: false,
};
const PIECE = 64 * 1024;

/**
 * The bytes of a file on the channel `line`, in order, as fast as they are taken; an empty packet says that there are
 * no more. Nothing can be sent to a file.
 */
export class FileLink implements Link {
  readonly transport = 'file';
  readonly maxWrite = 0;
  readonly ended: Promise<LinkEnd>;
  #end!: (end: LinkEnd) => void;
  #over = false;

  constructor(
    private readonly content: Uint8Array,
    private readonly now: () => number = Date.now,
  ) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async channels(): Promise<readonly Channel[]> {
    return [CHANNEL];
  }

  async read(): Promise<Uint8Array> {
    throw new OneBoxError('LINK_MISUSE', 'a file sends by itself');
  }

  async write(): Promise<void> {
    throw new OneBoxError('LINK_MISUSE', 'nothing is sent to a file');
  }

  async subscribe(
    channel: ChannelId,
    listener: PacketListener,
    { signal }: OperationOptions,
  ): Promise<() => Promise<void>> {
    if (channel !== LINE) throw new OneBoxError('LINK_NO_CHANNEL', channel);
    if (this.#over || signal?.aborted) throw new OneBoxError('LINK_ABORTED');
    let stopped = false;
    void this.#play(listener, () => stopped || this.#over);
    return async () => {
      stopped = true;
    };
  }

  async rssi(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#finish({});
  }

  async #play(listener: PacketListener, stopped: () => boolean): Promise<void> {
    try {
      for (let at = 0; at <= this.content.length && !stopped(); ) {
        // The subscription is known to its owner before the first packet, and others get their turn.
        await new Promise((resolve) => setImmediate(resolve));
        if (stopped()) return;
        const bytes = this.content.slice(at, at + PIECE);
        await listener({ channel: LINE, bytes, at: this.now() });
        if (bytes.length === 0) return;
        at += bytes.length;
      }
    } catch (cause) {
      this.#finish({ error: new OneBoxError('INTERNAL', 'a packet listener threw', {}, { cause }) });
    }
  }

  #finish(end: LinkEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#end(end);
  }
}
