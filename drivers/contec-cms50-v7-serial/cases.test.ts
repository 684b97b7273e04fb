import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { describe, expect, test } from 'vitest';
import cases from './cases.js';

const folder = join(import.meta.dirname, '../../../shared/device-data/contec-cms50-v7-serial');

describe('shared cases', () => {
  test.skipIf(!existsSync(folder))('every case passes (skipped where ../shared is not there)', async () => {
    const results = await runCases(folder, [cases]);
    expect(describeCaseResults(results)).not.toContain('\n');
    expect(results[0]!.passed).toBeGreaterThan(10);
  });
});

/** What we worked out from the published protocol. */
describe('vocabulary', () => {
  const run = (kind: string | undefined, hex: string) =>
    cases.files['cases.json']!.run({ hex, ...(kind === undefined ? {} : { kind }) });

  test('the end of a session states its reason', async () => {
    expect(await run(undefined, '0d8081')).toMatchObject({ type: 13, reasonCode: 1, normalEnd: true });
    expect(await run(undefined, '0d8085')).toMatchObject({ reasonCode: 5, normalEnd: false });
  });

  test('padding is no point, and invalid values are none', async () => {
    expect(await run('storage', '0f80e1bc80808080')).toMatchObject({ points: 1, each: { spO2: 97, pulseRate: 60 } });
    expect(await run('storage', '0faaffffffffffff')).toMatchObject({ each: { spO2: null, pulseRate: null } });
  });

  test('a command has all its parameters', async () => {
    expect(await run('command', '7d81a6808181808080')).toMatchObject({ command: 0xa6, parameters: [0, 1, 1, 0, 0, 0] });
    expect(await run('command', '7d81a1')).toMatchObject({ reject: 'length' });
  });
});
