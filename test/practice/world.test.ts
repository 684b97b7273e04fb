import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS, SECOND_ICD } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { Matcher } from '@onebox/gateway/discovery/match.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import type { LinkProvider, Sighting } from '@onebox/gateway/links/link.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { type PracticeWorld, startPracticeWorld } from '@onebox/simulation/practice/world.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { directLink } from './direct-link.js';
import { content, manifest, readNative } from './native-read.js';

const LINE = { baudRate: 115_200 } as const;

async function heard(providers: readonly LinkProvider[]): Promise<Map<string, Sighting>> {
  const sightings = new Map<string, Sighting>();
  for (const provider of providers)
    await provider.scan({
      seen: (sighting) => void sightings.set(sighting.id, sighting),
      gone: (id) => void sightings.delete(id),
      state: () => undefined,
    });
  return sightings;
}

describe('practice world', () => {
  let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
  let sightings: Map<string, Sighting>;
  let startedIn: number;
  const device = (key: string) => {
    const found = practice.world.devices.find((one) => one.key === key);
    if (!found) throw new Error(`no device ${key}`);
    return found;
  };
  const open = (key: string) => async () => {
    const { sightingId, transport } = device(key);
    const provider = practice.providers.find((one) => one.transport === transport);
    if (!provider) throw new Error(transport);
    await vi.waitFor(() => expect([...sightings.keys()]).toContain(sightingId), 10_000);
    return provider.open(sightingId, { deadlineMs: 10_000, ...(transport === 'serial' ? { line: LINE } : {}) });
  };

  beforeAll(async () => {
    const before = performance.now();
    practice = await startPracticeProviders();
    startedIn = performance.now() - before;
    sightings = await heard(practice.providers);
  });
  afterAll(() => practice?.stop());

  it('starts soon, with every device of the list', () => {
    expect(startedIn).toBeLessThan(5000);
    const keys = practice.world.devices.map(({ key }) => key);
    expect(keys).toEqual([
      ...[
        'icd',
        'pacemaker',
        'pump',
        'dbs',
        'oximeter',
        'heart-rate',
        'blood-pressure',
        'thermometer',
        'glucose',
        'generic',
      ],
      ...['tandem', 'cgm', 'ids', 'dexcom', 'dexcom-g6'],
      'unknown',
      ...['cms50', 'astm', 'idco', 'wand', 'phd-oximeter', 'phd-scale', 'omnipod', 'minimed'],
    ]);
    expect(practice.world.serialError).toBeUndefined();
  });

  it('is heard by the real links, each device with its own signal', async () => {
    await vi.waitFor(() => expect(sightings.size).toBe(practice.world.devices.length), 15_000);
    for (const { sightingId } of practice.world.devices) expect(sightings.has(sightingId), sightingId).toBe(true);
    const levels = [...sightings.values()].flatMap(({ ble }) => (ble ? [ble.rssi] : []));
    expect(new Set(levels).size).toBeGreaterThan(5);
  });

  it('advertises class and end of the serial number', async () => {
    await vi.waitFor(() => expect(sightings.get(device('icd').sightingId)?.ble?.serviceData).toHaveLength(1), 10_000);
    const ble = sightings.get(device('icd').sightingId)?.ble;
    expect(ble?.name).toBe('Practice ICD VR');
    expect(Buffer.from(ble?.serviceData[0]?.data ?? []).toString('latin1')).toBe('\x01\x024417');
    const match = new Matcher([manifest]).match(sightings.get(device('icd').sightingId)!);
    expect(match).toMatchObject({ level: 'likely', deviceClass: 'icd', serialTail: '4417', ambiguous: false });
  });

  it.each(PATIENTS.map((patient) => [patient.key, patient] as const))(
    'reads %s over the radio as without it',
    async (key, patient) => {
      const { store, runs } = await readNative(open(key), { idleMs: 4000 });
      expect(runs[0]?.error).toBeUndefined();
      expect([...store.finished]).toEqual(DEFAULT_PHASES);
      expect(content(store, 'without times')).toEqual(await direct(patient));
    },
    60_000,
  );

  it('reads the wand over a real pseudo terminal as without it', async () => {
    const { store, runs } = await readNative(open('wand'), { idleMs: 4000 });
    expect(runs[0]?.error).toBeUndefined();
    expect(content(store, 'without times')).toEqual(await direct(SECOND_ICD));
  }, 60_000);

  it.each([150, 2500, 9000])(
    'goes on after a link that was lost at octet %i',
    async (octets) => {
      practice.world.faults.disconnectAfter('pump', octets);
      const { store, runs } = await readNative(open('pump'), { links: 3, idleMs: 4000 });
      expect(runs.at(-1)?.end).toBe('done');
      expect(content(store, 'without times')).toEqual(await direct(PATIENTS[2] as PracticePatient));
    },
    60_000,
  );
});

/** The same read on a direct link. */
async function direct(patient: PracticePatient): Promise<readonly string[]> {
  const { store } = await readNative(() => directLink(new NativeBleSimulator(patient)));
  return content(store, 'without times');
}

describe('practice options', () => {
  it('starts only what is named, or a second ICD beside the first', async () => {
    const worlds: PracticeWorld[] = [];
    try {
      worlds.push(await startPracticeWorld({ devices: ['icd', 'oximeter'] }));
      worlds.push(await startPracticeWorld({ twin: true }));
      expect(worlds[0]?.devices.map(({ key }) => key)).toEqual(['icd', 'oximeter']);
      expect(worlds[1]?.devices.map(({ key }) => key)).toContain('icd-2');
    } finally {
      await Promise.all(worlds.map((world) => world.stop()));
    }
    await expect(startPracticeWorld({ devices: ['toaster'] })).rejects.toMatchObject({ kind: 'INPUT_INVALID' });
  });
});
