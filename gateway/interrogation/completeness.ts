import type { OneBoxError } from '@onebox/protocol/errors.js';
import { ERRORS } from '@onebox/protocol/errors.js';
import { type Missing, type Phase, v1 } from '@onebox/protocol/messages.js';
import { type FindingStore, observationOf } from './finding-store.js';

const { Completeness, AbsentReason } = v1;

export interface Outcome {
  readonly completeness: v1.Completeness;
  readonly missing: readonly Missing[];
}

/**
 * How a session ended, from what was wanted, what came and why it stopped: complete when nothing is
 * missing, refused when nothing came at all, partial otherwise, saying what is missing and why.
 * "Not known", "not in this device" and "never measured" are answers, not gaps.
 */
export function outcome(store: FindingStore, wanted: readonly Phase[], end: OneBoxError | undefined): Outcome {
  const missing: Missing[] = [];
  for (const phase of wanted) {
    if (store.finished.has(phase)) continue;
    const refused = end?.kind === 'LINK_REFUSED';
    missing.push({
      phase,
      reason: refused ? AbsentReason.ABSENT_REASON_NOT_PERMITTED : AbsentReason.ABSENT_REASON_ERROR,
      error: end?.code ?? ERRORS.NOT_REACHED.code,
    });
  }
  for (const fault of store.faults) {
    missing.push({
      phase: fault.phase ?? 0,
      ...(fault.code ? { code: fault.code } : {}),
      componentId: fault.componentId ?? '',
      reason: fault.reason || AbsentReason.ABSENT_REASON_ERROR,
      error: fault.error ?? 0,
    });
  }
  for (const finding of store.findings) {
    const value = observationOf(finding);
    if (
      value?.absent === AbsentReason.ABSENT_REASON_ERROR ||
      value?.absent === AbsentReason.ABSENT_REASON_NOT_PERMITTED
    ) {
      missing.push({
        ...(value.code ? { code: value.code } : {}),
        componentId: value.componentId ?? '',
        reason: value.absent,
      });
    }
  }
  // All phases said that they are done and nothing came: that is no answer.
  if (!store.hasContent && missing.length === 0)
    for (const phase of wanted)
      missing.push({ phase, reason: AbsentReason.ABSENT_REASON_ERROR, error: ERRORS.LINK_EMPTY.code });
  const completeness = !store.hasContent
    ? Completeness.COMPLETENESS_REFUSED
    : missing.length === 0
      ? Completeness.COMPLETENESS_COMPLETE
      : Completeness.COMPLETENESS_PARTIAL;
  return { completeness, missing };
}
