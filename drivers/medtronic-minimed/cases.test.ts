import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { compareCase } from '@onebox/driver-sdk/cases-compare.js';
import { expect, it } from 'vitest';
import cases from './cases.js';
import { glucosePageBytes, glucoseTimeBytes } from './simulated-pages.js';

const folder = join(import.meta.dirname, '../../../shared/device-data', cases.protocol);
const there = existsSync(folder);
if (!there) console.warn(`skipped: no ${folder}`);

it.skipIf(!there)('decodes every case of the shared collection', async () => {
  const results = await runCases(folder, [cases]);
  expect(describeCaseResults(results)).toMatch(/^medtronic-minimed-history: [1-9]\d* passed, 0 failed$/);
});

it('knows records by both of their names, and counts them by either', async () => {
  const { run } = cases.files['cases.json']!;
  const single = await run({ kind: 'single', hex: '02' });
  for (const name of ['WeakSignal', 'SensorWeakSignal']) expect(compareCase({ name }, single, new Set())).toEqual([]);
  expect(compareCase({ name: 'DataEnd' }, single, new Set())).toHaveLength(1);
  const hex = Buffer.from(
    glucosePageBytes([[0x08, ...glucoseTimeBytes(Date.UTC(2016, 1, 8, 20, 54))], [0x02]]),
  ).toString('hex');
  for (const name of ['WeakSignal', 'SensorWeakSignal']) {
    const walk = { names: { SensorTimestamp: 1, [name]: 1 } };
    expect(await run({ kind: 'glucose-page', hex, qaIndependentWalk: walk })).toMatchObject({ eventCount: 2 });
  }
  await expect(async () => run({ kind: 'glucose-page', hex, qaIndependentWalk: { names: {} } })).rejects.toThrow();
});
