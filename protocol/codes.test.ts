import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, describe as suite, test } from 'vitest';
import { bluetoothName, describe, MDC, MDC_SYSTEM, mdc, mdcCode, ONEBOX_SYSTEM, term } from './codes.js';
import { MDC_IDC, MDC_IDC_FACTS } from './nomenclature/mdc-idc.js';
import { MDC_IDC_ENUM, MDC_IDC_ENUM_FACTS } from './nomenclature/mdc-idc-enumerations.js';
import { MDC_VITALS, MDC_VITALS_FACTS } from './nomenclature/mdc-vitals.js';
import { MDC_WEIGHING, MDC_WEIGHING_FACTS } from './nomenclature/mdc-weighing.js';
import { ONEBOX_TERMS } from './nomenclature/onebox-terms.js';
import { knownUnit } from './units.js';

const tables = [
  [MDC_IDC, MDC_IDC_FACTS],
  [MDC_IDC_ENUM, MDC_IDC_ENUM_FACTS],
  [MDC_VITALS, MDC_VITALS_FACTS],
  [MDC_WEIGHING, MDC_WEIGHING_FACTS],
] as const;

suite('the tables', () => {
  test('have every code once, with facts, and known units', () => {
    const codes = tables.flatMap(([table]) => Object.values(table));
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(MDC).length).toBe(codes.length);
    for (const [table, facts] of tables) {
      expect(Object.keys(facts).map(Number).sort()).toEqual([...Object.values(table)].sort());
      for (const fact of Object.values(facts)) {
        expect(fact.from).toMatch(/^s\d+( s\d+)*$/);
        for (const code of fact.unit?.split('|') ?? []) expect(knownUnit(code), code).toBe(true);
      }
    }
  });

  // The pattern that IEEE 11073-10103 follows: one number for each chamber, electrodes 16 apart.
  test('follow the numbering pattern of the standard', () => {
    expect(Object.values(MDC_IDC).every((code) => code >> 16 === 11)).toBe(true);
    const impedance = ['RA', 'RV', 'LA', 'LV'].map(
      (chamber) => MDC[`IDC_MSMT_LEADCHNL_${chamber}_IMPEDANCE_VALUE` as keyof typeof MDC],
    );
    expect(impedance).toEqual([722432, 722433, 722434, 722435]);
  });

  test('leave out what is not confirmed', () => {
    const codes = new Set<number>(Object.values(MDC));
    // A placeholder, two neighbours that were only inferred, two codes with conflicting names.
    for (const code of [720908, 754114, 754116, 755010, 773124, 772103]) expect(codes.has(code)).toBe(false);
  });

  const folder = join(import.meta.dirname, '../../shared/nomenclature');
  test.skipIf(!existsSync(folder))(
    'are what scripts/nomenclature.mjs makes (skipped where ../shared is not there)',
    async () => {
      const script = join(import.meta.dirname, '../scripts/nomenclature.mjs');
      const { nomenclature } = (await import(script)) as { nomenclature(folder: string): Record<string, string> };
      const made = nomenclature(folder);
      expect(Object.keys(made).length).toBe(4);
      for (const [file, text] of Object.entries(made))
        expect(readFileSync(join(import.meta.dirname, 'nomenclature', file), 'utf8'), file).toBe(text);
    },
  );
});

suite('our own terms', () => {
  test('have plain names, each below its concept, and a meaning', () => {
    for (const [name, meaning] of Object.entries(ONEBOX_TERMS)) {
      expect(name).toMatch(/^[a-z][a-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)*$/);
      expect(meaning.length).toBeGreaterThan(2);
      expect(meaning).not.toMatch(/\bnormal\b/i);
    }
  });

  test('cover the markers of a strip', () => {
    const markers = 'AP VP LVP BV AS VS Ar Vr Ab PVC TS FS TD FD ATP CHG SHOCK NOISE MS MAG'.split(' ');
    expect(Object.keys(ONEBOX_TERMS).filter((name) => name.startsWith('marker.'))).toEqual(
      markers.map((marker) => `marker.${marker}`),
    );
  });
});

suite('codes', () => {
  test('of MDC carry number and reference id', () => {
    expect(mdc('MDC_PULS_OXIM_SAT_O2')).toEqual({
      coding: [{ system: MDC_SYSTEM, code: '150456', refId: 'MDC_PULS_OXIM_SAT_O2' }],
    });
    expect(mdcCode(MDC.CONC_GLU_ISF, 'ISF')).toEqual({
      coding: [{ system: MDC_SYSTEM, code: '160212', refId: 'MDC_CONC_GLU_ISF', display: 'ISF' }],
    });
    expect(mdcCode(4711)).toEqual({ coding: [{ system: MDC_SYSTEM, code: '4711' }] });
  });

  test('are looked up by number and by coding', () => {
    expect(describe(721344)).toMatchObject({
      referenceId: 'MDC_IDC_MSMT_BATTERY_VOLTAGE',
      facts: { type: 'NM', unit: 'V' },
    });
    expect(describe(mdcCode(753666))).toMatchObject({
      referenceId: 'MDC_IDC_ENUM_DEV_TYPE_ICD',
      facts: { values: 'MDC_IDC_ENUM_DEV_TYPE' },
    });
    expect(describe(term('insulin.delivery.suspended'))).toEqual({
      system: ONEBOX_SYSTEM,
      code: 'insulin.delivery.suspended',
      referenceId: 'insulin.delivery.suspended',
      meaning: 'Delivery is suspended',
    });
    expect(
      describe({
        coding: [
          { system: 'urn:vendor:x', code: '721344' },
          { system: MDC_SYSTEM, code: '721344' },
        ],
      })?.code,
    ).toBe('721344');
  });

  test('that are not ours are not guessed', () => {
    for (const code of [
      {},
      { coding: [] },
      { coding: [{ system: 'urn:vendor:x', code: '721344' }] },
      { coding: [{ system: MDC_SYSTEM, code: 'toString' }] },
      { coding: [{ system: ONEBOX_SYSTEM, code: 'constructor' }] },
      1,
    ])
      expect(describe(code)).toBeUndefined();
  });

  test('of the Bluetooth SIG have names', () => {
    expect(bluetoothName('180d')).toBe('Heart Rate');
    expect(bluetoothName('2A37')).toBe('Heart Rate Measurement');
    expect(bluetoothName('1840')).toBeUndefined();
  });
});
