import { type Finding, Phase, v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FindingStore } from './finding-store.js';

const { STATE_STARTED, STATE_DONE, STATE_NOT_SUPPORTED } = v1.Progress.State;
const { ABSENT_REASON_ERROR, ABSENT_REASON_NOT_PERMITTED, ABSENT_REASON_UNKNOWN } = v1.AbsentReason;

const progress = (phase: Phase, state: v1.Progress.State, expected = 0): Finding => ({
  progress: { phase, state, expected },
});
const value = (coefficient: number, absent?: v1.AbsentReason): Finding => ({
  observation: {
    code: { coding: [{ system: 's', code: String(coefficient) }] },
    ...(absent ? { absent } : { numeric: { value: { coefficient }, unit: '1' } }),
  },
});

describe('FindingStore', () => {
  it('numbers findings in order and stamps them', () => {
    const store = new FindingStore();
    expect(store.add(value(1), 1000)).toMatchObject({ sequence: 1, receivedUnixMs: 1000 });
    expect(store.add(value(2), 2000)).toMatchObject({ sequence: 2, receivedUnixMs: 2000 });
    expect(store.findings).toHaveLength(2);
  });

  it('follows the phases: done and not supported are both an end', () => {
    const store = new FindingStore();
    store.add(progress(Phase.PHASE_IDENTITY, STATE_STARTED, 3), 0);
    expect([store.phase, store.finished.size, store.expected]).toEqual([Phase.PHASE_IDENTITY, 0, 3]);
    store.add(progress(Phase.PHASE_IDENTITY, STATE_DONE), 0);
    store.add(progress(Phase.PHASE_MEMORY, STATE_NOT_SUPPORTED), 0);
    expect([...store.finished]).toEqual([Phase.PHASE_IDENTITY, Phase.PHASE_MEMORY]);
  });

  it('tells read, refused and failed values apart, and content from talk', () => {
    const store = new FindingStore();
    store.add(progress(Phase.PHASE_PRESENT, STATE_STARTED), 0);
    store.add({ fault: { error: 104, reason: ABSENT_REASON_NOT_PERMITTED } }, 0);
    expect(store.hasContent).toBe(false);
    for (const finding of [
      value(1),
      value(2, ABSENT_REASON_UNKNOWN),
      value(3, ABSENT_REASON_NOT_PERMITTED),
      value(4, ABSENT_REASON_ERROR),
    ])
      store.add(finding, 0);
    store.add({ fault: { error: 206 } }, 0);
    expect(store.tally()).toEqual({ read: 2, refused: 2, failed: 2 });
    expect(store.hasContent).toBe(true);
    // A fault without a phase belongs to the one that is running.
    expect(store.faults.map(({ phase }) => phase)).toEqual([Phase.PHASE_PRESENT, Phase.PHASE_PRESENT]);
  });

  it('a read that is lost anywhere and repeats any part of what it had ends with the same findings', () => {
    const reads = fc.array(fc.record({ phase: fc.constantFrom(1, 2, 3), count: fc.integer({ min: 0, max: 6 }) }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(reads, fc.nat(30), fc.nat(6), (phases, lostAfter, repeated) => {
        const whole = phases.flatMap(({ phase, count }, at) => [
          progress(phase, STATE_STARTED),
          ...Array.from({ length: count }, (_, index) => value(at * 100 + index)),
          progress(phase, STATE_DONE),
        ]);
        const undisturbed = new FindingStore();
        for (const finding of whole) undisturbed.add(finding, 0);
        const store = new FindingStore();
        const lost = Math.min(lostAfter, whole.length);
        for (const finding of whole.slice(0, lost)) store.add(finding, 0);
        const values = (one: FindingStore) =>
          one.findings.filter((finding) => !finding.progress).map(({ observation }) => observation);
        // The driver begins its phase again, and may hand over what it cannot tell that the host has.
        const begin = Math.max(
          0,
          whole.slice(0, lost).findLastIndex((finding) => finding.progress?.state === STATE_STARTED),
        );
        const again = whole
          .slice(begin)
          .filter((finding, index) => finding.progress || index + begin >= lost - repeated);
        for (const finding of again) store.add(finding, 1);
        expect(values(store)).toEqual(values(undisturbed));
        expect(store.receivedByPhase).toEqual(undisturbed.receivedByPhase);
        expect(store.finished).toEqual(undisturbed.finished);
        expect(store.findings.map(({ sequence }) => sequence)).toEqual(
          store.findings.map((_finding, index) => index + 1),
        );
      }),
    );
  });

  it('a repetition is known by what the device said, before its time is corrected', () => {
    const store = new FindingStore();
    const time = { unixMs: 1_000_000_000_000, quality: v1.TimeQuality.TIME_QUALITY_DEVICE };
    const event: Finding = { episode: { id: 'e', time } };
    store.add({ clock: { offsetMs: 3_600_000, tabletUnixMs: 5 } }, 0);
    expect(store.add(event, 0)?.episode?.time?.unixMs).toBe(time.unixMs - 3_600_000);
    // On the next link the difference of the clocks is measured anew.
    store.add({ clock: { offsetMs: 3_600_500, tabletUnixMs: 6 } }, 0);
    expect(store.add(event, 0)).toBeUndefined();
  });
});
