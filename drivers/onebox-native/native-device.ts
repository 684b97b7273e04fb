import { phaseOf } from '@onebox/driver-sdk/findings.js';
import { PHASES, type PhaseName } from '@onebox/driver-sdk/manifest.js';
import type { Finding, Response } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import type { Misbehaviour } from './misbehaviour.js';
import type { Memory, PracticePatient } from './practice/patient.js';
import { VERSION } from './profile.js';

/** What is told stays the same for so long after the last request, or until the reader leaves: `skip` counts on it. */
const SNAPSHOT_MS = 15 * 60_000;
/** Field 1999, a varint: what a later version may add. */
const UNKNOWN_FIELD = [0xf8, 0x7c, 0x07];

/** The device's side of onebox.v1, whatever the link: takes requests, gives answers, one at a time. */
export class NativeDevice {
  now: () => number = Date.now;
  /** Readers that said that they leave. */
  ended = 0;
  #snapshot: { readonly usedAt: number; readonly memory: Memory } | undefined;
  /** Counts requests: an answer stops when a newer one came. */
  #turn = 0;
  #messages = 0;
  #busy = 0;
  #line: Promise<void> = Promise.resolve();

  constructor(
    readonly patient: PracticePatient,
    readonly send: (message: Uint8Array, number: number) => Promise<void>,
    public faults: Misbehaviour = {},
  ) {}

  /** The link went, or the simulator stops: nothing more is said. */
  interrupt(): void {
    this.#turn += 1;
  }

  /** A whole request. What is none is refused as malformed. */
  receive(message: Uint8Array): void {
    this.#turn += 1;
    const turn = this.#turn;
    this.#line = this.#line.then(() => this.#answer(message, turn)).catch(() => undefined);
  }

  async #answer(message: Uint8Array, turn: number): Promise<void> {
    let request: v1.Request;
    try {
      request = v1.Request.decode(message);
    } catch {
      await this.#say({ id: 0, refusal: { reason: v1.RefusalReason.REFUSAL_REASON_MALFORMED } }, turn);
      return;
    }
    const { id } = request;
    if (request.hello) await this.#say({ id, hello: this.#hello() }, turn);
    else if (request.read) await this.#read(id, request.read, turn);
    else if (request.stop || request.end) {
      if (request.end) [this.#snapshot, this.ended] = [undefined, this.ended + 1];
      await this.#say({ id, end: {} }, turn);
    } else await this.#say({ id, refusal: { reason: v1.RefusalReason.REFUSAL_REASON_MALFORMED } }, turn);
  }

  #hello(): v1.IHello {
    const { version = VERSION, clockNotSet = false, clockFastMs = 0, without = [] } = this.faults;
    const { clockOffsetMs } = this.patient;
    const notSet = clockNotSet || clockOffsetMs === undefined;
    const phase = PHASES.filter((name) => !without.includes(name)).map(phaseOf);
    const deviceUnixMs = notSet ? 0 : this.now() + clockFastMs + (clockOffsetMs ?? 0);
    return { ...version, phase, clockNotSet: notSet, deviceUnixMs };
  }

  async #read(id: number, { phase, skip }: v1.IReadRequest, turn: number): Promise<void> {
    const { refuse = {}, busyTimes = 0, endAfter, without = [] } = this.faults;
    const name = PHASES.find((one) => phaseOf(one) === phase);
    const refusal = (reason: v1.RefusalReason) => this.#say({ id, refusal: { reason } }, turn);
    if (!name || without.includes(name)) return refusal(v1.RefusalReason.REFUSAL_REASON_NOT_SUPPORTED);
    if (this.#busy < busyTimes) {
      this.#busy += 1;
      return refusal(v1.RefusalReason.REFUSAL_REASON_BUSY);
    }
    const reason = refuse[name];
    if (reason !== undefined) return refusal(reason);
    const findings = this.#memory(name).slice(skip ?? 0);
    for (const finding of findings.slice(0, endAfter)) {
      if (turn !== this.#turn) return;
      await this.#say({ id, finding }, turn);
    }
    await this.#say({ id, phaseEnd: { phase: phaseOf(name), count: findings.length } }, turn);
  }

  #memory(phase: PhaseName): Memory[PhaseName] {
    const now = this.now();
    const kept =
      this.#snapshot && now - this.#snapshot.usedAt <= SNAPSHOT_MS
        ? this.#snapshot.memory
        : this.patient.read(now + (this.faults.clockFastMs ?? 0));
    this.#snapshot = { usedAt: now, memory: kept };
    return kept[phase].map((finding) => misstated(finding, this.faults));
  }

  async #say(response: Response, turn: number): Promise<void> {
    if (this.faults.silent) return;
    if (this.faults.slowMs) await new Promise((resolve) => setTimeout(resolve, this.faults.slowMs));
    if (turn !== this.#turn) return;
    this.#messages += 1;
    const message = v1.Response.encode(response).finish();
    await this.send(
      this.faults.unknownFields ? Uint8Array.from([...message, ...UNKNOWN_FIELD]) : message,
      this.#messages,
    );
  }
}

/** A number as the faults want it told; everything else as it is. */
function misstated(finding: Finding, { absent, unit }: Misbehaviour): Finding {
  if (absent === undefined && unit === undefined) return finding;
  const changed: Finding = v1.Finding.decode(v1.Finding.encode(finding).finish());
  for (const body of [changed.observation, changed.setting, changed.statistic]) {
    if (!body?.numeric) continue;
    if (unit !== undefined) body.numeric.unit = unit;
    if (absent === undefined) continue;
    body.absent = absent;
    delete body.numeric;
  }
  return changed;
}
