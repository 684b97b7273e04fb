import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '@onebox/driver-sdk/define.js';
import type { FaultName, SimulatorMaker } from '@onebox/driver-sdk/simulated/faults.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import type { DriverRun } from '@onebox/gateway/driver-host/run.js';
import { outcome } from '@onebox/gateway/interrogation/completeness.js';
import { FindingStore } from '@onebox/gateway/interrogation/finding-store.js';
import { phaseId } from '@onebox/gateway/interrogation/phases.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { Recorder } from '@onebox/gateway/recordings/recorder.js';
import { Replay } from '@onebox/gateway/recordings/replay.js';
import type { Finding, Phase } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { startFaulty } from '@onebox/simulation/trial/trial.js';
import { manifestOf } from '../drivers/read-simulator.js';

/**
 * Recordings of simulated devices with each fault, in the folder of the driver: `recordings/faults/FAULT.obrec` with
 * FAULT.findings.jsonl, and how each of them ended in `ends.jsonl`. Of one link each: that lost links are taken up
 * again is no matter of the driver.
 */

/** How a read ended. */
interface End {
  readonly end: 'complete' | 'partial' | 'refused';
  /** What ended it before its end: `OB-101 LINK_LOST`. */
  readonly error?: string;
  /** What is missing, and why: `critical OB-102`. */
  readonly missing?: readonly string[];
}

interface Result {
  readonly end: End;
  readonly findings: string;
}

const ENDS = 'ends.jsonl';
const SEED = 7;

const folderOf = (id: string) => join(import.meta.dirname, '../../drivers', id, 'recordings/faults');

export const textOf = (id: string, name: string): string => readFileSync(join(folderOf(id), name), 'utf8');

/** Faults of which there are recordings. */
export function keptFaults(id: string): readonly string[] {
  return readdirSync(folderOf(id))
    .filter((name) => name.endsWith('.obrec'))
    .map((name) => name.slice(0, -'.obrec'.length))
    .sort();
}

/** How each of them ended, by the fault. */
export function keptEnds(id: string): Readonly<Record<string, End>> {
  const lines = textOf(id, ENDS).trimEnd().split('\n');
  return Object.fromEntries(lines.flatMap((line) => Object.entries(JSON.parse(line) as Record<string, End>)));
}

/** Records them all anew. Throws where a replay does not end as the read did. */
export async function remake(
  driver: Driver,
  device: SimulatorMaker,
  phases: readonly Phase[],
  faults: readonly FaultName[],
): Promise<void> {
  const folder = folderOf(driver.id);
  const made = await Promise.all(
    faults.map(async (fault) => {
      const { text, end } = await record(driver, device, phases, fault);
      const again = await replay(driver, text);
      return { fault, text, live: end, ...again };
    }),
  );
  const others = made.filter(({ live, end }) => JSON.stringify(live) !== JSON.stringify(end));
  if (others.length > 0)
    throw new Error(
      others
        .map(({ fault, live, end }) => `${fault}: ${JSON.stringify(live)}, in a replay ${JSON.stringify(end)}`)
        .join('\n'),
    );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { fault, text, findings } of made) {
    writeFileSync(join(folder, `${fault}.obrec`), text);
    writeFileSync(join(folder, `${fault}.findings.jsonl`), findings);
  }
  writeFileSync(join(folder, ENDS), made.map(({ fault, end }) => `${JSON.stringify({ [fault]: end })}\n`).join(''));
}

/** Whole, without masks: the device is a practice one and nobody's. */
async function record(driver: Driver, maker: SimulatorMaker, phases: readonly Phase[], fault: FaultName) {
  const lines: string[] = [];
  const recorder = new Recorder({
    sink: { write: (line) => void lines.push(line), close: async () => undefined },
    driver,
    practice: true,
    identifying: [],
    mask: false,
    phases,
    live: false,
  });
  const device = await startFaulty(maker, { fault, seed: SEED });
  try {
    const link = await recorder.record(await device.open(), { deadlineMs: 1000 });
    const { end } = await read(driver, { link, phases, utcOffsetMinutes: 0 });
    await link.close();
    await recorder.finish();
    return { text: lines.join(''), end };
  } finally {
    await device.stop();
  }
}

/** What the driver finds in a recording, and how the read ends. */
export async function replay(driver: Driver, text: string): Promise<Result> {
  const recording = parseRecording(text);
  const play = new Replay(recording);
  const { phases = [], utcOffsetMinutes = 0 } = recording.header;
  return read(driver, { link: play.open(), clock: play.clock, phases, utcOffsetMinutes });
}

type How = Pick<Parameters<typeof runDriverInProcess>[0], 'link' | 'clock' | 'phases' | 'utcOffsetMinutes'>;

async function read(driver: Driver, how: How): Promise<Result> {
  const manifest = manifestOf(driver.id);
  const store = new FindingStore();
  const findings: Finding[] = [];
  const run = await runDriverInProcess({
    ...how,
    driver,
    manifest,
    practice: true,
    authorised: true,
    onFinding: (finding) => {
      findings.push(finding);
      store.add(finding, 0);
    },
  });
  const wanted = how.phases.filter((phase) => (manifest.phases as readonly string[]).includes(phaseId(phase)));
  return { end: endOf(store, wanted, run), findings: findingLines(findings) };
}

function endOf(store: FindingStore, wanted: readonly Phase[], { error }: DriverRun): End {
  const { completeness, missing } = outcome(store, wanted, error);
  const gaps = missing.map(({ phase, error: why }) => `${phase ? phaseId(phase) : 'value'} OB-${why ?? 0}`);
  return {
    end: v1.Completeness[completeness]!.slice('COMPLETENESS_'.length).toLowerCase() as End['end'],
    ...(error ? { error: `OB-${error.code} ${error.kind}` } : {}),
    ...(gaps.length > 0 ? { missing: [...new Set(gaps)] } : {}),
  };
}
