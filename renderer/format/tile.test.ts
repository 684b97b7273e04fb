import type { AbsentCode, Tile, Value } from '@onebox/gateway/card/model.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, ev, MINUTE, missing, NOW, num, tile, word } from '../gallery/fixtures/builders.js';
import { words } from '../messages/i18n.js';
import { tileText } from './tile.js';
import { absentText, otherGlucoseUnit, printValue, valueText } from './value.js';

const now = words(NOW, 'Europe/Berlin');
const later = (ms: number) => words(NOW + ms, 'Europe/Berlin');

const ABSENT: readonly AbsentCode[] = [
  'temp-unknown',
  'unknown',
  'unsupported',
  'not-permitted',
  'error',
  'not-performed',
  'masked',
  'off',
  'not-a-number',
  'positive-infinity',
  'negative-infinity',
];

describe('values', () => {
  it('prints comparators and ranges in words', () => {
    expect(valueText({ kind: 'number', text: '600', unit: 'mg/dL', comparator: '>' }, now)).toBe(
      'above\u00a0600\u00a0mg/dL',
    );
    expect(valueText({ kind: 'range', low: '3.1', high: '3.5', unit: 'mmol/L' }, now)).toBe('3.1 to 3.5\u00a0mmol/L');
    expect(valueText({ kind: 'range', high: '30000', unit: 'Ohm' }, now)).toBe('up to\u00a030\u202f000\u00a0Ω');
    expect(valueText({ kind: 'device-text', text: 'VF' }, now)).toBe('\u201cVF\u201d');
    expect(valueText({ kind: 'code', system: 'MDC', code: '1', refId: 'MDC_X', display: '' }, now)).toBe('MDC_X');
  });

  it('gives glucose in the other unit, exactly', () => {
    expect(otherGlucoseUnit(num('5.4', 'mmol/L'))).toEqual(num('97', 'mg/dL'));
    expect(otherGlucoseUnit(num('3.1', 'mmol/L'))).toEqual(num('56', 'mg/dL'));
    expect(otherGlucoseUnit(num('97', 'mg/dL'))).toEqual(num('5.4', 'mmol/L'));
    expect(otherGlucoseUnit(num('97', '%'))).toBeUndefined();
  });

  it('never shows a number without its unit, a blank, a dash or N/A', () => {
    const unit = fc.constantFrom(
      'Ohm',
      'V',
      '%',
      '/min',
      '[iU]',
      'mmol/L',
      'mm[Hg]',
      'ms',
      '{shocks}',
      'J',
      'xyz',
      '[foo]',
    );
    const decimal = fc.oneof(
      fc.integer().map(String),
      fc.tuple(fc.nat(), fc.stringMatching(/^\d{1,4}$/)).map(([whole, part]) => `${whole}.${part}`),
    );
    const value: fc.Arbitrary<Value> = fc.oneof(
      fc.record({ kind: fc.constant('number' as const), text: decimal, unit }),
      fc.record({ kind: fc.constant('range' as const), low: decimal, high: decimal, unit }),
    );
    fc.assert(
      fc.property(value, (given) => {
        const shown = printValue(given, now);
        expect(shown.unit).not.toBe('');
        expect(shown.main.trim()).not.toBe('');
        expect(valueText(given, now)).toContain(`\u00a0${shown.unit}`);
        expect(shown.main).not.toMatch(/^(--|N\/A)$/);
      }),
    );
  });
});

describe('missing values', () => {
  it.each(ABSENT)('%s has words of its own', (code) => {
    const { main } = absentText(code, now);
    expect(main).toMatch(/[A-Za-z]{3}/);
    expect(main).not.toMatch(/absent|N\/A|--/);
    const shown = tileText(missing('battery', code), now);
    expect(shown.absent).toBe(main);
    expect(shown.name).toContain(main);
  });

  it('all differ', () => {
    expect(new Set(ABSENT.map((code) => absentText(code, now).main)).size).toBe(ABSENT.length);
  });

  it('a tile without value and reason still says something', () => {
    const { absent: _, ...bare } = missing('battery', 'unknown');
    expect(tileText(bare as Tile, now).absent).toBe('Not known');
  });
});

describe('tiles', () => {
  const lead = tile('rv-lead', num('1990', 'Ohm'), {
    severity: 'check',
    evidence: [ev('limit-high', { value: num('1500', 'Ohm') })],
  });

  it('has a name with label, severity, value, unit, evidence and time', () => {
    expect(tileText(lead, now).name).toBe('RV lead, check. 1990 ohm. limit 1500 ohm. read 14:32.');
  });

  it('becomes OLD within a second after its time', () => {
    const pulse = tile('pulse', num('88', '/min'), { freshForMs: 5_000, time: at(NOW), receivedAt: NOW });
    expect(tileText(pulse, later(1_000)).when).toBe('now');
    expect(tileText(pulse, later(4_000)).when).toBe('4 s ago');
    expect(tileText(pulse, later(5_000)).old).toBe(false);
    expect(tileText(pulse, later(6_000))).toMatchObject({ old: true, when: 'OLD · 6 s ago' });
    expect(tileText(pulse, later(12 * MINUTE)).when).toBe('OLD · 12 min ago');
  });

  it('does not age what does not age', () => {
    expect(tileText(lead, later(60 * MINUTE))).toMatchObject({ old: false, when: 'read 14:32' });
  });

  it('shows the time of every value', () => {
    const origins = ['live', 'stored', 'self-test', 'derived', 'entered'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...origins),
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.constantFrom(0, 5_000, 600_000),
        (origin, age, freshForMs) => {
          const shown = tileText(
            tile('pulse', num('88', '/min'), { origin, time: at(NOW - age), receivedAt: NOW - age, freshForMs }),
            now,
          );
          expect(shown.when).toMatch(/now|ago|\d\d:\d\d|\d+ [A-Z]/);
          expect(shown.name).toContain(shown.when);
        },
      ),
    );
  });

  it('keeps the live mark of the gateway only where no age stands', () => {
    const live = tile('delivery', word('suspended'), { evidence: [ev('live')] });
    expect(tileText(live, now).evidence).toEqual([]);
    const { time: _t, receivedAt: _r, ...timeless } = live;
    expect(tileText(timeless as Tile, now).evidence).toEqual(['live']);
  });

  it('adds the other unit of glucose', () => {
    expect(tileText(tile('glucose-linked', num('3.1', 'mmol/L')), now).evidence[0]).toBe('56\u00a0mg/dL');
  });
});
