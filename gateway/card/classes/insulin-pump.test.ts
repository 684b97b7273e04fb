import { alert, coded, dateTime, identity, observation } from '@onebox/driver-sdk/findings.js';
import { term } from '@onebox/protocol/codes.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { describe, expect, it } from 'vitest';
import { Facts } from '../facts.js';
import { leadLine } from '../lead.js';
import { buildTile } from '../tile.js';
import { insulinPumpCard } from './insulin-pump.js';

const NOW = Date.UTC(2026, 10, 22, 12);
const SINCE = { unixMs: NOW - 3_600_000, quality: v1.TimeQuality.TIME_QUALITY_DEVICE };

const says = (what: OneBoxTerm, value: OneBoxTerm): Finding =>
  coded(term(what), term(value), { at: NOW, source: 'status' });
const warns = (what: OneBoxTerm): Finding =>
  alert({
    code: term(what),
    severity: v1.Severity.SEVERITY_CRITICAL,
    state: v1.Alert.State.STATE_ACTIVE,
    since: SINCE,
  });

function factsOf(...findings: readonly Finding[]): Facts {
  const facts = new Facts();
  for (const [index, finding] of [identity({ deviceClass: 'insulin-pump' }), ...findings].entries())
    facts.add({ ...finding, sequence: index + 1, receivedUnixMs: NOW });
  return facts;
}
const leadOf = (...findings: readonly Finding[]) =>
  leadLine(insulinPumpCard.lead, factsOf(...findings), { alertsRead: true, ended: true }, NOW);

const STOPPED = says('insulin.delivery', 'insulin.delivery.stopped');
const SUSPENDED = says('insulin.delivery', 'insulin.delivery.suspended');

describe('the first line of an insulin pump', () => {
  it('says once why it stopped, though the pump also warns of it', () => {
    const since = dateTime(term('insulin.suspended-since'), SINCE, { at: NOW, source: 'status' });
    const reason = says('insulin.stop-reason', 'insulin.stop-reason.occlusion');
    const lead = leadOf(STOPPED, since, reason, warns('alert.occlusion'));
    expect(lead).toMatchObject({ severity: 'critical', title: { id: 'lead.delivery-stopped' }, more: 0 });
    expect(lead.details.map(({ id }) => id)).toEqual(['ev.since', 'ev.reported-by']);
  });

  it('names a blocked flow beside another reason', () => {
    const reason = says('insulin.stop-reason', 'insulin.stop-reason.time-over');
    const lead = leadOf(STOPPED, reason, warns('alert.occlusion'), warns('alert.pump-time-over'));
    expect(lead.details.map(({ id }) => id)).toEqual(['ev.reported-by', 'ev.also-reported', 'ev.at']);
    // The blocked flow is an alert of its own.
    expect(lead.more).toBe(1);
  });

  it('says who suspended it, and counts what else it warns of', () => {
    const lead = leadOf(
      SUSPENDED,
      says('insulin.suspended-by', 'insulin.suspended-by.user'),
      warns('alert.battery-low'),
    );
    expect(lead.more).toBe(1);
    expect(leadOf(SUSPENDED).title.id).toBe('lead.delivery-suspended');
    expect(leadOf(says('insulin.delivery', 'insulin.delivery.delivering')).title.id).toBe('lead.no-alert');
  });
});

describe('the age of the infusion set', () => {
  const tileOf = (value: string, unit: string) => {
    const age = observation(term('insulin.infusion-set-age'), value, unit, { at: NOW, source: 'status' });
    const changed = dateTime(term('insulin.infusion-set-changed'), SINCE, { at: NOW, source: 'status' });
    const spec = insulinPumpCard.tiles.find(({ id }) => id === 'infusion-set');
    return buildTile(spec!, factsOf(age, changed), { ended: true });
  };

  it('stands in hours beside the minutes that a pod states', () => {
    const tile = tileOf('3716', 'min');
    expect([tile.value, ...tile.also]).toMatchObject([
      { text: '3716', unit: 'min' },
      { text: '62', unit: 'h' },
    ]);
    expect(tile.evidence.map(({ id }) => id)).toEqual(['ev.changed']);
  });

  it('stands alone where it is stated in hours', () => {
    const tile = tileOf('31', 'h');
    expect([tile.value, ...tile.also]).toMatchObject([{ text: '31', unit: 'h' }]);
    expect(tile.evidence.map(({ id }) => id)).toEqual(['ev.changed']);
  });
});
