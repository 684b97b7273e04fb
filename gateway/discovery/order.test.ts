import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceRow } from '../api.js';
import { byUse } from './order.js';

const row = (change: Partial<DeviceRow>): DeviceRow => ({
  id: 'ble:1',
  transport: 'ble',
  deviceClass: 'icd',
  match: 'likely',
  why: [],
  drivers: [],
  readable: true,
  needsMaker: false,
  practice: false,
  firstHeard: 0,
  lastHeard: 0,
  ...change,
});
const sorted = (rows: readonly DeviceRow[]): readonly string[] => [...rows].sort(byUse).map(({ id }) => id);

describe('order of the device list', () => {
  it('puts what keeps alive before what measures, where the match is the same', () => {
    const rows = [
      row({ id: 'thermometer', deviceClass: 'thermometer', firstHeard: 1 }),
      row({ id: 'wand', deviceClass: 'generic', firstHeard: 2 }),
      row({ id: 'locked pump', deviceClass: 'insulin-pump', firstHeard: 0, needsMaker: true }),
      row({ id: 'pump', deviceClass: 'insulin-pump', firstHeard: 3 }),
      row({ id: 'icd', deviceClass: 'icd', firstHeard: 9 }),
    ];
    expect(sorted(rows)).toEqual(['icd', 'pump', 'locked pump', 'wand', 'thermometer']);
  });

  it('puts readable devices first, then the better match, whatever the class', () => {
    const rows = [
      row({ id: 'unreadable', readable: false, match: 'certain' }),
      row({ id: 'possible', match: 'possible' }),
      row({ id: 'meter', deviceClass: 'glucose-meter' }),
      row({ id: 'certain', deviceClass: 'scale', match: 'certain' }),
    ];
    expect(sorted(rows)).toEqual(['certain', 'meter', 'possible', 'unreadable']);
  });

  it('gives one order whatever came first and however strong the signals are', () => {
    const rows = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 3 }),
        deviceClass: fc.constantFrom('icd', 'insulin-pump', 'generic', 'scale', 'something-new'),
        match: fc.constantFrom('certain' as const, 'likely' as const, 'possible' as const, 'unknown' as const),
        readable: fc.boolean(),
        firstHeard: fc.integer({ min: 0, max: 3 }),
      }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: -99, max: -30 })), (changes, rssi) => {
        const before = changes.map((change) => row(change));
        const after = before.map((one, index) => ({ ...one, rssi: rssi[index] ?? -60, signal: 'weak' as const }));
        expect(sorted(after.toReversed())).toEqual(sorted(before));
      }),
    );
  });
});
