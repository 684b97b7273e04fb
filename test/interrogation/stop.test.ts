import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { DEFAULT_PHASES, phaseId } from '@onebox/gateway/interrogation/phases.js';
import { ERRORS } from '@onebox/protocol/errors.js';
import { Reassembler } from '@onebox/protocol/framing.js';
import { Phase, v1 } from '@onebox/protocol/messages.js';
import { validateInterrogation } from '@onebox/protocol/validate.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceOnAir, newSession, spyOn } from './bench-top.js';

const { COMPLETENESS_COMPLETE } = v1.Completeness;

/** Requests of one link as the device gets them. */
class Requests {
  readonly asks: string[] = [];
  readonly #parts = new Reassembler();

  add(bytes: Uint8Array): void {
    for (const message of this.#parts.push(bytes).messages) this.asks.push(v1.Request.decode(message).ask ?? '');
  }
}

describe('stop', () => {
  let device: Awaited<ReturnType<typeof deviceOnAir>>;
  beforeAll(async () => {
    device = await deviceOnAir(new NativeBleSimulator(PATIENTS[0]!));
  });
  afterAll(() => device.close());

  /** Reads, and stops after so many milliseconds. */
  async function stopAfter(ms: number) {
    const links: Requests[] = [];
    const { session, events } = newSession({
      open: async (signal) => {
        const link = await device.open(signal);
        const requests = new Requests();
        links.push(requests);
        return spyOn(link, (_channel, bytes) => requests.add(bytes));
      },
    });
    const running = session.run();
    await new Promise((resolve) => setTimeout(resolve, ms));
    const at = performance.now();
    session.stop();
    session.stop();
    const document = await running;
    return { session, events, document, links, took: performance.now() - at };
  }

  it('at any moment: ends quickly and in order, the device is told, what was read is kept', async () => {
    const states = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 500 }), async (ms) => {
        const { session, events, document, links, took } = await stopAfter(ms);
        states.add(session.state);
        expect(took).toBeLessThan(3000);
        // Whenever the driver had begun to talk, the last word was the end of the session.
        expect(events.filter(({ kind }) => kind === 'link-up')).toHaveLength(links.length);
        for (const { asks } of links) if (asks.length > 0) expect(asks.at(-1)).toBe('end');
        expect(session.link).toBe('down');
        expect(session.error).toBeUndefined();
        expect(validateInterrogation(document)).toEqual([]);
        if (document.completeness === COMPLETENESS_COMPLETE) return;
        expect(session.state).toBe('stopped');
        expect(document.missing?.map(({ phase }) => phase)).toEqual(
          DEFAULT_PHASES.filter((phase) => !session.store.finished.has(phase)),
        );
        expect(document.missing?.every(({ error }) => error === ERRORS.READ_STOPPED.code)).toBe(true);
      }),
      { numRuns: 25, examples: [[0], [5], [150], [250], [300], [350], [400]] },
    );
    expect(states).toContain('stopped');
  });

  it.each(DEFAULT_PHASES.map((phase) => [phaseId(phase), phase] as const))(
    'in phase %s: what came before is kept, and the device is told',
    async (_id, phase) => {
      const requests = new Requests();
      const { session } = newSession({
        open: async (signal) => spyOn(await device.open(signal), (_channel, bytes) => requests.add(bytes)),
        found: ({ progress }) => {
          if (progress?.phase === phase && progress.state === v1.Progress.State.STATE_STARTED) session.stop();
        },
      });
      const document = await session.run();
      expect(session.state).toBe('stopped');
      expect(requests.asks[0]).toBe('hello');
      expect(requests.asks.at(-1)).toBe('end');
      expect(session.store.finished.size).toBeGreaterThanOrEqual(phase - 1);
      expect(document.missing?.map((one) => one.phase)).toContain(Phase.PHASE_EPISODES);
    },
  );

  it('before it runs: nothing is opened', async () => {
    const { session } = newSession({ open: () => Promise.reject(new Error('opened')) });
    session.stop();
    const document = await session.run();
    expect(document).toMatchObject({ completeness: v1.Completeness.COMPLETENESS_REFUSED, linksOpened: 0 });
    expect(session.state).toBe('stopped');
  });

  it('after the end: changes nothing', async () => {
    const { session } = newSession({ open: device.open });
    const document = await session.run();
    session.stop();
    expect(session.state).toBe('complete');
    expect(session.interrogation()).toEqual(document);
  });
});
