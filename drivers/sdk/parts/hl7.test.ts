import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Base64Decoder } from './base64.js';
import { HL7_DELIMITERS, Hl7Segment, hl7Charset, hl7Delimiters, hl7Unescape } from './hl7-er7.js';
import { Hl7Stream, type Hl7StreamEvent, type Hl7StreamLimits } from './hl7-stream.js';
import { hl7Numeric, hl7StructuredNumeric, hl7Time } from './hl7-types.js';
import { latin1Bytes } from './text.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const segment = (text: string, charset = '') => new Hl7Segment(bytes(text), HL7_DELIMITERS, hl7Charset(charset));

describe('segments', () => {
  it('number their fields as the standard does', () => {
    const msh = segment('MSH|^~\\&|APP|FAC|||20260101||ORU^R01^ORU_R01|7|P|2.6');
    expect([msh.name, msh.text(2), msh.text(3), msh.first(9), msh.last]).toEqual([
      'MSH',
      '^~\\&',
      'APP',
      ['ORU', 'R01', 'ORU_R01'],
      12,
    ]);
    const pid = segment('PID|||a^b~c^d&e~');
    expect(pid.repetitions(3)).toEqual([['a', 'b'], ['c', 'd&e'], ['']]);
    expect([pid.repetitions(4), pid.first(99), pid.text(0), pid.last]).toEqual([[], [], '', 3]);
  });

  it('take other encoding characters, and refuse those that mean nothing', () => {
    expect(hl7Delimiters(bytes('MSH#*!?%#APP'))).toEqual({
      field: 0x23,
      component: 0x2a,
      repetition: 0x21,
      escape: 0x3f,
      subcomponent: 0x25,
    });
    expect(hl7Delimiters(bytes('MSH|^~\\&#|'))).toEqual(HL7_DELIMITERS);
    expect(hl7Delimiters(bytes('MSH~^~APP'))).toMatchObject({ field: 0x7e, repetition: 0, escape: 0x5c });
    for (const wrong of ['MSH|^^\\&|', 'MSH|A~\\&|', 'PID|^~\\&|', 'MSHA^~\\&|', 'MSH', '']) {
      expect(() => hl7Delimiters(bytes(wrong)), wrong).toThrow('OB-201');
    }
  });

  it('resolve escapes, and leave alone what is none', () => {
    const plain = (text: string) => hl7Unescape(text, HL7_DELIMITERS);
    expect(plain('a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f')).toBe('a|b^c&d~e\\f');
    expect(plain('line\\.br\\next\\X41C2B5\\\\H\\x\\N\\\\Zown\\.')).toBe('line\nnextAµx.');
    expect(plain('C:\\temp\\file')).toBe('C:\\temp\\file');
    expect(plain('half \\')).toBe('half \\');
  });

  it('are read in the character set that is stated', () => {
    const field = latin1Bytes('NTE|1||\u00b5V');
    const read = (set: string) => new Hl7Segment(field, HL7_DELIMITERS, hl7Charset(set)).text(3);
    expect([read('8859/1'), read(''), read('UNICODE UTF-8')]).toEqual(['µV', 'µV', '\ufffdV']);
    expect(segment('NTE|1||µV', 'UNICODE UTF-8').text(3)).toBe('µV');
  });
});

const MESSAGE = ['MSH|^~\\&|A||||1||ORU^R01|1|P|2.6', 'PID|||x', 'OBX|1|NM|1^^MDC||2.94|V|||||F'];

function run(text: string | Uint8Array, step = 7, limits: Partial<Hl7StreamLimits> = {}) {
  const all = typeof text === 'string' ? bytes(text) : text;
  const stream = new Hl7Stream(limits);
  const events: Hl7StreamEvent[] = [];
  for (let at = 0; at < all.length; at += step) events.push(...stream.push(all.subarray(at, at + step)));
  events.push(...stream.finish());
  return events.map((event) =>
    event.kind === 'segment'
      ? `${new TextDecoder().decode(event.bytes)}${event.terminated ? '' : ' …'}`
      : event.kind === 'end'
        ? `end ${event.whole ? 'whole' : 'cut'}`
        : event.kind === 'stray'
          ? 'stray'
          : `start ${event.framed ? 'framed' : 'bare'}`,
  );
}

