import { v1 } from '@onebox/protocol/messages.js';
import { convert } from '@onebox/protocol/units.js';
import { type Facts, keyOf } from '../facts.js';
import { mdc, own } from '../keys.js';
import type { CandidateRule } from '../lead.js';
import type { Tile } from '../model.js';
import { type TileSpec, tileOf } from '../tile.js';
import { codeValue, numberValue } from '../values.js';
import { severityLevel } from '../words.js';
import type { ClassCard } from './class-card.js';
import { dated, timed, valued } from './phrases.js';

/** Alerts that say the same as why the pump stopped. */
const REASONS: Readonly<Record<string, string>> = {
  [own('insulin.stop-reason.occlusion')]: own('alert.occlusion'),
  [own('insulin.stop-reason.reservoir-empty')]: own('alert.reservoir-empty'),
  [own('insulin.stop-reason.time-over')]: own('alert.pump-time-over'),
};

const notDelivering: CandidateRule = (facts) => {
  const state = keyOf(facts.latest(own('insulin.delivery'))?.value.coded);
  if (state !== own('insulin.delivery.suspended') && state !== own('insulin.delivery.stopped')) return undefined;
  const stopped = state === own('insulin.delivery.stopped');
  const told = REASONS[keyOf(facts.latest(own('insulin.stop-reason'))?.value.coded)];
  const occlusion = own('alert.occlusion');
  const recent = facts.alerts.filter(({ code }) => keyOf(code) === occlusion && told !== occlusion);
  return {
    severity: stopped ? 'critical' : 'check',
    title: { id: stopped ? 'lead.delivery-stopped' : 'lead.delivery-suspended' },
    details: [
      ...dated('ev.since', facts, own('insulin.suspended-since')),
      ...valued('ev.reported-by', facts, own('insulin.stop-reason')),
      ...valued('ev.reported-by', facts, own('insulin.suspended-by')),
      ...recent.flatMap(({ code, since }) => [
        { id: 'ev.also-reported', params: { what: codeValue(code ?? {}) } },
        ...timed('ev.at', since),
      ]),
    ],
    covers: [own('alert.delivery-suspended'), ...(told ? [told] : [])],
  };
};

const LOW_GLUCOSE = [own('alert.glucose-urgent-low'), own('alert.glucose-low')];

/** Two facts of the pump side by side, no rule of ours: it delivers, and it warns of a low value of its sensor. */
const deliveringWhileLow: CandidateRule = (facts) => {
  const state = keyOf(facts.latest(own('insulin.delivery'))?.value.coded);
  const low = LOW_GLUCOSE.map((key) => facts.alert(key)).find((alert) => alert !== undefined);
  if (state !== own('insulin.delivery.delivering') || low === undefined) return undefined;
  return {
    severity: severityLevel(low.severity),
    title: { id: 'lead.glucose-low' },
    details: [...valued('ev.value', facts, mdc('CONC_GLU_ISF')), ...timed('ev.since', low.since)],
    covers: LOW_GLUCOSE,
  };
};

/** A choice that was read now says nothing of when it was made. */
const sinceStored: TileSpec['evidence'] = (_facts, { value }) =>
  value.source?.origin === v1.Source.Origin.ORIGIN_STORED ? timed('ev.since', value.time) : [];

const SET_AGE = own('insulin.infusion-set-age');
const setChanged = (facts: Facts) => dated('ev.changed', facts, own('insulin.infusion-set-changed'));

/** Pods count their age in minutes: the hours beside them are read sooner. */
function setAgeInHours(facts: Facts): Tile | undefined {
  const fact = facts.latest(SET_AGE);
  const numeric = fact?.value.numeric;
  if (!fact || !numeric?.value || numeric.unit !== 'min') return undefined;
  const { coefficient, exponent } = numeric.value;
  const minutes = { coefficient: coefficient ?? 0, exponent: exponent ?? 0 };
  const hours = numberValue({ value: convert(minutes, 'min', 'h', { digits: 0, rounding: 'half-up' }), unit: 'h' });
  return { ...tileOf('infusion-set', fact, facts, [hours]), evidence: setChanged(facts) };
}

/** Insulin pump (UX specification, sections 6.7 and 7). No advice: facts of the pump only. */
export const insulinPumpCard: ClassCard = {
  lead: [notDelivering, deliveringWhileLow],
  tiles: [
    {
      id: 'delivery',
      from: [own('insulin.delivery')],
      alerts: [own('alert.delivery-suspended'), own('alert.occlusion')],
      evidence: (facts) => dated('ev.since', facts, own('insulin.suspended-since')),
    },
    { id: 'insulin-on-board', from: [own('insulin.on-board')] },
    {
      id: 'last-bolus',
      from: [mdc('INS_BOLUS'), own('insulin.last-bolus')],
      evidence: (_facts, { value }) => timed('ev.at', value.time),
    },
    {
      id: 'glucose-linked',
      from: [mdc('CONC_GLU_ISF')],
      also: [own('glucose.trend')],
      alerts: [own('alert.glucose-low'), own('alert.glucose-high')],
    },
    {
      id: 'basal',
      from: [mdc('INS_BASAL_RATE_SETTING')],
      evidence: (facts) => [
        ...valued('ev.now', facts, mdc('INS_BASAL')),
        ...valued('ev.now', facts, own('insulin.basal-now')),
      ],
    },
    {
      id: 'automation',
      from: [own('insulin.automation')],
      evidence: sinceStored,
    },
    {
      id: 'reservoir',
      from: [mdc('INS_RESERVOIR')],
      alerts: [own('alert.reservoir-low'), own('alert.reservoir-empty')],
    },
    {
      id: 'infusion-set',
      from: [SET_AGE, own('insulin.infusion-set-changed')],
      evidence: setChanged,
      build: setAgeInHours,
    },
  ],
};
