import { alert, coded, observation } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { Facts } from './facts.js';

const value = (text: string) =>
  observation(mdc('MDC_IDC_MSMT_BATTERY_VOLTAGE'), text, 'V', { at: 1, source: 'battery' });
const zone = (component: string) =>
  coded(mdc('MDC_IDC_SET_ZONE_STATUS'), mdc('MDC_IDC_ENUM_ZONE_STATUS_Active'), {
    at: 1,
    source: component,
    component,
  });
const low = (since: number) =>
  alert({
    code: term('alert.battery-low'),
    severity: v1.Severity.SEVERITY_CHECK,
    state: v1.Alert.State.STATE_ACTIVE,
    since: { unixMs: since },
  });

describe('a further read', () => {
  it('keeps what was read until the same is said again, and says nothing twice', () => {
    const facts = new Facts();
    for (const finding of [value('2.71'), zone('a'), zone('b'), low(1)]) facts.add(finding);
    facts.renew();
    expect(facts.all).toHaveLength(3);
    facts.add(zone('a'));
    facts.add(zone('b'));
    facts.add(low(2));
    expect(facts.every(`urn:iso:std:iso:11073:10101|${zone('a').observation?.code?.coding?.[0]?.code}`)).toHaveLength(
      2,
    );
    expect(facts.activeAlerts).toHaveLength(1);
    expect(facts.all).toHaveLength(3);
  });

  it('drops at its end what it did not say again', () => {
    const facts = new Facts();
    facts.add(value('2.71'));
    facts.add(low(1));
    facts.renew();
    facts.add(zone('a'));
    facts.settle();
    expect(facts.all.map(({ value: one }) => one.componentId)).toEqual(['a']);
    expect(facts.activeAlerts).toEqual([]);
  });
});