describe('the stream of messages', () => {
  it('finds a message in a block and bare, whatever the pieces and line ends', () => {
    for (const end of ['\r', '\n', '\r\n', '\r\r\n\n'])
      for (const step of [1, 5, 1000]) {
        const body = MESSAGE.map((line) => `${line}${end}`).join('');
        expect(run(`\x0b${body}\x1c\r`, step)).toEqual(['start framed', ...MESSAGE, 'end whole']);
        expect(run(`noise${end}${body}`, step)).toEqual(['start bare', ...MESSAGE, 'end whole']);
        expect(run(`\ufeff${body}`, step)).toEqual(['start bare', ...MESSAGE, 'end whole']);
      }
  });

  it('says what was cut off', () => {
    const body = MESSAGE.join('\r');
    expect(run(body)).toEqual(['start bare', ...MESSAGE.slice(0, 2), `${MESSAGE[2]} …`, 'end whole']);
    expect(run(`\x0b${body}`).slice(-2)).toEqual([`${MESSAGE[2]} …`, 'end cut']);
    expect(run(`\x0b${body}\r\x0b${body}\x1c`)).toEqual([
      'start framed',
      ...MESSAGE,
      'end cut',
      'start framed',
      ...MESSAGE,
      'end whole',
    ]);
    expect(run(`${body}\r${body}\r`).filter((event) => event.startsWith('end'))).toHaveLength(2);
  });

  it('joins lines that begin no segment to the one before', () => {
    expect(run('MSH|^~\\&|A|B\rOBX|1|ED|x||AAAA\r\nBBBB\nCC==|||||F\rOBX|2')).toEqual([
      'start bare',
      'MSH|^~\\&|A|B',
      'OBX|1|ED|x||AAAABBBBCC==|||||F',
      'OBX|2 …',
      'end whole',
    ]);
  });

  it('says where a line belongs to nothing', () => {
    expect(run(`${MESSAGE[0]}\r${MESSAGE[1]}\rnothing\r${MESSAGE[2]}\r`)).toEqual([
      'start bare',
      MESSAGE[0],
      'stray',
      MESSAGE[1],
      MESSAGE[2],
      'end whole',
    ]);
  });

  it('has bounds', () => {
    expect(() => run('x'.repeat(2000), 100, { noiseBytes: 1000 })).toThrow('OB-201');
    const stream = new Hl7Stream({ messageBytes: 100 });
    const events: Hl7StreamEvent[] = [];
    expect(() => {
      for (const line of [...MESSAGE, 'OBX|2|ED|', 'A'.repeat(200)])
        for (const event of stream.push(bytes(`${line}\r`))) events.push(event);
    }).toThrow('OB-207');
    expect(events.map((event) => event.kind === 'segment' && event.terminated)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(events.at(-1)).toEqual({ kind: 'end', whole: false });
  });

  it('never fails on any bytes, however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (noise, step) => {
        const all = Uint8Array.of(...bytes('\x0bMSH|^~\\&|A|\r'), ...noise);
        expect(run(all, step)).toEqual(run(all, 1000));
      }),
    );
  });
});

describe('data types', () => {
  it('times keep as much as was stated', () => {
    const at = (text: string, offset = 60) => {
      const time = hl7Time(text, offset);
      return time && [new Date(time.from).toISOString(), time.to - time.from, time.text];
    };
    expect(at('20100414091419')).toEqual(['2010-04-14T08:14:19.000Z', 0, '2010-04-14T09:14:19']);
    expect(at('20160627041809.12+0000')).toEqual(['2016-06-27T04:18:09.000Z', 0, '2016-06-27T04:18:09+00:00']);
    expect(at('201606270418-0530')).toEqual(['2016-06-27T09:48:00.000Z', 59_999, '2016-06-27T04:18-05:30']);
    expect(at('20240229', 0)).toEqual(['2024-02-29T00:00:00.000Z', 86_399_999, '2024-02-29']);
    expect(at('2024', 0)).toEqual(['2024-01-01T00:00:00.000Z', 366 * 86_400_000 - 1, '2024']);
    for (const wrong of [
      '20230229',
      '20231301',
      '19100000000000+0000',
      '2023010125',
      '2023-01-01',
      '',
      '0',
      '99',
      '20230101+9999',
    ])
      expect(at(wrong), wrong).toBeUndefined();
  });

  it('numbers are exact, or none', () => {
    const number = (value: string, exponent: number, comparator = '') => ({
      kind: 'number',
      value: { coefficient: Number(value), exponent },
      comparator,
    });
    expect(hl7Numeric('2.940')).toEqual(number('2940', -3));
    expect(hl7Numeric(' -.5 ')).toEqual(number('-5', -1));
    expect(hl7Numeric('3.')).toEqual(number('3', 0));
    expect(hl7Numeric('>2000')).toEqual(number('2000', 0, '>'));
    for (const wrong of ['', 'notanumber', '1e5', '0x10', '1,5', 'NaN', '--1', '.', `1${'0'.repeat(30)}`])
      expect(hl7Numeric(wrong), wrong).toBeUndefined();
    expect(hl7StructuredNumeric(['>=', '100'])).toEqual(number('100', 0, '>='));
    expect(hl7StructuredNumeric(['', '100'])).toEqual(number('100', 0));
    expect(hl7StructuredNumeric(['65'])).toEqual(number('65', 0));
    expect(hl7StructuredNumeric(['', '1', ':', '2'])).toEqual({ kind: 'words', text: '1:2' });
    expect(hl7StructuredNumeric(['', '10', '-', '20'])).toMatchObject({ kind: 'range' });
    for (const wrong of [[], ['>'], ['>', 'x'], ['', '1', '-', 'x'], ['', '1', ':']])
      expect(hl7StructuredNumeric(wrong)).toBeUndefined();
  });

  it('Base64 comes back in any pieces, and what is none is refused', () => {
    const decode = (text: string, step: number) => {
      const decoder = new Base64Decoder();
      const parts: number[] = [];
      for (let at = 0; at < text.length; at += step) {
        const part = decoder.push(bytes(text.slice(at, at + step)));
        if (!part) return undefined;
        parts.push(...part);
      }
      const last = decoder.finish();
      return last && [...parts, ...last];
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (data, step) => {
        const text = Buffer.from(data).toString('base64');
        expect(decode(text, step)).toEqual([...data]);
        expect(decode(text.replaceAll('=', ''), step)).toEqual([...data]);
      }),
    );
    for (const wrong of ['A', 'AAAA=', 'AA=A', 'A*AA', 'AAA==', '=']) expect(decode(wrong, 3), wrong).toBeUndefined();
    expect(decode('AQID\r\nBAUG', 3)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
