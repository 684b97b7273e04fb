import { keyOf } from '../facts.js';
import { mdc, own } from '../keys.js';
import type { CandidateRule } from '../lead.js';
import { phraseTile, tileOf } from '../tile.js';
import { printable } from '../values.js';
import type { ClassCard } from './class-card.js';
import { dated, valued } from './phrases.js';

const stimulationOff: CandidateRule = (facts) => {
  if (keyOf(facts.latest(own('stimulation.state'))?.value.coded) !== own('stimulation.state.off')) return undefined;
  return {
    severity: 'check',
    title: { id: 'lead.stimulation-off' },
    details: [
      ...dated('ev.since', facts, own('stimulation.changed')),
      ...valued('ev.reported-by', facts, own('stimulation.changed-by')),
    ],
    covers: [own('alert.stimulation-off')],
  };
};

/** Neurostimulators: deep brain, spinal cord, vagus, sacral (UX specification, section 7). */
export const neurostimulatorCard: ClassCard = {
  lead: [stimulationOff],
  tiles: [
    { id: 'stimulation', from: [own('stimulation.state')], alerts: [own('alert.stimulation-off')] },
    {
      id: 'changed',
      from: [own('stimulation.changed')],
      evidence: (facts) => valued('ev.reported-by', facts, own('stimulation.changed-by')),
    },
    {
      id: 'battery',
      from: [own('battery.percent'), mdc('ATTR_VAL_BATT_CHARGE'), mdc('IDC_MSMT_BATTERY_STATUS')],
      alerts: [own('alert.battery-low'), own('alert.battery-empty'), own('alert.battery-end-of-service')],
      evidence: (facts) => dated('ev.charged', facts, own('battery.last-charged')),
    },
    {
      // The span over all electrodes; each one stands under Values.
      id: 'impedance',
      from: [own('stimulation.impedance')],
      alerts: [own('alert.electrode-impedance')],
      build: (facts) => {
        const measured = facts.every(own('stimulation.impedance')).filter(({ value }) => value.numeric?.value);
        const sorted = measured.toSorted(
          (a, b) => (a.value.numeric?.value?.coefficient ?? 0) - (b.value.numeric?.value?.coefficient ?? 0),
        );
        const sameScale = new Set(measured.map(({ value }) => value.numeric?.value?.exponent ?? 0)).size === 1;
        const [low, high] = [sorted[0], sorted.at(-1)];
        if (!low || !high || !sameScale || sorted.length < 2) return undefined;
        const [from, to] = [printable(low.value).value, printable(high.value).value];
        if (from?.kind !== 'number' || to?.kind !== 'number') return undefined;
        const whole = tileOf('impedance', high, facts, [], [own('alert.electrode-impedance')]);
        return {
          ...whole,
          value: { kind: 'range', low: from.text, high: to.text, unit: to.unit },
          evidence: [{ id: 'ev.electrodes', params: { count: { kind: 'count', count: measured.length } } }],
        };
      },
    },
    { id: 'program', from: [own('stimulation.group'), own('stimulation.program')], also: [own('stimulation.program')] },
    { id: 'mr-mode', from: [own('mr-mode')] },
    // Only vagus nerve stimulators answer to a magnet; the others do not say anything about one.
    { id: 'magnet', from: [mdc('IDC_SET_MAGNET_RESP')] },
    {
      id: 'implanted-site',
      from: [own('implant.site')],
      build: (facts) => {
        const site = facts.latest(own('implant.site'));
        const printed = site && printable(site.value).value;
        return printed
          ? phraseTile('implanted-site', printed, { validity: ['unqualified'], receivedAt: site.receivedAt })
          : undefined;
      },
    },
  ],
};
