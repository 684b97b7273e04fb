import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS, type FaultName, type SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import type { Interrogation } from '@onebox/protocol/messages.js';
import { inventions } from '@onebox/simulation/trial/inventions.js';
import { type Trial, tryDriver } from '@onebox/simulation/trial/trial.js';
import { describe, expect, it } from 'vitest';

/** Every driver against every fault: each read ends, says how, invents nothing and leaves the device in order. */

const index = DriverIndex.open();
const folder = join(import.meta.dirname, '../../drivers');
const only = process.env.ONEBOX_FAULTS_OF;
const ids = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && index.manifests.some(({ id }) => id === entry.name))
  .map(({ name }) => name)
  .filter((id) => only === undefined || only.split(',').includes(id));

const cases: { readonly id: string; readonly key: string; readonly simulated: SimulatedDriver }[] = [];
for (const id of ids) {
  const { default: simulated } = (await import(`../../drivers/${id}/simulator.ts`)) as { default: SimulatedDriver };
  for (const key of Object.keys(simulated.devices)) cases.push({ id, key, simulated });
}

/** Longest read: a person may have a minute to press a key on the instrument, and a second link is tried. */
const DEADLINE_MS = 180_000;
const ENDS: ReadonlySet<string> = new Set(['complete', 'partial', 'refused']);

const healthy = new Map<string, Promise<readonly Trial[]>>();
function read(id: string, key: string, simulated: SimulatedDriver, fault?: FaultName): Promise<Trial> {
  return tryDriver({
    driver: index.get(id),
    launcher: nodeLauncher(),
    device: simulated.devices[key]!,
    seed: 7,
    ...(fault ? { fault } : {}),
  });
}
function healthyReads(id: string, key: string, simulated: SimulatedDriver): Promise<readonly Trial[]> {
  const known = healthy.get(`${id} ${key}`) ?? Promise.all([read(id, key, simulated)]);
  healthy.set(`${id} ${key}`, known);
  return known;
}

describe('every driver has a simulator', () => {
  it('of the common shape', () => {
    expect(ids.length).toBeGreaterThan(0);
    if (only === undefined) expect(ids.length).toBe(index.manifests.length);
  });
});

describe.concurrent.each(cases)('$id reads $key', ({ id, key, simulated }) => {
  it('without a fault completely', { timeout: DEADLINE_MS }, async () => {
    const [trial] = await healthyReads(id, key, simulated);
    expect(trial).toMatchObject({ state: 'complete', error: undefined, endedProperly: true });
  });

  const possible = FAULTS.filter((fault) => !(fault in simulated.without));
  it.each(possible)('with %s', { timeout: DEADLINE_MS }, async (fault) => {
    const known: readonly Interrogation[] = (await healthyReads(id, key, simulated)).map(({ document }) => document);
    const trial = await read(id, key, simulated, fault);
    expect(ENDS, `${trial.state} ${trial.error?.kind}`).toContain(trial.state);
    if (trial.state !== 'complete') expect(trial.document.missing?.length, 'what is missing').toBeGreaterThan(0);
    expect(trial.endedProperly, 'the end of the session was sent').toBe(true);
    expect(inventions(trial.document, known, fault)).toEqual([]);
    expect(trial.document.practice).toBe(true);
    if (fault === 'silent') expect(trial.state).not.toBe('complete');
  });
});
