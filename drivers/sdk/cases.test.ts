import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CaseMismatch,
  type CaseModule,
  caseBytes,
  describeCaseResults,
  type JsonObject,
  runCases,
  UnknownCase,
} from './cases.js';
import { compareCase, sameDecimal } from './cases-compare.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cases-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Sums bytes; refuses an empty input. */
const sums: CaseModule = {
  protocol: 'sums',
  files: {
    'cases.json': {
      list: 'cases',
      fields: ['hex', 'kind'],
      run: ({ hex, kind }) => {
        if (kind === 'odd') throw new UnknownCase('kind odd');
        if (kind === 'crash') throw new TypeError('boom');
        if (kind === 'answer')
          throw new CaseMismatch({ path: 'steps[1]', reason: 'another answer', expected: '06', actual: '15' });
        const bytes = caseBytes(hex);
        if (bytes.length === 0) return { reject: 'length' };
        const sum = bytes.reduce((total, byte) => total + byte, 0);
        return {
          sum,
          tenth: { decimal: `${sum}e-1` },
          parts: [...bytes].map((byte) => ({ byte, extra: true })),
          none: null,
        };
      },
    },
    '*.hex': { fields: ['hex'], run: ({ hex }) => ({ count: caseBytes(hex).length }) },
  },
  tables: ['codes.json'],
};

function write(path: string, content: unknown): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

async function run(expected: unknown, input: JsonObject = { hex: '0102' }, key = 'expected') {
  write('sums/cases.json', { cases: [{ id: 'a', ...input, [key]: expected }] });
  const [result] = await runCases(join(root, 'sums'), [sums]);
  return result!;
}

