import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, type JsonObject, runCases } from '@onebox/driver-sdk/cases.js';
import { compareCase } from '@onebox/driver-sdk/cases-compare.js';
import { expect, it } from 'vitest';
import cases from './cases.js';

const folder = join(import.meta.dirname, '../../../shared/device-data', cases.protocol);
const there = existsSync(folder);
if (!there) console.warn(`skipped: no ${folder}`);

it.skipIf(!there)('decodes every case of the shared collection', async () => {
  const results = await runCases(folder, [cases]);
  expect(describeCaseResults(results)).toMatch(/^omnipod-podinfo: [1-9]\d* passed, 0 failed$/);
});

it('gives the time of activation in every notation, and no name to a fault that is not known', async () => {
  const actual = await cases.files['cases.json']!.run({ hex: '05c80001000000000000000009191217' + '0e' });
  const misses = (expected: JsonObject) => compareCase(expected, actual, new Set()).length;
  for (const dateTime of [
    '2018-09-25T23:14:00',
    '2018-09-25T23:14',
    { year: 2018, month: 9, day: 25, hour: 23, minute: 14 },
  ])
    expect(misses({ dateTime })).toBe(0);
  for (const dateTime of ['2018-09-25T23:15', { year: 2019 }]) expect(misses({ dateTime })).toBe(1);
  expect(misses({ faultCode: 200, faultType: null })).toBe(0);
  expect(misses({ faultType: 'noFaults' })).toBe(1);
});
