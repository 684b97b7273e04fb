import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import driver from '@onebox/drivers/tandem-x2/driver.js';
import { PracticeTandemPump, type TandemOptions } from '@onebox/drivers/tandem-x2/simulator.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { Recorder } from '@onebox/gateway/recordings/recorder.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALL_PHASES, manifestOf } from './read-simulator.js';
import { findingLines, folderOf, recordingsOf, replay } from './recordings.js';

/** Whole, without masks: the pump is a practice one and nobody's, and everything it says goes over one channel. */
async function make(name: string, options: TandemOptions): Promise<void> {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line), close: async () => undefined };
  const recorder = new Recorder({ sink, driver, practice: true, identifying: [], mask: false });
  const device = await DirectDevice.ble(new PracticeTandemPump({ historyHours: 2, utcOffsetMinutes: 0, ...options }));
  const link = await recorder.record(await device.open(), { deadlineMs: 1000 });
  await runDriverInProcess({
    driver,
    manifest: manifestOf(driver.id),
    link,
    phases: ALL_PHASES,
    practice: true,
    utcOffsetMinutes: 0,
    onFinding: () => undefined,
  });
  await link.close();
  await device.stop();
  await recorder.finish();
  mkdirSync(folderOf(driver.id), { recursive: true });
  writeFileSync(join(folderOf(driver.id), `${name}.obrec`), lines.join(''));
  const { findings } = await replay(driver, `${name}.obrec`);
  writeFileSync(join(folderOf(driver.id), `${name}.findings.jsonl`), findingLines(findings));
}

/** `REMAKE_RECORDINGS=1` makes them again, after a change of the driver that is meant to find something else. */
beforeAll(async () => {
  if (!process.env.REMAKE_RECORDINGS) return;
  await make('pump', {});
  await make('pump-suspended-clock-off', { suspended: true, fault: 'clock-off' });
  await make('pump-damaged-and-lost-records', { damaged: [180_010], lost: [180_015] });
  await make('pump-older-api', { api: [2, 1], unknown: [108] });
  await make('pump-newer-firmware', { fault: 'newer-firmware' });
}, 120_000);

describe(driver.id, () => {
  const golden = (file: string) =>
    readFileSync(join(folderOf(driver.id), file.replace('.obrec', '.findings.jsonl')), 'utf8');

  it('has recordings of a practice pump only', () => {
    expect(recordingsOf(driver.id)).toHaveLength(5);
    for (const file of recordingsOf(driver.id)) {
      const { header, truncated } = parseRecording(readFileSync(join(folderOf(driver.id), file), 'utf8'));
      expect(header).toMatchObject({ driver: { id: driver.id }, practice: true });
      expect(truncated).toBe(false);
    }
  });

  it('finds in every recording what it found when it was made, here and in the sandbox', async () => {
    const bundle = await bundled(join(folderOf(driver.id), '../driver.ts'), manifestOf(driver.id));
    for (const file of recordingsOf(driver.id)) {
      const here = await replay(driver, file);
      expect(here.run.error?.kind, file).toBeUndefined();
      expect(findingLines(here.findings), file).toBe(golden(file));
      const sandboxed = await replay(driver, file, bundle);
      expect(sandboxed.run.error?.kind, file).toBeUndefined();
      expect(findingLines(sandboxed.findings), file).toBe(golden(file));
    }
  }, 60_000);
});
