import { describe, expect, it } from 'vitest';
import { commandLineOption } from './command-line.js';

describe('commandLineOption', () => {
  it.each([
    [['electron', '.', '--data', '/store'], '/store'],
    [['electron', '.', '--data=/store'], '/store'],
    [['electron', '.', '--data=/a=b'], '/a=b'],
    [['electron', '.', '--practice'], undefined],
    [['electron', '.', '--data', '--practice'], undefined],
    [['electron', '.', '--data'], undefined],
    [['electron', '.', '--data='], undefined],
    [['electron', '.', '--database', '/store'], undefined],
  ])('%j gives %j', (args, value) => {
    expect(commandLineOption(args, 'data')).toBe(value);
  });
});
