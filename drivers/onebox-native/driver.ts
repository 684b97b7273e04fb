import { defineDriver } from '@onebox/driver-sdk/define.js';
import type { Device } from '@onebox/driver-sdk/device.js';
import { type AbsentName, clock, fault, phaseOf, progress } from '@onebox/driver-sdk/findings.js';
import type { PhaseName } from '@onebox/driver-sdk/manifest.js';
import { type ErrorName, OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding, v1 as schema } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { Exchange } from './exchange.js';
import manifest from './manifest.json' with { type: 'json' };
import { VERSION } from './profile.js';

const PHASES: readonly PhaseName[] = ['identity', 'critical', 'present', 'settings', 'trends', 'episodes', 'memory'];
/** Longest silence within an answer, in milliseconds. */
const IDLE_MS = 4000;
/** Requests in a row that brought nothing new, until the driver gives the phase up. */
const ATTEMPTS = 6;
/** Silences in a row after which the link counts as dead. */
const SILENCES = 2;
/** Fields of `Finding` that only the reader states: clock and progress. */
const BELONGS_TO_READER: ReadonlySet<number> = new Set([8, 10]);
/** Reports that may be on their way to the host. */
const AHEAD = 32;
/** A busy device is asked again after this time. */
const BUSY_MS = 500;

/** For devices that speak onebox.v1 themselves: asks phase by phase and passes on what they say. */
export default defineDriver(manifest, async function* (device) {
  const exchange = await Exchange.open(device);
  const hello = await greet(exchange);
  if (hello.major !== VERSION.major) {
    const error = new OneBoxError('PROTOCOL_VERSION', `onebox.v${hello.major}.${hello.minor}`);
    yield fault(error, 'identity', { reason: 'unsupported', detail: `onebox.v${hello.major}.${hello.minor}` });
    return;
  }
  const notSet = hello.clockNotSet || hello.deviceUnixMs === 0;
  let clocks: Finding | undefined = clock(exchange.arrivedAt, notSet ? undefined : hello.deviceUnixMs);
  for (const phase of PHASES) {
    if (!device.wants(phaseOf(phase))) continue;
    if (!hello.phase.includes(phaseOf(phase))) {
      yield progress(phase, 'not-supported');
      continue;
    }
    yield progress(phase, 'started');
    // Before the first time of the device's clock, on every link: the host places the times by it.
    if (clocks) yield clocks;
    clocks = undefined;
    yield* new PhaseReading(device, exchange, phase).read();
  }
});

async function greet(exchange: Exchange): Promise<ReturnType<typeof v1.Hello.decode>> {
  for (let silences = 0, attempt = 0; attempt < ATTEMPTS; attempt++) {
    const id = await exchange.ask('hello');
    const answer = await exchange.next(id, IDLE_MS);
    if (answer === undefined && ++silences >= SILENCES) break;
    if (answer === undefined || answer === 'damaged') continue;
    if (answer.kind === 'hello') return answer.hello;
    if (answer.kind !== 'refusal') continue;
    if (answer.reason !== v1.RefusalReason.REFUSAL_REASON_BUSY) throw refused(answer.reason).error;
    await exchange.device.sleep(BUSY_MS);
  }
  if (exchange.damaged > 0) throw new OneBoxError('FRAME_BROKEN', 'hello');
  throw new OneBoxError('LINK_TIMEOUT', 'no hello');
}

class PhaseReading {
  /** Findings of this phase that were passed on, over this link and earlier ones. */
  #received: number;
  /** Reports that the host has not taken yet. Their failure is looked at when the answer has ended. */
  readonly #reports: Promise<void>[] = [];

  constructor(
    readonly device: Device,
    readonly exchange: Exchange,
    readonly phase: PhaseName,
  ) {
    this.#received = device.received(phaseOf(phase));
  }

