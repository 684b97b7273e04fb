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
});
