import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { buildCard } from '@onebox/gateway/card/card.js';
import { Facts } from '@onebox/gateway/card/facts.js';
import type { Card } from '@onebox/gateway/card/model.js';
import { stripList } from '@onebox/gateway/card/strips.js';
import { describe, expect, it } from 'vitest';
import { directLink, STANDING_CLOCK } from './direct-link.js';
import { readNative } from './native-read.js';

const [icd, pacemaker, pump, dbs] = PATIENTS as [PracticePatient, PracticePatient, PracticePatient, PracticePatient];

async function read(patient: PracticePatient): Promise<{ card: Card; facts: Facts }> {
  const { store } = await readNative(() => directLink(new NativeBleSimulator(patient)), {
    now: () => STANDING_CLOCK,
  });
  const facts = new Facts();
  for (const finding of store.findings) facts.add(finding);
  const readState = {
    state: 'complete',
    percent: 100,
    read: 0,
    expected: 0,
    refused: 0,
    failed: 0,
    missing: [],
    link: 'down',
    attempt: 1,
  } as const;
  const card = buildCard(facts, {
    accessId: 'a',
    practice: true,
    expectedClass: 'generic',
    finished: store.finished,
    patientMatch: { state: 'not-confirmed' },
    read: readState,
    now: STANDING_CLOCK,
  });
  return { card, facts };
}

const empty = (card: Card) => card.tiles.filter(({ absent }) => absent).map(({ id, absent }) => `${id}: ${absent}`);
const printed = (card: Card, id: string) => {
  const tile = card.tiles.find((one) => one.id === id);
  return [tile?.value, ...(tile?.also ?? [])]
    .map((value) =>
      value?.kind === 'number' ? `${value.text} ${value.unit}` : value?.kind === 'word' ? value.id : value?.kind,
    )
    .join(' ');
};

describe('cards of the practice patients', () => {
  it('ICD: two shocks lead, eight tiles, MR label not known', async () => {
    const { card, facts } = await read(icd);
    expect(card.lead).toMatchObject({ severity: 'critical', title: { params: { count: { count: 2 } } } });
    // Which of the two depends on the time zone of this machine.
    expect(card.lead.title.id).toMatch(/^lead\.shocks-(today|since-yesterday)$/);
    expect(empty(card)).toEqual(['mr-label: unknown']);
    expect(printed(card, 'battery')).toBe('word.battery-ok 2.71 V');
    expect(printed(card, 'rv-lead')).toBe('1990 Ohm');
    expect(card.tiles.find(({ id }) => id === 'rv-lead')?.severity).toBe('check');
    expect(printed(card, 'rhythm-now')).toContain('78 {beats}/min');
    expect(card.clock?.offsetMs).toBe(-3_720_000);
    expect(card.episodes).toBe(3);
    expect(stripList(facts).filter(({ live }) => !live)).toHaveLength(2);
  });

  it('pacemaker: replacement time leads, eight tiles', async () => {
    const { card } = await read(pacemaker);
    expect(card.lead).toMatchObject({ severity: 'check', title: { id: 'lead.battery-eri' }, more: 1 });
    expect(empty(card)).toEqual([]);
    expect(printed(card, 'mode-now')).toContain('65 {beats}/min');
    expect(printed(card, 'rv-threshold')).toBe('0.75 V');
  });

  it('insulin pump: suspension leads, eight tiles', async () => {
    const { card } = await read(pump);
    expect(card.lead.title.id).toBe('lead.delivery-suspended');
    expect(empty(card)).toEqual([]);
    expect(printed(card, 'glucose-linked')).toContain('3.1 mmol/L');
    expect(printed(card, 'basal')).toContain('0.85 [iU]/h');
    expect(card.clock?.offsetMs).toBe(240_000);
  });

  it('deep-brain stimulator: stimulation off leads, the magnet is not in this device', async () => {
    const { card } = await read(dbs);
    expect(card.lead.title.id).toBe('lead.stimulation-off');
    expect(empty(card)).toEqual(['magnet: unsupported']);
    expect(card.clock).toBeUndefined();
  });
});
