import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator, NativeSerialSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { fileSink, Recorder } from '@onebox/gateway/recordings/recorder.js';
import { Replay } from '@onebox/gateway/recordings/replay.js';
import { describe, expect, it } from 'vitest';
import { directLink, STANDING_CLOCK } from './direct-link.js';
import { content, manifest, readNative } from './native-read.js';

/**
 * The recordings of the practice patients must stay readable by every later version of the driver. They are made
 * anew with `REMAKE_RECORDINGS=1` when the patients change on purpose.
 */
const folder = new URL('../../drivers/onebox-native/recordings/', import.meta.url);
const now = () => STANDING_CLOCK;
const sessions: readonly (readonly [string, PracticePatient, 'ble' | 'serial'])[] = [
  ...PATIENTS.map((patient) => [patient.key, patient, 'ble'] as const),
  ['pump-serial', PATIENTS[2] as PracticePatient, 'serial'],
];

const open = (patient: PracticePatient, transport: 'ble' | 'serial') =>
  transport === 'ble'
    ? directLink(new NativeBleSimulator(patient))
    : directLink(new NativeSerialSimulator(patient, { paced: false }));

describe('recordings of the practice patients', () => {
  it.runIf(process.env.REMAKE_RECORDINGS !== undefined)('are made', async () => {
    mkdirSync(folder, { recursive: true });
    for (const [name, patient, transport] of sessions) {
      const path = new URL(`${name}.obrec`, folder).pathname;
      rmSync(path, { force: true });
      const line = transport === 'serial' ? { line: { baudRate: 115_200 } } : {};
      const recorder = new Recorder({
        sink: fileSink(path),
        driver: manifest,
        practice: true,
        identifying: [],
        mask: false,
        phases: [1, 2, 3, 4, 5, 6],
        live: false,
        now,
        ...line,
      });
      await readNative(async () => recorder.record(await open(patient, transport), { deadlineMs: 1000 }), { now });
      await recorder.finish();
    }
  });

  it.each(sessions)('%s gives what the patient says', async (name, patient, transport) => {
    const recording = parseRecording(readFileSync(new URL(`${name}.obrec`, folder), 'utf8'));
    expect(recording.truncated).toBe(false);
    expect(recording.header).toMatchObject({ practice: true, masked: false, transport });
    const replay = new Replay(recording);
    const replayed = await readNative(async () => replay.open(), { clock: replay.clock });
    expect(replayed.runs[0]?.error).toBeUndefined();
    const live = await readNative(() => open(patient, transport), { now });
    expect(content(replayed.store, 'without times')).toEqual(content(live.store, 'without times'));
    expect(replayed.store.findings.length).toBe(live.store.findings.length);
  });
});
