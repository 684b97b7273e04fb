import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '@onebox/driver-sdk/define.js';
import type { SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import astm from '@onebox/drivers/astm-lis-serial/driver.js';
import { analyserSimulator, glucoseMeterSimulator } from '@onebox/drivers/astm-lis-serial/simulator.js';
import cms50 from '@onebox/drivers/contec-cms50-v7-serial/driver.js';
import { Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import idco from '@onebox/drivers/hl7-idco/driver.js';
import { ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import phd from '@onebox/drivers/ieee11073-phd/driver.js';
import { glucoseAgent, oximeterAgent, scaleAgent } from '@onebox/drivers/ieee11073-phd/simulator.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { recordRead } from '@onebox/simulation/trial/record.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSerial } from './read-serial.js';
import { manifestOf } from './read-simulator.js';
import { folderOf, keepRecording, recordingsOf, replay } from './recordings.js';

/** Records one read over a pseudo terminal, whole: the instrument is a practice one and nobody's. */
async function make(driver: Driver, name: string, simulator: SerialSimulator): Promise<void> {
  const told = { driver, line: simulator.line, utcOffsetMinutes: 0 };
  const { text } = await recordRead(told, (around) => readSerial(driver, simulator, { around, utcOffsetMinutes: 0 }));
  await keepRecording(driver, name, text);
}

/** `REMAKE_RECORDINGS=1` makes them again, after a change of a driver that is meant to find something else. */
beforeAll(async () => {
  if (!process.env.REMAKE_RECORDINGS) return;
  const upload = { startMs: 300, againMs: 60_000 };
  await Promise.all([
    make(cms50, 'search-then-live', new Cms50Simulator({ seed: 7 })),
    make(
      cms50,
      'bad-line',
      new Cms50Simulator({ seed: 8, searchSeconds: 1, faults: { flippedBits: 0.08, lostBytes: 0.005 } }),
    ),
    make(cms50, 'no-answer', new Cms50Simulator({ seed: 9, faults: { silent: true } })),
    make(idco, 'mllp', new ProgrammerSimulator({ seed: 7, startMs: 300 })),
    make(idco, 'bare', new ProgrammerSimulator({ seed: 8, startMs: 300, framing: 'bare', terminator: '\r\n' })),
    make(idco, 'ends-early', new ProgrammerSimulator({ seed: 9, startMs: 300, fault: 'ends-early' })),
    make(astm, 'glucose-meter', glucoseMeterSimulator({ ...upload, seed: 7 })),
    make(
      astm,
      'damaged-frame-and-lost-ack',
      analyserSimulator({ ...upload, seed: 8, framing: 'record', faults: { wrongChecksum: { frame: 4 }, lostAck: 6 } }),
    ),
    make(
      astm,
      'ends-in-mid-message',
      analyserSimulator({ ...upload, seed: 9, framing: 'chunks', faults: { endBefore: 2 } }),
    ),
    make(phd, 'oximeter-stream', oximeterAgent({ seed: 7, clockMinutes: 0 })),
    make(phd, 'scale-own-configuration', scaleAgent({ seed: 8, clockMinutes: 0 })),
    make(phd, 'ends-in-mid-report', glucoseAgent({ seed: 9, clockMinutes: 0, fault: 'ends-early' })),
  ]);
}, 120_000);

const ERRORS: Readonly<Record<string, string>> = {
  'no-answer': 'LINK_TIMEOUT',
  'ends-in-mid-report': 'LINK_MALFORMED',
};

describe.each([cms50, astm, phd, idco])('$id', (driver) => {
  const golden = (file: string) =>
    readFileSync(join(folderOf(driver.id), file.replace('.obrec', '.findings.jsonl')), 'utf8');
  const error = (file: string) => ERRORS[file.replace('.obrec', '')];

  it('has whole recordings of practice instruments', () => {
    expect(recordingsOf(driver.id)).toHaveLength(3);
    for (const file of recordingsOf(driver.id)) {
      const { header, truncated } = parseRecording(readFileSync(join(folderOf(driver.id), file), 'utf8'));
      expect(header).toMatchObject({ transport: 'serial', driver: { id: driver.id }, practice: true });
      expect(truncated).toBe(false);
    }
  });

  it('finds in every recording what it found when it was made', async () => {
    for (const file of recordingsOf(driver.id)) {
      const { run, findings } = await replay(driver, file);
      expect(run.error?.kind, file).toBe(error(file));
      expect(findingLines(findings), file).toBe(golden(file));
    }
  });

  it('finds the same in the sandbox', async () => {
    const bundle = await bundled(join(folderOf(driver.id), '../driver.ts'), manifestOf(driver.id));
    for (const file of recordingsOf(driver.id)) {
      const { run, findings } = await replay(driver, file, bundle);
      expect(run.error?.kind, file).toBe(error(file));
      expect(findingLines(findings), file).toBe(golden(file));
    }
  }, 60_000);
});
