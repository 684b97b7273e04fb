import { parseTemplate } from '@onebox/driver-sdk/template.js';
import { describe, expect, it } from 'vitest';
import { changes } from './known-writes.js';

describe('writes that change a device', () => {
  it.each([
    ['2A52', '02 01', /deletes/],
    ['1808/2A52', '02 01', /deletes/],
    ['2A52', '{op:u8} 01', /open.*deletes/],
    ['2A52', '{op:hex:2}', /open.*deletes/],
    ['2A2B', '{time:hex:10}', /clock/],
    ['2AAC', '1B', /stops/],
    ['2B25', '01', /pump/],
  ])('%s %s', (channel, bytes, what) => {
    expect(changes(channel, parseTemplate(bytes))).toMatch(what);
  });

  it.each([
    ['2A52', '01 01'],
    ['2A52', '04 01'],
    ['2A52', '{op:u8:3..6} 01'],
    ['2AAC', '02'],
    ['line', '02 01'],
    ['4F4E0003C0DE4A5EB0A70123456789AB', '02'],
  ])('%s %s is not known as one', (channel, bytes) => {
    expect(changes(channel, parseTemplate(bytes))).toBeUndefined();
  });
});
