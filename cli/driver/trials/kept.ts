import { findingLines } from '@onebox/gateway/recordings/finding-lines.js';
import { recordingsOf } from '../project.js';
import { keptFindings, play, recordingOf, replayCommand } from '../recorded.js';
import { counted, fail, type Line, ok } from '../report.js';
import type { Workpiece } from './workpiece.js';

/** Recordings whose findings are kept beside them (`NAME.findings.jsonl`) give the same again, byte for byte. */
export async function tryKept({ project, driver }: Workpiece): Promise<readonly Line[]> {
  const problems: Line[] = [];
  let compared = 0;
  for (const file of recordingsOf(project)) {
    const kept = keptFindings(project, file);
    if (kept === undefined) continue;
    compared += 1;
    const found = findingLines((await play(recordingOf(project, file), driver)).findings);
    const line = firstDifference(kept, found);
    if (line === undefined) continue;
    const at = { file: file.replace(/\.obrec$/, '.findings.jsonl'), line };
    const mend = `${replayCommand(project, file)} --json  shows what it finds now; take the old one out if that is right`;
    problems.push(fail('recordings', 'the driver finds something else now', at, mend));
  }
  if (problems.length > 0) return problems;
  return compared === 0
    ? []
    : [ok('recordings', `${counted(compared, 'recording')} give the same findings, byte for byte`)];
}

/** From 1; undefined where the texts are the same. */
function firstDifference(one: string, other: string): number | undefined {
  if (one === other) return undefined;
  const [a, b] = [one.split('\n'), other.split('\n')];
  return a.findIndex((text, index) => text !== b[index]) + 1 || a.length;
}
