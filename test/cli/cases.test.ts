import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResult } from '@onebox/driver-sdk/cases.js';
import { describe, expect, it } from 'vitest';
import { onebox, scratch } from './run.js';

const folder = scratch();
const SHARED = join(import.meta.dirname, '../../../shared/device-data');
/** The protocols that this version has drivers for. */
const PROTOCOLS = ['ble-vitals-gatt', 'ble-glucose-racp', 'contec-cms50-v7-serial', 'astm-lis-serial'];

/** A folder of case files of our own. */
function caseFolder(name: string, protocols: Readonly<Record<string, readonly unknown[]>>): string {
  const path = join(folder, name);
  for (const [protocol, cases] of Object.entries(protocols)) {
    mkdirSync(join(path, protocol), { recursive: true });
    writeFileSync(join(path, protocol, 'cases.json'), JSON.stringify({ cases }));
  }
  return path;
}

/** Battery Service 1.0, section 3.1: one byte, percent; above 100 it is reserved. */
const RIGHT = { id: 'battery-72', characteristic: '2A19', hex: '48', expected: { batteryPercent: 72 } };
const WRONG = { id: 'battery-wrong', characteristic: '2A19', hex: '48', expected: { batteryPercent: 71 } };
const STRANGE = { id: 'strange', characteristic: '2A19', hex: '48', warp: 9, expected: { batteryPercent: 72 } };

describe('onebox cases', () => {
  it('what is right passes: 0', async () => {
    const { code, stdout } = await onebox(['cases', caseFolder('right', { 'ble-vitals-gatt': [RIGHT] })]);
    expect([code, stdout]).toEqual([0, 'ble-vitals-gatt: 1 passed, 0 failed\n']);
  });

  it('what is wrong is named with expected and actual, what cannot be run fails: 1', async () => {
    const path = caseFolder('mixed', { 'ble-vitals-gatt': [RIGHT, WRONG, STRANGE] });
    const [text, json] = await Promise.all([onebox(['cases', path]), onebox(['cases', path, '--json'])]);
    expect([text.code, json.code]).toEqual([1, 1]);
    expect(text.stdout).toContain('ble-vitals-gatt: 1 passed, 2 failed\n');
    expect(text.stdout).toMatch(/cases\.json battery-wrong batteryPercent: .*expected 71, actual 72/);
    expect(text.stdout).toMatch(/cases\.json strange warp: do not know how to run/);
    expect(json.json<{ results: CaseResult[] }>().results).toMatchObject([
      {
        protocol: 'ble-vitals-gatt',
        passed: 1,
        failed: 2,
        failures: [{ id: 'battery-wrong', expected: 71 }, { id: 'strange' }],
      },
    ]);
  });

  it('cases of a protocol that no driver runs, and unreadable folders', async () => {
    const [unknown, empty, missing] = await Promise.all([
      onebox(['cases', caseFolder('unknown', { 'phaser-v9': [{ id: 'a', hex: '00', expected: { x: 1 } }] }), '--json']),
      onebox(['cases', caseFolder('empty', {}), '--json']),
      onebox(['cases', join(folder, 'not-there'), '--json']),
    ]);
    expect(unknown.code).toBe(1);
    expect(unknown.json<{ results: CaseResult[] }>().results).toMatchObject([
      { protocol: 'phaser-v9', passed: 0, failed: 1 },
    ]);
    expect(unknown.stdout).toContain('do not know how to run');
    expect([empty.code, missing.code]).toEqual([2, 2]);
  });

  it.runIf(existsSync(SHARED)).each(PROTOCOLS)('%s of the shared device data: all pass', async (protocol) => {
    const { code, stdout } = await onebox(['cases', join(SHARED, protocol)]);
    expect(stdout).toMatch(new RegExp(`^${protocol}: [1-9]\\d* passed, 0 failed\\n$`));
    expect(code).toBe(0);
  });

  it.skipIf(existsSync(SHARED))('the shared device data are not here: their cases were not run', (context) =>
    context.skip('no ../shared/device-data'),
  );
});
