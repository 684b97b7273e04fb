import { defineDriver } from '@onebox/driver-sdk/define.js';
import type { Device, PacketStream } from '@onebox/driver-sdk/device.js';
import { fault, progress } from '@onebox/driver-sdk/findings.js';
import { ACK } from '@onebox/driver-sdk/parts/astm-frame.js';
import {
  type AstmEvent,
  AstmReceiver,
  type AstmSession,
  RECEIVER_TIMEOUT_MS,
} from '@onebox/driver-sdk/parts/astm-receiver.js';
import { lineFindings } from '@onebox/driver-sdk/parts/line-quality.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import manifest from './manifest.json' with { type: 'json' };
import { MessageReader } from './message-reader.js';

/** Meters and analysers that upload over ASTM E1381/E1394. We only answer: ACK or NAK, nothing else. */

/** How long the instrument has to start its upload: a person may have to press "send". */
const START_MS = 60_000;
/** A pause in the bytes after which what has begun is judged as it is. */
const QUIET_MS = 2_000;
/** After the end of a session the instrument may start another one; then the upload is over. */
const NEXT_SESSION_MS = 4_000;

export default defineDriver(manifest, async function* (device) {
  const stream = await device.packets('line');
  try {
    const upload = new Upload(device, stream);
    yield progress('identity', 'started');
    yield* upload.sessions();
    yield* upload.end();
    while (device.live) yield* upload.sessions();
  } finally {
    await stream.close();
  }
});

class Upload {
  private readonly receiver = new AstmReceiver();
  private readonly reader: MessageReader;
  private lastSession: AstmSession | undefined;
  private naks = 0;
  private frames = 0;

  constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
  ) {
    this.reader = new MessageReader(device.utcOffsetMinutes);
  }

  /** Takes sessions until the instrument has been quiet after the last one. */
  async *sessions(): AsyncGenerator<Finding, void, void> {
    let heard = this.device.now();
    let advanced = { at: heard, results: this.reader.results };
    for (;;) {
      const packet = await this.stream.next(QUIET_MS);
      const now = this.device.now();
      if (packet !== undefined && this.receiver.open) heard = now;
      const events = this.events(packet?.bytes, now - heard);
      if (events.length > 0) heard = now;
      yield* this.handle(events, packet?.at ?? now);
      if (this.reader.results > advanced.results) advanced = { at: now, results: this.reader.results };
      // An instrument that does not hear our answers begins again for ever.
      if (now - advanced.at >= START_MS) {
        if (advanced.results > 0) return;
        throw new OneBoxError('LINK_TIMEOUT', 'the instrument did not start its upload');
      }
      if (this.receiver.open) continue;
      if (this.lastSession !== undefined && now - heard >= NEXT_SESSION_MS) return;
    }
  }

  /** What the upload was, and whether it was whole. */
  async *end(): AsyncGenerator<Finding, void, void> {
    const now = this.device.now();
    if (!this.reader.identified) yield progress('identity', 'not-supported');
    if (!this.reader.hasSettings) yield progress('settings', 'not-supported');
    yield* lineFindings(this.frames, this.naks, now);
    const session = this.lastSession;
    if (session === undefined || !session.complete || this.reader.aborted) {
      const how = session?.end === 'timeout' ? 'LINK_TIMEOUT' : 'FRAME_BROKEN';
      const detail = this.reader.aborted
        ? 'the instrument aborted the message'
        : `session ended by ${session?.end ?? 'nothing'}`;
      yield fault(new OneBoxError(how, detail), 'present', { detail });
      return;
    }
    yield progress('present', 'done', { read: this.reader.results });
    yield progress('trends', 'started');
    yield progress('trends', 'done', { read: this.reader.results });
  }

  private events(bytes: Uint8Array | undefined, quiet: number): AstmEvent[] {
    if (bytes !== undefined) return this.receiver.receive(bytes);
    return quiet >= RECEIVER_TIMEOUT_MS ? this.receiver.giveUp() : this.receiver.silence();
  }

  private async *handle(events: readonly AstmEvent[], at: number): AsyncGenerator<Finding, void, void> {
    for (const event of events) {
      if (event.kind === 'record') yield* this.reader.read(event.text, at);
      else if (event.kind === 'answer') await this.device.request(event.byte === ACK ? 'ack' : 'nak');
      else if (event.kind === 'ended') {
        this.lastSession = event.session;
        this.naks += event.session.naks;
        this.frames += event.session.frames;
      }
    }
  }
}