describe('running cases', () => {
  it('passes when every expected field is right, in nested values too', async () => {
    expect(await run({ sum: 3, tenth: 0.3, parts: [{ byte: 1 }, { byte: 2 }], none: null, note: 'x' })).toEqual({
      protocol: 'sums',
      passed: 1,
      failed: 0,
      failures: [],
    });
  });

  it.each([
    ['a wrong number', { sum: 4 }, 'sum', 'differs'],
    ['a text for a number', { sum: '3' }, 'sum', 'differs'],
    ['a number that is nearly right', { tenth: 0.30000000000000004 }, 'tenth', 'differs'],
    ['a wrong nested value', { parts: [{ byte: 1 }, { byte: 3 }] }, 'parts[1].byte', 'differs'],
    ['a list of another length', { parts: [{ byte: 1 }] }, 'parts', 'differs'],
    ['a value for what is absent', { none: 0 }, 'none', 'differs'],
    ['absence of what is there', { sum: null }, 'sum', 'differs'],
    ['a field that is not known', { colour: 1 }, 'colour', 'do not know how to run: unknown field'],
    ['an inherited field', { toString: 1 }, 'toString', 'do not know how to run: unknown field'],
    ['a refusal that did not come', { reject: 'length' }, '', 'the input was not refused'],
  ])('fails on %s', async (_name, expected, path, reason) => {
    const { failed, failures } = await run(expected);
    expect(failed).toBe(1);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ id: 'a', file: 'cases.json', path, reason });
  });

  it('wants refusals to be of the class that is expected, and no others', async () => {
    expect((await run({ reject: 'length' }, { hex: '' })).passed).toBe(1);
    expect((await run({ reject: true }, { hex: '' })).passed).toBe(1);
    expect((await run({ reject: 'checksum' }, { hex: '' })).failures[0]).toMatchObject({
      path: 'reject',
      expected: 'checksum',
      actual: 'length',
    });
    for (const reject of [false, null]) {
      expect((await run({ reject, sum: 3 })).passed).toBe(1);
      expect((await run({ reject, sum: 4 })).failed).toBe(1);
      expect((await run({ reject }, { hex: '' })).failed).toBe(1);
    }
    expect((await run({ reject: 'truncated' }, { hex: '' })).passed).toBe(1);
    expect((await run({ reject: 'the length field is wrong' }, { hex: '' })).passed).toBe(1);
    expect((await run({ sum: 0 }, { hex: '' })).failures[0]).toMatchObject({
      path: '',
      reason: 'the input was refused',
    });
  });

  it('takes a refusal that stands beside the expectation, or instead of it', async () => {
    for (const key of ['reject', 'expectReject']) {
      expect((await run('length', { hex: '' }, key)).passed).toBe(1);
      expect((await run('one byte is missing', { hex: '', expected: null }, key)).passed).toBe(1);
      expect((await run('length', { hex: '01' }, key)).failures[0]).toMatchObject({
        reason: 'the input was not refused',
      });
      expect((await run('checksum', { hex: '' }, key)).failed).toBe(1);
    }
  });

  it('compares numbers beyond 2^53 as far as a JSON file carries them', () => {
    const actual = { map: { decimal: '7574527021303215196' } };
    const stated = JSON.parse('{ "map": 7574527021303215196 }');
    expect(compareCase(stated, actual, new Set())).toEqual([]);
    expect(compareCase(stated, { map: { decimal: '7574527021303219196' } }, new Set())).toHaveLength(1);
    expect(compareCase({ map: 2 ** 53 - 1 }, { map: { decimal: '9007199254740992' } }, new Set())).toHaveLength(1);
  });

  it('takes a value in each of its notations', () => {
    const actual = { at: { anyOf: ['12:30:00', { hour: 12, minute: 30 }] } };
    for (const at of ['12:30:00', { hour: 12 }]) expect(compareCase({ at }, actual, new Set())).toEqual([]);
    for (const at of ['12:30', { hour: 13 }]) expect(compareCase({ at }, actual, new Set())).toHaveLength(1);
  });

  it('fails on every case that it does not know how to run', async () => {
    for (const [input, key] of [
      [{ hex: '01', kind: 'odd' }, 'expected'],
      [{ hex: '01', colour: 'red' }, 'expected'],
      [{ hex: 'zz' }, 'expected'],
      [{ hex: '01' }, 'decoded'],
    ] as const) {
      const { passed, failures } = await run({ sum: 1 }, input, key);
      expect(passed).toBe(0);
      expect(failures[0]?.reason).toMatch(/^do not know how to run/);
    }
    write('strange/cases.json', { cases: [{ id: 'b', hex: '01', expected: {} }] });
    const results = await runCases(root, [sums]);
    expect(results.find(({ protocol }) => protocol === 'strange')).toMatchObject({ passed: 0, failed: 1 });
  });

  it('fails a case whose driver crashes or gives another answer', async () => {
    expect((await run({ sum: 1 }, { hex: '01', kind: 'crash' })).failures[0]?.reason).toBe('the driver failed: boom');
    expect((await run({ sum: 1 }, { hex: '01', kind: 'answer' })).failures[0]).toMatchObject({
      path: 'steps[1]',
      expected: '06',
      actual: '15',
    });
  });

  it('runs captures, files of another name, and leaves tables alone', async () => {
    write('sums/long.hex', '01 02\n03');
    write('sums/long.expected.json', { count: 3, source: 'somebody' });
    write('sums/lonely.hex', '01');
    write('sums/more-cases.json', { cases: [{ id: 'm', hex: '05', expected: { sum: 5 } }] });
    write('sums/codes.json', { codes: [] });
    write('sums/broken.json', '{');
    write('sums/other.json', { rows: [] });
    const [result] = await runCases(root, [sums]);
    expect(result).toMatchObject({ passed: 2, failed: 3 });
    expect(result?.failures.map(({ id }) => id).sort()).toEqual(['broken.json', 'lonely', 'other.json']);
  });

  it('leaves out remarks of the author, but compares what is expected under such a name', async () => {
    expect((await run({ sum: 3 }, { hex: '0102', comment: 'x', title: 'y', notes: ['z'] })).passed).toBe(1);
    expect((await run({ sum: 3, title: 'y' })).failures[0]).toMatchObject({ path: 'title' });
    expect((await run({ sum: 3, id: 'other' })).failures[0]).toMatchObject({ path: 'id' });
  });

  it('finds the protocol by a relative path and a link, and leaves an index beside the folders alone', async () => {
    const file = { cases: [{ id: 'a', hex: '01', expected: { sum: 1 } }] };
    write('real/sums/cases.json', `\uFEFF${JSON.stringify(file)}`);
    write('index.json', { protocols: ['sums'] });
    symlinkSync(join(root, 'real/sums'), join(root, 'sums'));
    symlinkSync(join(root, 'nowhere'), join(root, 'broken'));
    expect(await runCases(root, [sums])).toMatchObject([{ protocol: 'sums', passed: 1, failed: 0 }]);
    expect(await runCases(`${relative(process.cwd(), join(root, 'sums'))}/`, [sums])).toMatchObject([{ passed: 1 }]);
  });

  it('runs cases beside protocol folders too: they fail where nobody knows them', async () => {
    write('sums/cases.json', { cases: [{ id: 'a', hex: '01', expected: { sum: 1 } }] });
    write('loose.json', { cases: [{ id: 'b', hex: '01', expected: { sum: 1 } }] });
    const results = await runCases(root, [sums]);
    expect(results.map(({ passed, failed }) => [passed, failed])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('knows the protocol of several files in one folder by their names', async () => {
    const file = { cases: [{ id: 'a', hex: '01', expected: { sum: 1 } }] };
    write('all/sums.json', file);
    write('all/sums-rest.json', file);
    write('all/sumsier.json', file);
    write('sums.more/cases.json', file);
    const results = await runCases(root, [sums, { protocol: 'sum', files: {} }]);
    expect(results.map(({ protocol, passed, failed }) => [protocol, passed, failed])).toEqual([
      ['all', 2, 1],
      ['sums.more', 1, 0],
    ]);
  });

  it('does not show the expectation to the driver', async () => {
    let seen: JsonObject = {};
    const run = (input: JsonObject) => {
      seen = input;
      return { sum: 1 };
    };
    const spy: CaseModule = {
      protocol: 'sums',
      files: { 'cases.json': { list: 'cases', fields: ['hex'], run } },
    };
    write('sums/cases.json', { cases: [{ id: 'a', hex: '01', expected: { sum: 1 }, note: 'n', source: 's' }] });
    await runCases(root, [spy]);
    expect(seen).toEqual({ id: 'a', hex: '01' });
  });

  it('prints one line per protocol and each failure below', async () => {
    expect(describeCaseResults([await run({ sum: 4 })])).toBe(
      'sums: 0 passed, 1 failed\n  cases.json a sum: differs: expected 4, actual 3',
    );
  });

  it('leaves folders alone that hold other data, but none with cases that no driver runs', async () => {
    const put = (path: string, document: object) => {
      mkdirSync(join(root, path), { recursive: true });
      writeFileSync(join(root, path, 'a.json'), JSON.stringify(document));
    };
    put('sums', { cases: [{ id: 'a', hex: '01', expected: { sum: 1 } }] });
    put('waveforms', { sampleRateHz: 360, channels: [] });
    put('stranger', { cases: [{ id: 'b', hex: '01', expected: {} }] });
    const results = await runCases(root, [sums]);
    expect(results.map(({ protocol, passed, failed }) => [protocol, passed, failed])).toEqual([
      ['stranger', 0, 1],
      ['sums', 1, 0],
    ]);
  });

  it('says when there is nothing to run', async () => {
    await expect(runCases(root, [sums])).rejects.toThrow('OB-420');
    await expect(runCases(join(root, 'nowhere'), [sums])).rejects.toThrow('OB-420');
  });
});

describe('decimals', () => {
  it('are equal as numbers, whatever their zeros and exponents', () => {
    for (const [a, b] of [
      ['36.40', '36.4'],
      ['1e-5', '0.00001'],
      ['-0', '0'],
      ['120e2', '12000'],
      ['0.000', '0'],
    ] as const)
      expect(sameDecimal(a, b)).toBe(true);
    for (const [a, b] of [
      ['36.4', '36.41'],
      ['1', '-1'],
      ['10', '1'],
      ['x', 'x'],
    ] as const)
      expect(sameDecimal(a, b)).toBe(false);
  });

  it('agree with whole numbers', () => {
    fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => sameDecimal(String(a), String(b)) === (a === b)));
  });
});
