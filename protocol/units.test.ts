import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, decimal, toText } from './decimal.js';
import { isOneBoxError } from './errors.js';
import { convert, knownUnit, UNITS, unit } from './units.js';

// Atoms, prefixes and grammar of UCUM, as far as our codes need them.
const ATOMS = [
  's',
  'min',
  'h',
  'd',
  'wk',
  'mo',
  'a',
  'Hz',
  'V',
  'A',
  'Ohm',
  'J',
  'W',
  'T',
  'Pa',
  'm[Hg]',
  'Cel',
  '[degF]',
  'g',
  '[lb_av]',
  '[in_i]',
  'm',
  'L',
  '[iU]',
  'mol',
  '%',
  '1',
];
const METRIC = new Set(['s', 'Hz', 'V', 'A', 'Ohm', 'J', 'W', 'T', 'Pa', 'm[Hg]', 'Cel', 'g', 'm', 'L', '[iU]', 'mol']);
const PREFIXES = ['u', 'm', 'c', 'd', 'k'];
const wellFormed = (code: string) =>
  code
    .replace(/^\//, '')
    .split(/[./]/)
    .every((power) => {
      if (/^\{[a-z]+\}$/.test(power)) return true;
      const term = power.replace(/(?<=[a-z])[23]$/, '');
      return ATOMS.includes(term) || (PREFIXES.includes(term[0] ?? '') && METRIC.has(term.slice(1)));
    });

describe('the table', () => {
  test('has well-formed UCUM codes only', () => {
    expect([...UNITS.keys()].filter((code) => !wellFormed(code))).toEqual([]);
    expect(['C', 'mmHg', 'bpm', 'U', 'ohm', 'Mv'].filter(knownUnit)).toEqual([]);
  });

  test('has one message and at most one MDC code for each unit', () => {
    const units = [...UNITS.values()];
    expect(new Set(units.map((u) => u.message)).size).toBe(units.length);
    const codes = units.flatMap((u) => u.mdc ?? []);
    expect(new Set(codes).size).toBe(codes.length);
    // Partition 4 of IEEE 11073-10101: dimensions.
    expect(codes.every((code) => code >> 16 === 4)).toBe(true);
  });

  const folder = join(import.meta.dirname, '../../shared/nomenclature');
  test.skipIf(!existsSync(folder))(
    'has every unit of the nomenclature tables (skipped where ../shared is not there)',
    () => {
      const missing: string[] = [];
      for (const [file, column] of [
        ['mdc_idc.csv', 'unit'],
        ['mdc_vitals.csv', 'ucum_unit'],
      ] as const) {
        const [head = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
        const split = (line: string) =>
          [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] ?? m[2] ?? '');
        const at = split(head).indexOf(column);
        for (const line of lines)
          missing.push(...(split(line)[at] ?? '').split(' or ').filter((code) => code !== '' && !knownUnit(code)));
      }
      expect(missing).toEqual([]);
    },
  );
});

describe('conversion', () => {
  test.each([
    // Bluetooth Glucose Service: 111e-5 kg/L is 111 mg/dL; glucose meters use 18.02.
    ['0.00111', 'kg/L', 'mg/dL', {}, '111'],
    ['0.00620', 'mol/L', 'mmol/L', {}, '6.20'],
    ['111', 'mg/dL', 'mmol/L', { digits: 1, substance: 'glucose' }, '6.2'],
    ['6.2', 'mmol/L', 'mg/dL', { digits: 0, substance: 'glucose' }, '112'],
    ['0.00111', 'kg/L', 'mmol/L', { digits: 1, substance: 'glucose' }, '6.2'],
    ['98.6', '[degF]', 'Cel', { digits: 1 }, '37.0'],
    ['37.0', 'Cel', '[degF]', { digits: 1 }, '98.6'],
    ['-40', '[degF]', 'Cel', { digits: 0 }, '-40'],
    ['101.5', '[degF]', 'Cel', { digits: 2 }, '38.61'],
    ['16.0', 'kPa', 'mm[Hg]', { digits: 0 }, '120'],
    ['120', 'mm[Hg]', 'kPa', { digits: 1 }, '16.0'],
    ['2.71', 'V', 'mV', {}, '2710'],
    ['450', 'us', 'ms', {}, '0.450'],
    ['150', '[lb_av]', 'kg', { digits: 1 }, '68.0'],
    ['0.5', 'h', 'min', { digits: 0 }, '30'],
    ['0.25', '[iU]/h', '[iU]/d', { digits: 2 }, '6.00'],
    ['2.5', 'mL', 'mL', { digits: 0, rounding: 'half-up' }, '3'],
    ['2.50', '{beats}', '{beats}', {}, '2.50'],
  ] as const)('%s %s is in %s with %j: %s', (value, from, to, options, expected) => {
    expect(toText(convert(decimal(value), from, to, options))).toBe(expected);
  });

  test('there and back is within the rounding', () => {
    const pairs = fc.constantFrom(
      ['mg/dL', 'mmol/L'],
      ['kPa', 'mm[Hg]'],
      ['[degF]', 'Cel'],
      ['[lb_av]', 'kg'],
      ['min', 'h'],
    );
    fc.assert(
      fc.property(pairs, fc.integer({ min: -5000, max: 5000 }), ([from = '', to = ''], n) => {
        const value = { coefficient: n, exponent: -1 };
        const there = convert(value, from, to, { digits: 9, substance: 'glucose' });
        const back = convert(there, to, from, { digits: 1, substance: 'glucose' });
        return compare(back, value) === 0;
      }),
    );
  });

  test('refuses unknown units, other kinds, and silent loss of digits', () => {
    const error = (action: () => unknown) => {
      try {
        action();
      } catch (thrown) {
        return isOneBoxError(thrown) ? thrown.kind : 'other';
      }
      return undefined;
    };
    expect(error(() => unit('mmHg'))).toBe('UNIT_UNKNOWN');
    expect(error(() => convert(decimal('1'), 'mmHg', 'kPa', { digits: 1 }))).toBe('UNIT_UNKNOWN');
    expect(error(() => convert(decimal('1'), 'mV', 'kPa', { digits: 1 }))).toBe('UNIT_UNKNOWN');
    expect(error(() => convert(decimal('100'), 'mg/dL', 'mmol/L', { digits: 1 }))).toBe('UNIT_UNKNOWN');
    expect(error(() => convert(decimal('30'), 'd', 'mo', { digits: 1 }))).toBe('UNIT_UNKNOWN');
    expect(error(() => convert(decimal('1'), '[iU]/mL', '[iU]', { digits: 1 }))).toBe('UNIT_UNKNOWN');
    expect(error(() => convert(decimal('98.6'), '[degF]', 'Cel'))).toBe('DECIMAL_INVALID');
    expect(error(() => convert(decimal('1'), 'min', 's'))).toBe('DECIMAL_INVALID');
    expect(error(() => convert({ coefficient: 0.5, exponent: 0 }, 'min', 's', { digits: 1 }))).toBe('DECIMAL_INVALID');
    expect(error(() => convert({ coefficient: 1, exponent: 18 }, 'kg', 'ug'))).toBe('DECIMAL_INVALID');
  });
});
