import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, fromBase32, stepAt } from '@onebox/gateway/access/factors/totp.js';
import type { AuditTrail } from '@onebox/gateway/exports/trail.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { describe, expect, it } from 'vitest';
import { auditOnDisk } from '../interrogation/tablet.js';
import { enrol, onebox, PIN, scratch, second, startTyping } from './run.js';

const folder = scratch();
const OTHER_PIN = '913058';
const kindOf = (result: { json<T>(): T }): string => result.json<{ error: ErrorReport }>().error.kind;

describe('two factors on the command line', () => {
  it('begin every run outside of practice; what is missing is an error', async () => {
    const data = join(folder, 'words');
    await enrol(data, '--role', 'privacy-officer');
    const show = (...more: readonly string[]) =>
      onebox(['audit', 'show', '--data', data, '--person', 'Robin Vale', '--pin-stdin', '--json', ...more], {
        input: `${PIN}\n`,
      });
    const alone = await show();
    expect([alone.code, kindOf(alone)]).toEqual([6, 'FACTOR_SECOND']);
    const wrong = await show('--code', '000000');
    expect([wrong.code, kindOf(wrong)]).toEqual([6, 'FACTORS_WRONG']);
    const nobody = await show('--witness', 'Nobody');
    expect([nobody.code, kindOf(nobody)]).toEqual([6, 'PERSON_UNKNOWN']);
    const both = await show(...second(data));
    expect(both.code, both.stderr).toBe(0);
    expect(both.json<AuditTrail>().rows.map(({ event }) => event)).toContain('recoveryWordsShown');
  }, 120_000);

  it('an authenticator app, set up at the enrolment: each code once', async () => {
    const data = join(folder, 'app');
    const args = ['enrol', '--name', 'A', '--role', 'device-manager', '--pin-stdin', '--one-time-code', '--data', data];
    const { child, result, said } = startTyping([...args, '--json']);
    child.stdin?.write(`${PIN}\n`);
    await said('otpauth://');
    const [, key = ''] = /authenticator app: ([A-Z2-7 ]+)\n/.exec(said.text()) ?? [];
    const secret = fromBase32(key.replaceAll(' ', ''));
    const step = stepAt(Date.now());
    child.stdin?.write(`${codeOf(secret, step)}\n`);
    expect((await result).code, said.text()).toBe(0);

    const person = ['--data', data, '--person', 'A', '--pin-stdin', '--json'];
    const input = { input: `${PIN}\n` };
    const used = await onebox(['factor', 'dispatcher-codes', ...person, '--code', codeOf(secret, step)], input);
    expect([used.code, kindOf(used)]).toEqual([6, 'FACTORS_WRONG']);
    const next = codeOf(secret, step + 1);
    const list = await onebox(['factor', 'dispatcher-codes', ...person, '--code', next], input);
    expect(list.code, list.stderr).toBe(0);
    const [first = ''] = list.json<{ codes: string[] }>().codes;

    // The dispatcher reads one out; then the witness path, with a second person.
    const pinFile = join(folder, 'new-pin');
    writeFileSync(pinFile, `${OTHER_PIN}\n`);
    const more = ['enrol', '--name', 'B', '--role', 'responder', '--new-pin-file', pinFile];
    const another = await onebox(
      [...more, ...person, '--dispatcher-code', `${first.slice(0, 4)} ${first.slice(4)}`],
      input,
    );
    expect(another.code, another.stderr).toBe(0);
    const witnessed = [
      'factor',
      'passphrase',
      '--data',
      data,
      '--person',
      'B',
      '--witness',
      'A',
      '--pin-stdin',
      '--json',
    ];
    const added = await onebox(witnessed, { input: `${OTHER_PIN}\n${PIN}\nnine slow barges\n` });
    expect(added.code, added.stderr).toBe(0);
    expect(added.json<{ kinds: string[] }>().kinds).toContain('passphrase');
  }, 120_000);

  it('words give a new PIN; an emergency without one shows class and maker, and is in the log', async () => {
    const data = join(folder, 'practice');
    await enrol(data, '--practice');
    const common = ['--practice', '--data', data, '--json'];
    const newPin = { input: `${OTHER_PIN}\n` };
    const recovered = await onebox(
      ['recover', '--person', 'Robin Vale', '--pin-stdin', ...second(data), ...common],
      newPin,
    );
    expect(recovered.code, recovered.stderr).toBe(0);
    const noWitness = await onebox(['identify', '--reason', 'unresponsive', ...common]);
    expect([noWitness.code, kindOf(noWitness)]).toEqual([6, 'PERSON_UNKNOWN']);
    const who = ['--reason', 'unresponsive', '--witness', 'Robin Vale', '--seconds', '5'];
    const shown = await onebox(['identify', ...who, ...common]);
    expect(shown.code, shown.stderr).toBe(0);
    const { rows } = shown.json<{ rows: Record<string, unknown>[] }>();
    expect(rows.map(({ deviceClass }) => deviceClass)).toContain('icd');
    for (const row of rows)
      for (const key of ['name', 'serialTail', 'port', 'id']) expect(Object.keys(row)).not.toContain(key);
    expect(auditOnDisk(data).slice(-3)).toEqual(['tierZeroOpened', 'tierZeroClosed', 'applicationStopped']);
  }, 120_000);
});
