import { PHASES } from '@onebox/driver-sdk/phases.js';
import type { SimulatorMaker } from '@onebox/driver-sdk/simulated/faults.js';
import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import type { Recording } from '@onebox/gateway/recordings/format.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import { type Play, play, recordSimulator } from '../recorded.js';
import { counted, fail, type Line, ok } from '../report.js';
import type { Workpiece } from './workpiece.js';

/** Longest time to the end of the critical phase, ms: what a ten-second card can bear. */
const CRITICAL_MS = 8000;
const FILE = { file: 'driver.ts' } as const;

/** The rules that every driver keeps on a device that behaves; and what it used of its budget. */
export async function tryContract({ driver, simulated }: Workpiece): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const [key, device] of Object.entries(simulated.devices)) lines.push(...(await contractOf(driver, key, device)));
  return lines;
}

async function contractOf(driver: Workpiece['driver'], key: string, device: SimulatorMaker): Promise<readonly Line[]> {
  let recording: Recording;
  try {
    recording = await recordSimulator(driver, device);
  } catch (error) {
    if (!isOneBoxError(error)) throw error;
    const mend = 'a device without a fault is read to the end, and the end of the session is sent';
    return [fail('contract', `${key}: OB-${error.code} ${error.kind} ${error.detail}`.trim(), FILE, mend)];
  }
  const first = await play(recording, driver);
  const again = await play(recording, driver);
  const problems = [...broken(driver, first), ...unequal(first, again)].map(([text, mend]) =>
    fail('contract', `${key}: ${text}`, FILE, mend),
  );
  if (problems.length > 0) return [...problems, ...budgetLines(driver, key, recording, first)];
  return [
    ok('contract', `${key}: ${counted(first.findings.length, 'finding')}, the same in two replays`),
    ...budgetLines(driver, key, recording, first),
  ];
}

type Problem = readonly [text: string, mend: string];

function broken({ manifest }: Workpiece['driver'], { findings, refused, error, traces }: Play): readonly Problem[] {
  const problems: Problem[] = [];
  if (error) {
    const trace = traces[0]?.split('\n')[0];
    problems.push([
      `OB-${error.code} ${error.kind}${trace ? `: ${trace}` : ''}`,
      'a replay of its own traffic ends well',
    ]);
  }
  for (const rule of new Set(refused))
    problems.push([
      `the host left a finding out: ${rule}`,
      'give it a code, a UCUM unit, a time, a source and a validity',
    ]);
  const order = startedPhases(findings);
  const unlisted = order.filter((name) => !manifest.phases.includes(name));
  if (unlisted.length > 0)
    problems.push([`phase ${unlisted.join(', ')} is not in "phases"`, 'add it to manifest.json']);
  const silent = manifest.phases.filter((name) => !order.includes(name));
  if (silent.length > 0) problems.push([`phase ${silent.join(', ')} never began`, 'yield progress(phase, "started")']);
  if (!findings.some(({ identity }) => identity))
    problems.push(['it never says who the device is', 'yield identity(...) in the first phase']);
  return problems;
}

/** A replay has the clock and the packets of then: only chance of the driver's own can change what it finds. */
function unequal(first: Play, again: Play): readonly Problem[] {
  return findingLines(first.findings) === findingLines(again.findings)
    ? []
    : [['two replays gave other findings', 'use device.now(), and nothing that depends on chance']];
}

/** Phases in the order in which they began. */
function startedPhases(findings: readonly Finding[]): (typeof PHASES)[number][] {
  return findings.flatMap(({ progress }) =>
    progress?.state === v1.Progress.State.STATE_STARTED || progress?.state === v1.Progress.State.STATE_NOT_SUPPORTED
      ? (PHASES[(progress.phase ?? 0) - 1] ?? [])
      : [],
  );
}

function budgetLines(
  { manifest }: Workpiece['driver'],
  key: string,
  { header }: Recording,
  { findings, statistics }: Play,
): readonly Line[] {
  const { budget } = manifest;
  const used = `${statistics.bytesIn} of ${budget.bytesIn} bytes in, ${statistics.bytesOut} of ${budget.bytesOut} out, ${statistics.findings} of ${budget.findings} findings`;
  const critical = findings.find(
    ({ progress }) => progress?.phase === v1.Phase.PHASE_CRITICAL && progress.state !== v1.Progress.State.STATE_STARTED,
  );
  const ms = critical && Number(critical.receivedUnixMs) - header.startedAt;
  const lines: Line[] = [ok('budget', `${key}: ${used}`)];
  if (ms === undefined) return lines;
  const took = `${key}: critical facts after ${(ms / 1000).toFixed(1)} s (limit ${CRITICAL_MS / 1000} s)`;
  const mend = 'ask for the critical facts first, and for less';
  return [...lines, ms <= CRITICAL_MS ? ok('timing', took) : fail('timing', took, FILE, mend)];
}