  async *read(): AsyncGenerator<Finding, void, void> {
    let [silences, most] = [0, this.#received];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      this.exchange.clear();
      const id = await this.exchange.ask('read', phaseOf(this.phase), this.#received);
      const end = await this.#answers(id).finally(() => Promise.allSettled(this.#reports));
      await Promise.all(this.#reports.splice(0));
      if (end === 'complete') {
        yield progress(this.phase, 'done', { read: this.#received, expected: this.#received });
        return;
      }
      silences = end === 'silent' ? silences + 1 : 0;
      if (silences >= SILENCES) throw new OneBoxError('LINK_TIMEOUT', this.phase);
      if (this.#received > most) [most, attempt] = [this.#received, -1];
      if (typeof end !== 'object') continue;
      if (end.again && attempt + 1 < ATTEMPTS) {
        await this.device.sleep(BUSY_MS);
        continue;
      }
      if (!end.unsupported) yield fault(end.error, this.phase, { reason: end.reason, detail: end.detail });
      yield progress(this.phase, end.unsupported ? 'not-supported' : 'done', { read: this.#received });
      return;
    }
    // The rest of this phase does not come through; the next one may.
    yield fault(new OneBoxError('FRAME_BROKEN', this.phase), this.phase, {
      detail: `damaged ${this.exchange.damaged}`,
    });
    yield progress(this.phase, 'done', { read: this.#received });
  }

  /** Passes findings on until the answer ends. What came before damage is kept: the rest is asked for with `skip`. */
  async #answers(id: number): Promise<'complete' | 'damaged' | 'silent' | Refused> {
    let count = 0;
    for (;;) {
      const answer = await this.exchange.next(id, IDLE_MS);
      if (answer === undefined) return 'silent';
      if (answer === 'damaged') return 'damaged';
      if (answer.kind === 'refusal') return refused(answer.reason);
      if (answer.kind === 'phase-end') {
        if (answer.phase === phaseOf(this.phase) && answer.count === count) return 'complete';
        // Something is missing and nobody can say what: all of this answer again. The host knows what it has.
        this.#received -= count;
        return 'damaged';
      }
      if (answer.kind !== 'finding') continue;
      if (BELONGS_TO_READER.has(Math.floor((answer.finding[0] ?? 0) / 8)))
        throw new OneBoxError('PROTOCOL_INVALID', this.phase);
      await this.#pass(answer.finding);
      count += 1;
      this.#received += 1;
    }
  }

  /** Reports without waiting for the host each time: a round trip costs more than the finding. */
  async #pass(finding: Uint8Array): Promise<void> {
    const report = this.device.report(finding);
    report.catch(() => undefined);
    this.#reports.push(report);
    if (this.#reports.length >= AHEAD) await Promise.all(this.#reports.splice(0));
  }
}

interface Refused {
  readonly error: OneBoxError;
  readonly reason: AbsentName;
  readonly detail: string;
  /** The device has nothing for this phase: not a fault. */
  readonly unsupported: boolean;
  /** Worth asking again. */
  readonly again: boolean;
}

function refused(reason: schema.RefusalReason): Refused {
  const is = (detail: string, kind: ErrorName, absent: AbsentName, more: Partial<Refused> = {}): Refused => ({
    error: new OneBoxError(kind, detail),
    reason: absent,
    detail,
    unsupported: false,
    again: false,
    ...more,
  });
  switch (reason) {
    case v1.RefusalReason.REFUSAL_REASON_NOT_SUPPORTED:
      return is('not supported', 'LINK_REFUSED', 'unsupported', { unsupported: true });
    case v1.RefusalReason.REFUSAL_REASON_BUSY:
      return is('busy', 'LINK_BUSY', 'error', { again: true });
    case v1.RefusalReason.REFUSAL_REASON_BATTERY:
      return is('battery', 'LINK_REFUSED', 'not-permitted');
    case v1.RefusalReason.REFUSAL_REASON_MALFORMED:
      return is('malformed', 'PROTOCOL_INVALID', 'error', { again: true });
    default:
      return is('not permitted', 'LINK_REFUSED', 'not-permitted');
  }
}
