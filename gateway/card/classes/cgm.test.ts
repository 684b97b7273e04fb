import { alert, coded, dateTime, identity, observation, text } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { type Finding, Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { buildCard } from '../card.js';
import { Facts } from '../facts.js';
import type { Card } from '../model.js';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const GLUCOSE = mdc('MDC_CONC_GLU_ISF');
const LOW = term('cgm.below-patient-low');

const glucose = (ago: number, value: string, { unit = 'mg/dL', low = false } = {}): Finding =>
  observation(GLUCOSE, value, unit, {
    at: NOW - ago * MINUTE,
    source: '2AA7',
    instance: ago,
    ...(low ? { qualifiers: [LOW] } : {}),
  });
const alarm = (name: 'alert.glucose-low' | 'alert.glucose-urgent-low' | 'alert.glucose-high'): Finding =>
  alert({
    code: term(name),
    severity: v1.Severity.SEVERITY_CHECK,
    state: v1.Alert.State.STATE_ACTIVE,
    since: { unixMs: NOW - 5 * MINUTE },
  });
const state = (name: 'cgm.sensor-state.expired' | 'cgm.sensor-state.active'): Finding =>
  coded(term('cgm.sensor-state'), term(name), { at: NOW, source: '2AA9' });

function cardOf(...findings: readonly Finding[]): Card {
  const facts = new Facts();
  for (const [index, finding] of [identity({ deviceClass: 'cgm', model: 'Sensor' }), ...findings].entries())
    facts.add({ ...finding, sequence: index + 1, receivedUnixMs: NOW });
  const read = { percent: 100, read: 1, expected: 1, refused: 0, failed: 0, missing: [], link: 'down', attempt: 1 };
  return buildCard(facts, {
    accessId: 'a',
    practice: true,
    expectedClass: 'generic',
    finished: new Set([Phase.PHASE_IDENTITY, Phase.PHASE_CRITICAL]),
    patientMatch: { state: 'not-confirmed' },
    read: { state: 'complete', ...read } as Parameters<typeof buildCard>[1]['read'],
    now: NOW,
  });
}
const tile = (card: Card, id: string) => card.tiles.find((one) => one.id === id);

describe('the card of a glucose sensor', () => {
  it('shows the newest value first, in both units, with its trend', () => {
    const trend = text(term('glucose.trend'), 'falling', { at: NOW, source: '2AA7' });
    const card = cardOf(glucose(7, '90'), glucose(2, '54'), trend);
    expect(card.tiles[0]?.id).toBe('glucose');
    expect(tile(card, 'glucose')?.value).toMatchObject({ text: '54', unit: 'mg/dL' });
    expect(tile(card, 'glucose')?.also).toMatchObject([{ text: '3.0', unit: 'mmol/L' }, { text: 'falling' }]);
  });

  it('rounds the other unit as meters do', () => {
    const also = (value: string, unit: string) => tile(cardOf(glucose(2, value, { unit })), 'glucose')?.also;
    expect(also('7.2', 'mmol/L')).toMatchObject([{ text: '130', unit: 'mg/dL' }]);
    expect(also('90', 'mg/dL')).toMatchObject([{ text: '5.0', unit: 'mmol/L' }]);
  });

  it('leads with a low that the device reports, with its value only while that is recent', () => {
    const recent = cardOf(glucose(29, '54'), alarm('alert.glucose-low')).lead;
    expect(recent).toMatchObject({ severity: 'check', title: { id: 'lead.alert' }, more: 0 });
    expect(recent.details.map(({ id }) => id)).toEqual(['ev.value', 'ev.at']);
    const old = cardOf(glucose(31, '54'), alarm('alert.glucose-low')).lead;
    expect(old.details).toEqual([]);
  });

  it('says the gravest of several, once', () => {
    const { lead } = cardOf(glucose(2, '41'), alarm('alert.glucose-low'), alarm('alert.glucose-urgent-low'));
    expect(lead).toMatchObject({ severity: 'critical', more: 0 });
    expect(JSON.stringify(lead.title)).toContain('alert.glucose-urgent-low');
  });

  it('says nothing of a low that the device does not report', () => {
    expect(cardOf(glucose(2, '41')).lead).toMatchObject({ severity: 'none', title: { id: 'lead.no-alert' } });
  });

  it('leads with a sensor that does not measure, and since when its session runs', () => {
    const started = dateTime(
      term('cgm.session-start'),
      { unixMs: NOW - 10 * 86_400_000, quality: v1.TimeQuality.TIME_QUALITY_DEVICE },
      { at: NOW, source: '2AAA' },
    );
    const { lead } = cardOf(glucose(300, '90'), state('cgm.sensor-state.expired'), started);
    expect(JSON.stringify(lead.title)).toContain('cgm.sensor-state.expired');
    expect(lead.details.map(({ id }) => id)).toEqual(['ev.since']);
    expect(cardOf(state('cgm.sensor-state.active')).lead.title.id).toBe('lead.no-alert');
  });

  it('gives the range of the last three hours, not of what is older', () => {
    const card = cardOf(glucose(200, '300'), glucose(150, '180'), glucose(60, '61'), glucose(2, '90'));
    expect(tile(card, 'last-3-h')).toMatchObject({
      value: { kind: 'range', low: '61', high: '180', unit: 'mg/dL' },
      evidence: [{ id: 'ev.values', params: { count: { count: 3 } } }],
    });
    expect(tile(cardOf(glucose(200, '300'), glucose(2, '90')), 'last-3-h')?.value).toBeUndefined();
  });

  it('names the last value that the device called low, and its time', () => {
    const card = cardOf(glucose(90, '52', { low: true }), glucose(60, '58', { low: true }), glucose(2, '90'));
    expect(tile(card, 'last-low')).toMatchObject({
      value: { kind: 'time', time: { at: NOW - 60 * MINUTE } },
      evidence: [{ id: 'ev.value', params: { value: { text: '58' } } }],
    });
  });
});
