import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import glucose from '../ble-glucose-racp/cases.js';
import vitals from '../ble-vitals-gatt/cases.js';
import { describeCaseResults, runCases } from './cases.js';

test('x', async () => {
  console.log(
    describeCaseResults(await runCases(join(import.meta.dirname, '../../../shared/device-data'), [vitals, glucose])),
  );
});
