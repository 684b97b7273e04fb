import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadyRows } from './steady.js';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

describe('rows under a finger', () => {
  it('stay where they are, with new ones at the end and gone ones kept', () => {
    expect(steadyRows(rows('a', 'b', 'c'), rows('d', 'c', 'a'), true).map(({ id }) => id)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(steadyRows(rows('a', 'b', 'c'), rows('d', 'c', 'a'), false).map(({ id }) => id)).toEqual(['d', 'c', 'a']);
  });

  it('never change place while held, whatever comes', () => {
    const list = fc.uniqueArray(fc.constantFrom(...'abcdefgh'));
    fc.assert(
      fc.property(list, fc.array(list), (first, later) => {
        let shown: readonly { id: string }[] = rows(...first);
        for (const next of later) {
          const after = steadyRows(shown, rows(...next), true);
          expect(after.slice(0, shown.length).map(({ id }) => id)).toEqual(shown.map(({ id }) => id));
          for (const id of next) expect(after.filter((row) => row.id === id)).toHaveLength(1);
          shown = after;
        }
      }),
    );
  });

  it('show the newest that is known of them', () => {
    expect(steadyRows([{ id: 'a', signal: 1 }], [{ id: 'a', signal: 2 }], true)).toEqual([{ id: 'a', signal: 2 }]);
  });
});
