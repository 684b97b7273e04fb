import { defineDriver } from '@onebox/driver-sdk/define.js';
import driver from '@onebox/drivers/tandem-x2/driver.js';
import { tandemPump } from '@onebox/drivers/tandem-x2/program.js';
import { PracticeTandemPump, type TandemOptions } from '@onebox/drivers/tandem-x2/simulator.js';
import { MDC } from '@onebox/protocol/codes.js';
import { type Finding, Phase, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { ALL_PHASES, manifestOf, numberOf, observationsOf, progressOf, readSimulator } from './read-simulator.js';

const { AbsentReason, TimeQuality, Validity } = v1;
const GLUCOSE = MDC.CONC_GLU_ISF;
const BOLUS = MDC.INS_BOLUS;
const DEFAULT = ALL_PHASES.filter((phase) => phase !== Phase.PHASE_MEMORY);
const SHORT = { historyHours: 3 } as const;

async function read(
  options: TandemOptions = {},
  run: Parameters<typeof readSimulator>[2] = {},
  pump = new PracticeTandemPump(options),
) {
  const quick = defineDriver(manifestOf(driver.id), (device) => tandemPump(device, { answerMs: 300, quietMs: 150 }));
  const result = await readSimulator(quick, pump, { phases: DEFAULT, practice: true, ...run });
  expect(pump.violations).toEqual([]);
  return { ...result, pump };
}

const faultsOf = (findings: readonly Finding[]) => findings.flatMap(({ fault }) => (fault ? [fault] : []));
const alertsOf = (findings: readonly Finding[]) =>
  findings.flatMap(({ alert }) => (alert ? [alert.code?.coding?.[0]?.code] : []));
const settingsOf = (findings: readonly Finding[], code: string | number) =>
  findings.flatMap(({ setting }) => (setting && setting.code?.coding?.[0]?.code === String(code) ? [setting] : []));
const codedOf = (findings: readonly Finding[], code: string) =>
  observationsOf(findings, code).map(({ coded }) => coded?.coding?.[0]?.code);

describe('Tandem t:slim X2', () => {
  it('reads who it is, what it delivers, what still acts, and what is left', async () => {
    const { run, findings, traces } = await read();
    expect(traces).toEqual([]);
    expect(run.error).toBeUndefined();
    expect(faultsOf(findings)).toEqual([]);
    const phases = ['identity', 'critical', 'present', 'settings', 'trends', 'episodes'];
    expect(progressOf(findings)).toEqual(phases.flatMap((name) => [`${name} 1`, `${name} 2`]));
    const identities = findings.flatMap(({ identity }) => (identity ? [identity] : []));
    expect(identities).toHaveLength(1);
    expect(identities[0]).toMatchObject({ serial: '900042', manufacturer: 'OneBox Practice', practice: true });
    expect(codedOf(findings, 'insulin.delivery')).toEqual(['insulin.delivery.delivering']);
    const onBoard = observationsOf(findings, 'insulin.on-board')[0];
    expect(numberOf(onBoard)).toBe(2.35);
    expect(onBoard).toMatchObject({ numeric: { unit: '[iU]' }, validity: [Validity.VALIDITY_ESTIMATED] });
    const bolus = observationsOf(findings, BOLUS)[0];
    expect(numberOf(bolus)).toBe(4.2);
    expect((Date.now() - (bolus?.time?.unixMs ?? 0)) / 60_000).toBeCloseTo(52, 0);
    expect(numberOf(observationsOf(findings, MDC.INS_BASAL)[0])).toBe(0.42);
    expect(settingsOf(findings, MDC.INS_BASAL_RATE_SETTING)[0]?.numeric).toMatchObject({ unit: '[iU]/h' });
    expect(numberOf(observationsOf(findings, MDC.INS_RESERVOIR)[0])).toBe(118);
    expect(numberOf(observationsOf(findings, MDC.ATTR_VAL_BATT_CHARGE)[0])).toBe(62);
    expect(numberOf(observationsOf(findings, GLUCOSE)[0])).toBe(64);
    expect(codedOf(findings, 'glucose.trend')).toEqual(['glucose.trend.falling']);
    expect(alertsOf(findings)).toEqual(['alert.glucose-low']);
    expect(settingsOf(findings, MDC.INS_BASAL_RATE_SCHED).map(numberOf)).toEqual([0.65, 0.85]);
    expect(settingsOf(findings, 'insulin.profile')[0]?.text).toBe('Practice');
  });

  it('sends what the manifest lists on the one characteristic that may be written', async () => {
    const { link } = await read(SHORT);
    expect(link.written.length).toBeGreaterThan(20);
    for (const sent of link.written) expect(sent).toMatch(/^7B83FFF69F774E5C8064AAE2C24838B9 00/);
  });

  it('reads the log in pages, each record once, and keeps those that nobody has explained', async () => {
    const { findings, pump } = await read({}, { phases: ALL_PHASES });
    const bytes = pump.records.map((record) => Buffer.from(record.bytes));
    const types = (type: number) => bytes.filter((record) => record.readUInt16LE(0) === type).length;
    const values = observationsOf(findings, GLUCOSE).filter(({ source }) => source?.field === 'record 256');
    expect(new Set(values.map(({ instance }) => instance)).size).toBe(types(256));
    expect(values).toHaveLength(types(256));
    expect(observationsOf(findings, '237')).toHaveLength(types(237));
    expect(findings.filter(({ evidence }) => evidence)).toHaveLength(types(237));
    expect(observationsOf(findings, BOLUS)).toHaveLength(1 + types(280) / 2);
    const carbohydrates = observationsOf(findings, 'carbohydrate');
    expect(carbohydrates.map(numberOf).sort()).toEqual([45, 60]);
    const filled = findings.flatMap(({ observation }) =>
      observation?.code?.coding?.[0]?.system === 'urn:onebox:tandem-x2:cartridge' ? [observation] : [],
    );
    expect(filled.map(numberOf)).toEqual([185.6]);
    expect(faultsOf(findings)).toEqual([]);
  });

  it('asks again for records of a damaged message, and reports what has gone', async () => {
    const mended = await read({ ...SHORT, damaged: [180_020, 180_030] });
    expect(faultsOf(mended.findings)).toEqual([]);
    const lost = [180_020, 180_021, 180_030];
    const gone = await read({ ...SHORT, lost });
    expect(gone.run.error).toBeUndefined();
    expect(faultsOf(gone.findings).map(({ detail }) => detail)).toEqual([
      'records 180020 to 180021',
      'records 180030 to 180030',
    ]);
    const values = (findings: readonly Finding[]) =>
      observationsOf(findings, GLUCOSE).flatMap(({ source, instance }) =>
        source?.field === 'record 256' ? [instance ?? 0] : [],
      );
    expect(values(mended.findings)).toHaveLength(36);
    expect(values(gone.findings)).toEqual(values(mended.findings).filter((sequence) => !lost.includes(sequence)));
  });

  it('gives the log up when nothing of it comes, and says which part', async () => {
    const all = Array.from({ length: 500 }, (_, index) => 180_001 + index);
    const { findings, run, pump } = await read({ lost: all });
    expect(run.error).toBeUndefined();
    const last = pump.records.at(-1)!.sequence;
    expect(faultsOf(findings).map(({ detail }) => detail)).toEqual([
      `records ${last - 49} to ${last}`,
      `records 180001 to ${last - 100}`,
      `records ${last - 99} to ${last - 50}`,
    ]);
  });

  it('takes the older answers of a pump that does not know the newer ones', async () => {
    const { findings, run } = await read({ ...SHORT, api: [2, 1], unknown: [108] });
    expect(run.error).toBeUndefined();
    expect(numberOf(observationsOf(findings, 'insulin.on-board')[0])).toBe(2.41);
    expect(observationsOf(findings, BOLUS)[0]?.source?.field).toBe('op 49');
    expect(observationsOf(findings, MDC.ATTR_VAL_BATT_CHARGE)[0]?.source?.field).toBe('op 53');
    expect(faultsOf(findings)).toEqual([]);
    const refused = await read({ ...SHORT, unknown: [164] });
    expect(faultsOf(refused.findings)).toMatchObject([
      { error: 104, code: { coding: [{ code: String(BOLUS) }] }, reason: AbsentReason.ABSENT_REASON_NOT_PERMITTED },
    ]);
  });

  it('says since when delivery is suspended, from the log', async () => {
    const { findings } = await read({ suspended: true });
    expect(codedOf(findings, 'insulin.delivery')).toEqual(['insulin.delivery.suspended']);
    const since = observationsOf(findings, 'insulin.suspended-since')[0]?.dateTime;
    expect((Date.now() - (since?.unixMs ?? 0)) / 60_000).toBeCloseTo(30, 0);
    expect(codedOf(findings, 'insulin.suspended-by')).toEqual(['insulin.suspended-by.user']);
  });

  it('goes on while somebody watches: what the pump says has changed is read again', async () => {
    const stop = new AbortController();
    const pump = new PracticeTandemPump(SHORT);
    const findings: Finding[] = [];
    const onFinding = (finding: Finding) => {
      findings.push(finding);
      const { progress, observation } = finding;
      if (progress?.phase === Phase.PHASE_EPISODES && progress.state === v1.Progress.State.STATE_DONE)
        setTimeout(() => pump.glucoseRises(), 50);
      const glucose = observation?.code?.coding?.[0]?.code === String(GLUCOSE);
      if (glucose && numberOf(observation) === 82) stop.abort();
    };
    await read(SHORT, { live: true, signal: stop.signal, onFinding }, pump);
    expect(numberOf(observationsOf(findings, GLUCOSE).at(-1))).toBe(82);
    expect(findings.flatMap(({ alert }) => (alert ? [alert.state] : []))).toEqual([
      v1.Alert.State.STATE_ACTIVE,
      v1.Alert.State.STATE_ENDED,
    ]);
  });

  it('corrects times by the clock of the pump, and gives no time where it was never set', async () => {
    const off = await read({ ...SHORT, fault: 'clock-off' });
    const bolus = observationsOf(off.findings, BOLUS)[0]?.time;
    expect(bolus?.quality).toBe(TimeQuality.TIME_QUALITY_CORRECTED);
    expect((Date.now() - (bolus?.unixMs ?? 0)) / 60_000).toBeCloseTo(52, 0);
    const unset = await read({ ...SHORT, fault: 'clock-unset' });
    expect(unset.findings.find(({ clock }) => clock)?.clock?.notSet).toBe(true);
    const stored = observationsOf(unset.findings, GLUCOSE);
    expect(stored.length).toBeGreaterThan(30);
    expect(stored.every(({ time }) => time?.quality === TimeQuality.TIME_QUALITY_ORDER_ONLY)).toBe(true);
  });

  it('gives no number where the pump has none', async () => {
    const never = await read({ ...SHORT, fault: 'never-measured' });
    expect(observationsOf(never.findings, BOLUS)[0]?.absent).toBe(AbsentReason.ABSENT_REASON_NOT_PERFORMED);
    expect(observationsOf(never.findings, GLUCOSE)[0]?.absent).toBe(AbsentReason.ABSENT_REASON_UNKNOWN);
    const nan = await read({ fault: 'not-a-number' });
    expect(observationsOf(nan.findings, GLUCOSE).every(({ absent }) => absent)).toBe(true);
    expect(observationsOf(nan.findings, GLUCOSE).length).toBeGreaterThan(100);
  });

  it('gives nothing of messages that are damaged or longer than known', async () => {
    const damaged = await read({ ...SHORT, fault: 'wrong-checksum' });
    expect(damaged.run.error?.kind).toBe('LINK_MALFORMED');
    const newer = await read({ ...SHORT, fault: 'newer-firmware' });
    expect(faultsOf(newer.findings).length).toBeGreaterThan(10);
    for (const { findings } of [damaged, newer])
      expect(findings.filter(({ observation, setting }) => observation || setting)).toEqual([]);
  });

  it('warns of the battery in the words of the pump', async () => {
    const { findings } = await read({ ...SHORT, fault: 'battery-low' });
    expect(alertsOf(findings)).toContain('alert.battery-low');
    expect(findings.find(({ alert }) => alert)?.alert?.vendorText).toBe('alert 2 LOW POWER');
  });
});
