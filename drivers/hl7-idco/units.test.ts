import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statedUnit } from './units.js';

describe('units of OBX-6', () => {
  it.each([
    [['V'], 'V'],
    [['', 'mV'], 'mV'],
    [['Ohm'], 'Ohm'],
    [['ms', 'millisecond', 'UCUM'], 'ms'],
    [['furlong'], undefined],
    [[], undefined],
  ])('%j is %s', (components, unit) => expect(statedUnit(components)).toBe(unit));

  it('never throws, and makes no unit of what holds none', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (components) => {
        const unit = statedUnit(components);
        expect(unit === undefined || components.some((one) => one.trim() !== '')).toBe(true);
      }),
    );
  });
});
