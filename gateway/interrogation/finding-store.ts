import { createHash } from 'node:crypto';
import { type DeviceClock, type Fault, type Finding, type Observation, Phase, v1 } from '@onebox/protocol/messages.js';
import { correctFinding } from './clock-correction.js';

const { State } = v1.Progress;
const { ABSENT_REASON_ERROR, ABSENT_REASON_NOT_PERMITTED } = v1.AbsentReason;

/**
 * Keeps the findings of one session in order, over as many links as it takes: stamps them, knows which
 * phases are finished, and drops what a driver repeats after a lost link.
 */
export class FindingStore {
  readonly findings: Finding[] = [];
  readonly finished = new Set<Phase>();
  readonly faults: Fault[] = [];
  /** The clocks side by side, as last read. */
  clock: DeviceClock | undefined;
  private readonly expectations = new Map<Phase, number>();
  private readonly seen = new Set<string>();
  private readonly counts = new Map<Phase, number>();
  private readonly values = { read: 0, refused: 0, failed: 0 };
  private content = false;
  private current: Phase = Phase.PHASE_UNSPECIFIED;

  /** The stamped finding, or undefined when it is a repetition. `at`: tablet clock, milliseconds since 1970. */
  add(finding: Finding, at: number): Finding | undefined {
    if (finding.progress) {
      const { phase, state, expected } = finding.progress;
      if (expected) this.expectations.set(phase ?? 0, expected);
      this.follow(phase ?? 0, state ?? 0);
    }
    if (!finding.progress) {
      const key = digest(finding);
      if (this.seen.has(key)) return undefined;
      this.seen.add(key);
      // The clocks are a fact of the link, not one of the device's list.
      if (!finding.clock) this.counts.set(this.current, this.received(this.current) + 1);
      this.count(finding);
    }
    if (finding.clock) this.clock = finding.clock;
    const stamped: Finding = {
      ...correctFinding(finding, this.clock),
      sequence: this.findings.length + 1,
      receivedUnixMs: at,
    };
    this.findings.push(stamped);
    return stamped;
  }

  /** Phase that the driver is in. */
  get phase(): Phase {
    return this.current;
  }

  /** Findings of this phase so far, without repetitions and clocks. */
  received(phase: Phase): number {
    return this.counts.get(phase) ?? 0;
  }

  /** Counts for `skip` on the next link. */
  get receivedByPhase(): ReadonlyMap<Phase, number> {
    return this.counts;
  }

  /** Values that the driver announced, where it did. */
  get expected(): number {
    return [...this.expectations.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Something that a user can look at was read. */
  get hasContent(): boolean {
    return this.content;
  }

  /** Values read, values that the device refused, and values whose reading failed. */
  tally(): { readonly read: number; readonly refused: number; readonly failed: number } {
    return { ...this.values };
  }

  private count(finding: Finding): void {
    const { fault, identity, episode, alert } = finding;
    const value = observationOf(finding);
    if (value ?? identity ?? episode ?? alert) this.content = true;
    if (fault) this.faults.push({ ...fault, phase: fault.phase || this.current });
    if (!fault && !value) return;
    const reason = fault ? fault.reason : value?.absent;
    if (reason === ABSENT_REASON_NOT_PERMITTED) this.values.refused += 1;
    else if (fault || reason === ABSENT_REASON_ERROR) this.values.failed += 1;
    else this.values.read += 1;
  }

  private follow(phase: Phase, state: v1.Progress.State): void {
    if (state === State.STATE_STARTED) {
      this.current = phase;
      return;
    }
    this.finished.add(phase);
  }
}

/** The value of a finding, wherever it stands: measured, programmed or counted. */
export function observationOf(finding: Finding): Observation | undefined {
  return finding.observation ?? finding.setting ?? finding.statistic ?? undefined;
}

function digest(finding: Finding): string {
  const { sequence: _sequence, receivedUnixMs: _received, ...body } = finding;
  return createHash('sha256').update(v1.Finding.encode(body).finish()).digest('base64');
}
