import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '@onebox/cli/driver/project.js';
import { play, recordingOf } from '@onebox/cli/driver/recorded.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { replayFindings } from '@onebox/gateway/driver-packages/self-test.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { playing } from '@onebox/gateway/recordings/play.js';
import { expect, it } from 'vitest';
import { manifestOf } from './read-simulator.js';

/** A thermometer tells its time without a zone: what it means depends on where the recording was made. */
const folder = join(import.meta.dirname, '../../drivers/ble-vitals-gatt');
const FILE = 'recordings/thermometer-fahrenheit.obrec';

it('a recording of another zone, or of a real device, is played as such by tools and self-test alike', async () => {
  const driver = await bundled(join(folder, 'driver.ts'), manifestOf('ble-vitals-gatt'));
  const here = recordingOf(openProject(folder), FILE);
  const elsewhere = { ...here, header: { ...here.header, utcOffsetMinutes: 330, practice: false } };
  expect(playing(elsewhere)).toMatchObject({ utcOffsetMinutes: 330, practice: false });

  const [tools, selfTest] = await Promise.all([
    play(elsewhere, driver),
    replayFindings(driver, elsewhere, nodeLauncher()),
  ]);
  expect(findingLines(tools.findings)).toBe(selfTest.findings);
  const golden = readFileSync(join(folder, FILE.replace('.obrec', '.findings.jsonl')), 'utf8');
  expect(selfTest.findings).not.toBe(golden);
  expect((await replayFindings(driver, here, nodeLauncher())).findings).toBe(golden);
});
