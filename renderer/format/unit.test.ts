import { describe, expect, it } from 'vitest';
import { unitWords } from './unit.js';

describe('unitWords', () => {
  it.each([
    ['Ohm', 'Ω', 'ohm'],
    ['mm[Hg]', 'mmHg', 'millimetres of mercury'],
    ['[iU]/h', 'units/h', 'units per hour'],
    ['[iU]', 'units', 'units'],
    ['/min', '/min', 'per minute'],
    ['us', 'µs', 'microseconds'],
    ['{shocks}', 'shocks', 'shocks'],
    ['mg/kg', 'mg/kg', 'milligram per kilogram'],
    ['{beats}/d', 'beats/days', 'beats per days'],
    ['1', '', ''],
  ])('%s as %s, spoken %s', (ucum, shown, spoken) => {
    expect(unitWords(ucum)).toEqual({ shown, spoken });
  });

  it('passes an unknown unit through', () => {
    expect(unitWords('[foo_bar]')).toEqual({ shown: '[foo_bar]', spoken: '[foo_bar]' });
  });

  it('never says U or IU', () => {
    for (const ucum of ['U', '[iU]', '[IU]', 'U/h', '[iU]/d']) expect(unitWords(ucum).shown).toMatch(/^units/);
  });
});
