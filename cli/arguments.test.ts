import { PassThrough } from 'node:stream';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.js';
import { exitCode, UsageError } from './exit-codes.js';
import { Output } from './output.js';
import { randomPin } from './person.js';

describe('arguments', () => {
  it('words and options in any order', () => {
    const args = readArguments([
      '--json',
      'read',
      '--device',
      'icd',
      '-o',
      'x',
      '--checkpoint',
      'a',
      '--checkpoint',
      'b',
    ]);
    expect(args.words).toEqual(['read']);
    expect([args.flag('json'), args.text('device'), args.text('out'), args.texts('checkpoint')]).toEqual([
      true,
      'icd',
      'x',
      ['a', 'b'],
    ]);
    expect(() => args.allowOnly(['device', 'out', 'checkpoint'])).not.toThrow();
    expect(() => args.allowOnly(['device'])).toThrow(UsageError);
  });

  it.each(['1.5', '-1', '0x10', '1e1', ' 5', '', '601'])('"%s" is no number of seconds', (text) => {
    const args = readArguments(['devices', `--seconds=${text}`]);
    expect(() => args.number('seconds', 3, 1, 600)).toThrow(UsageError);
  });
});

describe('exit codes', () => {
  it.each([
    [new UsageError('x'), 64],
    [new OneBoxError('READ_STOPPED'), 130],
    [new OneBoxError('AUDIT_BROKEN'), 4],
    [new OneBoxError('RECORDING_INVALID'), 2],
    [new OneBoxError('LINK_LOST'), 5],
    [new OneBoxError('DRIVER_CRASHED'), 5],
    [new OneBoxError('FACTOR_WRONG'), 6],
    [new OneBoxError('STORE_BUSY'), 1],
    [new Error('x'), 1],
  ])('%s is %i', (error, code) => {
    expect(exitCode(error)).toBe(code);
  });
});

describe('output', () => {
  const make = (json: boolean, quiet = false) => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    return {
      output: new Output(json, quiet, out, err),
      out: () => String(out.read() ?? ''),
      err: () => String(err.read() ?? ''),
    };
  };

  it('an error beside a result stays talk; the one that ends the command is the document', () => {
    const { output, out, err } = make(true);
    output.tell(new OneBoxError('LINK_LOST'));
    output.result({ done: true }, []);
    output.fail(new OneBoxError('STORE_DENIED'));
    expect(JSON.parse(out())).toEqual({ done: true });
    expect(err()).toMatch(/OB-101[\s\S]*OB-621/);
    const failed = make(true);
    failed.output.fail(new UsageError('no such thing'));
    expect(JSON.parse(failed.out())).toMatchObject({ error: { code: 'OB-430', detail: 'no such thing' } });
  });

  it('quiet leaves out talk, not errors', () => {
    const { output, err } = make(false, true);
    output.say('hello');
    output.tell(new OneBoxError('LINK_LOST'));
    expect(err()).not.toContain('hello');
    expect(make(false, true).err()).toBe('');
  });
});

it('a random PIN is never one that enrolment refuses', () => {
  for (let count = 0; count < 500; count++) {
    const pin = randomPin();
    expect(pin).toMatch(/^\d{6}$/);
    expect(new Set(pin).size).toBeGreaterThan(3);
    expect('01234567890 09876543210').not.toContain(pin);
  }
});
