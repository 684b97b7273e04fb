import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationQueue, within } from './operations.js';

const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (isOneBoxError(error) ? error.kind : String(error)),
  );

describe('operations', () => {
  test('every operation settles once, one runs at a time, in order, whatever happens', async () => {
    const step = fc.record({
      takesMs: fc.constantFrom(0, 2, 1_000_000),
      deadlineMs: fc.constantFrom(5, 20),
      abort: fc.boolean(),
      throws: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.boolean(), async (steps, endEarly) => {
        let running = 0;
        const order: number[] = [];
        const queue: OperationQueue = new OperationQueue((error) => queue.end(error));
        const results = steps.map(({ takesMs, deadlineMs, abort, throws }, index) => {
          const controller = new AbortController();
          const work = async (over: AbortSignal): Promise<number> => {
            running += 1;
            expect(running).toBe(1);
            order.push(index);
            over.addEventListener('abort', () => {
              running -= 1;
            });
            if (throws) throw new OneBoxError('LINK_REFUSED');
            if (takesMs > 1_000) return new Promise<number>(() => {});
            await new Promise((resolve) => setTimeout(resolve, takesMs));
            return index;
          };
          const result = kindOf(queue.run(`step ${index}`, { deadlineMs, signal: controller.signal }, work));
          if (abort) controller.abort();
          return result;
        });
        if (endEarly) queue.end(new OneBoxError('LINK_LOST'));
        const kinds = await Promise.all(results);
        expect(kinds.length).toBe(steps.length);
        expect(order).toEqual([...order].sort((a, b) => a - b));
        for (const kind of kinds) {
          expect(['answered', 'LINK_REFUSED', 'LINK_TIMEOUT', 'LINK_ABORTED', 'LINK_LOST']).toContain(kind);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('an operation that waits too long does not end the link; one that runs too long does', async () => {
    const stuck: string[] = [];
    const queue: OperationQueue = new OperationQueue((error) => {
      stuck.push(error.detail);
      queue.end(error);
    });
    const first = kindOf(queue.run('first', { deadlineMs: 60 }, () => new Promise(() => {})));
    const second = kindOf(queue.run('second', { deadlineMs: 10 }, async () => 1));
    expect(await second).toBe('LINK_TIMEOUT');
    expect(stuck).toEqual([]);
    expect(await first).toBe('LINK_TIMEOUT');
    expect(stuck).toEqual(['first']);
    expect(await kindOf(queue.run('third', { deadlineMs: 10 }, async () => 1))).toBe('LINK_TIMEOUT');
  });

  test('within', async () => {
    expect(await within('x', { deadlineMs: 50 }, Promise.resolve(7))).toBe(7);
    expect(await kindOf(within('x', { deadlineMs: 5 }, new Promise(() => {})))).toBe('LINK_TIMEOUT');
    expect(await kindOf(within('x', { deadlineMs: 50, signal: AbortSignal.abort() }, new Promise(() => {})))).toBe(
      'LINK_ABORTED',
    );
    expect(await kindOf(within('x', { deadlineMs: 50 }, Promise.reject(new Error('other'))))).toBe('INTERNAL');
  });
});
