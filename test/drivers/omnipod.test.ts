import driver from '@onebox/drivers/omnipod/driver.js';
import { omnipodBridge } from '@onebox/drivers/omnipod/simulator.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { readBridge } from './read-bridge.js';
import { numberOf, observationsOf } from './read-simulator.js';

const RESERVOIR = 8418388;
const HOUR = 3_600_000;
const { AbsentReason, Severity, TimeQuality } = v1;

const codedOf = (findings: readonly Finding[], name: string) => observationsOf(findings, name).at(-1)?.coded?.coding;
const alertsOf = (findings: readonly Finding[]) => findings.flatMap(({ alert }) => (alert ? [alert] : []));

describe('Omnipod behind a bridge', () => {
  it('says first why the pod stopped, since when, and what is left', async () => {
    const simulator = omnipodBridge();
    const { run, findings, traces } = await readBridge(driver, simulator);
    expect(run).toMatchObject({ end: 'done' });
    expect(traces).toEqual([]);
    expect(alertsOf(findings)[0]).toMatchObject({
      code: { coding: [{ code: 'alert.occlusion' }] },
      severity: Severity.SEVERITY_CRITICAL,
      vendorText: '0x6A occlusionCheckAboveThreshold',
    });
    expect(codedOf(findings, 'insulin.delivery')?.[0]?.code).toBe('insulin.delivery.stopped');
    expect(codedOf(findings, 'insulin.stop-reason')?.map(({ code }) => code)).toEqual([
      'insulin.stop-reason.occlusion',
      '106',
    ]);
    const since = observationsOf(findings, 'insulin.suspended-since')[0]?.dateTime;
    expect(since?.quality).toBe(TimeQuality.TIME_QUALITY_RECONSTRUCTED);
    expect(Math.abs(Date.now() - 2 * HOUR - (since?.unixMs ?? 0))).toBeLessThan(60_000);
    expect(numberOf(observationsOf(findings, RESERVOIR)[0])).toBe(37.8);
    expect(numberOf(observationsOf(findings, 'insulin.delivered-total')[0])).toBe(101.35);
    expect(observationsOf(findings, 'insulin.on-board')[0]?.absent).toBe(AbsentReason.ABSENT_REASON_UNSUPPORTED);
    expect(findings.some(({ fault }) => fault)).toBe(false);
    // Hello, then status requests only: 0E 01 and what is asked for.
    for (const { kind, payload } of simulator.asked.slice(1)) {
      expect(kind).toBe(0x10);
      expect([...payload].slice(0, 2)).toEqual([0x0e, 1]);
    }
  });

  it('says of a running pod that it delivers, and raises nothing', async () => {
    const { findings } = await readBridge(driver, omnipodBridge({ state: 'running' }));
    expect(codedOf(findings, 'insulin.delivery')?.[0]?.code).toBe('insulin.delivery.delivering');
    expect(alertsOf(findings)).toEqual([]);
    expect(observationsOf(findings, 'insulin.suspended-since')).toEqual([]);
  });

  it('keeps the number of a fault that it does not know', async () => {
    const { findings } = await readBridge(driver, omnipodBridge({ fault: 'newer-firmware' }));
    expect(alertsOf(findings)[0]?.vendorText).toBe('0xF3 unknown fault 243');
    expect(codedOf(findings, 'insulin.stop-reason')?.[0]?.code).toBe('insulin.stop-reason.fault');
  });

  it('gives no time of a fault that the pod does not know', async () => {
    const { findings } = await readBridge(driver, omnipodBridge({ fault: 'never-measured' }));
    expect(alertsOf(findings)[0]?.since?.quality).toBe(TimeQuality.TIME_QUALITY_ORDER_ONLY);
    expect(observationsOf(findings, 'insulin.suspended-since')).toEqual([]);
  });

  it('shows nothing of a status with a delivery state that does not exist', async () => {
    const { run, findings } = await readBridge(driver, omnipodBridge({ fault: 'not-a-number' }));
    expect(run.error).toBeUndefined();
    expect(findings.some(({ fault }) => fault?.detail === 'detailedStatus')).toBe(true);
    expect(observationsOf(findings, 'insulin.delivery')).toEqual([]);
    expect(observationsOf(findings, RESERVOIR)).toEqual([]);
  });

  it('shows nothing of answers with a wrong check sum', async () => {
    const { findings } = await readBridge(driver, omnipodBridge({ fault: 'wrong-checksum' }));
    expect(findings.some(({ fault }) => fault)).toBe(true);
    expect(
      findings.some(({ observation, setting, statistic, alert }) => observation ?? setting ?? statistic ?? alert),
    ).toBe(false);
  });
});
