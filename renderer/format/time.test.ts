import { describe, expect, it } from 'vitest';
import { words } from '../messages/i18n.js';
import { ageText, clockText, countdownText, eventTimeText, offsetText, spanText, timeText, waitText } from './time.js';

const NOW = Date.UTC(2026, 10, 22, 13, 32, 7);
const at = (zone: string, now = NOW) => words(now, zone);
const berlin = at('Europe/Berlin');
const S = 1_000;
const M = 60 * S;
const H = 60 * M;

describe('ageText', () => {
  it.each([
    [0, 'now'],
    [2 * S, 'now'],
    [3 * S, '3 s ago'],
    [59 * S, '59 s ago'],
    [60 * S, '1 min ago'],
    [59 * M, '59 min ago'],
    [2 * H + 10 * M, '2 h 10 min ago'],
    [11 * H + 59 * M, '11 h 59 min ago'],
    [14 * H + 25 * M, '14 h 25 min ago'],
    [17 * H + 28 * M, 'yesterday 21:04'],
    [10 * 24 * H, '12 Nov 2026 14:32'],
    [-5 * M, '14:37'],
  ])('%d ms', (age, shown) => {
    expect(ageText(NOW - age, berlin)).toBe(shown);
  });

  it('counts yesterday by the calendar of the tablet, also over a change of summer time', () => {
    const now = Date.UTC(2026, 9, 25, 20, 0);
    expect(ageText(now - 23 * H, at('Europe/Berlin', now))).toBe('yesterday 23:00');
  });
});

describe('clock', () => {
  it('has 24 hours, seconds when asked, and the offset', () => {
    expect(clockText(NOW, berlin, true)).toBe('14:32:07');
    expect(clockText(Date.UTC(2026, 0, 1, 23, 5), at('Europe/Berlin'))).toBe('00:05');
    expect(offsetText(NOW, berlin)).toBe('UTC+1');
    expect(offsetText(NOW, at('UTC'))).toBe('UTC');
    expect(offsetText(NOW, at('America/St_Johns'))).toBe('UTC-3:30');
  });
});

describe('event times', () => {
  it('puts the age beside the time, and says whose clock it is', () => {
    expect(eventTimeText({ at: NOW - 23 * M, quality: 'corrected' }, berlin)).toBe('14:09, 23 min ago');
    expect(eventTimeText({ at: NOW - 50 * H, quality: 'device' }, berlin)).toBe('20 Nov 12:32, by device clock');
    expect(eventTimeText({ quality: 'order-only', order: -2 }, berlin)).toBe('-2, by device clock');
    expect(eventTimeText({ quality: 'device' }, berlin)).toBe('not known');
    expect(timeText({ at: NOW - H, endAt: NOW, quality: 'tablet' }, berlin)).toBe('13:32 to 14:32');
  });
});

describe('spans and countdowns', () => {
  it.each([
    [-62 * M, '1 h 02 min'],
    [4 * M, '4 min'],
    [420 * S, '7 min'],
    [90 * S, '1 min'],
    [40 * S, '40 s'],
  ])('%d ms', (length, shown) => {
    expect(spanText(length, berlin)).toBe(shown);
  });

  it.each([
    [420 * S, '7 min'],
    [90 * S, '1 min 30 s'],
    [40 * S, '40 s'],
    [59_001, '1 min'],
    [0, '0 s'],
  ])('waits %d ms, never too short', (length, shown) => {
    expect(waitText(length, berlin)).toBe(shown);
  });

  it('counts down to zero and no further', () => {
    expect(countdownText(852_000)).toBe('14:12');
    expect(countdownText(1)).toBe('00:01');
    expect(countdownText(-5_000)).toBe('00:00');
  });
});
