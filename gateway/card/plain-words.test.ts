import { describe, expect, it } from 'vitest';
import { absentText, codeText, phraseText, readable, unitText } from './plain-words.js';

describe('words for a terminal', () => {
  it.each([
    ['[iU]', 'units'],
    ['[iU]/h', 'units/h'],
    ['{beats}/min', '/min'],
    ['mm[Hg]', 'mmHg'],
    ['Ohm', 'Ω'],
    ['kOhm', 'kΩ'],
    ['Cel', '°C'],
    ['mo', 'months'],
    ['1', ''],
    ['{shocks}', ''],
    ['mmol/L', 'mmol/L'],
    ['%', '%'],
  ])('unit %s is printed as "%s"', (ucum, printed) => {
    expect(unitText(ucum)).toBe(printed);
  });

  it('ids become readable, with the names of the field as they are written', () => {
    expect(readable('tile.rv-lead')).toBe('RV lead');
    expect(readable('insulin.delivery.suspended')).toBe('suspended');
    expect(readable('tile.spo2')).toBe('SpO2');
  });

  it('codes of IEEE 11073 become words', () => {
    expect(codeText('MDC_IDC_MSMT_BATTERY_VOLTAGE')).toBe('battery voltage');
    expect(codeText('MDC_ATTR_VAL_BATT_CHARGE')).toBe('battery charge');
    expect(codeText('MDC_PULS_OXIM_SAT_O2')).toBe('SpO2');
  });

  it('phrases put their values where they belong; unknown ones lose nothing', () => {
    expect(phraseText('ev.magnet-after', { value: '420 s' })).toBe('not for 420 s after a read');
    expect(phraseText('tile.named', { what: 'rate' })).toBe('rate');
    expect(phraseText('ev.brand-new', { value: '3 V', time: 'noon' })).toBe('brand new 3 V noon');
  });

  it('every absent reason says why', () => {
    expect(absentText('not-permitted')).toBe('device refused');
    expect(absentText('off')).toBe('off');
  });
});
