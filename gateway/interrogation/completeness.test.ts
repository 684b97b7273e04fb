import { ERRORS, OneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { outcome } from './completeness.js';
import { FindingStore } from './finding-store.js';

const { COMPLETENESS_COMPLETE, COMPLETENESS_PARTIAL, COMPLETENESS_REFUSED } = v1.Completeness;
const {
  ABSENT_REASON_ERROR,
  ABSENT_REASON_NOT_PERMITTED,
  ABSENT_REASON_UNKNOWN,
  ABSENT_REASON_UNSUPPORTED,
  ABSENT_REASON_NOT_PERFORMED,
  ABSENT_REASON_OFF,
} = v1.AbsentReason;
const WANTED = [Phase.PHASE_IDENTITY, Phase.PHASE_CRITICAL];
const code = { coding: [{ system: 's', code: 'c' }] };

function store(...findings: Finding[]): FindingStore {
  const made = new FindingStore();
  for (const finding of findings) made.add(finding, 0);
  return made;
}

const done = (phase: Phase): Finding => ({ progress: { phase, state: v1.Progress.State.STATE_DONE } });
const identity: Finding = { identity: { model: 'M' } };
const absent = (reason: v1.AbsentReason): Finding => ({ observation: { code, componentId: 'x', absent: reason } });

describe('how a session ended', () => {
  it('complete: all wanted phases, something was read, nothing is missing', () => {
    expect(outcome(store(identity, ...WANTED.map(done)), WANTED, undefined)).toEqual({
      completeness: COMPLETENESS_COMPLETE,
      missing: [],
    });
  });

  it.each([ABSENT_REASON_UNKNOWN, ABSENT_REASON_UNSUPPORTED, ABSENT_REASON_NOT_PERFORMED, ABSENT_REASON_OFF])(
    'absent reason %i is an answer',
    (reason) => {
      expect(outcome(store(identity, absent(reason), ...WANTED.map(done)), WANTED, undefined).completeness).toBe(
        COMPLETENESS_COMPLETE,
      );
    },
  );

  it.each([ABSENT_REASON_ERROR, ABSENT_REASON_NOT_PERMITTED])('absent reason %i is a gap, and is named', (reason) => {
    const { completeness, missing } = outcome(store(identity, absent(reason), ...WANTED.map(done)), WANTED, undefined);
    expect(completeness).toBe(COMPLETENESS_PARTIAL);
    expect(missing).toEqual([{ code, componentId: 'x', reason }]);
  });

  it('a phase that was not finished is missing, with why the read ended', () => {
    const partial = store(identity, done(Phase.PHASE_IDENTITY));
    const lost = outcome(partial, WANTED, new OneBoxError('LINK_LOST'));
    expect(lost).toEqual({
      completeness: COMPLETENESS_PARTIAL,
      missing: [{ phase: Phase.PHASE_CRITICAL, reason: ABSENT_REASON_ERROR, error: ERRORS.LINK_LOST.code }],
    });
    expect(outcome(partial, WANTED, new OneBoxError('LINK_REFUSED')).missing[0]).toMatchObject({
      reason: ABSENT_REASON_NOT_PERMITTED,
      error: ERRORS.LINK_REFUSED.code,
    });
    expect(outcome(partial, WANTED, undefined).missing[0]).toMatchObject({
      reason: ABSENT_REASON_ERROR,
      error: ERRORS.NOT_REACHED.code,
    });
  });

  it('a fault is missing, with its own reason', () => {
    const fault = {
      error: 104,
      phase: Phase.PHASE_CRITICAL,
      code,
      componentId: 'y',
      reason: ABSENT_REASON_NOT_PERMITTED,
    };
    const { completeness, missing } = outcome(store(identity, { fault }, ...WANTED.map(done)), WANTED, undefined);
    expect(completeness).toBe(COMPLETENESS_PARTIAL);
    expect(missing).toEqual([fault]);
  });

  it('refused: nothing came at all, and there is always a why', () => {
    expect(outcome(store(), WANTED, new OneBoxError('LINK_FAILED'))).toMatchObject({
      completeness: COMPLETENESS_REFUSED,
      missing: [{ error: 113 }, { error: 113 }],
    });
    // The driver says that it did all of it and found nothing: an empty read is an error.
    const empty = outcome(store(...WANTED.map(done)), WANTED, undefined);
    expect(empty.completeness).toBe(COMPLETENESS_REFUSED);
    expect(empty.missing.map(({ phase, error }) => [phase, error])).toEqual(
      WANTED.map((phase) => [phase, ERRORS.LINK_EMPTY.code]),
    );
  });
});
