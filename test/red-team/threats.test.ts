import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { THREATS } from './threats.js';

const root = join(import.meta.dirname, '../..');
/** Rows of the threat model. */
const ROWS = 30;

describe('the threat table', () => {
  it('has every row of the threat model, each attack once', () => {
    const ids = THREATS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const numbers = ids.map((id) => Number(/^T(\d+)/.exec(id)?.[1]));
    expect([...new Set(numbers)]).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1));
  });

  it.each(THREATS)('$id: what is tested has a test, what is not says what is left', ({ status, tests, left }) => {
    if (status === 'tested') expect(tests).not.toEqual([]);
    else expect(left).toBeTruthy();
    for (const { file, title } of tests) {
      if (file.startsWith('test/red-team/')) continue;
      expect(readFileSync(join(root, file), 'utf8'), file).toContain(title);
    }
  });

  it('each attack of this folder is played, in the file that the table names', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
    const played = files.flatMap((name) =>
      [...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/^ {2}attack\(\s*'(\w+)'/gm)].map(
        ([, id]) => `${id} test/red-team/${name}`,
      ),
    );
    const listed = THREATS.flatMap(({ id, tests }) =>
      tests.filter(({ file }) => file.startsWith('test/red-team/')).map(({ file }) => `${id} ${file}`),
    );
    expect(played.toSorted()).toEqual(listed.toSorted());
  });
});
