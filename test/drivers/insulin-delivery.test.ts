import { defineDriver } from '@onebox/driver-sdk/define.js';
import { IDD_SIG } from '@onebox/driver-sdk/parts/insulin-delivery.js';
import { insulinPump } from '@onebox/driver-sdk/parts/insulin-pump.js';
import driver from '@onebox/drivers/bluetooth-insulin-delivery/driver.js';
import { PracticeInsulinPump, type PumpOptions } from '@onebox/drivers/bluetooth-insulin-delivery/simulator.js';
import { v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { manifestOf, numberOf, observationsOf, readSimulator } from './read-simulator.js';

const RESERVOIR = 8418388;
const BASAL_SETTING = 8418300;
const BOLUS = 8418344;
const HOUR = 3_600_000;

function read(options: PumpOptions = {}) {
  const pump = new PracticeInsulinPump(options);
  const quick = defineDriver(manifestOf(driver.id), (device) => insulinPump(device, IDD_SIG, { idleMs: 400 }));
  return readSimulator(quick, pump).then((result) => ({ ...result, pump }));
}

const coded = (findings: Awaited<ReturnType<typeof read>>['findings'], code: string) =>
  observationsOf(findings, code).map((value) => value.coded?.coding?.[0]?.code);

describe('insulin pump', () => {
  it.each([{}, { protected: false }])(
    'reads state, alert, insulin on board, last bolus and history: %j',
    async (options) => {
      const { run, findings, traces, pump } = await read(options);
      expect(traces).toEqual([]);
      expect(run.error).toBeUndefined();
      expect(findings.filter(({ fault }) => fault)).toEqual([]);
      expect([...pump.violations, ...pump.access.violations]).toEqual([]);
      expect(coded(findings, 'insulin.delivery')[0]).toBe('insulin.delivery.delivering');
      expect(coded(findings, 'insulin.operation')[0]).toBe('insulin.operation.ready');
      expect(numberOf(observationsOf(findings, RESERVOIR)[0])).toBeCloseTo(18.4);
      expect(numberOf(observationsOf(findings, 'insulin.on-board')[0])).toBeCloseTo(3.2);
      expect(numberOf(observationsOf(findings, 'insulin.bolus-remaining')[0])).toBeCloseTo(1.8);
      const alerts = findings.flatMap(({ alert }) => (alert ? [alert.code?.coding?.[0]?.code] : []));
      expect(alerts).toEqual(['alert.reservoir-low']);
      const setting = findings.flatMap((finding) => (finding.setting ? [finding.setting] : []));
      expect(numberOf(setting.find(({ code }) => code?.coding?.[0]?.code === String(BASAL_SETTING)))).toBeCloseTo(0.85);
      const bolus = observationsOf(findings, BOLUS);
      const age = Date.now() - (bolus[0]?.time?.unixMs ?? 0);
      expect(age / HOUR).toBeGreaterThan(1.4);
      expect(age / HOUR).toBeLessThan(1.8);
      expect(bolus.at(-1)).toEqual(bolus[0]);
      // One finding for each event of the history.
      const stored = findings.filter(({ observation, setting: set, statistic }) =>
        [observation, set, statistic].some((value) => value?.source?.field === '2B28'),
      );
      expect(stored).toHaveLength(pump.records.length + 1);
    },
  );

  it('asks nothing that changes the pump: no such request is in the manifest', () => {
    for (const request of Object.values(manifestOf(driver.id).requests)) {
      if (!('bytes' in request)) throw new Error('a request without bytes');
      expect(request.channel === '2B27' ? request.bytes : '').not.toMatch(/^3C/);
      expect(request.bytes).not.toMatch(/^0C 03/);
      expect(['2B24', '2B27']).toContain(request.channel);
    }
  });

  it('gives no value whose check sum fits by no rule', async () => {
    const { run, findings } = await read({ fault: 'wrong-checksum' });
    expect(run.error).toBeUndefined();
    expect(observationsOf(findings, RESERVOIR)).toEqual([]);
    expect(observationsOf(findings, 'insulin.delivery')).toEqual([]);
    expect(findings.some(({ alert }) => alert)).toBe(false);
    expect(findings.filter(({ fault }) => fault).length).toBeGreaterThan(2);
  });

  it('says when delivery is suspended or stopped, and when there is no alert', async () => {
    for (const [therapy, word] of [
      ['pause', 'suspended'],
      ['stop', 'stopped'],
    ] as const) {
      const { findings } = await read({ therapy, annunciation: 0 });
      expect(coded(findings, 'insulin.delivery')[0]).toBe(`insulin.delivery.${word}`);
      expect(findings.some(({ alert }) => alert)).toBe(false);
    }
  });

  it('keeps an alert of the maker with its number', async () => {
    const { findings } = await read({ annunciation: 0xf00a });
    const alert = findings.find((finding) => finding.alert)?.alert;
    expect(alert?.code?.coding?.[0]).toMatchObject({ system: 'urn:bluetooth:ids:annunciation', code: '61450' });
  });

  it('does not invent what the pump does not estimate or measure', async () => {
    const { findings } = await read({ withoutOnBoard: true });
    expect(observationsOf(findings, 'insulin.on-board')[0]?.absent).toBe(v1.AbsentReason.ABSENT_REASON_UNSUPPORTED);
    for (const fault of ['not-a-number', 'never-measured'] as const) {
      const broken = await read({ fault });
      expect(observationsOf(broken.findings, RESERVOIR).filter(({ numeric }) => numeric)).toEqual([]);
      expect(observationsOf(broken.findings, BOLUS).filter(({ numeric }) => numeric)).toEqual([]);
    }
  });

  it('passes over fields of newer firmware', async () => {
    const { findings } = await read({ fault: 'newer-firmware' });
    expect(numberOf(observationsOf(findings, RESERVOIR)[0])).toBeCloseTo(18.4);
  });

  it('goes on with the history when a transfer breaks off', async () => {
    const { findings, pump } = await read({ transfer: 'stalls', stopsAfter: 30, times: 2 });
    const keys = findings.flatMap(({ observation, setting, statistic }) => {
      const value = observation ?? setting ?? statistic;
      return value?.source?.field === '2B28' ? [value.instance] : [];
    });
    expect(new Set(keys).size).toBe(pump.records.length);
  });
});
