import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signalLevel } from './signal-level.js';

describe('signalLevel', () => {
  it('names the four levels', () => {
    expect([-40, -60, -61, -72, -73, -84, -85, -120].map((rssi) => signalLevel(rssi))).toEqual([
      'strong',
      'strong',
      'medium',
      'medium',
      'weak',
      'weak',
      'very-weak',
      'very-weak',
    ]);
  });

  it('keeps its word within 4 dB of a bound', () => {
    expect(signalLevel(-63, 'strong')).toBe('strong');
    expect(signalLevel(-64, 'strong')).toBe('strong');
    expect(signalLevel(-65, 'strong')).toBe('medium');
    expect(signalLevel(-58, 'medium')).toBe('medium');
    expect(signalLevel(-55, 'medium')).toBe('strong');
    expect(signalLevel(-100, 'strong')).toBe('very-weak');
  });

  it('limits of the words', () => {
    expect([-60, -61, -72, -73, -84, -85].map((dbm) => signalLevel(dbm))).toEqual([
      'strong',
      'medium',
      'medium',
      'weak',
      'weak',
      'very-weak',
    ]);
  });

  it('a word changes only 4 dB beyond its limit', () => {
    expect(signalLevel(-63, 'strong')).toBe('strong');
    expect(signalLevel(-65, 'strong')).toBe('medium');
    expect(signalLevel(-58, 'medium')).toBe('medium');
    expect(signalLevel(-56, 'medium')).toBe('strong');
    expect(signalLevel(-100, 'strong')).toBe('very-weak');
    fc.assert(
      fc.property(fc.integer({ min: -110, max: -20 }), fc.integer({ min: -3, max: 3 }), (dbm, step) => {
        const word = signalLevel(dbm);
        const inside = signalLevel(dbm + step, word);
        expect(signalLevel(dbm, inside)).toBe(inside); // no flicker between two values less than 4 dB apart
      }),
    );
  });
});
