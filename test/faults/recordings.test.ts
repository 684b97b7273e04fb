import type { Driver } from '@onebox/driver-sdk/define.js';
import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { keptEnds, keptFaults, remake, replay, textOf } from './fault-recordings.js';
import { recordedDevice, recordedFaults } from './recorded-devices.js';

/** Every driver finds in its recordings of every fault what it found when they were made, and ends as it did. */

const drivers = await Promise.all(
  DriverIndex.open().manifests.map(async ({ id }) => {
    const { default: driver } = (await import(`../../drivers/${id}/driver.ts`)) as { default: Driver };
    const { default: simulated } = (await import(`../../drivers/${id}/simulator.ts`)) as { default: SimulatedDriver };
    const [device, phases] = recordedDevice(id, simulated);
    return { id, driver, device, phases, faults: recordedFaults(id, simulated) };
  }),
);

/** `REMAKE_RECORDINGS=1` makes them again after a change on purpose, `REMAKE_RECORDINGS=omnipod` those of one driver. */
beforeAll(async () => {
  const wanted = process.env.REMAKE_RECORDINGS;
  const anew = drivers.filter(({ id }) => wanted === '1' || wanted?.split(',').includes(id));
  for (const { driver, device, phases, faults } of anew) await remake(driver, device, phases, faults);
}, 1_800_000);

describe.each(drivers)('$id', ({ id, driver, faults }) => {
  it('has a recording of every fault that one can show', () => {
    expect(keptFaults(id)).toEqual(faults.toSorted());
    expect(Object.keys(keptEnds(id)).toSorted()).toEqual(faults.toSorted());
  });

  it.each(faults)('%s', async (fault) => {
    const text = textOf(id, `${fault}.obrec`);
    const { header, truncated } = parseRecording(text);
    expect(header).toMatchObject({ driver: { id }, practice: true });
    expect(truncated).toBe(false);
    const { end, findings } = await replay(driver, text);
    expect(end).toEqual(keptEnds(id)[fault]);
    expect(findings).toBe(textOf(id, `${fault}.findings.jsonl`));
  });
});
