import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePreferences, soundOn } from './preferences.js';

describe('preferences', () => {
  it('come back as they were stored', () => {
    const stored = { textSize: 130, hand: 'left', rain: true, sound: false } as const;
    expect(parsePreferences(JSON.stringify(stored))).toEqual(stored);
  });

  it('are the usual ones where what is stored makes no sense', () => {
    const usual = { textSize: 100, hand: 'right', rain: false };
    for (const wrong of [
      null,
      '',
      'x',
      '[]',
      'null',
      '7',
      '{"textSize":999,"hand":"both","rain":"yes","sound":"loud"}',
    ])
      expect(parsePreferences(wrong)).toEqual(usual);
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect([100, 115, 130, 200]).toContain(parsePreferences(text).textSize);
      }),
    );
  });

  it('have sound but in Night red, unless chosen', () => {
    const usual = parsePreferences(null);
    expect(soundOn(usual, 'day')).toBe(true);
    expect(soundOn(usual, 'red')).toBe(false);
    expect(soundOn({ ...usual, sound: true }, 'red')).toBe(true);
    expect(soundOn({ ...usual, sound: false }, 'day')).toBe(false);
  });
});
