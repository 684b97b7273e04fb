import { createHash } from 'node:crypto';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { PHASES } from '@onebox/driver-sdk/phases.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, type Phase, v1 } from '@onebox/protocol/messages.js';
import { FINDING_BYTES, validateFinding } from '@onebox/protocol/validate.js';
import type { HostEvent } from './host-events.js';
import type { Limits } from './limits.js';

export interface FindingGateOptions {
  readonly manifest: Manifest;
  readonly limits: Limits;
  readonly now: () => number;
  /** Mark what the device says of itself as practice. */
  readonly practice: boolean;
  /** Findings of earlier links of the session. */
  readonly used: number;
  readonly onFinding: (finding: Finding) => void | Promise<void>;
  readonly onEvent: (event: HostEvent) => void;
  readonly onFatal: (error: OneBoxError) => void;
}

/**
 * Where findings come in: decodes, checks, stamps and counts them. What breaks the rules is left out;
 * what breaks the bounds stops the driver.
 */
export class FindingGate {
  taken = 0;
  refused = 0;
  /** Phase that the driver says it is in, and since when on the clock that never goes back. */
  phase: { readonly id: Phase; readonly since: number } | undefined;
  #stopped = false;

  constructor(readonly options: FindingGateOptions) {}

  /** Takes encoded findings in order; resolves when whoever listens has taken them. */
  async take(batch: readonly Uint8Array[]): Promise<void> {
    for (const bytes of batch) {
      if (this.#stopped) return;
      const finding = this.#accept(bytes);
      if (finding) await this.options.onFinding(finding);
    }
  }

  #accept(bytes: Uint8Array): Finding | undefined {
    const { limits, manifest, used, onEvent } = this.options;
    if (bytes.length > FINDING_BYTES)
      return this.#stop(new OneBoxError('DRIVER_FLOOD', `a finding of more than ${FINDING_BYTES} bytes`));
    if (used + this.taken + this.refused >= manifest.budget.findings) {
      const error = new OneBoxError('DRIVER_FLOOD', `more than ${manifest.budget.findings} findings`);
      onEvent({ kind: 'budget', what: 'findings', error });
      return this.#stop(error);
    }
    const finding = this.#decode(bytes);
    const [violation] = finding ? validateFinding(finding) : [{ path: 'body', rule: 'encoding' }];
    if (!finding || violation) {
      this.refused += 1;
      // The place and the rule, never the words of the driver.
      const error = new OneBoxError('DRIVER_FINDING', `${violation?.path} ${violation?.rule}`);
      onEvent({ kind: 'finding-refused', error });
      if (this.refused >= limits.badFindings) this.#stop(error);
      return undefined;
    }
    this.taken += 1;
    this.#follow(finding);
    return finding;
  }

  #decode(bytes: Uint8Array): Finding | undefined {
    try {
      return this.#stamp(v1.Finding.decode(bytes));
    } catch {
      return undefined;
    }
  }

  /** What only the host may say: place, time, hash, practice. */
  #stamp(finding: Finding): Finding {
    finding.sequence = this.options.used + this.taken + 1;
    finding.receivedUnixMs = this.options.now();
    const { evidence, identity } = finding;
    if (evidence?.content && evidence.content.length > 0)
      evidence.sha256 = createHash('sha256').update(evidence.content).digest();
    if (identity && this.options.practice) identity.practice = true;
    const value = finding.observation ?? finding.setting ?? finding.statistic;
    const freshFor = this.phase && this.options.manifest.freshFor[PHASES[this.phase.id - 1]!];
    if (finding.observation && value && !value.freshForMs && freshFor) value.freshForMs = freshFor;
    return finding;
  }

  #follow({ progress }: Finding): void {
    if (!progress) return;
    this.phase =
      progress.state === v1.Progress.State.STATE_STARTED
        ? { id: progress.phase ?? 0, since: performance.now() }
        : undefined;
  }

  #stop(error: OneBoxError): undefined {
    this.#stopped = true;
    this.options.onFatal(error);
    return undefined;
  }
}
