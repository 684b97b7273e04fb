import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Device, PacketStream } from '../device.js';
import { ApduFramer } from './phd-framer.js';
import {
  ABORT,
  AssociationManager,
  CONFIGURATION_TIMEOUT_MS,
  GET_TIMEOUT_MS,
  type ManagerEvent,
  type Step,
} from './phd-manager.js';

/** A pause on the line after which an APDU that has begun is not going to be whole. */
const QUIET_MS = 1_500;
/** Without a sign of life for this long an association is over (11073-20601: three minutes). */
const SILENCE_MS = 180_000;

/** What an agent did, and when it came in on the tablet's clock. */
export interface AgentEvent {
  readonly event: ManagerEvent;
  readonly at: number;
}

/** One agent on a byte pipe: frames what it sends, answers what has to be answered, and keeps the time limits. */
export class PhdAgent {
  private readonly framer = new ApduFramer();
  private readonly manager = new AssociationManager();
  private readonly ready: AgentEvent[] = [];
  /** Since when the manager has been in its state, and since when a get waits. */
  private since: number;
  private askedAt: number | undefined;
  private heardAt: number;
  /** Refused APDUs and bytes. */
  refused = 0;

  constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
  ) {
    this.since = device.now();
    this.heardAt = this.since;
  }

  get associated(): boolean {
    return this.manager.state !== 'unassociated';
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  /** The next event; undefined when there was none for `idleMs`. */
  async next(idleMs: number): Promise<AgentEvent | undefined> {
    const until = this.device.now() + idleMs;
    while (this.ready.length === 0) {
      const left = until - this.device.now();
      if (left <= 0) return undefined;
      await this.receive(Math.min(left, QUIET_MS));
    }
    return this.ready.shift();
  }

  /** Why nothing came of it: nothing was said, or nothing that could be understood. */
  silent(why: string): OneBoxError {
    return new OneBoxError(this.refused > 0 ? 'LINK_MALFORMED' : 'LINK_TIMEOUT', why);
  }

  private async receive(waitMs: number): Promise<void> {
    const packet = await this.stream.next(waitMs);
    const now = packet?.at ?? this.device.now();
    const quiet = packet === undefined && now - this.heardAt >= QUIET_MS;
    const results = packet ? this.framer.push(packet.bytes) : quiet ? this.framer.quiet() : [];
    if (packet) this.heardAt = now;
    for (const result of results) await this.follow(this.manager.receive(result), now);
    await this.follow(this.overdue(now), now);
  }

  private overdue(now: number): Step {
    const { state } = this.manager;
    if (state === 'waiting-for-configuration' && now - this.since >= CONFIGURATION_TIMEOUT_MS)
      return this.manager.abort(ABORT.configurationTimeout);
    if (this.askedAt !== undefined && now - this.askedAt >= GET_TIMEOUT_MS) return this.manager.giveUpMds();
    if (now - this.heardAt >= SILENCE_MS) return this.manager.abort(ABORT.responseTimeout);
    return { answers: [], events: [] };
  }

  private async follow({ answers, events }: Step, at: number): Promise<void> {
    for (const { request, parameters } of answers) {
      if (request === 'getMds') this.askedAt = at;
      await this.device.request(request, parameters);
    }
    for (const event of events) {
      if (event.kind === 'associated' || event.kind === 'operating') this.since = at;
      if (event.kind === 'mds' || event.kind === 'no-mds' || event.kind === 'ended') this.askedAt = undefined;
      if (event.kind === 'refused') this.refused += 1;
      this.ready.push({ event, at });
    }
  }
}
