import driver from '@onebox/drivers/medtronic-minimed/driver.js';
import { minimedBridge } from '@onebox/drivers/medtronic-minimed/simulator.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { readBridge } from './read-bridge.js';
import { numberOf, observationsOf } from './read-simulator.js';

const GLUCOSE = 160212;
const BOLUS = 8418344;
const MINUTE = 60_000;
const { AbsentReason, Alert, TimeQuality } = v1;

const alertsOf = (findings: readonly Finding[]) =>
  findings.flatMap(({ alert }) => (alert ? [[alert.code?.coding?.[0]?.code, alert.state]] : []));
const episodesOf = (findings: readonly Finding[]) => findings.flatMap(({ episode }) => (episode ? [episode] : []));

describe('MiniMed behind a bridge', () => {
  it('says that delivery is suspended, and what was before', async () => {
    const simulator = minimedBridge();
    const { run, findings, traces } = await readBridge(driver, simulator);
    expect(run).toMatchObject({ end: 'done' });
    expect(traces).toEqual([]);
    expect(findings.some(({ fault }) => fault)).toBe(false);
    expect(alertsOf(findings)).toEqual([
      ['alert.no-delivery', Alert.State.STATE_ENDED],
      ['alert.delivery-suspended', Alert.State.STATE_ACTIVE],
    ]);
    const since = observationsOf(findings, 'insulin.suspended-since')[0]?.dateTime?.unixMs ?? 0;
    expect(Math.abs(Date.now() - 35 * MINUTE - since)).toBeLessThan(MINUTE);
    expect(numberOf(observationsOf(findings, BOLUS)[0])).toBe(6.5);
    expect(observationsOf(findings, GLUCOSE)[0]).toMatchObject({ freshForMs: 600_000, numeric: { unit: 'mg/dL' } });
    expect(numberOf(observationsOf(findings, GLUCOSE)[0])).toBe(54);
    const trend = observationsOf(findings, 'trend.stored')[0]?.samples;
    expect(trend?.sample).toHaveLength(36);
    expect(trend?.gap).toEqual([]);
    expect(new Set(simulator.asked.map(({ kind }) => kind))).toEqual(new Set([0x01, 0x11, 0x12, 0x13]));
  });

  it('gives no date to what is older than a lost clock', async () => {
    const { findings } = await readBridge(driver, minimedBridge());
    const order = episodesOf(findings);
    const lost = order.findIndex(({ type }) => type?.coding?.[0]?.code === 'alert.clock-lost');
    expect(lost).toBeGreaterThan(0);
    expect(order[lost]?.time?.quality).toBe(TimeQuality.TIME_QUALITY_CORRECTED);
    const older = order.slice(lost + 1);
    expect(older).toHaveLength(2);
    for (const { time } of older) {
      expect(time?.quality).toBe(TimeQuality.TIME_QUALITY_ORDER_ONLY);
      expect(time?.unixMs ?? 0).toBe(0);
      expect(time?.deviceText ?? '').toBe('');
    }
    const dates = order.slice(0, lost).flatMap(({ time }) => (time?.unixMs ? [time.unixMs] : []));
    expect(dates).toEqual(dates.toSorted((a, b) => b - a));
    expect(Math.min(...dates)).toBeGreaterThan(Date.now() - 3 * 24 * 60 * MINUTE);
  });

  it('moves all times by what the clock is off', async () => {
    const { findings } = await readBridge(driver, minimedBridge({ fault: 'clock-off' }));
    const [suspended] = observationsOf(findings, 'insulin.suspended-since');
    expect(suspended?.dateTime?.quality).toBe(TimeQuality.TIME_QUALITY_CORRECTED);
    expect(Math.abs(Date.now() - 35 * MINUTE - (suspended?.dateTime?.unixMs ?? 0))).toBeLessThan(MINUTE);
  });

  it('dates nothing by a clock that was never set', async () => {
    const { findings } = await readBridge(driver, minimedBridge({ fault: 'clock-unset' }));
    expect(findings.find(({ clock }) => clock)?.clock?.notSet).toBe(true);
    expect(episodesOf(findings).every(({ time }) => time?.quality === TimeQuality.TIME_QUALITY_ORDER_ONLY)).toBe(true);
    expect(observationsOf(findings, 'insulin.suspended-since')).toEqual([]);
  });

  it('emits no reading when nothing says when it was made', async () => {
    const { findings } = await readBridge(driver, minimedBridge({ fault: 'never-measured' }));
    expect(findings.some(({ fault }) => fault?.detail?.includes('nothing says when'))).toBe(true);
    expect(observationsOf(findings, GLUCOSE).filter(({ source }) => !source?.field?.includes('Low'))).toEqual([]);
  });

  it('says that the sensor gave an error, without a number', async () => {
    const { findings } = await readBridge(driver, minimedBridge({ fault: 'not-a-number' }));
    expect(observationsOf(findings, GLUCOSE)[0]?.absent).toBe(AbsentReason.ABSENT_REASON_ERROR);
  });

  it('refuses a model whose records it does not know', async () => {
    const { run, findings } = await readBridge(driver, minimedBridge({ fault: 'newer-firmware' }));
    expect(run.error?.kind).toBe('LINK_REFUSED');
    expect(findings.some(({ observation, episode }) => observation ?? episode)).toBe(false);
  });

  it('shows nothing of answers with a wrong check sum', async () => {
    const { findings } = await readBridge(driver, minimedBridge({ fault: 'wrong-checksum' }));
    expect(findings.some(({ fault }) => fault)).toBe(true);
    expect(findings.some(({ episode }) => episode)).toBe(false);
    const values = findings.flatMap(({ observation }) => (observation?.numeric ? [observation] : []));
    expect(values).toEqual([]);
  });
});
