import { describe, expect, it } from 'vitest';
import { cardLines } from './card-text.js';
import type { Card, Tile } from './model.js';

const tile = (more: Partial<Tile> & { readonly id: string }): Tile => ({
  label: { id: `tile.${more.id}` },
  severity: 'none',
  also: [],
  evidence: [],
  freshForMs: 0,
  validity: [],
  details: { limits: [] },
  ...more,
});

const AT = Date.UTC(2026, 10, 22, 14, 32, 7);

const card = (tiles: readonly Tile[], more: Partial<Card> = {}): Card => ({
  accessId: 'a',
  practice: false,
  identity: { deviceClass: 'insulin-pump', manufacturer: 'Maker', model: 'X', evidence: 'declared' },
  lead: {
    severity: 'check',
    title: { id: 'lead.delivery-suspended' },
    details: [{ id: 'ev.since', params: { time: { kind: 'time', time: { at: AT, quality: 'tablet' } } } }],
    more: 1,
  },
  patientMatch: { state: 'not-confirmed' },
  tiles,
  read: {
    state: 'partial',
    percent: 50,
    read: 3,
    expected: 5,
    refused: 1,
    failed: 1,
    missing: [],
    error: 101,
    link: 'down',
    attempt: 1,
  },
  episodes: 0,
  strips: 0,
  ...more,
});

describe('a card as text', () => {
  it('heading, lead, tiles in columns, how the read ended', () => {
    const lines = cardLines(
      card([
        tile({
          id: 'reservoir',
          value: { kind: 'number', text: '84', unit: '[iU]' },
          time: { at: AT, quality: 'device' },
        }),
        tile({
          id: 'pulse',
          severity: 'check',
          value: { kind: 'number', text: '120', unit: '{beats}/min', comparator: '>' },
        }),
        tile({ id: 'battery', absent: 'not-permitted' }),
      ]),
    );
    expect(lines).toEqual([
      'INSULIN PUMP  Maker X',
      'PATIENT MATCH: NOT CONFIRMED. Nobody has compared the device with the patient’s card.',
      'CHECK  delivery suspended  (since 2026-11-22 14:32:07Z)  and 1 more',
      'reservoir  84 units  2026-11-22 14:32:07Z by device clock',
      'pulse      [CHECK] >120/min',
      'battery    device refused',
      'partial: 3 values, 1 refused, 1 failed, OB-101',
    ]);
  });

  it('says PRACTICE first, and the note on the clock', () => {
    const lines = cardLines(
      card([tile({ id: 'age', absent: 'unknown' })], {
        practice: true,
        clock: { severity: 'check', phrase: { id: 'clock.not-set' } },
      }),
    );
    expect(lines[0]).toMatch(/^PRACTICE {2}/);
    expect(lines).toContain('CHECK  device clock not set, only the order of events is known');
  });

  it('a time is said once, and words of a device cannot steer the terminal', () => {
    const [, , , line] = cardLines(
      card([
        tile({
          id: 'maker',
          value: { kind: 'device-text', text: 'a\u001b[31mb\u202e' },
          evidence: [{ id: 'ev.at', params: { time: { kind: 'time', time: { at: AT, quality: 'tablet' } } } }],
          time: { at: AT, quality: 'tablet' },
        }),
      ]),
    );
    expect(line).toBe('maker  "a[31mb"  at 2026-11-22 14:32:07Z');
  });
});
