import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { expect, it } from 'vitest';
import cases from './cases.js';

const folder = join(import.meta.dirname, '../../../shared/device-data', cases.protocol);
const there = existsSync(folder);
if (!there) console.warn(`skipped: no ${folder}`);

it.skipIf(!there)('decodes every case of the shared collection', async () => {
  const results = await runCases(folder, [cases]);
  expect(describeCaseResults(results)).toMatch(/^ble-cgm-ids: [1-9]\d* passed, 0 failed$/);
});

it('knows the characteristics by their names and their numbers', async () => {
  const run = (kind: string, hex: string) => cases.files['cases.json']!.run({ kind, hex });
  expect(await run('CGM Measurement', '060064000500')).toEqual(await run('2AA7', '060064000500'));
  expect(await run('CGM Session Run Time', 'a800')).toMatchObject({ runTimeHours: 168 });
  for (const kind of ['IDDStatusReader', 'IDD Status Reader Response', 'IDDInsulinOnBoard', '2B24']) {
    expect(await run(kind, 'fc030119f07800')).toMatchObject({
      insulinOnBoardIU: { decimal: '2.5' },
      iobIU: { decimal: '2.5' },
      remainingMin: 120,
    });
  }
  await expect(async () => run('CGM Colour', '00')).rejects.toThrow('kind CGM Colour');
});
