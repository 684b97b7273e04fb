import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tryUnitTests } from './unit.js';

/** A maker's own tests, in a folder that has no packages above it. */

const folder = mkdtempSync(join(tmpdir(), 'onebox-unit-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD =
  "import fc from 'fast-check';\nimport { expect, it } from 'vitest';\nimport { half } from './parser.js';\n";
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
const tried = (files: readonly string[], deadlineMs?: number) => tryUnitTests({ folder, files }, deadlineMs);

it('says what passed, what failed and where, and stops what never ends', { timeout: 90_000 }, async () => {
  expect(await tried(['driver.ts'])).toMatchObject([{ status: 'warn', check: 'unit', text: 'there are no tests' }]);

  write(
    'parser.ts',
    "import { OneBoxError } from '@onebox/protocol/errors.js';\nexport function half(raw: number): number {\n  if (raw % 2 === 1) throw new OneBoxError('LINK_MALFORMED', 'odd');\n  return raw / 2;\n}\n",
  );
  write(
    'parser.test.ts',
    `${HEAD}it('halves', () => fc.assert(fc.property(fc.nat(9), (n) => { expect(half(n * 2)).toBe(n); })));\nit.skip('later', () => undefined);\n`,
  );
  expect(await tried(['parser.test.ts'])).toEqual([
    { status: 'ok', check: 'unit', text: '1 test in 1 file passed, 1 skipped' },
  ]);

  write(
    'wrong.test.ts',
    `${HEAD}it('knows better', () => {\n  expect(half(4)).toBe(3);\n});\nit('is odd', () => {\n  console.log('noise');\n  half(3);\n});\n`,
  );
  write('broken.test.ts', "import './nothing.js';\n");
  const failed = await tried(['parser.test.ts', 'wrong.test.ts', 'broken.test.ts']);
  expect(failed).toHaveLength(3);
  expect(failed).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        status: 'FAIL',
        text: expect.stringMatching(/^knows better: .*expected 2 to be 3/),
        at: { file: 'wrong.test.ts', line: 5 },
      }),
      expect.objectContaining({ text: expect.stringMatching(/^is odd: /), at: { file: 'parser.ts', line: 3 } }),
      expect.objectContaining({ text: expect.stringContaining('./nothing.js'), at: { file: 'broken.test.ts' } }),
    ]),
  );

  write('hangs.test.ts', "import { it } from 'vitest';\nit('hangs', () => {\n  for (;;) {}\n});\n");
  expect(await tried(['hangs.test.ts'], 8000)).toMatchObject([
    { status: 'FAIL', text: 'the tests did not end: stopped after 8 s' },
  ]);
});
