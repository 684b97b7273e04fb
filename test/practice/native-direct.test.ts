import type { Misbehaviour } from '@onebox/drivers/onebox-native/misbehaviour.js';
import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator, NativeSerialSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { outcome } from '@onebox/gateway/interrogation/completeness.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import { Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it, vi } from 'vitest';
import { directLink, STANDING_CLOCK } from './direct-link.js';
import { content, type NativeReadOptions, readNative } from './native-read.js';

const [icd, , pump] = PATIENTS as [PracticePatient, PracticePatient, PracticePatient, PracticePatient];

const kinds = ['ble', 'serial'] as const;
type Kind = (typeof kinds)[number];
const simulator = (kind: Kind, patient: PracticePatient, faults: Misbehaviour = {}) =>
  kind === 'ble'
    ? new NativeBleSimulator(patient, { faults })
    : new NativeSerialSimulator(patient, { faults, paced: false });

async function read(kind: Kind, patient: PracticePatient, faults: Misbehaviour = {}, options: NativeReadOptions = {}) {
  const device = simulator(kind, patient, faults);
  const open = () => directLink(device);
  return { ...(await readNative(open, { now: () => STANDING_CLOCK, ...options })), device };
}

describe.each(kinds)('native driver over %s', (kind) => {
  it.each(PATIENTS.map((patient) => [patient.key, patient] as const))('reads all of %s', async (_key, patient) => {
    const { store, runs } = await read(kind, patient);
    expect(runs[0]?.error).toBeUndefined();
    expect(runs[0]?.statistics.findingsRefused).toBe(0);
    expect([...store.finished]).toEqual(DEFAULT_PHASES);
    const memory = patient.read(Date.now());
    const told = DEFAULT_PHASES.map((phase) => Object.values(memory)[phase - 1]?.length ?? 0).reduce(
      (sum, count) => sum + count,
      0,
    );
    expect(content(store)).toHaveLength(told);
    expect(outcome(store, DEFAULT_PHASES, undefined).completeness).toBe(v1.Completeness.COMPLETENESS_COMPLETE);
  });

  it('asks for critical facts before all others and stops after what is wanted', async () => {
    const { store } = await read(kind, icd, {}, { phases: [Phase.PHASE_IDENTITY, Phase.PHASE_CRITICAL] });
    expect([...store.finished]).toEqual([Phase.PHASE_IDENTITY, Phase.PHASE_CRITICAL]);
    expect(store.findings.some(({ alert }) => alert)).toBe(true);
    expect(store.findings.some(({ observation }) => observation?.samples)).toBe(false);
  });

  it('reads the full memory when it is wanted', async () => {
    const { store } = await read(kind, pump, {}, { phases: [...DEFAULT_PHASES, Phase.PHASE_MEMORY] });
    expect(store.finished.has(Phase.PHASE_MEMORY)).toBe(true);
  });

  it('states the difference of the clocks and moves the times', async () => {
    const { store } = await read(kind, icd);
    expect(store.findings.find(({ clock }) => clock)?.clock?.offsetMs).toBe(-3_720_000);
    const episode = store.findings.find((finding) => finding.episode?.id === 'episode.3')?.episode;
    expect(episode?.time?.quality).toBe(v1.TimeQuality.TIME_QUALITY_CORRECTED);
    expect(episode?.therapy?.[0]?.time?.unixMs).toBe(STANDING_CLOCK - 23 * 60_000);
  });

  it('gives the order only when the clock was never set', async () => {
    const { store } = await read(kind, icd, { clockNotSet: true });
    expect(store.findings.find(({ clock }) => clock)?.clock?.notSet).toBe(true);
    const qualities = store.findings.flatMap(({ episode }) => (episode ? [episode.time?.quality] : []));
    expect(new Set(qualities)).toEqual(new Set([v1.TimeQuality.TIME_QUALITY_ORDER_ONLY]));
  });

  it.each([2, 5, 17, 30, 45])('gets the same when message %i is damaged', async (breakMessage) => {
    const undisturbed = await read(kind, icd);
    const damaged = await read(kind, icd, { breakMessage });
    expect(damaged.runs[0]?.error).toBeUndefined();
    expect(content(damaged.store)).toEqual(content(undisturbed.store));
  });

  it.each([1, 3, 20, 47])('drops message %i when it comes twice', async (duplicateMessage) => {
    const undisturbed = await read(kind, icd);
    const doubled = await read(kind, icd, { duplicateMessage });
    expect(content(doubled.store)).toEqual(content(undisturbed.store));
    expect(doubled.store.faults).toEqual([]);
  });

  it('reports a refused phase with its reason and goes on', async () => {
    const { store } = await read(kind, icd, { refuse: { settings: v1.RefusalReason.REFUSAL_REASON_NOT_PERMITTED } });
    expect(store.faults).toMatchObject([
      {
        error: 104,
        phase: Phase.PHASE_SETTINGS,
        reason: v1.AbsentReason.ABSENT_REASON_NOT_PERMITTED,
        detail: 'not permitted',
      },
    ]);
    expect([...store.finished]).toEqual(DEFAULT_PHASES);
    expect(outcome(store, DEFAULT_PHASES, undefined).completeness).toBe(v1.Completeness.COMPLETENESS_PARTIAL);
  });

  it('asks a busy device again', async () => {
    const { store } = await read(kind, pump, { busyTimes: 2 });
    expect(store.faults).toEqual([]);
    expect([...store.finished]).toEqual(DEFAULT_PHASES);
  });

  it('does not miss what the device does not have', async () => {
    const { store } = await read(kind, pump, { without: ['trends', 'episodes'] });
    expect(store.faults).toEqual([]);
    const states = store.findings.flatMap(({ progress }) =>
      progress?.state === v1.Progress.State.STATE_NOT_SUPPORTED ? [progress.phase] : [],
    );
    expect(states).toEqual([Phase.PHASE_TRENDS, Phase.PHASE_EPISODES]);
  });

  it('refuses a newer major version with a clear fault, and reads a newer minor one', async () => {
    const newer = await read(kind, pump, { version: { major: 2, minor: 0 } });
    expect(newer.store.faults).toMatchObject([
      { error: 203, reason: v1.AbsentReason.ABSENT_REASON_UNSUPPORTED, detail: 'onebox.v2.0' },
    ]);
    expect(newer.store.hasContent).toBe(false);
    expect(outcome(newer.store, DEFAULT_PHASES, undefined).completeness).toBe(v1.Completeness.COMPLETENESS_REFUSED);
    const minor = await read(kind, pump, { version: { major: 1, minor: 7 } });
    expect([...minor.store.finished]).toEqual(DEFAULT_PHASES);
  });

  it('ends with a timeout when the device is silent', async () => {
    const { runs, store } = await read(kind, icd, { silent: true });
    expect(runs[0]?.error?.kind).toBe('LINK_TIMEOUT');
    expect(store.hasContent).toBe(false);
  });

  it('waits for a slow device', async () => {
    const { store } = await read(kind, pump, { slowMs: 60 }, { phases: [Phase.PHASE_IDENTITY, Phase.PHASE_CRITICAL] });
    expect(store.finished.size).toBe(2);
  });

  it('says what is missing when a device ends early and claims to have sent all', async () => {
    const { store } = await read(kind, pump, { endAfter: 4 });
    expect(store.faults.map(({ error, phase }) => [error, phase])).toContainEqual([206, Phase.PHASE_IDENTITY]);
    expect(content(store).length).toBeGreaterThan(4);
    expect(outcome(store, DEFAULT_PHASES, undefined).completeness).toBe(v1.Completeness.COMPLETENESS_PARTIAL);
  });

  it('sends the end of the session whatever happened', async () => {
    for (const faults of [{}, { version: { major: 3, minor: 0 } }]) {
      const { device } = await read(kind, pump, faults);
      await vi.waitFor(() => expect(device.device.ended).toBe(1));
    }
  });
});

