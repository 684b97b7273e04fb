import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { describe, expect, it } from 'vitest';
import { enrol, fewAtATime, onebox, PIN, scratch } from './run.js';

const folder = scratch();
const READ = ['read', '--practice', '--device', 'thermometer', '--json'];

const kindOf = (result: { json<T>(): T }): string => result.json<{ error: ErrorReport }>().error.kind;

describe('people on the command line', () => {
  it('enrols the first person, prints the recovery words once, and nobody twice', async () => {
    const data = join(folder, 'first');
    const first = await enrol(data);
    expect(first.code).toBe(0);
    const { person, recoveryWords } = first.json<{
      person: { displayName: string; role: string };
      recoveryWords: string[];
    }>();
    expect(person).toMatchObject({ displayName: 'Robin Vale', role: 'responder' });
    expect(recoveryWords).toHaveLength(16);
    const second = await enrol(data);
    expect(second.code).toBe(6);
    expect(kindOf(second)).toBe('ALREADY_ENROLLED');
    const text = await onebox(['enrol', '--name', 'B', '--pin-stdin', '--data', join(folder, 'text')], {
      input: `${PIN}\n`,
    });
    expect(text.stdout).toContain('recovery words: ');
    expect(text.stderr).toContain('They are not shown again.');
  });

  it('a passphrase instead of a PIN, which then opens the store', async () => {
    const data = ['--data', join(folder, 'passphrase'), '--practice', '--pin-stdin', '--json'];
    const input = 'nine slow barges\n';
    const manager = ['enrol', '--name', 'Kim Lund', '--role', 'device-manager', ...data];
    expect((await onebox(manager, { input })).code).toBe(0);
    expect((await onebox(['records', 'list', '--person', 'Kim Lund', ...data], { input })).code).toBe(0);
    const wrong = await onebox(['records', 'list', '--person', 'Kim Lund', ...data], { input: 'nine slow barge\n' });
    expect(kindOf(wrong)).toBe('FACTOR_WRONG');
  });

  it('the lock time is set by a device manager, within bounds, and stays', async () => {
    const store = ['--data', join(folder, 'idle'), '--practice', '--pin-stdin', '--json'];
    const input = `${PIN}\n`;
    await onebox(['enrol', '--name', 'Kim Lund', '--role', 'device-manager', ...store], { input });
    const idle = (...words: readonly string[]) =>
      onebox(['idle', ...words, '--person', 'Kim Lund', ...store], { input });
    expect((await idle()).json()).toEqual({ minutes: 10, shortest: 1, longest: 30 });
    expect((await idle('5')).json()).toMatchObject({ minutes: 5 });
    expect((await idle()).json()).toMatchObject({ minutes: 5 });
    expect([(await idle('31')).code, (await idle('0')).code, (await idle('five')).code]).toEqual([2, 2, 64]);
  });

  it('a PIN that is too weak, or none: 2, and it is not repeated', async () => {
    await fewAtATime(['123456', '111111', '48291', 'abcdef', ''], 3, async (pin) => {
      const result = await onebox(
        ['enrol', '--name', 'A', '--pin-stdin', '--data', join(folder, `weak-${pin}`), '--json'],
        { input: `${pin}\n` },
      );
      expect([pin, result.code, kindOf(result)]).toEqual([pin, 2, 'ENROL_INVALID']);
      if (pin !== '') expect(`${result.stdout}${result.stderr}`).not.toContain(pin);
    });
  });

  it('nothing prompts without a terminal: what is missing is an error, 6', async () => {
    const data = join(folder, 'missing');
    await enrol(data, '--practice');
    const person = ['--person', 'Robin Vale'];
    const reason = ['--reason', 'unresponsive'];
    const [noPin, noPerson, stranger, wrong, empty, nobody] = await Promise.all([
      onebox(['enrol', '--name', 'A', '--json', '--data', join(folder, 'no-pin')]),
      (async () => onebox([...READ, '--data', data, ...reason]))(),
      onebox([...READ, '--data', join(folder, 'nobody'), ...person]),
      onebox(['read', '--port', '/dev/null', ...person, '--json', '--data', join(folder, 'other')]),
      onebox(['read', '--port', '/dev/null', '--json', ...reason, '--data', join(folder, 'third')]),
      onebox([...READ, '--data', join(folder, 'fourth')]),
    ]);
    expect([noPin.code, kindOf(noPin)]).toEqual([6, 'FACTOR_MISSING']);
    expect([noPerson.code, kindOf(noPerson)]).toEqual([6, 'PERSON_UNKNOWN']);
    expect([stranger.code, kindOf(stranger)]).toEqual([6, 'NOT_ENROLLED']);
    expect([wrong.code, kindOf(wrong)]).toEqual([6, 'REASON_MISSING']);
    expect([empty.code, kindOf(empty)]).toEqual([6, 'NOT_ENROLLED']);
    // The practice person exists in the store that is thrown away, and in no other.
    expect([nobody.code, kindOf(nobody)]).toEqual([6, 'NOT_ENROLLED']);

    const unknown = await onebox([...READ, '--data', data, '--person', 'Eve', ...reason, '--pin-stdin'], {
      input: `${PIN}\n`,
    });
    expect([unknown.code, kindOf(unknown)]).toEqual([6, 'PERSON_UNKNOWN']);
    const withoutPin = await onebox([...READ, '--data', data, ...person, ...reason]);
    expect([withoutPin.code, kindOf(withoutPin)]).toEqual([6, 'FACTOR_MISSING']);
    const wrongPin = await onebox([...READ, '--data', data, ...person, ...reason, '--pin-stdin'], {
      input: '904417\n',
    });
    expect([wrongPin.code, kindOf(wrongPin)]).toEqual([6, 'FACTOR_WRONG']);
    expect(`${wrongPin.stdout}${wrongPin.stderr}`).not.toContain('904417');
    const verified = await onebox(['audit', 'verify', '--data', data, '--json']);
    expect(verified.json()).toMatchObject({ intact: true });
  });

  it('on a terminal the PIN is asked for, and not shown', async () => {
    const { spawn } = createRequire(import.meta.url)('@lydell/node-pty') as typeof import('@lydell/node-pty');
    const data = join(folder, 'terminal');
    const args = [
      join(import.meta.dirname, '../../cli/dist/onebox.js'),
      'enrol',
      '--name',
      'Robin Vale',
      '--data',
      data,
    ];
    const terminal = spawn(process.execPath, args, {
      cols: 200,
      rows: 40,
      env: { ...process.env } as Record<string, string>,
    });
    let screen = '';
    terminal.onData((text) => {
      screen += text;
      if (screen.endsWith('New PIN, 6 digits, or passphrase: ')) terminal.write(`${PIN}\r`);
    });
    const code = await new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    expect(code, screen).toBe(0);
    expect(screen).toContain('recovery words: ');
    expect(screen).not.toContain(PIN);
  });
});
