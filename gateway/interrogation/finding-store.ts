import { createHash } from 'node:crypto';
import { type DeviceClock, type Fault, type Finding, type Observation, Phase, v1 } from '@onebox/protocol/messages.js';
import { correctFinding } from './clock-correction.js';

const { State } = v1.Progress;

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
      // The driver counts what it handed over, repetitions included: that is what `skip` refers to.
      this.counts.set(this.current, this.received(this.current) + (this.seen.has(key) ? 0 : 1));
      if (this.seen.has(key)) return undefined;
      this.seen.add(key);
      if (finding.fault) this.faults.push({ ...finding.fault, phase: finding.fault.phase || this.current });
    }
    if (finding.clock) this.clock = finding.clock;
    const stamped: Finding = { ...correctFinding(finding, this.clock), sequence: this.findings.length + 1, receivedUnixMs: at };
    this.findings.push(stamped);
    return stamped;
  }

  /** Phase that the driver is in. */
  get phase(): Phase {
    return this.current;
  }

  /** Findings of this phase so far, without repetitions. */
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
    return this.findings.some(({ identity, observation, setting, statistic, episode, alert }) => identity ?? observation ?? setting ?? statistic ?? episode ?? alert);
  }

  /** Values read, values that the device refused, and values whose reading failed. */
  tally(): { read: number; refused: number; failed: number } {
    const tally = { read: 0, refused: 0, failed: 0 };
    const { ABSENT_REASON_NOT_PERMITTED: refused, ABSENT_REASON_ERROR: failed } = v1.AbsentReason;
    for (const finding of this.findings) {
      const value = observationOf(finding);
      if (!value) continue;
      if (value.absent === refused) tally.refused += 1;
      else if (value.absent === failed) tally.failed += 1;
      else tally.read += 1;
    }
    for (const fault of this.faults) tally[fault.reason === refused ? 'refused' : 'failed'] += 1;
    return tally;
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