describe('native driver after a lost link', () => {
  it.each([1, 20, 90, 400, 1200, 3000, 6000, 12_000, 25_000, 40_000])(
    'resumes after %i bytes with exactly the same findings',
    async (disconnectAfter) => {
      const undisturbed = await read('ble', icd);
      const resumed = await read('ble', icd, { disconnectAfter }, { links: 3 });
      expect(resumed.runs.map(({ error }) => error?.kind)).toEqual(['LINK_LOST', undefined]);
      expect(content(resumed.store)).toEqual(content(undisturbed.store));
      expect(resumed.store.faults).toEqual([]);
      // The second link brings only the rest.
      const [first, second] = resumed.runs.map(({ statistics }) => statistics.bytesIn);
      expect((first ?? 0) + (second ?? 0)).toBeLessThan((undisturbed.runs[0]?.statistics.bytesIn ?? 0) + 13_500);
    },
  );

  it('resumes over many short links', async () => {
    const undisturbed = await read('ble', pump);
    const device = new NativeBleSimulator(pump);
    const open = () => {
      device.device.faults = { disconnectAfter: 900 };
      return directLink(device);
    };
    const { store, runs } = await readNative(open, { links: 40, now: () => STANDING_CLOCK });
    expect(runs.length).toBeGreaterThan(4);
    expect(runs.at(-1)?.end).toBe('done');
    expect(content(store)).toEqual(content(undisturbed.store));
  });
});
