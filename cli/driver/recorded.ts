import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatorMaker } from '@onebox/driver-sdk/simulated/faults.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { PHASES } from '@onebox/gateway/interrogation/phases.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { parseRecording, type Recording } from '@onebox/gateway/recordings/format.js';
import { type Played, playRecording } from '@onebox/gateway/recordings/play.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { recordRead } from '@onebox/simulation/trial/record.js';
import { tryDriver } from '@onebox/simulation/trial/trial.js';
import type { Project } from './project.js';

/** Recordings of a driver's folder: made with its simulator, and what the driver finds in them. */

const findingsFile = (file: string): string => file.replace(/\.obrec$/, '.findings.jsonl');

/** Reads a recording of the folder. Throws RECORDING_INVALID. */
export function recordingOf(project: Project, file: string): Recording {
  return parseRecording(readFileSync(join(project.folder, file), 'utf8'));
}

/** What the driver once found in a recording, one finding a line; undefined when that was not kept. */
export function keptFindings(project: Project, file: string): string | undefined {
  const kept = findingsFile(file);
  return project.files.includes(kept) ? readFileSync(join(project.folder, kept), 'utf8') : undefined;
}

/** What a maker types to see the driver of the folder on one of its recordings. */
export function replayCommand({ named }: Project, file: string): string {
  return `onebox replay ${join(named, file)} --folder ${named}`;
}

/** The traffic of one read of a simulated device. */
export async function recordSimulator(driver: LoadedDriver, device: SimulatorMaker): Promise<Recording> {
  return parseRecording(await simulatorTraffic(driver, device));
}

async function simulatorTraffic(driver: LoadedDriver, device: SimulatorMaker): Promise<string> {
  const { id, version } = driver.manifest;
  const told = { driver: { id, version }, phases: PHASES, live: false };
  const { text, result } = await recordRead(told, (around) =>
    tryDriver({ driver, launcher: nodeLauncher(), device, phases: PHASES, around }),
  );
  if (result.state !== 'complete') throw result.error ?? new OneBoxError('NOT_REACHED', 'read of the simulated device');
  return text;
}

/** Writes `recordings/KEY.obrec` and what the driver finds in it. Throws what ended the read. */
export async function makeRecording(
  project: Project,
  driver: LoadedDriver,
  key: string,
  device: SimulatorMaker,
): Promise<void> {
  const file = join(project.folder, 'recordings', `${key}.obrec`);
  const text = await simulatorTraffic(driver, device);
  writeFileSync(file, text, { flag: 'wx' });
  const { findings, error } = await play(parseRecording(text), driver);
  if (error) throw error;
  writeFileSync(findingsFile(file), findingLines(findings), { flag: 'wx' });
}

/** One run of a driver on a recording. */
export interface Play extends Played {
  /** Findings that the host did not take: where, and which rule. */
  readonly refused: readonly string[];
  /** What a driver that failed said of it, for its author. */
  readonly traces: readonly string[];
}

/** Runs the driver on the first link of a recording, in the sandbox, without a session around it. */
export async function play(recording: Recording, driver: LoadedDriver): Promise<Play> {
  const refused: string[] = [];
  const traces: string[] = [];
  const played = await playRecording(recording, driver, nodeLauncher(), {
    onEvent: (event) => void (event.kind === 'finding-refused' && refused.push(event.error.detail)),
    onTrace: (trace) => void traces.push(trace),
  });
  return { ...played, refused, traces };
}
