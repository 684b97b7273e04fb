import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrol, onebox, PIN, scratch, second } from './run.js';

const folder = scratch();
const data = join(folder, 'store');
const others = join(folder, 'others');
const file = join(folder, 'tablet.backup');
const PERSON = ['--person', 'Robin Vale', '--pin-stdin', '--json'];
const run = (args: readonly string[], at = data) =>
  onebox([...args, '--data', at, ...PERSON, ...second(at)], { input: `${PIN}\n` });
const kindOf = (result: { json<T>(): T }): string => result.json<{ error: ErrorReport }>().error.kind;

interface Made {
  readonly words: string;
  readonly key: string;
  readonly people: number;
}
let made: Made;
const passphrase = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `${text}\n`);
  return path;
};

describe('onebox backup and restore', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    const manager = ['--role', 'device-manager'];
    const done = await Promise.all([enrol(data, ...manager), enrol(others)]);
    expect(done.map(({ code }) => code)).toEqual([0, 0]);
    const result = await run(['backup', '--out', file]);
    expect(result.code, result.stderr).toBe(0);
    made = result.json<Made>();
  }, 240_000);

  it('writes a file that only its owner can read, and prints its words once', () => {
    expect(made).toMatchObject({ people: 1, drivers: 0, keys: 0, out: file });
    expect(made.words.split(' ')).toHaveLength(16);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file).includes('Robin')).toBe(false);
  });

  it('restores on a fresh tablet with the words and the key of the log', async () => {
    const fresh = join(folder, 'fresh');
    const kim = ['--name', 'Kim Lund', '--role', 'device-manager', '--pin-stdin', '--data', fresh, '--json'];
    const first = await onebox(['enrol', ...kim], { input: `${PIN}\n` });
    writeFileSync(`${fresh}.words`, first.json<{ recoveryWords: string[] }>().recoveryWords.join(' '));
    const person = (name: string) => ['--data', fresh, '--person', name, '--pin-stdin', ...second(fresh), '--json'];
    const words = passphrase('words', made.words.toUpperCase());
    const restore = (args: readonly string[]) =>
      onebox(['restore', file, ...args, ...person('Kim Lund')], { input: `${PIN}\n` });
    const unnamed = await restore(['--passphrase-file', words]);
    expect([unnamed.code, kindOf(unnamed)]).toEqual([3, 'BACKUP_UNTRUSTED']);
    const wrong = await restore(['--passphrase-file', passphrase('wrong', 'another passphrase'), '--key', made.key]);
    expect([wrong.code, kindOf(wrong)]).toEqual([4, 'BACKUP_INVALID']);
    const done = await restore(['--passphrase-file', words, '--key', made.key]);
    expect(done.code, done.stderr).toBe(0);
    const { added } = done.json<{ added: { displayName: string; role: string; pin: string }[] }>();
    expect(added).toMatchObject([{ displayName: 'Robin Vale', role: 'device-manager' }]);
    // Robin can do with the PIN to begin with what the role may.
    const next = await onebox(['backup', '--out', join(folder, 'next'), ...person('Robin Vale')], {
      input: `${added[0]!.pin}\n`,
    });
    expect([next.code, next.json().people], next.stderr).toEqual([0, 2]);
  });

  it('another role: 6; a file that is there, no back-up, a short passphrase: 2 or 4; the command line: 64', async () => {
    const out = join(folder, 'never');
    const forbidden = await run(['backup', '--out', out], others);
    const there = await run(['backup', '--out', file]);
    const short = await run(['backup', '--out', out, '--passphrase-file', passphrase('short', 'short')]);
    const none = await run([
      'restore',
      passphrase('none', 'this is no back-up'),
      '--passphrase-file',
      join(folder, 'none'),
    ]);
    const missing = await run(['restore', join(folder, 'missing'), '--passphrase-file', join(folder, 'none')]);
    expect([forbidden, there, short, none, missing].map((one) => [one.code, kindOf(one)])).toEqual([
      [6, 'FORBIDDEN'],
      [2, 'INPUT_INVALID'],
      [2, 'INPUT_INVALID'],
      [4, 'BACKUP_INVALID'],
      [2, 'INPUT_INVALID'],
    ]);
    expect(existsSync(out)).toBe(false);
    const usage = await Promise.all([run(['backup']), run(['restore']), run(['restore', file]), run(['backup', 'x'])]);
    expect(usage.map(({ code }) => code)).toEqual([64, 64, 64, 64]);
  });
});
