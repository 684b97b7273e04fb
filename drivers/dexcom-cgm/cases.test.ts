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
  expect(describeCaseResults(results)).toMatch(/^dexcom-cgm-ble: [1-9]\d* passed, 0 failed$/);
});
