import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AstmRecordReader, DEFAULT_DELIMITERS, headerDelimiters, parseAstmRecord } from './astm-records.js';
import { astmDateTime, astmResult, astmSender, plainNumber } from './astm-result.js';

describe('ASTM E1394 records', () => {
  it('splits fields, components and repeats; empty is null', () => {
    expect(parseAstmRecord('A||B^^C|D\\E^F|')).toEqual(['A', null, ['B', null, 'C'], [['D'], ['E', 'F']], null]);
  });

  it('takes the delimiters of a header verbatim and uses them for what follows', () => {
    expect(parseAstmRecord('H|\\^&|||NAME^1')).toEqual(['H', '\\^&', null, null, ['NAME', '1']]);
    const reader = new AstmRecordReader();
    reader.read('H!~*@!!!N*1');
    expect(reader.read('R!1!***X').raw).toEqual(['R', '1', '***X']);
    expect(reader.read('R!1!***X').delimiters).toEqual({ field: '!', repeat: '~', component: '*', escape: '@' });
  });

  it('keeps the usual delimiters when a header states none that tell fields apart', () => {
    for (const header of ['H', 'H|', 'H||||', 'Habcd', 'HELLO']) expect(headerDelimiters(header)).toBeUndefined();
    expect(new AstmRecordReader().read('H||||').delimiters).toEqual(DEFAULT_DELIMITERS);
  });

  it('resolves escape sequences and leaves other uses of the escape character', () => {
    expect(parseAstmRecord('R|a&F&b&S&c&R&d&E&e|x & y|&')).toEqual(['R', 'a|b^c\\d&e', 'x & y', '&']);
  });

  it('never throws, and never loses a field', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseAstmRecord(text)).toHaveLength(
          headerDelimiters(text) ? text.slice(5).split(text[1]!).length + 1 : text.split('|').length,
        );
        const record = new AstmRecordReader().read(text);
        astmResult(record);
        astmSender(record);
      }),
    );
  });

  it('knows the three ways in which analysers name themselves', () => {
    const sender = (field: string) => astmSender(new AstmRecordReader().read(`H|\\^&|||${field}`));
    expect(sender('ALPHA^1.2^S1')).toMatchObject({ name: 'ALPHA', version: '1.2', serial: 'S1' });
    expect(sender('BETA^^S2')).toMatchObject({ name: 'BETA', version: null, serial: 'S2' });
    expect(sender('c1^Maker^c1^4.2^1^S3')).toMatchObject({
      name: 'c1',
      manufacturer: 'Maker',
      model: 'c1',
      version: '4.2',
      serial: 'S3',
    });
  });

  it('takes possible dates and plain numbers only', () => {
    expect(astmDateTime('20190922130409')).toBe('2019-09-22T13:04:09');
    expect(astmDateTime('201909221304')).toBe('2019-09-22T13:04');
    expect(astmDateTime('20190922')).toBe('2019-09-22');
    for (const text of ['20190231', '201909222460', '2019092213', '00000000', '', undefined])
      expect(astmDateTime(text)).toBeNull();
    expect(plainNumber('05.20')).toBe('05.20');
    for (const text of ['<5', '1e3', '0x10', '', '1.', '5 2', 'HI']) expect(plainNumber(text)).toBeNull();
  });
});
