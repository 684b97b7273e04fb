import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { Replay } from '@onebox/gateway/recordings/replay.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { directLink, STANDING_CLOCK } from './direct-link.js';
import { content, manifest, readNative } from './native-read.js';

const [icd, , pump] = PATIENTS as [PracticePatient, PracticePatient, PracticePatient];
const now = () => STANDING_CLOCK;

describe('native driver in the sandbox', () => {
  let bundle: LoadedDriver;
  beforeAll(async () => {
    bundle = await bundled(fileURLToPath(new URL('../../drivers/onebox-native/driver.ts', import.meta.url)), manifest);
  });

  it('finds the same as outside', async () => {
    const outside = await readNative(() => directLink(new NativeBleSimulator(icd)), { now });
    const inside = await readNative(() => directLink(new NativeBleSimulator(icd)), { now, bundle, idleMs: 4000 });
    expect(inside.runs[0]?.error).toBeUndefined();
    expect(content(inside.store)).toEqual(content(outside.store));
  });

  it('resumes after a lost link', async () => {
    const undisturbed = await readNative(() => directLink(new NativeBleSimulator(pump)), { now });
    const device = new NativeBleSimulator(pump, { faults: { disconnectAfter: 3000 } });
    const resumed = await readNative(() => directLink(device), { now, bundle, links: 3, idleMs: 4000 });
    expect(resumed.runs.map(({ error }) => error?.kind)).toEqual(['LINK_LOST', undefined]);
    expect(content(resumed.store)).toEqual(content(undisturbed.store));
  });

  it('replays the recording of the ICD', async () => {
    const replay = new Replay(
      parseRecording(
        readFileSync(new URL('../../drivers/onebox-native/recordings/icd.obrec', import.meta.url), 'utf8'),
      ),
    );
    const { runs, store } = await readNative(async () => replay.open(), { clock: replay.clock, bundle });
    expect(runs[0]?.error).toBeUndefined();
    expect(store.findings.filter(({ observation }) => observation?.samples?.sample?.length)).not.toHaveLength(0);
  });
});
