import { clock } from '@onebox/driver-sdk/findings.js';
import { icd } from '@onebox/drivers/onebox-native/practice/icd.js';
import { insulinPump } from '@onebox/drivers/onebox-native/practice/insulin-pump.js';
import { neurostimulator } from '@onebox/drivers/onebox-native/practice/neurostimulator.js';
import { pacemaker } from '@onebox/drivers/onebox-native/practice/pacemaker.js';
import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { buildCard } from '@onebox/gateway/card/card.js';
import { episodeRows } from '@onebox/gateway/card/episodes.js';
import { Facts } from '@onebox/gateway/card/facts.js';
import { valueGroups } from '@onebox/gateway/card/groups.js';
import type { Card, Phrase, Tile, Value } from '@onebox/gateway/card/model.js';
import { strip, stripList } from '@onebox/gateway/card/strips.js';
import { FindingStore } from '@onebox/gateway/interrogation/finding-store.js';
import { mdcCode } from '@onebox/protocol/codes.js';
import { type Finding, Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';

// Noon, so that "today" does not depend on when the test runs.
const NOW = new Date(2026, 10, 22, 12, 0, 0).getTime();

function factsOf(patient: PracticePatient): Facts {
  const store = new FindingStore();
  const facts = new Facts();
  const offset = patient.clockOffsetMs;
  const findings: Finding[] = [clock(NOW, offset === undefined ? undefined : NOW + offset)];
  for (const phase of Object.values(patient.read(NOW))) findings.push(...phase);
  for (const finding of findings) {
    const stamped = store.add(finding, NOW);
    if (stamped) facts.add(stamped);
  }
  return facts;
}

function cardOf(facts: Facts): Card {
  return buildCard(facts, {
    accessId: 'a',
    practice: true,
    expectedClass: 'generic',
    finished: new Set([Phase.PHASE_IDENTITY, Phase.PHASE_CRITICAL]),
    patientMatch: { state: 'not-confirmed' },
    read: {
      state: 'complete',
      percent: 100,
      read: 1,
      expected: 1,
      refused: 0,
      failed: 0,
      missing: [],
      link: 'down',
      attempt: 1,
    },
    now: NOW,
  });
}

const say = (value: Value | undefined): string => {
  if (!value) return '';
  if (value.kind === 'number') return `${value.text} ${value.unit}`;
  if (value.kind === 'range') return `${value.low} to ${value.high} ${value.unit}`;
  if (value.kind === 'word') return value.id;
  if (value.kind === 'device-text') return `"${value.text}"`;
  if (value.kind === 'count') return String(value.count);
  if (value.kind === 'time') return new Date(value.time.at ?? 0).toISOString();
  if (value.kind === 'code') return value.refId;
  if (value.kind === 'pair') return `${value.first}/${value.second} ${value.unit}`;
  return value.phrase.id;
};
const phrase = ({ id, params }: Phrase): string => [id, ...Object.values(params ?? {}).map(say)].join(' ');
const tile = (card: Card, id: string): Tile => card.tiles.find((one) => one.id === id)!;
const line = (card: Card, id: string): string => {
  const { value, also, absent } = tile(card, id);
  return absent ?? [value, ...also].map(say).join(' ');
};

describe('the ten-second card of the practice patients', () => {
  it('ICD: two shocks today come first, the lead over its limit is marked', () => {
    const facts = factsOf(icd());
    const card = cardOf(facts);
    expect(card.identity).toMatchObject({ deviceClass: 'icd', serial: 'PRACTICE-4417' });
    expect(phrase(card.lead.title)).toBe('lead.shocks-today 2');
    expect(card.lead.severity).toBe('critical');
    expect(card.lead.more).toBe(1);
    expect(card.tiles.map(({ id }) => id)).toEqual([
      'shock-therapy',
      'magnet',
      'pacing',
      'battery',
      'rv-lead',
      'shock-lead',
      'rhythm-now',
      'mr-label',
    ]);
    expect(line(card, 'shock-therapy')).toBe('word.on');
    expect(tile(card, 'shock-therapy').evidence.map(phrase)).toContain('ev.all-zones');
    expect(line(card, 'magnet')).toBe('word.magnet.stops-shocks');
    expect(tile(card, 'magnet').evidence.map(phrase)).toContain('ev.magnet-after 420 s');
    expect(line(card, 'pacing')).toBe('word.brady-mode.VVI 40 {beats}/min');
    expect(line(card, 'battery')).toBe('word.battery-ok 2.71 V');
    expect(line(card, 'rv-lead')).toBe('1990 Ohm');
    expect(tile(card, 'rv-lead')).toMatchObject({ severity: 'check', origin: 'self-test' });
    expect(tile(card, 'rv-lead').evidence.map(phrase)).toContain('ev.limit-high 1500 Ohm');
    expect(line(card, 'shock-lead')).toBe('48 Ohm');
    expect(line(card, 'rhythm-now')).toBe('word.marker.VS 78 {beats}/min');
    expect(line(card, 'mr-label')).toBe('unknown');
    expect(card.clock).toMatchObject({ severity: 'check', phrase: { id: 'clock.slow' } });
  });

  it('ICD: times are moved by the offset of the device clock', () => {
    const facts = factsOf(icd());
    const [last] = episodeRows(facts);
    expect(last?.time.quality).toBe('corrected');
    // The last shock was 23 min ago and its episode began a few seconds before.
    expect(Math.abs((last?.time.at ?? 0) - (NOW - 23 * 60_000))).toBeLessThan(60_000);
    expect(last?.time.deviceText).toBeTruthy();
  });

  it('ICD: strips have lanes with markers, and long text of the energy', () => {
    const facts = factsOf(icd());
    const list = stripList(facts);
    expect(list.filter(({ episodeId }) => episodeId).length).toBeGreaterThanOrEqual(2);
    const one = strip(facts, list.find(({ episodeId }) => episodeId === 'episode.3')!.id)!;
    expect(one.lanes.length).toBeGreaterThanOrEqual(2);
    expect(one.lanes.flatMap(({ markers }) => markers).some(({ code }) => code === 'SHOCK')).toBe(true);
  });

  it('pacemaker: replacement time reached, since when, and the magnet rate', () => {
    const card = cardOf(factsOf(pacemaker));
    expect(card.lead.title.id).toBe('lead.battery-eri');
    expect(card.lead.severity).toBe('check');
    expect(line(card, 'mode-now')).toBe('word.brady-mode.VVI 65 {beats}/min');
    expect(tile(card, 'mode-now').evidence.map(phrase)).toEqual(['ev.was word.brady-mode.DDD']);
    expect(line(card, 'paced-ventricle')).toBe('99 %');
    expect(tile(card, 'paced-ventricle').evidence.map(phrase)).toContain('ev.last-days 30');
    expect(line(card, 'battery')).toBe('word.battery-eri 2.58 V');
    expect(tile(card, 'battery').severity).toBe('check');
    expect(line(card, 'rv-threshold')).toBe('0.75 V');
    expect(line(card, 'rv-lead')).toBe('510 Ohm');
    expect(line(card, 'ra-lead')).toBe('430 Ohm');
    expect(line(card, 'magnet')).toBe('word.magnet.asynchronous-pacing 65 {beats}/min');
  });

  it('insulin pump: suspended by its user, with the alarm before it', () => {
    const card = cardOf(factsOf(insulinPump));
    expect(card.lead.title.id).toBe('lead.delivery-suspended');
    expect(card.lead.details.map(phrase)).toEqual(
      expect.arrayContaining([
        'ev.reported-by word.insulin.suspended-by.user',
        'ev.also-reported word.alert.occlusion',
      ]),
    );
    expect(line(card, 'delivery')).toBe('word.insulin.delivery.suspended');
    expect(line(card, 'insulin-on-board')).toBe('3.2 [iU]');
    expect(tile(card, 'insulin-on-board').evidence.map(phrase)).toContain('ev.estimated');
    expect(line(card, 'last-bolus')).toBe('6.5 [iU]');
    expect(line(card, 'glucose-linked')).toBe('3.1 mmol/L word.glucose.trend.falling');
    expect(line(card, 'basal')).toBe('0.85 [iU]/h');
    expect(tile(card, 'basal').evidence.map(phrase)).toContain('ev.now 0.00 [iU]/h');
    expect(line(card, 'automation')).toBe('word.insulin.automation.off');
    expect(line(card, 'reservoir')).toBe('84 [iU]');
    expect(card.clock).toMatchObject({ severity: 'note', phrase: { id: 'clock.fast' } });
  });

  it('neurostimulator: off since yesterday, by the patient', () => {
    const card = cardOf(factsOf(neurostimulator));
    expect(card.lead.title.id).toBe('lead.stimulation-off');
    expect(line(card, 'stimulation')).toBe('word.stimulation.state.off');
    expect(line(card, 'mr-mode')).toBe('word.mr-mode.off');
    expect(line(card, 'implanted-site')).toBe('word.implant.site.chest-right');
    expect(line(card, 'impedance')).toMatch(/^\d+ to \d+ Ohm$/);
  });

  it('every card has eight tiles, and no tile is without a value or a reason', () => {
    for (const patient of [icd(), pacemaker, insulinPump, neurostimulator]) {
      const { tiles } = cardOf(factsOf(patient));
      expect(tiles).toHaveLength(8);
      for (const { id, value, absent } of tiles)
        expect([id, (value === undefined) !== (absent === undefined)]).toEqual([id, true]);
    }
  });

  it('values leave nothing out that the device said', () => {
    const facts = factsOf(icd());
    const shown = valueGroups(facts)
      .flatMap(({ tiles }) => tiles)
      .map((one) => one.details.code?.code);
    for (const { value } of facts.all) if (!value.samples) expect(shown).toContain(value.code?.coding?.[0]?.code);
  });
});

describe('a card that is not read yet', () => {
  const empty = (finished: readonly Phase[], state: 'reading' | 'partial', error?: number) =>
    buildCard(new Facts(), {
      accessId: 'a',
      practice: false,
      expectedClass: 'icd',
      finished: new Set(finished),
      patientMatch: { state: 'not-confirmed' },
      read: {
        state,
        percent: 0,
        read: 0,
        expected: 8,
        refused: 0,
        failed: 0,
        missing: [],
        link: 'up',
        attempt: 1,
        ...(error === undefined ? {} : { error }),
      },
      now: NOW,
    });

  it('says that it reads, and never that nothing is reported', () => {
    const card = empty([], 'reading');
    expect(card.lead.title.id).toBe('lead.reading');
    expect(card.tiles.every(({ absent }) => absent === 'temp-unknown')).toBe(true);
  });

  it('says that alerts were not read when the read ended before', () => {
    const card = empty([], 'partial', 101);
    expect(card.lead).toMatchObject({ severity: 'check', title: { id: 'lead.alerts-not-read' } });
    expect(card.tiles.every(({ absent, error }) => absent === 'error' && error === 101)).toBe(true);
  });

  it('says "no alert reported" only after the alerts were read', () => {
    expect(empty([Phase.PHASE_IDENTITY, Phase.PHASE_CRITICAL], 'reading').lead.title.id).toBe('lead.no-alert');
  });

  it('passes unknown codes through', () => {
    const facts = new Facts();
    facts.add({
      sequence: 1,
      receivedUnixMs: NOW,
      observation: {
        code: mdcCode(8_400_001, 'Vendor thing'),
        numeric: { value: { coefficient: 5, exponent: 0 }, unit: '1' },
        time: { unixMs: NOW, quality: v1.TimeQuality.TIME_QUALITY_TABLET },
        validity: [v1.Validity.VALIDITY_UNQUALIFIED],
        source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: 'x' },
      },
    });
    const shown = valueGroups(facts).flatMap(({ tiles }) => tiles);
    expect(shown.map((one) => phrase(one.label))).toEqual(['tile.named ']);
    expect(shown[0]?.label.params?.what).toMatchObject({ kind: 'code', code: '8400001', display: 'Vendor thing' });
  });
});
