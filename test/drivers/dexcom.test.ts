import driver from '@onebox/drivers/dexcom-cgm/driver.js';
import { G6Simulator, G7Simulator } from '@onebox/drivers/dexcom-cgm/simulator.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { numberOf, observationsOf, readSimulator } from './read-simulator.js';

const GLUCOSE = 160212;
const TREND = 8418008;
const MINUTE = 60_000;
const { AbsentReason, TimeQuality, Validity } = v1;

const alertsOf = (findings: readonly Finding[]) =>
  findings.flatMap(({ alert }) => (alert ? [alert.code?.coding?.[0]?.code] : []));
const stateOf = (findings: readonly Finding[]) => observationsOf(findings, 'cgm.sensor-state')[0]?.coded?.coding;

describe.concurrent('Dexcom', () => {
  it.each([
    ['G7', () => new G7Simulator()],
    ['G6', () => new G6Simulator()],
  ])('%s: the value with its age, its trend and its last hours; nothing is written', async (_name, make) => {
    const { run, findings, traces } = await readSimulator(driver, make());
    expect(run).toMatchObject({ end: 'done', statistics: { bytesOut: 0 } });
    expect(traces).toEqual([]);
    expect(findings.some(({ fault }) => fault)).toBe(false);
    const [value] = observationsOf(findings, GLUCOSE);
    expect(numberOf(value)).toBe(61);
    expect(value).toMatchObject({ freshForMs: 10 * MINUTE, validity: [Validity.VALIDITY_UNQUALIFIED] });
    expect(value?.time?.quality).toBe(TimeQuality.TIME_QUALITY_RECONSTRUCTED);
    expect(Math.abs(Date.now() - 2 * MINUTE - (value?.time?.unixMs ?? 0))).toBeLessThan(20_000);
    expect(numberOf(observationsOf(findings, TREND)[0])).toBe(-0.6);
    expect(observationsOf(findings, GLUCOSE).filter(({ numeric }) => numeric)).toHaveLength(36);
    expect(stateOf(findings)?.[0]?.code).toBe('cgm.sensor-state.active');
  });

  it('shows the last value of an expired sensor with its age, in doubt, and says that it is expired', async () => {
    const { findings } = await readSimulator(driver, new G7Simulator({ expired: true }));
    const [value] = observationsOf(findings, GLUCOSE);
    expect(value?.validity).toEqual([Validity.VALIDITY_QUESTIONABLE]);
    expect(Date.now() - (value?.time?.unixMs ?? 0)).toBeGreaterThan(27_600_000);
    expect(alertsOf(findings)).toEqual(['alert.sensor-expired']);
    expect(observationsOf(findings, TREND)).toEqual([]);
  });

  it.each([
    ['never-measured', 'cgm.sensor-state.warming-up'],
    ['newer-firmware', '99'],
  ] as const)('gives no number with a state that makes none of it: %s', async (fault, state) => {
    for (const make of [() => new G7Simulator({ fault }), () => new G6Simulator({ fault })]) {
      const { findings } = await readSimulator(driver, make());
      expect(observationsOf(findings, GLUCOSE)[0]?.absent).toBeTruthy();
      expect(observationsOf(findings, TREND)).toEqual([]);
      expect(stateOf(findings)?.[0]?.code).toBe(state);
    }
  });

  it('says that the value is below what is measured', async () => {
    const { findings } = await readSimulator(driver, new G6Simulator({ fault: 'not-a-number' }));
    expect(observationsOf(findings, GLUCOSE)[0]?.absent).toBe(AbsentReason.ABSENT_REASON_NEGATIVE_INFINITY);
  });

  it('shows nothing of messages with a wrong check sum', async () => {
    const { findings } = await readSimulator(driver, new G6Simulator({ fault: 'wrong-checksum' }));
    expect(findings.some(({ fault }) => fault)).toBe(true);
    expect(observationsOf(findings, GLUCOSE).filter(({ numeric }) => numeric)).toEqual([]);
  }, 60_000);

  it('says that the battery of the transmitter is low', async () => {
    const { findings } = await readSimulator(driver, new G6Simulator({ fault: 'battery-low' }));
    expect(alertsOf(findings)).toEqual(['alert.battery-low']);
  });
});
