import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import driver from '@onebox/drivers/tandem-x2/driver.js';
import { PracticeTandemPump, type TandemOptions } from '@onebox/drivers/tandem-x2/simulator.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { manifestOf } from './read-simulator.js';
import { folderOf, makeRecording, recordingsOf, replay } from './recordings.js';

/** Whole, without masks: everything that the pump says goes over one channel. */
const make = (name: string, options: TandemOptions): Promise<void> =>
  makeRecording(
    driver,
    name,
    { ble: new PracticeTandemPump({ historyHours: 2, utcOffsetMinutes: 0, ...options }) },
    { mask: false },
  );

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
