import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { driverFromCode } from '@onebox/gateway/driver-host/driver-index.js';
import { DEFAULT_PHASES, phaseId } from '@onebox/gateway/interrogation/phases.js';
import { ERRORS } from '@onebox/protocol/errors.js';
import { type Interrogation, Phase, v1 } from '@onebox/protocol/messages.js';
import { validateInterrogation } from '@onebox/protocol/validate.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { content, deviceOnAir, drivers, inPhase, native, newSession } from './bench-top.js';

const { COMPLETENESS_COMPLETE, COMPLETENESS_PARTIAL, COMPLETENESS_REFUSED } = v1.Completeness;
const { STATE_STARTED } = v1.Progress.State;

describe('a link that does not hold', () => {
  const icd = new NativeBleSimulator(PATIENTS[0]!);
  let device: Awaited<ReturnType<typeof deviceOnAir>>;
  let undisturbed: Interrogation;

  beforeAll(async () => {
    device = await deviceOnAir(icd);
    const { session } = newSession({ open: device.open });
    undisturbed = await session.run();
    expect(session.error).toBeUndefined();
  });
  afterAll(() => device.close());

  it('undisturbed: complete on one link, bytes counted', () => {
    expect(undisturbed).toMatchObject({
      completeness: COMPLETENESS_COMPLETE,
      missing: [],
      linksOpened: 1,
      linksLost: 0,
    });
    expect(undisturbed.bytesReceived).toBeGreaterThan(5000);
    expect(undisturbed.bytesSent).toBeGreaterThan(50);
    expect(undisturbed.deviceClock?.offsetMs).toBeLessThan(-3_600_000);
    expect(undisturbed.deviceClock?.tabletUnixMs).toBeGreaterThan(undisturbed.startedUnixMs ?? 0);
    expect(validateInterrogation(undisturbed)).toEqual([]);
  });

  it.each(DEFAULT_PHASES.map((phase) => [phaseId(phase), phase] as const))(
    'lost in phase %s: goes on, and has the same, nothing twice',
    async (_id, phase) => {
      let done = false;
      const { session, events } = newSession({
        open: device.open,
        found: ({ progress }) => {
          if (done || progress?.phase !== phase || progress.state !== STATE_STARTED) return;
          done = true;
          device.peripheral.disconnect();
        },
      });
      const document = await session.run();
      expect(document).toMatchObject({
        completeness: COMPLETENESS_COMPLETE,
        missing: [],
        linksOpened: 2,
        linksLost: 1,
      });
      expect(session.state).toBe('complete');
      expect(content(document)).toEqual(content(undisturbed));
      expect(events.filter(({ kind }) => kind.startsWith('link-')).map(({ kind }) => kind)).toEqual([
        'link-up',
        'link-lost',
        'link-up',
      ]);
    },
  );

  it('lost in the middle of a strip: goes on behind what it has', async () => {
    const { session } = newSession({ open: device.open });
    device.peripheral.dropAfter(Math.round((undisturbed.bytesReceived ?? 0) * 0.7));
    const document = await session.run();
    expect(document.linksLost).toBe(1);
    expect(content(document)).toEqual(content(undisturbed));
  });

  it('lost for good: partial, with the values so far and what is missing and why', async () => {
    const { session } = newSession({
      open: device.open,
      found: ({ progress }) => {
        if (progress?.phase === Phase.PHASE_SETTINGS && progress.state === STATE_STARTED) device.setNear(false);
      },
    });
    const document = await session.run().finally(() => device.setNear(true));
    expect(document.completeness).toBe(COMPLETENESS_PARTIAL);
    expect(document.linksLost).toBe(1);
    expect(['LINK_LOST', 'LINK_NOT_FOUND', 'LINK_FAILED', 'LINK_TIMEOUT']).toContain(session.error?.kind);
    const phases = (document.missing ?? []).map(({ phase }) => phase);
    expect(phases).toEqual(DEFAULT_PHASES.filter((phase) => !session.store.finished.has(phase)));
    expect(phases).toContain(Phase.PHASE_EPISODES);
    for (const { reason, error } of document.missing ?? []) {
      expect(reason).toBe(v1.AbsentReason.ABSENT_REASON_ERROR);
      expect(error).toBe(session.error?.code);
    }
    const kept = content(document);
    expect(kept.length).toBeGreaterThan(10);
    expect(content(undisturbed).slice(0, kept.length)).toEqual(kept);
    expect(validateInterrogation(document)).toEqual([]);
  });

  it('never connected: refused, with why, and no link counted', async () => {
    device.setNear(false);
    const { session, events } = newSession({ open: (signal) => device.open(signal, 300) });
    const document = await session.run().finally(() => device.setNear(true));
    expect(document).toMatchObject({
      completeness: COMPLETENESS_REFUSED,
      linksOpened: 0,
      linksLost: 0,
      bytesReceived: 0,
      bytesSent: 0,
    });
    expect(session.state).toBe('refused');
    expect(['LINK_NOT_FOUND', 'LINK_FAILED', 'LINK_TIMEOUT']).toContain(session.error?.kind);
    expect(session.attempt).toBe(4);
    expect(document.missing).toHaveLength(DEFAULT_PHASES.length);
    expect(document.missing?.every(({ error }) => error === session.error?.code)).toBe(true);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['link-refused']));
  });

  it('more links than the budget of the driver allows are not opened', async () => {
    const { manifest } = native;
    const frugal = {
      ...driverFromCode({ ...manifest, budget: { ...manifest.budget, connections: 2 } }, ''),
      code: () => native.code(),
    };
    const { session, events } = newSession({
      driver: frugal,
      open: device.open,
      found: ({ progress }) => {
        if (progress?.state === STATE_STARTED && progress.phase !== Phase.PHASE_IDENTITY)
          device.peripheral.disconnect();
      },
    });
    const document = await session.run();
    expect(document).toMatchObject({ completeness: COMPLETENESS_PARTIAL, linksOpened: 2, linksLost: 2 });
    expect(events.filter(({ kind }) => kind === 'link-up')).toHaveLength(2);
  });

  it('a device that takes requests and says nothing: ends by itself, and says that it did not answer', async () => {
    icd.device.faults = { silent: true };
    const { manifest } = native;
    const once = {
      ...driverFromCode({ ...manifest, budget: { ...manifest.budget, connections: 1 } }, ''),
      code: () => native.code(),
    };
    const { session } = newSession({ driver: once, open: device.open });
    const document = await session.run().finally(() => {
      icd.device.faults = {};
    });
    expect(session.error?.kind).toBe('LINK_TIMEOUT');
    expect(document).toMatchObject({ completeness: COMPLETENESS_REFUSED, linksOpened: 1, linksLost: 0 });
    expect(document.missing?.[0]).toMatchObject({ error: ERRORS.LINK_TIMEOUT.code });
  });

  it('a device that refuses a phase: partial, not permitted, and everything else is there', async () => {
    icd.device.faults = { refuse: { settings: v1.RefusalReason.REFUSAL_REASON_NOT_PERMITTED } };
    const { session } = newSession({ open: device.open });
    const document = await session.run().finally(() => {
      icd.device.faults = {};
    });
    expect(document.completeness).toBe(COMPLETENESS_PARTIAL);
    expect(document.missing).toMatchObject([
      {
        phase: Phase.PHASE_SETTINGS,
        reason: v1.AbsentReason.ABSENT_REASON_NOT_PERMITTED,
        error: ERRORS.LINK_REFUSED.code,
      },
    ]);
    expect(session.store.tally()).toMatchObject({ refused: 1, failed: 0 });
    const refused = content(inPhase(undisturbed, Phase.PHASE_SETTINGS));
    expect(refused.length).toBeGreaterThan(5);
    expect(content(document).filter((line) => !line.startsWith('{"fault"'))).toEqual(
      content(undisturbed).filter((line) => !refused.includes(line)),
    );
  });

  it('a device without a phase: that is an answer, and the read is complete', async () => {
    icd.device.faults = { without: ['episodes'] };
    const { session } = newSession({ open: device.open });
    const document = await session.run().finally(() => {
      icd.device.faults = {};
    });
    expect(document).toMatchObject({ completeness: COMPLETENESS_COMPLETE, missing: [] });
  });

  it('damaged and repeated messages change nothing of what is found', async () => {
    icd.device.faults = { breakMessage: 9, duplicateMessage: 20 };
    const { session } = newSession({ open: device.open });
    const document = await session.run().finally(() => {
      icd.device.faults = {};
    });
    expect(document.completeness).toBe(COMPLETENESS_COMPLETE);
    expect(content(document)).toEqual(content(undisturbed));
  });

  it('phases that the driver does not serve: nothing is opened, and why is said', async () => {
    const { session } = newSession({
      driver: drivers.get('generic'),
      phases: [Phase.PHASE_MEMORY],
      open: () => Promise.reject(new Error('opened')),
    });
    const document = await session.run();
    expect(session.error?.kind).toBe('INPUT_INVALID');
    expect(document).toMatchObject({ completeness: COMPLETENESS_REFUSED, linksOpened: 0 });
  });
});
