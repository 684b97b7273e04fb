import { join } from 'node:path';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { describe, expect, it } from 'vitest';
import { onebox, scratch, start } from './run.js';

const folder = scratch();
const COMMANDS = [
  'devices',
  'read',
  'record',
  'replay',
  'cases',
  'audit',
  'records',
  'handover',
  'backup',
  'restore',
  'decommission',
  'enrol',
  'factor',
  'recover',
  'identify',
  'doctor',
  'serve',
  'driver',
  'keys',
  'idle',
];

describe('the command line', () => {
  it('help, and help of one command', async () => {
    const [all, asFlag, one] = await Promise.all([
      onebox(['help']),
      onebox(['--help', '--json']),
      onebox(['read', '--help', '--json']),
    ]);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    for (const name of COMMANDS) expect(all.stdout).toContain(`onebox ${name}`);
    expect(asFlag.code).toBe(0);
    expect(asFlag.json<{ commands: { name: string }[] }>().commands.map(({ name }) => name)).toEqual(COMMANDS);
    expect(one.code).toBe(0);
    expect(one.json<{ commands: { name: string }[] }>().commands.map(({ name }) => name)).toEqual(['read']);
  });

  it('version', async () => {
    const [text, json] = await Promise.all([onebox(['--version']), onebox(['--version', '--json'])]);
    expect(text.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(json.json()).toEqual({ version: text.stdout.trim() });
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['devices', '--frob']],
    ['an option of another command', ['devices', '--checkpoint', 'x']],
    ['an option without its value', ['read', '--device']],
    ['a number that is none', ['devices', '--seconds', '1e1']],
    ['a number out of bounds', ['devices', '--seconds', '0']],
    ['read of nothing', ['read', '--practice']],
    ['read of two things', ['read', '--practice', '--device', 'icd', '--port', '/dev/null']],
    ['an end of a number that is too short', ['read', '--practice', '--device', 'icd', '--serial-end', '17']],
    ['a phase that does not exist', ['read', '--practice', '--device', 'icd', '--phases', 'critical,all']],
    ['a reason that does not exist', ['read', '--practice', '--device', 'icd', '--reason', 'curious']],
    [
      'a PIN on the command line for a real store',
      ['enrol', '--name', 'A', '--pin', '482915', '--data', join(folder, 'none')],
    ],
    ['a role that does not exist', ['enrol', '--name', 'A', '--role', 'king']],
    ['enrol of nobody', ['enrol']],
    ['record without a file', ['record', '--practice', '--device', 'icd']],
    ['replay of nothing', ['replay']],
    ['cases of two folders', ['cases', 'a', 'b']],
    ['audit without verify', ['audit']],
  ])('%s: 64, and with --json one document all the same', async (_name, args) => {
    const result = await onebox([...args, '--json']);
    expect(result.code).toBe(64);
    // Asked for nothing, it shows what there is.
    if (args.length === 0) return;
    expect(result.stderr).toContain('See onebox help.');
    const { error } = result.json<{ error: ErrorReport }>();
    expect(error.code).toMatch(/^OB-\d{3}$/);
  });

  it('options may stand before the command', async () => {
    const { code, stdout } = await onebox(['--json', '--data', folder, 'audit', 'verify']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'INPUT_INVALID' } });
  });

  it('doctor says what works, and the one thing that mends what does not', async () => {
    const [practice, real] = await Promise.all([
      onebox(['doctor', '--practice', '--json', '--data', folder]),
      onebox(['doctor', '--json', '--data', folder]),
    ]);
    interface Report {
      readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly mend?: string }[];
      readonly failed: number;
    }
    expect(practice.code).toBe(0);
    const { checks, failed } = practice.json<Report>();
    expect(failed).toBe(0);
    expect(new Set(checks.map(({ name }) => name))).toEqual(
      new Set(['node', 'store', 'keys', 'drivers', 'sandbox', 'ble', 'serial']),
    );
    const found = real.json<Report>();
    expect(real.code).toBe(found.failed > 0 ? 1 : 0);
    for (const { ok, mend } of found.checks) if (!ok) expect(mend?.length).toBeGreaterThan(3);
  });

  it('devices lists what is in range, with driver and reason', async () => {
    const [json, text] = await Promise.all([
      onebox(['devices', '--practice', '--seconds', '3', '--json']),
      onebox(['devices', '--practice', '--seconds', '2', '--quiet']),
    ]);
    expect(json.code).toBe(0);
    const { devices } = json.json<{
      devices: { name?: string; practice: boolean; drivers: { id: string }[]; why: { id: string }[] }[];
    }>();
    expect(devices.length).toBeGreaterThanOrEqual(13);
    expect(devices.every(({ practice, why }) => practice && why.length > 0)).toBe(true);
    expect(devices.find(({ name }) => name === 'Practice ICD VR')?.drivers[0]?.id).toBe('onebox-native');
    expect(text.stderr).toBe('');
    expect(text.stdout).toContain('PRACTICE  pulse oximeter  Practice Oximeter');
    expect(text.stdout).toContain('(sends service 1822)');
  });

  it('devices ends early when interrupted, with what was heard', async () => {
    const { child, result, said } = start(['devices', '--practice', '--seconds', '60', '--json']);
    await said('Listening');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill('SIGINT');
    const { code, json } = await result;
    expect(code).toBe(130);
    expect(json<{ devices: unknown[] }>().devices.length).toBeGreaterThan(0);
  });

  it('serve prints an address with a token, and ends when told', async () => {
    const { child, result, said } = start(['serve', '--practice', '--data', join(folder, 'served')]);
    await said('http://127.0.0.1:');
    child.kill('SIGTERM');
    const { code, stdout } = await result;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\S+\n$/);
  });

  it('whoever reads the output may leave', async () => {
    const { child, result } = start(['devices', '--practice', '--seconds', '1', '--json']);
    child.stdout?.destroy();
    expect((await result).stderr).not.toContain('Error');
  });
});
