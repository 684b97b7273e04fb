import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContentFault, FAULTS, type FaultName, type SimulatorMaker } from '@onebox/driver-sdk/simulated/faults.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { inventions } from '@onebox/simulation/trial/inventions.js';
import { type Trial, tryDriver } from '@onebox/simulation/trial/trial.js';
import type { Project } from '../project.js';
import { counted, fail, type Line, ok, type Place } from '../report.js';
import { fewAtATime } from './pool.js';
import type { Workpiece } from './workpiece.js';

const SEED = 7;
const ENDS: ReadonlySet<string> = new Set(['complete', 'partial', 'refused']);

/**
 * Every simulated device with each of these faults: the read ends, says how, invents nothing, and leaves the device
 * in order.
 */
export async function tryFaults(work: Workpiece, faults: readonly FaultName[]): Promise<readonly Line[]> {
  const { without, devices } = work.simulated;
  const possible = faults.filter((fault) => !(fault in without));
  const lines: Line[] = [];
  for (const [key, device] of Object.entries(devices)) {
    const healthy = await read(work, device);
    const trials = await fewAtATime(possible, async (fault) => {
      const trial = await read(work, device, fault);
      return { fault, trial, problems: problemsOf(trial, healthy, fault) };
    });
    const bad = trials.flatMap(({ fault, problems }) =>
      problems.map((text) =>
        fail('faults', `${key} with ${fault}: ${text}`, placeOf(work.project, fault), mendOf(work, fault)),
      ),
    );
    lines.push(...(bad.length > 0 ? bad : [ok('faults', `${key}: ${summary(trials.map(({ trial }) => trial))}`)]));
  }
  const exempt = Object.entries(without).filter(([fault]) => faults.includes(fault as ContentFault));
  if (exempt.length === 0) return lines;
  return [...lines, ok('exempt', exempt.map(([fault, why]) => `${fault} (${why})`).join(', '))];
}

function read({ driver }: Workpiece, device: SimulatorMaker, fault?: FaultName): Promise<Trial> {
  return tryDriver({ driver, launcher: nodeLauncher(), device, seed: SEED, ...(fault ? { fault } : {}) });
}

function problemsOf(trial: Trial, healthy: Trial, fault: FaultName): readonly string[] {
  const { state, error, document, endedProperly } = trial;
  const problems: string[] = [];
  if (!ENDS.has(state)) problems.push(`the read ended ${state} (${error?.kind ?? 'no error'})`);
  if (error && Math.floor(error.code / 100) === 3)
    problems.push(`OB-${error.code} ${error.kind} ${error.detail}`.trim());
  if (state !== 'complete' && !document.missing?.length) problems.push('it does not say what is missing');
  if (!endedProperly) problems.push('the end of the session was not sent');
  if (!document.practice) problems.push('it is not marked as practice');
  if (fault === 'silent' && state === 'complete') problems.push('nothing was said, and the read is complete');
  return [...problems, ...inventions(document, [healthy.document], fault).map((one) => `invented ${one}`)];
}

function summary(trials: readonly Trial[]): string {
  const count = (state: string) => trials.filter((trial) => trial.state === state).length;
  const ends = ['complete', 'partial', 'refused'].map((state) => `${count(state)} ${state}`).join(', ');
  const longest = Math.max(0, ...trials.map(({ milliseconds }) => milliseconds));
  return `${counted(trials.length, 'fault')}, ${ends}; longest ${(longest / 1000).toFixed(1)} s; nothing invented`;
}

function mendOf({ project }: Workpiece, fault: FaultName): string {
  return `onebox driver test ${project.named} --fault ${fault}  tries it alone`;
}

/** Where the simulator has the fault; faults of the link are not in the folder. */
function placeOf(project: Project, fault: FaultName): Place {
  for (const file of project.files.filter((name) => /(^|\/)simulat[^/]*\.ts$/.test(name))) {
    const lines = readFileSync(join(project.folder, file), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes(`'${fault}'`));
    if (line >= 0) return { file, line: line + 1 };
  }
  return { file: 'driver.ts' };
}

/** The faults that the command line names; all when it names none. Undefined for a name that is none. */
export function faultsNamed(names: readonly string[]): readonly FaultName[] | undefined {
  if (names.length === 0 || names.includes('all')) return FAULTS;
  return names.every((name) => (FAULTS as readonly string[]).includes(name)) ? (names as FaultName[]) : undefined;
}
