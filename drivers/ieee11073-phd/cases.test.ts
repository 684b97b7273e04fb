import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { describe, expect, test } from 'vitest';
import cases from './cases.js';

const folder = join(import.meta.dirname, '../../../shared/device-data/ieee11073-phd');

describe('shared cases', () => {
  test.skipIf(!existsSync(folder))('every case passes (skipped where ../shared is not there)', async () => {
    const results = await runCases(folder, [cases]);
    expect(describeCaseResults(results)).not.toContain('\n');
    expect(results[0]!.passed).toBeGreaterThan(30);
  });
});
